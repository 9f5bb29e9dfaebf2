/** A queue of keys: each at most once, never in two hands at once, urgent ones first, failing ones later and later. */

/** Higher is sooner. */
export type Priority = number;

/** Work found while filling caches yields to fresh changes (as in controller-runtime). */
export const initialPriority: Priority = -100;

/** Work caused by a change. */
export const normalPriority: Priority = 0;

/** A queue of keys; a key added while it is worked on is worked on once more afterwards. */
export type KeyedQueue = {
  add(key: string, priority?: Priority): void;
  /** Adds after `delayMs`; of several such calls the earliest counts. */
  addAfter(key: string, delayMs: number, priority?: Priority): void;
  /** Adds after the key's own growing delay; returns that delay in ms. */
  addFailed(key: string, priority?: Priority): number;
  /** The next failure of the key starts from the smallest delay again. */
  forget(key: string): void;
  /** How often the key failed in a row. */
  failures(key: string): number;
  /** The next key; undefined once the queue is shut down and nothing is ready. The taker calls `done`. */
  take(): Promise<{ readonly key: string; readonly priority: Priority } | undefined>;
  done(key: string): void;
  /** Refuses new keys and forgets delayed ones; what is ready is still handed out when `drain` is true. */
  shutDown(drain: boolean): void;
  /** Ready keys by priority, keys in hand with their monotonic start: for gauges. */
  stats(): {
    readonly ready: ReadonlyMap<Priority, number>;
    readonly delayed: number;
    readonly startedAt: readonly number[];
  };
};
