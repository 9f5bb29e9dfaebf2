/** Host groups: which hosts of an app share one VirtualService. The hosts of one VirtualService must not overlap. */
import { isWildcard } from '../../model/host.ts';
import { takesEverything } from '../../model/route-conditions.ts';
import { compareRoutes } from '../../model/route-order.ts';
import type { Route } from '../../model/route.ts';
import { distinctHosts, routesForHost } from '../../model/routes-for-host.ts';
import type { External } from '../../model/traffic.ts';

/** Hosts and the routes that they have in common, in order of precedence. */
export type HostGroup = {
  /** Sorted. */
  readonly hosts: readonly string[];
  readonly routes: readonly Route[];
  /** The host for which alone the group is; absent: the exact hosts that have nothing of their own. */
  readonly own?: string;
};

/**
 * The groups of an app's hosts: the exact hosts that get the app's general routes, then one group for every wildcard
 * and every host with a list of its own. A group may have no routes: all of its requests get 404.
 */
export function hostGroups({ hosts, routes }: Pick<External, 'hosts' | 'routes'>): readonly HostGroup[] {
  const ordered = [...routes].sort(compareRoutes);
  const general = untilCatchAll(ordered.filter(({ features }) => features.host === undefined));
  const groups = distinctHosts(
    hosts.map(({ value }) => value),
    ordered,
  ).map((host): HostGroup => {
    const own = untilCatchAll(routesForHost(ordered, host));
    return isWildcard(host) || !isSameList(own, general)
      ? { hosts: [host], routes: own, own: host }
      : { hosts: [host], routes: general };
  });
  const shared = groups.filter(({ own }) => own === undefined).flatMap((group) => group.hosts);
  return [
    ...(shared.length === 0 ? [] : [{ hosts: shared, routes: general }]),
    ...groups.filter(({ own }) => own !== undefined),
  ];
}

/** The routes up to the first that takes every request: those after it can never win, and Istio drops them with a warning. */
export function untilCatchAll(routes: readonly Route[]): readonly Route[] {
  const at = routes.findIndex(({ features }) => takesEverything(features));
  return at < 0 ? routes : routes.slice(0, at + 1);
}

function isSameList(a: readonly Route[], b: readonly Route[]): boolean {
  return a.length === b.length && a.every((route, i) => route === b[i]);
}
