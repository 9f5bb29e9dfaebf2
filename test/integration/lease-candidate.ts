/** A candidate for a Lease of a real API server, with times short enough for a test. */
import { kinds } from '../../src/kube/gvk.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { createFence } from '../../src/runtime/fence.ts';
import type { Fence } from '../../src/runtime/fence.ts';
import { createHttpsTransport } from '../../src/runtime/https-transport.ts';
import { loadClusterConfig } from '../../src/runtime/kube-config.ts';
import { createResourceClient } from '../../src/runtime/kube-client.ts';
import { createLeaderElector, leaseClientOptions } from '../../src/runtime/leader.ts';
import type { LeaderElector } from '../../src/runtime/leader.ts';
import type { Transport } from '../../src/runtime/transport.ts';

export const leaseTimes = { leaseDurationMs: 6_000, renewDeadlineMs: 4_000, retryPeriodMs: 500 };
export const writeTimeoutMs = leaseTimes.leaseDurationMs - leaseTimes.renewDeadlineMs;
export const namespace = 'apptraffic-system';

export type LeaseCandidate = { readonly elector: LeaderElector; readonly fence: Fence; readonly transport: Transport };

/** Everything of its own: transport, fence, elector. */
export function leaseCandidate(
  kubeconfig: string,
  lease: string,
  identity: string,
  environment: Environment,
): LeaseCandidate {
  const { clock } = environment;
  const config = loadClusterConfig({ kubeconfig, clock });
  if (!config.ok) throw config.error;
  const transport = createHttpsTransport({ cluster: config.cluster, environment, userAgent: identity });
  const fence = createFence({ ...leaseTimes, writeTimeoutMs, clock });
  const options = { ...leaseClientOptions(leaseTimes), fieldManager: 'apptraffic-controller' };
  const elector = createLeaderElector({
    leases: createResourceClient(transport, kinds.Lease, options),
    lease: { namespace, name: lease },
    identity,
    times: leaseTimes,
    fence,
    environment,
  });
  return { elector, fence, transport };
}
