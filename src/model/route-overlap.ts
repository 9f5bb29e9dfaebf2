/** Whether two routes compete: some request that both of them match. */
import { hostsOverlap } from './host.ts';
import { pathsOverlap } from './route-path.ts';
import type { Route } from './route.ts';

/**
 * Whether some request matches both routes, whatever their order. Header conditions never keep two routes apart: of a
 * repeated header any value counts (api.md §3, paths), so one request can carry both values.
 */
export function routesOverlap(a: Route, b: Route): boolean {
  const [left, right] = [a.features, b.features];
  if (left.host !== undefined && right.host !== undefined && !hostsOverlap(left.host.value, right.host.value)) {
    return false;
  }
  const methods = right.methods?.value;
  if (methods !== undefined && left.methods?.value.every((method) => !methods.includes(method)) === true) return false;
  return pathsOverlap(left, right);
}
