/** Resilience: what routes and backends get that say nothing else. */
import type { Retries } from './route.ts';

/** Every default and the type of its value. */
export type ResilienceValues = {
  /** Milliseconds; covers all tries. */
  readonly timeout: number;
  readonly retries: Retries;
};

/** The defaults that the platform gives to all apps; what is absent is the provider's own. */
export type Resilience = { readonly [F in keyof ResilienceValues]?: ResilienceValues[F] };
