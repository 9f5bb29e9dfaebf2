/** What routes and backends get that say nothing else: in the spec of an app, and in the platform's settings for all apps. */
import { z } from 'zod';
import { about } from './describe.ts';
import { duration, durationMs } from './duration.ts';
import type { Immutable } from './immutable.ts';
import { circuitBreaker, circuitBreakerFacts } from './circuit-breaker.ts';
import { loadBalancing, loadBalancingFacts } from './load-balancing.ts';
import type { LoadBalancingFacts } from './load-balancing.ts';
import { retries, retryFacts } from './retries.ts';
import type { CircuitBreakerFacts } from './circuit-breaker.ts';
import type { RetryFacts } from './retries.ts';

/** Defaults for every route and backend of an app. */
export const resilience = z.strictObject({
  timeout: duration
    .meta(
      about(
        'Longest time until the answer is complete, as a duration, on routes that give none; covers all tries, and does not end upgraded connections.',
        {
          absent: "the provider's own",
          becomes: 'VirtualService.spec.http[].timeout',
        },
      ),
    )
    .exactOptional(),
  connectTimeout: duration
    .meta(
      about("Longest time until a connection to one of the app's pods is open, as a duration.", {
        absent: "the provider's own",
        becomes: 'DestinationRule.spec.trafficPolicy.connectionPool.tcp.connectTimeout',
      }),
    )
    .exactOptional(),
  idleTimeout: duration
    .meta(
      about(
        "How long a connection to one of the app's pods stays open without a request, or, on other ports than http, without a byte, as a duration.",
        {
          absent: "the provider's own",
          becomes:
            'DestinationRule.spec.trafficPolicy.connectionPool.http.idleTimeout; of other ports connectionPool.tcp.idleTimeout',
        },
      ),
    )
    .exactOptional(),
  retries: retries
    .meta(
      about('How often and when a request is tried again, on routes that give no retries.', {
        absent: "the provider's own",
        becomes: 'VirtualService.spec.http[].retries',
      }),
    )
    .exactOptional(),
  circuitBreaker: circuitBreaker
    .meta(
      about(
        "How much may be under way to the app's pods, and which of them are left out: limits hold for each calling proxy, each backend and each port, and for all callers together at the pod's own sidecar; what is more is answered with 503.",
        { absent: 'no limit' },
      ),
    )
    .exactOptional(),
  loadBalancing: loadBalancing
    .meta(
      about("Which of the app's pods gets a request; each calling proxy chooses by itself.", {
        absent: "the provider's own",
        becomes: 'DestinationRule.spec.trafficPolicy.loadBalancer',
      }),
    )
    .exactOptional(),
});

/** Defaults as written. */
export type Resilience = Immutable<z.output<typeof resilience>>;

/** Defaults as facts, durations in milliseconds. */
export function resilienceFacts(given: Resilience): ResilienceFacts {
  const {
    timeout,
    retries: tries,
    connectTimeout,
    idleTimeout,
    circuitBreaker: breaker,
    loadBalancing: balancing,
  } = given;
  return {
    ...(timeout === undefined ? {} : { timeout: durationMs(timeout) }),
    ...(tries === undefined ? {} : { retries: retryFacts(tries) }),
    ...(connectTimeout === undefined ? {} : { connectTimeout: durationMs(connectTimeout) }),
    ...(idleTimeout === undefined ? {} : { idleTimeout: durationMs(idleTimeout) }),
    ...(breaker === undefined ? {} : { circuitBreaker: circuitBreakerFacts(breaker) }),
    ...(balancing === undefined ? {} : { loadBalancing: loadBalancingFacts(balancing) }),
  };
}

/** What {@link resilienceFacts} gives. */
export type ResilienceFacts = {
  readonly timeout?: number;
  readonly retries?: RetryFacts;
  readonly connectTimeout?: number;
  readonly idleTimeout?: number;
  readonly circuitBreaker?: CircuitBreakerFacts;
  readonly loadBalancing?: LoadBalancingFacts;
};
