/** How often and when a request is tried again. */
import { z } from 'zod';
import { about } from './describe.ts';
import { duration, durationMs } from './duration.ts';
import type { Immutable } from './immutable.ts';
import { wholeNumber } from './text.ts';

/** What a retry answers to, in Envoy's words (x-envoy-retry-on, x-envoy-retry-grpc-on). */
const retryOn = z.enum([
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'refused-stream',
  'retriable-4xx',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

/** Retries of a route, and as a default for all of them. */
export const retries = z.strictObject({
  attempts: wholeNumber(0, 10).meta(
    about('How many times a failed request is tried again; 0 switches retries off.', {
      becomes: 'VirtualService.spec.http[].retries.attempts',
    }),
  ),
  perTry: duration
    .meta(
      about('Longest time of one try, as a duration.', {
        absent: "the route's timeout",
        becomes: 'VirtualService.spec.http[].retries.perTryTimeout',
      }),
    )
    .exactOptional(),
  backoff: duration
    .meta(
      about('Shortest wait before the next try, as a duration; it grows with each.', {
        absent: "the provider's own",
        becomes: 'VirtualService.spec.http[].retries.backoff',
      }),
    )
    .exactOptional(),
  retryOn: z
    .array(retryOn)
    .min(1)
    .max(12)
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .meta(
      about('What is worth another try.', {
        absent: "the provider's own",
        becomes: 'VirtualService.spec.http[].retries.retryOn',
      }),
    )
    .exactOptional(),
});

/** Retries as written. */
export type Retries = z.output<typeof retries>;

/** Retries as facts: durations in milliseconds, what is repeated left out. */
export function retryFacts({ attempts, perTry, backoff, retryOn }: Immutable<Retries>): RetryFacts {
  return {
    attempts,
    ...(perTry === undefined ? {} : { perTryMs: durationMs(perTry) }),
    ...(backoff === undefined ? {} : { backoffMs: durationMs(backoff) }),
    ...(retryOn === undefined ? {} : { retryOn: [...new Set(retryOn)] }),
  };
}

/** What {@link retryFacts} gives. */
export type RetryFacts = {
  readonly attempts: number;
  readonly perTryMs?: number;
  readonly backoffMs?: number;
  readonly retryOn?: readonly string[];
};
