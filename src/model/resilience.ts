/** Resilience: what routes and backends get that say nothing else. */
import type { ConnectionValues } from './connections.ts';
import type { Retries } from './route.ts';

/** Limits of what may be under way, and which pods are left out. */
export type CircuitBreaker = Partial<
  Pick<ConnectionValues, 'maxConnections' | 'maxPending' | 'maxRequests' | 'maxRetries' | 'eject'>
>;

/** Which pod gets a request. */
export type LoadBalancing = Partial<Pick<ConnectionValues, 'algorithm' | 'hashOn' | 'warmup' | 'locality'>>;

/** Every default and the type of its value, as they replace each other. */
export type ResilienceValues = {
  /** Milliseconds; covers all tries. */
  readonly timeout: number;
  readonly retries: Retries;
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Milliseconds. */
  readonly idleTimeout: number;
  readonly circuitBreaker: CircuitBreaker;
  readonly loadBalancing: LoadBalancing;
};

/** The defaults that the platform gives to all apps; what is absent is the provider's own. */
export type Resilience = { readonly [F in keyof ResilienceValues]?: ResilienceValues[F] };
