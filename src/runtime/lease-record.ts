/** What a Lease says about who leads, and the Leases that a candidate writes (coordination.k8s.io/v1 LeaseSpec). */
import { apiVersionOf, kinds } from '../kube/gvk.ts';
import { numberAt, textAt } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { microTime } from './clock.ts';
import type { KubeObject, ObjectName } from './resource.ts';

/** What a candidate writes into a Lease about itself. */
export type Holding = {
  readonly name: ObjectName;
  readonly identity: string;
  readonly leaseDurationMs: number;
  readonly wallTime: number;
};

/** The identity of the holder; empty when nobody holds the lease. */
export function holderOf(lease: KubeObject): string {
  return textAt(lease, 'spec', 'holderIdentity') ?? '';
}

/** How long the holder claims the lease, in ms; undefined when the Lease does not say. */
export function claimOf(lease: KubeObject): number | undefined {
  const seconds = numberAt(lease, 'spec', 'leaseDurationSeconds');
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000;
}

/** A text that differs whenever a holder wrote anything; labels and annotations do not count. */
export function claimText(lease: KubeObject): string {
  return JSON.stringify(lease.spec ?? null);
}

/**
 * The Lease with this candidate as its holder. `live` is what it replaces (its resourceVersion is the precondition), or
 * undefined to create it. Fields of others stay; acquireTime and leaseTransitions change only with the holder.
 */
export function heldLease(
  live: KubeObject | undefined,
  { name, identity, leaseDurationMs, wallTime }: Holding,
): Manifest {
  const now = microTime(wallTime);
  const ours = live !== undefined && holderOf(live) === identity;
  const transitions = live === undefined ? 0 : (numberAt(live, 'spec', 'leaseTransitions') ?? 0) + (ours ? 0 : 1);
  return withSpec(live ?? { apiVersion: apiVersionOf(kinds.Lease), kind: kinds.Lease.kind, metadata: name }, {
    holderIdentity: identity,
    // Whole seconds: rounding up only makes others wait longer than the fence allows us to write.
    leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
    acquireTime: (ours ? textAt(live, 'spec', 'acquireTime') : undefined) ?? now,
    renewTime: now,
    leaseTransitions: transitions,
  });
}

/** The Lease given back: no holder, and a claim of one second, so that every candidate finds it free at once. */
export function releasedLease(live: KubeObject, wallTime: number): Manifest {
  const now = microTime(wallTime);
  return withSpec(live, { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now });
}

function withSpec(lease: Manifest, fields: Readonly<Record<string, unknown>>): Manifest {
  const spec = typeof lease.spec === 'object' ? lease.spec : {};
  return { ...lease, spec: { ...spec, ...fields } };
}
