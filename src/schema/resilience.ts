/** What routes and backends get that say nothing else: in the spec of an app, and in the platform's settings for all apps. */
import { z } from 'zod';
import { about } from './describe.ts';
import { duration, durationMs } from './duration.ts';
import type { Immutable } from './immutable.ts';
import { retries, retryFacts } from './retries.ts';
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
  retries: retries
    .meta(
      about('How often and when a request is tried again, on routes that give no retries.', {
        absent: "the provider's own",
        becomes: 'VirtualService.spec.http[].retries',
      }),
    )
    .exactOptional(),
});

/** Defaults as written. */
export type Resilience = Immutable<z.output<typeof resilience>>;

/** Defaults as facts, durations in milliseconds. */
export function resilienceFacts({ timeout, retries: tries }: Resilience): ResilienceFacts {
  return {
    ...(timeout === undefined ? {} : { timeout: durationMs(timeout) }),
    ...(tries === undefined ? {} : { retries: retryFacts(tries) }),
  };
}

/** What {@link resilienceFacts} gives. */
export type ResilienceFacts = {
  readonly timeout?: number;
  readonly retries?: RetryFacts;
};
