/** Whether one route matches everything that another one matches. */
import { hostCovers } from './host.ts';
import { pathCovers } from './route-path.ts';
import type { Route, RouteFeatures } from './route.ts';

/**
 * Whether every request that `inner` matches is matched by `outer` too, whatever their order. `hosts`: the hosts that
 * the routes can be reached under, which is what a route without `match.host` means; empty (inside the mesh): any.
 */
export function routeCovers(outer: Route, inner: Route, hosts: readonly string[] = []): boolean {
  return (
    coversHosts(outer, inner, hosts) &&
    coversMethods(outer, inner) &&
    coversHeaders(outer.features, inner.features) &&
    coversPairs(outer.features.query, inner.features.query) &&
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
function coversHeaders(outer: RouteFeatures, inner: RouteFeatures): boolean {
  const absent = inner.withoutHeaders?.value ?? [];
  return (
    coversPairs(outer.headers, inner.headers) &&
    coversPairs(outer.headersRegex, inner.headersRegex) &&
    coversPairs(outer.cookies, inner.cookies) &&
    (outer.withoutHeaders?.value ?? []).every((name) => absent.includes(name))
  );
}

function coversPairs(outer: RouteFeatures['query'], inner: RouteFeatures['query']): boolean {
  const given = inner?.value ?? [];
  return (outer?.value ?? []).every((wanted) =>
    given.some(({ name, value }) => name === wanted.name && value === wanted.value),
  );
}
