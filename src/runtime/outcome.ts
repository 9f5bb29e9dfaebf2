/** What a reconcile wants next: nothing, another look later, another try with growing delay, or no further try. */
import type { ErrorClass } from './error-class.ts';

/** The end of one reconcile. */
export type Outcome =
  | { readonly type: 'done' }
  | { readonly type: 'again'; readonly afterMs: number }
  | { readonly type: 'backoff'; readonly error: unknown; readonly reason?: ErrorClass; readonly afterMs?: number }
  | { readonly type: 'terminal'; readonly error: unknown };

/** Nothing more to do until something changes. */
export const done: Outcome = { type: 'done' };

/** All is well so far; look again after `afterMs`, or earlier when something changes. */
export function againAfter(afterMs: number): Outcome {
  return { type: 'again', afterMs };
}

/** It failed; try again after the key's growing delay, or later where an ApiError names a time. */
export function backoff(error: unknown): Outcome {
  return { type: 'backoff', error };
}

/** A failure as clusters have them: `text` says what, `reason` of which kind; `afterMs` where the server named a time. */
export type PassingFailure = { readonly reason: ErrorClass; readonly text: string; readonly afterMs?: number };

/** It failed, and not by a defect of ours; try again after the key's growing delay, or after `afterMs`. */
export function tryAgain({ reason, text, afterMs }: PassingFailure): Outcome {
  return { type: 'backoff', error: text, reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** It failed and trying again cannot help; wait for a change. */
export function terminal(error: unknown): Outcome {
  return { type: 'terminal', error };
}
