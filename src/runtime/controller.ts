/** The loop: take a key, reconcile it, do with the key what the outcome says. */
import type { Environment } from './environment.ts';
import type { Outcome } from './outcome.ts';
import type { KeyedQueue, Priority } from './queue.ts';

/** What a reconcile is told besides the key. */
export type ReconcileContext = {
  /** Unique to this call; it goes into every log line. */
  readonly reconcileID: string;
  /** Aborts when the call takes too long, or its result is no longer wanted. */
  readonly signal: AbortSignal;
  readonly priority: Priority;
  /** How often this key failed in a row before. */
  readonly failures: number;
};

/** Level-triggered: the key says where to look, never what happened. */
export type Reconcile = (key: string, context: ReconcileContext) => Promise<Outcome>;

/** A controller to be. */
export type ControllerOptions = {
  readonly name: string;
  readonly workers: number;
  readonly reconcile: Reconcile;
  readonly environment: Environment;
  /** Workers start when these have resolved (informers' whenSynced). */
  readonly waitFor?: readonly ((signal: AbortSignal) => Promise<void>)[];
  /** The context's signal aborts after this; default 60 s. */
  readonly reconcileTimeoutMs?: number;
  /** The longest delay after failures; default 5 min. */
  readonly maxBackoffMs?: number;
  /** How long a stop waits for reconciles under way before it aborts them; default 20 s. */
  readonly drainTimeoutMs?: number;
};

/** A running or stopped controller. */
export type Controller = {
  readonly name: string;
  enqueue(key: string, priority?: Priority): void;
  enqueueAfter(key: string, delayMs: number, priority?: Priority): void;
  /** Works until `signal` aborts and the reconciles under way have ended; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  stats: KeyedQueue['stats'];
};
