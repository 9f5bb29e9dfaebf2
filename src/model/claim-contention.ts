/** Which claims have to do with each other: the part of all claims that decides about some hosts. */
import { hostCovers, hostsOverlap } from './host.ts';
import type { HostClaim } from './host-claim.ts';
import type { SharedHost } from './platform.ts';
import { listenedPort } from './tcp-listener.ts';

/** What of a claim says whom it meets. */
export type ClaimPlace = Pick<HostClaim, 'app' | 'host' | 'gatewayPods'>;

/**
 * Whether the two claims are settled by path: those of one namespace, and those of namespaces for which the platform
 * lists both hosts (settings `hosts.shared`). Sharing `*.x` does not share a host below it: that one takes requests away
 * from everybody on `*.x`, so it is listed by itself.
 */
export function sharesByPath(a: ClaimPlace, b: ClaimPlace, shared: readonly SharedHost[]): boolean {
  if (a.app.namespace === b.app.namespace) return true;
  const isListed = (wanted: string): boolean =>
    shared.some(
      ({ host, namespaces }) =>
        host === wanted && namespaces.includes(a.app.namespace) && namespaces.includes(b.app.namespace),
    );
  return isListed(a.host) && isListed(b.host);
}

/** Whether one of the two claims can stand in the other's way. Symmetric. */
export function contend(a: ClaimPlace, b: ClaimPlace, shared: readonly SharedHost[]): boolean {
  if (a.host === b.host) return listenedPort(a.host) === undefined || mayShareWorkload(a, b);
  if (!hostsOverlap(a.host, b.host)) return false;
  return !sharesByPath(a, b, shared) || takesHttpsOf(a, b) || takesHttpsOf(b, a);
}

/** Ports are those of gateway pods; where only a live object tells of one, it may be the same pods. */
function mayShareWorkload({ gatewayPods: a }: ClaimPlace, { gatewayPods: b }: ClaimPlace): boolean {
  return a === undefined || b === undefined || a.workload === b.workload;
}

/**
 * Whether https for a host that the narrower claim serves over plain http alone would get the server of the wildcard above
 * it: gateway pods look for the TLS server of a name among all their Gateways, and only then for the routes of the host.
 */
export function takesHttpsOf(wider: ClaimPlace, narrower: ClaimPlace): boolean {
  const [above, below] = [wider.gatewayPods, narrower.gatewayPods];
  if (above?.tls !== true || below?.tls !== false || above.workload !== below.workload) return false;
  return wider.host !== narrower.host && hostCovers(wider.host, narrower.host);
}

/**
 * The claims of `app` and all that can have a say in them, directly or through others: who wins against a rival of
 * mine matters to me although it may not overlap with me. In the given order.
 */
export function claimsAround<C extends ClaimPlace>(
  claims: readonly C[],
  app: HostClaim['app'],
  shared: readonly SharedHost[],
): readonly C[] {
  // Who contends is a matter of the place alone, and many claims may have the same one.
  const places = new Map(claims.map((claim) => [placeKey(claim), claim]));
  const own = claims.filter((claim) => claim.app.namespace === app.namespace && claim.app.name === app.name);
  const around = new Map(own.map((claim) => [placeKey(claim), claim]));
  for (const key of around.keys()) places.delete(key);
  // A Map yields what is added while it is walked: this is the whole connected part.
  for (const known of around.values()) {
    for (const [key, place] of places) {
      if (!contend(known, place, shared)) continue;
      around.set(key, place);
      places.delete(key);
    }
  }
  return claims.filter((claim) => around.has(placeKey(claim)));
}

/** Equal for claims that contend with the same others: the host, the namespace that claims it, and where it is served how. */
export function placeKey({ app, host, gatewayPods }: ClaimPlace): string {
  const { workload = '', tls = false } = gatewayPods ?? {};
  return `${host} ${app.namespace} ${String(tls)} ${workload}`;
}
