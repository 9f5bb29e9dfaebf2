/** Route precedence (api.md §3, route choice): the same order for every provider, whatever the order in the spec. */
import { isWildcard } from './host.ts';
import { headerConditionCount, queryConditionCount } from './route-conditions.ts';
import type { Route, RouteFeatures } from './route.ts';

/** One reason for which a route comes before another, in words that go behind its name; the smaller number wins. */
type Criterion = { readonly says: string; readonly of: (features: RouteFeatures) => number };

const criteria: readonly Criterion[] = [
  {
    says: 'names the host',
    of: ({ host }) => (host === undefined ? 2 : Number(isWildcard(host.value))),
  },
  { says: 'names a longer host', of: ({ host }) => -(host?.value.length ?? 0) },
  { says: 'has an exact path', of: ({ exact }) => (exact === undefined ? 1 : 0) },
  { says: 'has a regular expression', of: ({ regex }) => (regex === undefined ? 1 : 0) },
  { says: 'has a longer prefix', of: ({ prefix }) => -(prefix?.value.length ?? 0) },
  { says: 'has methods', of: ({ methods }) => (methods === undefined ? 1 : 0) },
  { says: 'has more header and cookie conditions', of: (features) => -headerConditionCount(features) },
  { says: 'has more query conditions', of: (features) => -queryConditionCount(features) },
];

/**
 * Host and path as text. Of routes with equal rank only those that agree in both can match the same request; whether two
 * regular expressions can is not known, so they are all the same here.
 */
function place({ features: { host, exact, prefix } }: Route): string {
  return `${host?.value ?? ''} ${exact?.value ?? prefix?.value ?? ''}`;
}

/**
 * Orders two routes of one app: the one that wins a request both match comes first. Routes that cannot meet are ordered
 * by their text, so that moving them in the spec changes nothing; only between those that can the list decides.
 */
export function compareRoutes(a: Route, b: Route): number {
  for (const { of } of criteria) {
    const difference = of(a.features) - of(b.features);
    if (difference !== 0) return difference;
  }
  const [here, there] = [place(a), place(b)];
  if (here !== there) return here < there ? -1 : 1;
  return a.position - b.position;
}

/** Why `first` comes before `second`, in words that go behind its name; both can match one request. */
export function precedenceOf(first: Route, second: Route): string {
  const decides = criteria.find(({ of }) => of(first.features) !== of(second.features));
  return decides?.says ?? 'stands first in the list';
}
