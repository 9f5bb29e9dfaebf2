/** The loop: take a key, reconcile it, do with the key what the outcome says. */
import { ApiError } from './api-error.ts';
import { classify } from './classify.ts';
import { sleep } from './clock.ts';
import type { Environment } from './environment.ts';
import type { ErrorClass } from './error-class.ts';
import type { ReconcileResult, ReconcileSubject } from './observer.ts';
import { backoff } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { createQueue } from './queue.ts';
import type { KeyedQueue, Priority, QueueStats, TakenKey } from './queue.ts';

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

/** Level-triggered: the key says where to look, never what happened. A throw is an outcome too: backoff. */
export type Reconcile = (key: string, context: ReconcileContext) => Promise<Outcome>;

/** A controller to be. */
export type ControllerOptions = {
  readonly name: string;
  readonly workers: number;
  readonly reconcile: Reconcile;
  readonly environment: Environment;
  /** metadata.generation of the object under a key, for those who watch the controller; absent where there is none. */
  readonly generationOf?: (key: string) => number | undefined;
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
  /** Works until `signal` aborts and the reconciles under way have ended; never rejects. Keys queued then are left. */
  run(signal: AbortSignal): Promise<void>;
  readonly stats: () => QueueStats;
};

/** A controller that has not started; keys may be enqueued at once. */
export function createController(options: ControllerOptions): Controller {
  return new QueueController(options);
}

type Finished = {
  readonly outcome: Outcome;
  readonly panicked: boolean;
  readonly timedOut: boolean;
};

class QueueController implements Controller {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #queue: KeyedQueue;

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#options = options;
    const { name, environment, maxBackoffMs = 300_000 } = options;
    this.#queue = createQueue({ name, environment, maxBackoffMs });
  }

  enqueue(key: string, priority?: Priority): void {
    this.#queue.add(key, priority);
  }

  enqueueAfter(key: string, delayMs: number, priority?: Priority): void {
    this.#queue.addAfter(key, delayMs, priority);
  }

  readonly stats = (): QueueStats => this.#queue.stats();

  async run(signal: AbortSignal): Promise<void> {
    const { workers, environment, waitFor = [], drainTimeoutMs = 20_000 } = this.#options;
    await Promise.all(waitFor.map((whenReady) => whenReady(signal)));
    const [patience, drained] = [new AbortController(), new AbortController()];
    const stop = (): void => {
      this.#queue.shutDown(false);
      void sleep(environment.clock, drainTimeoutMs, drained.signal).then(() => patience.abort());
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    await Promise.all(Array.from({ length: workers }, () => this.#work(patience.signal)));
    drained.abort();
  }

  async #work(impatient: AbortSignal): Promise<void> {
    for (let taken = await this.#queue.take(); taken !== undefined; taken = await this.#queue.take()) {
      await this.#handle(taken, impatient);
      this.#queue.done(taken.key);
    }
  }

  async #handle({ key, priority }: TakenKey, impatient: AbortSignal): Promise<void> {
    const { clock, observe } = this.#options.environment;
    const subject = this.#subject(key);
    const startedAt = clock.now();
    observe({ type: 'reconcile.started', ...subject });
    const context = { reconcileID: subject.reconcileID, priority, failures: this.#queue.failures(key) };
    const finished = await this.#reconcile(key, context, impatient);
    const { outcome, panicked, timedOut } = finished;
    const result = this.#settle(key, priority, outcome);
    observe({
      type: 'reconcile.finished',
      ...subject,
      result,
      durationMs: clock.now() - startedAt,
      ...failureOf(outcome),
      panicked,
      timedOut,
    });
  }

  #subject(key: string): ReconcileSubject {
    const { environment, generationOf } = this.#options;
    const generation = generationOf?.(key);
    return {
      controller: this.name,
      key,
      ...(generation === undefined ? {} : { generation }),
      reconcileID: newReconcileID(environment.random),
    };
  }

  async #reconcile(key: string, context: Omit<ReconcileContext, 'signal'>, impatient: AbortSignal): Promise<Finished> {
    const { reconcile, environment, reconcileTimeoutMs = 60_000 } = this.#options;
    const abort = new AbortController();
    const cancel = (): void => abort.abort();
    let timedOut = false;
    const lift = environment.clock.setTimer(reconcileTimeoutMs, () => {
      timedOut = true;
      cancel();
    });
    impatient.addEventListener('abort', cancel, { once: true });
    if (impatient.aborted) cancel();
    try {
      const outcome = await reconcile(key, { ...context, signal: abort.signal });
      return { outcome, panicked: false, timedOut };
    } catch (error) {
      return { outcome: backoff(error), panicked: !(error instanceof ApiError), timedOut };
    } finally {
      lift();
      impatient.removeEventListener('abort', cancel);
    }
  }

  /** Does with the key what the outcome says; an error wins over any wish for another look. */
  #settle(key: string, priority: Priority, outcome: Outcome): ReconcileResult {
    if (outcome.type === 'backoff') {
      this.#retry(key, priority, outcome);
      return 'error';
    }
    this.#queue.forget(key);
    if (outcome.type === 'again') this.#queue.addAfter(key, outcome.afterMs, priority);
    return resultOf[outcome.type];
  }

  /** Where the server named a time, that time is waited for; a fenced process is about to end and tries nothing more. */
  #retry(key: string, priority: Priority, outcome: Extract<Outcome, { type: 'backoff' }>): void {
    const { error, afterMs } = outcome;
    if (failureOf(outcome).reason === 'fenced') return;
    const toldMs = error instanceof ApiError ? error.retryAfterMs : undefined;
    this.#queue.addFailed(key, priority, afterMs ?? toldMs);
  }
}

/** What failed, and of which kind it is where the cluster is at fault. */
function failureOf(outcome: Outcome): { readonly error?: unknown; readonly reason?: ErrorClass } {
  if (!('error' in outcome)) return {};
  const { error } = outcome;
  const told = outcome.type === 'backoff' ? outcome.reason : undefined;
  const reason = told ?? (error instanceof ApiError ? classify('patch', error) : undefined);
  return { error, ...(reason === undefined ? {} : { reason }) };
}

const resultOf = { done: 'success', again: 'requeue_after', terminal: 'terminal_error' } as const;

/** 16 hex digits: unique enough to find the lines of one reconcile. */
function newReconcileID(random: () => number): string {
  const half = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return half() + half();
}
