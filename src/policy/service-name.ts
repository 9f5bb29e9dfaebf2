/** AT0212: of the apps of a namespace that would make one and the same Service, one does; the others are refused. */
import type { Traffic } from '../model/traffic.ts';
import type { SiblingApp, World } from '../model/world.ts';
import { isEarlier } from './earlier.ts';
import type { Policy } from './policy.ts';

/**
 * Refuses an app whose Service another app has: the one that made the live Service, and where none is live, the earlier
 * one. Routes of the later app would lead to pods of the other.
 */
export const serviceName: Policy = (traffic, world) => {
  const holder = holderOf(traffic, world);
  if (holder === undefined) return { problems: [] };
  const { name } = traffic.service;
  return {
    problems: [
      {
        code: 'AT0212',
        field: 'spec.service.name',
        message: `Service ${name} belongs to AppTraffic ${holder}`,
        fix: `give the Service another name, or set service.type: Existing where the app shall be reached by the Service of ${holder}`,
      },
    ],
  };
};

/** The name of the other app that has the Service; undefined: nobody else does. */
function holderOf({ app, service }: Traffic, { services, siblings, created }: World): string | undefined {
  if (service.type === 'Existing') return undefined;
  const others = siblings.filter((other) => other.app.namespace === app.namespace && other.app.name !== app.name);
  const live = services.find(({ namespace, name }) => namespace === app.namespace && name === service.name);
  if (live?.madeBy === app.name) return undefined;
  const maker = others.find((other) => other.app.name === live?.madeBy);
  if (maker !== undefined) return maker.app.name;
  return others
    .filter((other) => other.service === service.name && isEarlier(other, { app, created }))
    .sort(byAge)
    .at(0)?.app.name;
}

function byAge(a: SiblingApp, b: SiblingApp): number {
  return isEarlier(a, b) ? -1 : 1;
}
