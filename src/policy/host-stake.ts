/** Stakes: one route of one app on one host, the unit that is granted or refused; and the order of their evidence (api.md §6). */
import type { HostClaim } from '../model/host-claim.ts';
import { takesEverything } from '../model/route-conditions.ts';
import type { AppRef } from '../model/traffic.ts';
import type { Route } from '../model/route.ts';

/** A route on a host; without a route: the host of an app that has no routes on it. */
export type Stake = { readonly claim: HostClaim; readonly route?: Route };

/** Whether both name the same AppTraffic. */
export function isSameApp(a: AppRef, b: AppRef): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

/**
 * Whether the route takes every request of its host in one entry: the one route that apps with other routes there can live
 * beside. A sticky split is several entries, of which Istio puts only one behind the routes of others.
 */
export function isBareCatchAll({ features }: Route): boolean {
  return takesEverything(features) && features.sticky === undefined;
}

/** All stakes of the claims, those with the better evidence first; the order of the claims does not count. */
export function stakesInOrder(claims: readonly HostClaim[]): readonly Stake[] {
  return claims
    .flatMap((claim): readonly Stake[] =>
      claim.routes.length === 0 ? [{ claim }] : claim.routes.map((route) => ({ claim, route })),
    )
    .map((stake) => ({ stake, evidence: evidenceOf(stake) }))
    .sort((a, b) => compareEvidence(a.evidence, b.evidence))
    .map(({ stake }) => stake);
}

/**
 * What speaks for a stake, smaller wins, compared one after another: the route is live (what only stands comes after
 * what is asked for); the host is live; since when it was granted; when the app was created; and names.
 */
function evidenceOf({ claim, route }: Stake): readonly (string | number)[] {
  const isLive = route !== undefined && claim.liveRoutes?.includes(route.name) === true;
  const unlessStanding = claim.standing === true ? 1 : 2;
  return [
    isLive ? 0 : unlessStanding,
    claim.liveRoutes === undefined ? 1 : 0,
    claim.since === undefined ? 1 : 0,
    claim.since ?? '',
    claim.created,
    claim.app.namespace,
    claim.app.name,
    claim.host,
    route?.position ?? 0,
    route?.name ?? '',
  ];
}

function compareEvidence(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i] ?? '';
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
