/** A queue of keys: each at most once, never in two hands at once, urgent ones first, failing ones later and later. */
import { backoffDelay } from './backoff.ts';
import type { Cancel } from './clock.ts';
import { DelayHeap } from './delay-heap.ts';
import type { Environment } from './environment.ts';
import { ReadyKeys } from './ready-keys.ts';

/** Higher is sooner. */
export type Priority = number;

/** Work found while filling caches yields to fresh changes (as in controller-runtime). */
export const initialPriority: Priority = -100;

/** Work caused by a change. */
export const normalPriority: Priority = 0;

/** What a worker has in hand. */
export type TakenKey = { readonly key: string; readonly priority: Priority };

/** Ready keys by priority, delayed keys, and since when (monotonic ms) the keys in hand are worked on: for gauges. */
export type QueueStats = {
  readonly ready: ReadonlyMap<Priority, number>;
  readonly delayed: number;
  readonly startedAt: readonly number[];
};

/** A queue of keys; a key added while it is worked on is worked on once more afterwards. */
export type KeyedQueue = {
  add(key: string, priority?: Priority): void;
  /** Adds after `delayMs`; of several such calls the earliest counts. */
  addAfter(key: string, delayMs: number, priority?: Priority): void;
  /** Counts a failure, and adds after the key's own growing delay, or after `waitMs` where given; returns the delay in ms. */
  addFailed(key: string, priority?: Priority, waitMs?: number): number;
  /** The next failure of the key starts from the smallest delay again. */
  forget(key: string): void;
  /** How often the key failed in a row. */
  failures(key: string): number;
  /** The next key; undefined once the queue is shut down and nothing is ready. The taker calls `done`. */
  take(): Promise<TakenKey | undefined>;
  done(key: string): void;
  /** Refuses new keys and forgets delayed ones; what is ready is still handed out when `drain` is true. */
  shutDown(drain: boolean): void;
  stats(): QueueStats;
};

/** What a queue is called in metrics, and how long its delays grow. */
export type QueueOptions = {
  readonly name: string;
  readonly environment: Environment;
  /** The longest delay after failures, in ms. */
  readonly maxBackoffMs: number;
};

/** 5 ms · 2^n as in client-go; spread a little, so that keys that failed together do not come back together. */
const failureBackoff = { baseMs: 5, jitter: 0.1 } as const;

/** An empty queue. */
export function createQueue(options: QueueOptions): KeyedQueue {
  return new Queue(options);
}

class Queue implements KeyedQueue {
  readonly #options: QueueOptions;
  readonly #ready = new ReadyKeys();
  readonly #delayed = new DelayHeap<Priority>();
  /** Keys in hand, with the time they were taken. */
  readonly #inHand = new Map<string, number>();
  /** Keys in hand that were added meanwhile, with their priority. */
  readonly #again = new Map<string, Priority>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((taken: TakenKey | undefined) => void)[] = [];
  #cancelTimer: Cancel | undefined;
  #closed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  add(key: string, priority: Priority = normalPriority): void {
    if (this.#closed) return;
    const delayed = this.#delayed.get(key);
    this.#delayed.delete(key);
    const highest = Math.max(priority, delayed?.payload ?? priority);
    if (this.#inHand.has(key)) {
      const known = this.#again.get(key);
      this.#again.set(key, Math.max(highest, known ?? highest));
      if (known === undefined) this.#tellAdded(highest);
      return;
    }
    this.#enqueue(key, highest, true);
  }

  addAfter(key: string, delayMs: number, priority: Priority = normalPriority): void {
    if (this.#closed) return;
    if (delayMs <= 0) return this.add(key, priority);
    const known = this.#delayed.get(key);
    const at = this.#options.environment.clock.now() + delayMs;
    this.#delayed.set({
      key,
      at: Math.min(at, known?.at ?? at),
      payload: Math.max(priority, known?.payload ?? priority),
    });
    this.#setTimer();
  }

  addFailed(key: string, priority: Priority = normalPriority, waitMs?: number): number {
    const { environment, name, maxBackoffMs } = this.#options;
    const failures = this.failures(key);
    this.#failures.set(key, failures + 1);
    const delayMs = waitMs ?? backoffDelay({ ...failureBackoff, maxMs: maxBackoffMs }, failures, environment.random);
    environment.observe({ type: 'queue.retried', queue: name, delayMs });
    this.addAfter(key, delayMs, priority);
    return delayMs;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  take(): Promise<TakenKey | undefined> {
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#serve();
    });
  }

  done(key: string): void {
    const { clock, observe } = this.#options.environment;
    const startedAt = this.#inHand.get(key);
    if (startedAt === undefined) return;
    this.#inHand.delete(key);
    observe({ type: 'queue.finished', queue: this.#options.name, workedMs: clock.now() - startedAt });
    const again = this.#again.get(key);
    this.#again.delete(key);
    if (again !== undefined) this.#enqueue(key, again, false);
  }

  shutDown(drain: boolean): void {
    this.#closed = true;
    this.#delayed.clear();
    this.#cancelTimer?.();
    if (!drain) {
      this.#ready.clear();
      this.#again.clear();
    }
    this.#serve();
  }

  stats(): QueueStats {
    return { ready: this.#ready.counts(), delayed: this.#delayed.size, startedAt: [...this.#inHand.values()] };
  }

  #enqueue(key: string, priority: Priority, told: boolean): void {
    const added = this.#ready.add(key, priority, this.#options.environment.clock.now());
    if (added && told) this.#tellAdded(priority);
    this.#serve();
  }

  /** Hands ready keys to waiting takers; after the shutdown, when nothing can come any more, sends the takers home. */
  #serve(): void {
    const { clock, observe } = this.#options.environment;
    while (this.#takers.length > 0) {
      const next = this.#ready.take();
      if (next === undefined) break;
      const now = clock.now();
      this.#inHand.set(next.key, now);
      observe({ type: 'queue.taken', queue: this.#options.name, priority: next.priority, waitedMs: now - next.since });
      this.#takers.shift()?.({ key: next.key, priority: next.priority });
    }
    if (this.#closed && this.#ready.size === 0 && this.#again.size === 0) {
      for (const taker of this.#takers.splice(0)) taker(undefined);
    }
  }

  #setTimer(): void {
    this.#cancelTimer?.();
    const next = this.#delayed.peek();
    if (next === undefined) return;
    const { clock } = this.#options.environment;
    this.#cancelTimer = clock.setTimer(next.at - clock.now(), () => this.#release());
  }

  #release(): void {
    const { clock } = this.#options.environment;
    for (let next = this.#delayed.peek(); next !== undefined && next.at <= clock.now(); next = this.#delayed.peek()) {
      this.add(next.key, next.payload);
    }
    this.#setTimer();
  }

  #tellAdded(priority: Priority): void {
    this.#options.environment.observe({ type: 'queue.added', queue: this.#options.name, priority });
  }
}
