/** Growing, jittered delays: how long to wait before the n-th attempt. */

/** A source of numbers in [0, 1), as Math.random. */
export type Random = () => number;

/** The shape of a backoff: `baseMs · 2^n`, at most `maxMs`, then spread by up to `jitter` (a fraction of the delay, added). */
export type BackoffPolicy = { readonly baseMs: number; readonly maxMs: number; readonly jitter: number };

/** The delay in ms before attempt `failures + 1`, where `failures` (from 0) have gone before. */
export function backoffDelay(policy: BackoffPolicy, failures: number, random: Random): number {
  const delay = Math.min(policy.baseMs * 2 ** Math.min(failures, 52), policy.maxMs);
  return delay * (1 + policy.jitter * random());
}

/** Spreads a period by up to the fraction `jitter` above it, so that replicas and kinds do not move in step. */
export function jittered(periodMs: number, jitter: number, random: Random): number {
  return periodMs * (1 + jitter * random());
}
