/** Why two stakes of different apps cannot both be granted (api.md §6). */
import { contend, sharesByPath, takesHttpsOf } from '../model/claim-contention.ts';
import type { HostClaim } from '../model/host-claim.ts';
import type { SharedHost } from '../model/platform.ts';
import { routesOverlap } from '../model/route-overlap.ts';
import { listenedPort } from '../model/tcp-listener.ts';
import { isBareCatchAll, isSameApp } from './host-stake.ts';
import type { Stake } from './host-stake.ts';

/**
 * `Namespace`: hosts overlap across namespaces that do not share them. `Gateway`: a generated Gateway cannot share a
 * host. `Edge`: other gateway or class. `Redirect`: other httpsRedirect on one Gateway. `Route`: a request can match
 * both routes. `CatchAll`: both take every request. `Tls`: https for a host without TLS would get the wildcard above it.
 * `Listen`: both take the connections to one port of the gateway.
 */
export type ConflictKind = 'Namespace' | 'Gateway' | 'Edge' | 'Redirect' | 'Route' | 'CatchAll' | 'Tls' | 'Listen';

/** What the platform and the cluster say about sharing. */
export type SharingRules = {
  readonly shared: readonly SharedHost[];
  /** The class that serves an Ingress without one. */
  readonly defaultIngressClass?: string;
};

/** The conflict between two stakes, whichever came first; undefined: both can be granted. Symmetric. */
export function conflictBetween(a: Stake, b: Stake, rules: SharingRules): ConflictKind | undefined {
  if (isSameApp(a.claim.app, b.claim.app) || !contend(a.claim, b.claim, rules.shared)) return undefined;
  if (listenedPort(a.claim.host) !== undefined) return 'Listen';
  if (!sharesByPath(a.claim, b.claim, rules.shared)) return 'Namespace';
  if (takesHttpsOf(a.claim, b.claim) || takesHttpsOf(b.claim, a.claim)) return 'Tls';
  return edgeConflict(a.claim, b.claim, rules) ?? routeConflict(a, b);
}

function edgeConflict(a: HostClaim, b: HostClaim, rules: SharingRules): ConflictKind | undefined {
  // Two Gateways on one workload may not hold the same TLS host (reference: istio.io, Gateway, server hosts).
  if (a.edge === 'generated' || b.edge === 'generated') return 'Gateway';
  const [left, right] = [servingEdge(a.edge, rules), servingEdge(b.edge, rules)];
  if (left !== right) return 'Edge';
  return left.startsWith('gateway/') && a.httpsRedirect !== b.httpsRedirect ? 'Redirect' : undefined;
}

/** An Ingress without a class is served by the default class, so it shares with those that name it. */
function servingEdge(edge: string, { defaultIngressClass }: SharingRules): string {
  return edge === 'ingress/' ? `ingress/${defaultIngressClass ?? ''}` : edge;
}

function routeConflict({ route: a }: Stake, { route: b }: Stake): ConflictKind | undefined {
  if (a === undefined || b === undefined) return undefined;
  const catchAlls = [a, b].filter(isBareCatchAll).length;
  if (catchAlls > 0) return catchAlls === 2 ? 'CatchAll' : undefined;
  return routesOverlap(a, b) ? 'Route' : undefined;
}
