/** Whether one route matches everything that another one matches. */
import { hostCovers } from './host.ts';
import { pathCovers } from './route-path.ts';
import type { Route } from './route.ts';

/**
 * Whether every request that `inner` matches is matched by `outer` too, whatever their order. `hosts`: the hosts that
 * the routes can be reached under, which is what a route without `match.host` means; empty (inside the mesh): any.
 */
export function routeCovers(outer: Route, inner: Route, hosts: readonly string[] = []): boolean {
  return (
    coversHosts(outer, inner, hosts) &&
    coversMethods(outer, inner) &&
    coversHeaders(outer, inner) &&
    pathCovers(outer.features, inner.features)
  );
}

function coversHosts(outer: Route, inner: Route, hosts: readonly string[]): boolean {
  const wanted = outer.features.host?.value;
  if (wanted === undefined) return true;
  const reached = inner.features.host === undefined ? hosts : [inner.features.host.value];
  return reached.length > 0 && reached.every((host) => hostCovers(wanted, host));
}

/** A route without methods also takes methods that no list can name. */
function coversMethods(outer: Route, inner: Route): boolean {
  const allowed = outer.features.methods?.value;
  if (allowed === undefined) return true;
  return inner.features.methods?.value.every((method) => allowed.includes(method)) === true;
}

/** Each condition of the outer route must be one of the inner route's, word for word. */
function coversHeaders(outer: Route, inner: Route): boolean {
  const given = inner.features.headers?.value ?? [];
  return (outer.features.headers?.value ?? []).every((wanted) =>
    given.some(({ name, value }) => name === wanted.name && value === wanted.value),
  );
}
