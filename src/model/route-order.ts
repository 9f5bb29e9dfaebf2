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
  ];
}

/** Host and path as text. Of routes with equal rank only those that agree in both can match the same request. */
function place({ features: { host, exact, prefix } }: Route): string {
  return `${host?.value ?? ''} ${exact?.value ?? prefix?.value ?? ''}`;
}

/**
 * Orders two routes of one app: the one that wins a request both match comes first. Routes that cannot meet are ordered
 * by their text, so that moving them in the spec changes nothing; only between those that can the list decides.
 */
export function compareRoutes(a: Route, b: Route): number {
  const [left, right] = [rank(a), rank(b)];
  for (const [i, value] of left.entries()) {
    const difference = value - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  const [here, there] = [place(a), place(b)];
  if (here !== there) return here < there ? -1 : 1;
  return a.position - b.position;
}
