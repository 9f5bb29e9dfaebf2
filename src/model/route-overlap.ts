/** Whether two routes compete: some request that both of them match. */
import { hostsOverlap } from './host.ts';
import { pathsOverlap } from './route-path.ts';
import type { Route, RouteFeatures } from './route.ts';

/**
 * Whether some request matches both routes, whatever their order. Values of headers and cookies never keep two routes
 * apart: of a repeated header any value counts (api.md §3, paths), so one request can carry both. Of a query parameter
 * the first value counts, so two values of one parameter do.
 */
export function routesOverlap(a: Route, b: Route): boolean {
  const [left, right] = [a.features, b.features];
  if (left.host !== undefined && right.host !== undefined && !hostsOverlap(left.host.value, right.host.value)) {
    return false;
  }
  const methods = right.methods?.value;
  if (methods !== undefined && left.methods?.value.every((method) => !methods.includes(method)) === true) return false;
  if (forbids(left, right) || forbids(right, left) || differInQuery(left, right)) return false;
  return pathsOverlap(left, right);
}

/** Whether one route wants the absence of a header that the other one needs. */
function forbids({ withoutHeaders }: RouteFeatures, other: RouteFeatures): boolean {
  const valued = [...(other.headers?.value ?? []), ...(other.headersRegex?.value ?? [])].map(({ name }) => name);
  const needed = other.cookies === undefined ? valued : [...valued, 'cookie'];
  return withoutHeaders?.value.some((name) => needed.includes(name)) === true;
}

function differInQuery({ query: a }: RouteFeatures, { query: b }: RouteFeatures): boolean {
  return (
    a?.value.some(
      ({ name, value }) => b?.value.some((other) => other.name === name && other.value !== value) === true,
    ) === true
  );
}
