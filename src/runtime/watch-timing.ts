/** The times of a watch; all in ms. */

/** Set by flags where one exists; tests set the rest. */
export type WatchTiming = {
  /** A watch on which nothing comes for so long is dead; the server sends bookmarks about every minute. */
  readonly idleTimeoutMs: number;
  /** How often a full list is compared with the store. */
  readonly relistPeriodMs: number;
  /** The longest delay between attempts. */
  readonly maxBackoffMs: number;
};

/** `--watch-idle-timeout`, `--relist-period` and the cap that client-go has. */
export const defaultWatchTiming: WatchTiming = {
  idleTimeoutMs: 150_000,
  relistPeriodMs: 600_000,
  maxBackoffMs: 30_000,
};

/** The first delay of the backoff and its spread, as in client-go's reflector. */
export const watchBackoff = { baseMs: 800, jitter: 1 } as const;

/** A watch that lived shorter counts as a failed attempt, so that a server that hangs up at once is not hammered. */
export const shortWatchMs = 5_000;

/** After a watch lived so long the backoff starts over. */
export const healthyWatchMs = 30_000;

/** The server ends a watch after this many seconds, spread up to twice as many, so that watches do not all end together. */
export const shortestTimeoutSeconds = 300;

/** Relists are spread by up to this fraction of their period. */
export const relistJitter = 0.2;
