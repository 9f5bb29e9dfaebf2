/** Gateway workloads: the pods behind Gateways. Gateways on one workload share its ports. */
import type { HostClaim } from './host-claim.ts';
import type { GatewayEntry, Platform } from './platform.ts';
import { listenedPort } from './tcp-listener.ts';

/** The workload of an entry as text; equal text means the same listeners. */
export function workloadOf({ namespace, selector }: Pick<GatewayEntry, 'namespace' | 'selector'>): string {
  const labels = Object.entries(selector).map(([name, value]) => `${name}=${value}`);
  return [namespace, ...labels.sort()].join(' ');
}

/**
 * The claim of a listener with the workload of its edge, where only live objects tell of it; any other claim as it is. A
 * gateway that the platform no longer lists counts as a workload of its own.
 */
export function withWorkload<C extends Pick<HostClaim, 'host' | 'edge' | 'gatewayPods'>>(
  claim: C,
  { gateways }: Pick<Platform, 'gateways'>,
): C {
  if (claim.gatewayPods !== undefined || listenedPort(claim.host) === undefined) return claim;
  const entry = gateways.find((one) =>
    claim.edge === 'generated' ? one.default : claim.edge === `gateway/${one.namespace}/${one.name ?? ''}`,
  );
  return { ...claim, gatewayPods: { workload: entry === undefined ? claim.edge : workloadOf(entry), tls: false } };
}
