/** AT0602: two apps must not speak to the sidecars of the same pods; the later one is refused. */
import { configuresPods } from '../model/configured-pods.ts';
import type { Traffic } from '../model/traffic.ts';
import type { SiblingApp } from '../model/world.ts';
import { isEarlier } from './earlier.ts';
import { labelText } from './label-text.ts';
import type { Policy } from './policy.ts';

type Labels = Readonly<Record<string, string>>;

/** The field that says which pods are the app's, written or not. */
const field = 'spec.app.selector';

/** Refuses an app whose selector equals, contains or is contained in that of an earlier app, where either speaks to its pods' sidecars. */
export const selectorConflict: Policy = (traffic, world) => {
  // The Service of an ExternalName app selects no pods.
  if (traffic.service.type === 'ExternalName') return { problems: [] };
  const rivals = world.siblings
    .filter((sibling) => isRival(traffic, sibling) && isEarlier(sibling, { app: traffic.app, created: world.created }))
    .sort((a, b) => (a.app.name < b.app.name ? -1 : 1));
  return {
    problems: rivals.map(({ app, selector }) => ({
      code: 'AT0602',
      field,
      message: `selector ${labelText(traffic.selector)} and selector ${labelText(selector)} of app ${app.name} can mean the same pods`,
      fix: `give the pods of the two apps different labels and set app.selector, or merge this app into ${app.name}`,
    })),
  };
};

function isRival(traffic: Traffic, sibling: SiblingApp): boolean {
  const { app, selector } = traffic;
  return (
    sibling.app.namespace === app.namespace &&
    sibling.app.name !== app.name &&
    (configuresPods(traffic) || sibling.configuresPods) &&
    (contains(selector, sibling.selector) || contains(sibling.selector, selector))
  );
}

/** Whether every pod that `narrow` selects is selected by `wide` too. */
function contains(wide: Labels, narrow: Labels): boolean {
  return Object.entries(wide).every(([key, value]) => narrow[key] === value);
}
