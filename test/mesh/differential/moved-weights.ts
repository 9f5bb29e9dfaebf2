/** Specs that leave their weights to Argo Rollouts: nobody moves them here, so that what the spec says is what a request gets. */
import type { AppTrafficSpec } from '../../../src/api/v1alpha1/app-traffic.ts';

type Backends = NonNullable<AppTrafficSpec['backends']>;
type Moved = Pick<AppTrafficSpec, 'backends' | 'split' | 'sticky' | 'weightsManagedBy'>;

/** The two backends of a split that Argo Rollouts can move, both by labels or both by service; undefined: there are none. */
function twoAlike(backends: Backends): readonly [string, string] | undefined {
  for (const kind of ['labels', 'service'] as const) {
    const [first, second] = Object.keys(backends).filter((name) => backends[name]?.[kind] !== undefined);
    if (first !== undefined && second !== undefined) return [first, second];
  }
  return undefined;
}

/** The same parts of a spec with weights that Argo Rollouts may move, where there are two backends for it; `first`: the share of one. */
export function leftToRollouts<T extends Moved>(spec: T, first: number): T {
  const { backends = {}, sticky: _, ...others } = spec;
  const two = twoAlike(backends);
  if (two === undefined) return spec;
  const kept = Object.entries(backends).filter(([name, { labels }]) => labels === undefined || two.includes(name));
  return {
    ...others,
    backends: Object.fromEntries(kept),
    split: { [two[0]]: first, [two[1]]: 100 - first },
    weightsManagedBy: 'ArgoRollouts',
  } as T;
}

type SomeRoute = { readonly split?: Readonly<Record<string, number>>; readonly sticky?: object };

/** A spec in which every split of a route is one that the schema takes beside its `weightsManagedBy`. */
export function withSoundSplits(spec: AppTrafficSpec): AppTrafficSpec {
  const { weightsManagedBy, split, external, internal } = spec;
  if (weightsManagedBy !== 'ArgoRollouts' || split === undefined) return spec;
  const [one = '', other = ''] = Object.keys(split);
  const sound = <R extends SomeRoute>(given: R): R => {
    const { sticky: _, ...route } = given;
    const [share = 50]: readonly number[] = Object.values(route.split ?? {});
    return { ...route, ...(route.split === undefined ? {} : { split: { [one]: share, [other]: 100 - share } }) } as R;
  };
  return {
    ...spec,
    ...(external?.routes === undefined ? {} : { external: { ...external, routes: external.routes.map(sound) } }),
    ...(internal?.routes === undefined ? {} : { internal: { ...internal, routes: internal.routes.map(sound) } }),
  };
}
