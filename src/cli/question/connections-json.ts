/** How the proxy connects to pods, as JSON. */
import type { ConnectionValues } from '../../model/connections.ts';
import { durationOrNull } from './duration-or-null.ts';

/** How the proxy connects to pods; null: as the provider does by itself. */
export type ConnectionsJson = {
  readonly connectTimeout: string | null;
  readonly idleTimeout: string | null;
  readonly maxConnections: number | null;
  readonly maxPending: number | null;
  readonly maxRequests: number | null;
  readonly maxRetries: number | null;
  readonly eject: {
    readonly after: number;
    readonly every: string | null;
    readonly for: string | null;
    readonly maxPercent: number | null;
  } | null;
  readonly algorithm: string | null;
  readonly hashOn: { readonly by: string; readonly name: string | null; readonly ttl: string | null } | null;
  readonly warmup: string | null;
  readonly locality: {
    readonly failover: readonly { readonly from: string; readonly to: string }[] | null;
    readonly distribute: readonly { readonly from: string; readonly to: Readonly<Record<string, number>> }[] | null;
  } | null;
};

/** All keys, also of what is not said; null: nothing is. */
export function connectionsJson(connections: Partial<ConnectionValues> | undefined): ConnectionsJson | null {
  if (connections === undefined) return null;
  const { connectTimeout, idleTimeout, maxConnections, maxPending, maxRequests, maxRetries, eject } = connections;
  return {
    connectTimeout: durationOrNull(connectTimeout),
    idleTimeout: durationOrNull(idleTimeout),
    maxConnections: maxConnections ?? null,
    maxPending: maxPending ?? null,
    maxRequests: maxRequests ?? null,
    maxRetries: maxRetries ?? null,
    eject: ejectJson(eject),
    ...balancingJson(connections),
  };
}

function balancingJson({
  algorithm,
  hashOn,
  warmup,
  locality,
}: Partial<ConnectionValues>): Pick<ConnectionsJson, 'algorithm' | 'hashOn' | 'warmup' | 'locality'> {
  return {
    algorithm: algorithm ?? null,
    hashOn: hashOn === undefined ? null : hashJson(hashOn),
    warmup: durationOrNull(warmup),
    locality: locality === undefined ? null : localityJson(locality),
  };
}

function localityJson(where: ConnectionValues['locality']): ConnectionsJson['locality'] {
  if ('failover' in where) return { failover: where.failover, distribute: null };
  const distribute = where.distribute.map(({ from, to }) => ({
    from,
    to: Object.fromEntries(to.map(({ locality, percent }) => [locality, percent])),
  }));
  return { failover: null, distribute };
}

function hashJson(on: ConnectionValues['hashOn']): ConnectionsJson['hashOn'] {
  return {
    by: on.by,
    name: on.by === 'sourceIP' ? null : on.name,
    ttl: on.by === 'cookie' ? durationOrNull(on.ttlMs) : null,
  };
}

function ejectJson(eject: ConnectionValues['eject'] | undefined): ConnectionsJson['eject'] {
  if (eject === undefined) return null;
  const { after, everyMs, forMs, maxPercent } = eject;
  return { after, every: durationOrNull(everyMs), for: durationOrNull(forMs), maxPercent: maxPercent ?? null };
}
