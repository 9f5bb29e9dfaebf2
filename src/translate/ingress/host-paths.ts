/** Host paths: which placed routes a host gets, as paths that a controller can choose among by the path alone. */
import { pathCovers } from '../../model/route-path.ts';
import { compareRoutes } from '../../model/route-order.ts';
import type { Route } from '../../model/route.ts';
import { distinctHosts, routesForHost } from '../../model/routes-for-host.ts';
import type { External } from '../../model/traffic.ts';
import type { Dialect } from './dialect.ts';
import type { PlacedRoute } from './placed-route.ts';

/** The paths of one host. */
export type HostPaths = {
  readonly host: string;
  /** In order of precedence; no path that one before it covers. */
  readonly routes: readonly PlacedRoute[];
  /** The controller compares all paths of the host as regular expressions. */
  readonly isRegex: boolean;
};

/** The paths of every host of the app, by host; hosts without any are left out: the controller answers 404. */
export function hostPaths(
  { hosts, routes }: Pick<External, 'hosts' | 'routes'>,
  placed: readonly PlacedRoute[],
  dialect: Dialect,
): readonly HostPaths[] {
  const ordered = [...placed].sort((a, b) => compareRoutes(a.route, b.route));
  const names = distinctHosts(
    hosts.map(({ value }) => value),
    routes,
  );
  return names
    .map((host): HostPaths => {
      const own = reachable(ordered, host);
      return { host, routes: own, isRegex: dialect.regexHosts !== undefined && own.some(({ captures }) => captures) };
    })
    .filter((paths) => paths.routes.length > 0);
}

/**
 * A controller knows a host's paths and nothing else, and the more specific path wins: an exact one, then the longest
 * prefix. Precedence may say otherwise, because a route that names the host beats one that does not. Paths form a tree,
 * so leaving out every route whose path an earlier one covers makes both orders the same.
 */
function reachable(ordered: readonly PlacedRoute[], host: string): readonly PlacedRoute[] {
  const kept: PlacedRoute[] = [];
  for (const placed of forHost(ordered, host)) {
    if (!kept.some(({ route }) => pathCovers(route.features, placed.route.features))) kept.push(placed);
  }
  return kept;
}

function forHost(ordered: readonly PlacedRoute[], host: string): readonly PlacedRoute[] {
  const own = new Set<Route>(
    routesForHost(
      ordered.map(({ route }) => route),
      host,
    ),
  );
  return ordered.filter(({ route }) => own.has(route));
}
