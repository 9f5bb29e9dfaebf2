/** Connections: how proxies connect to the pods of an app, whatever route led there. */
import type { Located } from './located.ts';

/** Pods that fail are left out for a while; what is absent is the provider's own. */
export type Ejection = {
  /** Failures in a row. */
  readonly after: number;
  /** Milliseconds between two looks at who may come back. */
  readonly everyMs?: number;
  /** Milliseconds without requests, times the number of ejections. */
  readonly forMs?: number;
  /** Most pods left out at a time. */
  readonly maxPercent?: number;
};

/** What requests that get the same pod are alike in; `name` of a header is lower-case. */
export type HashedOn =
  /** `ttlMs`: who sends no cookie gets one, for so many milliseconds; absent: the app sets it. */
  | { readonly by: 'cookie'; readonly name: string; readonly ttlMs?: number }
  | { readonly by: 'header' | 'query'; readonly name: string }
  | { readonly by: 'sourceIP' };

/**
 * Where pods are chosen, by where the caller is. A locality is `REGION`, `REGION/ZONE` or `REGION/ZONE/SUBZONE`; `*` is all
 * that is left.
 */
export type Locality =
  /** The own zone, then the own region, then this one. */
  | { readonly failover: readonly { readonly from: string; readonly to: string }[] }
  /** Whole percents that add up to 100; callers that no entry names choose among all pods. */
  | { readonly distribute: readonly { readonly from: string; readonly to: readonly LocalityShare[] }[] };

/** What of the requests a locality gets. */
export type LocalityShare = { readonly locality: string; readonly percent: number };

/** Every feature of connections, and the type of its value. A new feature is a row here; the compiler then asks each target for its row. */
export type ConnectionValues = {
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Milliseconds. */
  readonly idleTimeout: number;
  /** Open connections. */
  readonly maxConnections: number;
  /** Requests that wait for a connection. */
  readonly maxPending: number;
  /** Requests under way. */
  readonly maxRequests: number;
  /** Repeated tries under way. */
  readonly maxRetries: number;
  readonly eject: Ejection;
  /** How a pod is chosen. */
  readonly algorithm: 'LeastRequest' | 'RoundRobin' | 'Random';
  readonly hashOn: HashedOn;
  /** Milliseconds in which a new pod gets fewer requests. */
  readonly warmup: number;
  readonly locality: Locality;
};

/** The name of a feature of connections. */
export type ConnectionFeature = keyof ConnectionValues;

/** The features that are asked for. */
export type Connections = { readonly [F in ConnectionFeature]?: Located<ConnectionValues[F]> };

/** What an app asks for itself, and what holds with the platform's defaults. */
export type ConnectionDefaults = { readonly given: Connections; readonly effective: Connections };

/** What of them holds for a server elsewhere, which is in no locality. */
export function withoutLocality(connections: Connections): Connections {
  const { locality: _, ...rest } = connections;
  return rest;
}

/** The values without their places; undefined: nothing is asked for. */
export function connectionValues(connections: Connections): Partial<ConnectionValues> | undefined {
  const values = Object.entries(connections).map(([feature, { value }]) => [feature, value] as const);
  return values.length === 0 ? undefined : Object.fromEntries(values);
}
