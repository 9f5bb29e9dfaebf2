/** How much may be under way to the pods of an app, and which of them are left out. */
import { z } from 'zod';
import { about } from './describe.ts';
import { duration, durationMs } from './duration.ts';
import type { Immutable } from './immutable.ts';
import { wholeNumber } from './text.ts';

const mostOfInt32 = 2_147_483_647;
const pool = 'DestinationRule.spec.trafficPolicy.connectionPool';

const limit = (what: string, field: string) =>
  wholeNumber(1, mostOfInt32)
    .meta(about(what, { absent: 'no limit', becomes: `${pool}.${field}` }))
    .exactOptional();

const outlier = 'DestinationRule.spec.trafficPolicy.outlierDetection';

const eject = z.strictObject({
  after: wholeNumber(1, 1000).meta(
    about(
      'After how many failures in a row (5xx, or no connection) a pod gets no more requests for a while; each proxy counts by itself.',
      { becomes: `${outlier}.consecutive5xxErrors` },
    ),
  ),
  every: duration
    .meta(
      about('How often it is looked whether a pod may come back, as a duration.', {
        absent: "the provider's own; Istio: 10s",
        becomes: `${outlier}.interval`,
      }),
    )
    .exactOptional(),
  for: duration
    .meta(
      about('How long a pod gets no requests, as a duration; times the number of its ejections.', {
        absent: "the provider's own; Istio: 30s",
        becomes: `${outlier}.baseEjectionTime`,
      }),
    )
    .exactOptional(),
  maxPercent: wholeNumber(1, 100)
    .meta(
      about('Most pods that may be ejected at a time, in percent.', {
        absent: "the provider's own; Istio: 10",
        becomes: `${outlier}.maxEjectionPercent`,
      }),
    )
    .exactOptional(),
});

/** Limits and ejection. */
export const circuitBreaker = z.strictObject({
  maxConnections: limit('Most open connections; over HTTP/1.1 further requests wait.', 'tcp.maxConnections'),
  maxPending: limit('Most requests that wait for a connection.', 'http.http1MaxPendingRequests'),
  maxRequests: limit('Most requests under way, over HTTP/1.1 and HTTP/2 alike.', 'http.http2MaxRequests'),
  maxRetries: limit('Most repeated tries under way; a failure beyond is not tried again.', 'http.maxRetries'),
  eject: eject
    .meta(about('Leaves out pods that fail.', { absent: 'no pod is left out', becomes: outlier }))
    .exactOptional(),
});

/** Limits as written. */
export type CircuitBreaker = Immutable<z.output<typeof circuitBreaker>>;

/** The same as facts, durations in milliseconds. */
export function circuitBreakerFacts({ eject: given, ...limits }: CircuitBreaker): CircuitBreakerFacts {
  if (given === undefined) return limits;
  const { after, every, for: time, maxPercent } = given;
  return {
    ...limits,
    eject: {
      after,
      ...(every === undefined ? {} : { everyMs: durationMs(every) }),
      ...(time === undefined ? {} : { forMs: durationMs(time) }),
      ...(maxPercent === undefined ? {} : { maxPercent }),
    },
  };
}

/** What {@link circuitBreakerFacts} gives. */
export type CircuitBreakerFacts = Omit<CircuitBreaker, 'eject'> & {
  readonly eject?: {
    readonly after: number;
    readonly everyMs?: number;
    readonly forMs?: number;
    readonly maxPercent?: number;
  };
};
