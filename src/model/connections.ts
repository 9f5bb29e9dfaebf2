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
};

/** The name of a feature of connections. */
export type ConnectionFeature = keyof ConnectionValues;

/** The features that are asked for. */
export type Connections = { readonly [F in ConnectionFeature]?: Located<ConnectionValues[F]> };

/** What an app asks for itself, and what holds with the platform's defaults. */
export type ConnectionDefaults = { readonly given: Connections; readonly effective: Connections };

/** The values without their places; undefined: nothing is asked for. */
export function connectionValues(connections: Connections): Partial<ConnectionValues> | undefined {
  const values = Object.entries(connections).map(([feature, { value }]) => [feature, value] as const);
  return values.length === 0 ? undefined : Object.fromEntries(values);
}
