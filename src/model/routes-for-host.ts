/** Which of an app's routes a request for one host can reach. */
import { hostCovers, isWildcard } from './host.ts';
import type { Route } from './route.ts';

/**
 * The routes that apply to requests for `host` and to nothing more specific, in the given order. A route without
 * `match.host` applies to every host of the app; one with it applies where its host is `host` or a wildcard above it.
 * A route that policy refused on `host` is not among them.
 */
export function routesForHost(routes: readonly Route[], host: string): readonly Route[] {
  return routes.filter(
    ({ features, refusedOn }) =>
      (features.host === undefined || hostCovers(features.host.value, host)) && refusedOn?.includes(host) !== true,
  );
}

/**
 * The hosts for which an app needs route lists of its own: its hosts, and every `match.host` below one of its
 * wildcards that policy did not refuse. Sorted by text, without duplicates.
 */
export function distinctHosts(hosts: readonly string[], routes: readonly Route[]): readonly string[] {
  const named = routes.flatMap(({ features: { host }, refusedOn }) =>
    host === undefined || refusedOn?.includes(host.value) === true ? [] : [host.value],
  );
  const below = named.filter((name) => hosts.some((host) => isWildcard(host) && hostCovers(host, name)));
  return [...new Set([...hosts, ...below])].sort();
}
