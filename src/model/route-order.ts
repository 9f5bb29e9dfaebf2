/** Route precedence (api.md §3, route choice): the same order for every provider, whatever the order in the spec. */
import { isWildcard } from './host.ts';
import type { Route } from './route.ts';

/** Smaller numbers win; compared one after another. */
function rank(route: Route): readonly number[] {
  const { host, exact, prefix, methods, headers } = route.features;
  return [
    host === undefined ? 2 : Number(isWildcard(host.value)),
    host === undefined ? 0 : -host.value.length,
    exact === undefined ? 1 : 0,
    prefix === undefined ? 0 : -prefix.value.length,
    methods === undefined ? 1 : 0,
    -(headers?.value.length ?? 0),
    route.position,
  ];
}

/** Orders two routes of one app: the one that wins a request both match comes first. */
export function compareRoutes(a: Route, b: Route): number {
  const [left, right] = [rank(a), rank(b)];
  for (const [i, value] of left.entries()) {
    const difference = value - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
