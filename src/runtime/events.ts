/** Records Kubernetes Events (events.k8s.io/v1) without ever making a reconcile wait. */
import { ApiError } from './api-error.ts';
import { backoffDelay } from './backoff.ts';
import { classify } from './classify.ts';
import type { ErrorClass } from './error-class.ts';
import { microTime, sleep } from './clock.ts';
import type { Environment } from './environment.ts';
import type { EventNote } from './event-note.ts';
import { eventKey, eventManifest } from './event-manifest.ts';
import type { Reporter } from './event-manifest.ts';
import { EventOutbox, eventOf, hasNews, seriesOf } from './event-outbox.ts';
import type { Series } from './event-outbox.ts';
import type { Verb } from './observer.ts';
import type { ResourceClient } from './resource-client.ts';

/** Takes notes. */
export type EventRecorder = {
  /** Never throws and never waits; a note that does not fit in the queue is dropped and counted. */
  record(note: EventNote): void;
  /** Sends until `signal` aborts, then tries once to send what is left; never rejects. Called once. */
  run(signal: AbortSignal): Promise<void>;
};

/** A recorder to be. */
export type EventRecorderOptions = {
  /** Rights needed: create and patch. Without a fence: the last Events are sent after the lease was given back. */
  readonly events: Pick<ResourceClient, 'create' | 'jsonPatch'>;
  readonly reporter: Reporter;
  readonly environment: Environment;
  /** How many Events may wait to be created; default 1,000. */
  readonly capacity?: number;
  /** How long a stop may take; default 3 s. */
  readonly flushMs?: number;
};

/** The size of client-go's queue (tools/events, maxQueuedEvents). */
const defaultCapacity = 1000;
const defaultFlushMs = 3_000;

/** Together about a minute and a half; client-go gives up after twelve tries too (tools/events, maxTriesPerEvent). */
const mostTries = 12;
const retry = { baseMs: 1_000, maxMs: 10_000, jitter: 0.25 };

/** Only these are worth another try; otherwise the namespace or the right to write there is gone, or the Event is wrong. */
const passing: ReadonlySet<ErrorClass | undefined> = new Set<ErrorClass>(['retry', 'retryAfter', 'conflict']);

/**
 * A recorder that creates one Event for a note. When the same note (about the same object, with the same reason, action
 * and type) comes again within six minutes, it becomes that Event's series: told once with the second note, then at
 * most each half hour, and when the series ends.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new SeriesRecorder(options);
}

class SeriesRecorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #outbox: EventOutbox;
  #state: 'open' | 'stopping' | 'closed' = 'open';
  #wake: () => void = () => {};

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#outbox = new EventOutbox(options.capacity ?? defaultCapacity);
  }

  record(note: EventNote): void {
    const { clock } = this.#options.environment;
    const now = clock.now();
    const observedTime = microTime(clock.wallTime());
    const key = eventKey(note);
    const series = this.#outbox.running(key, now);
    if (series === undefined) return this.#begin(key, note, now, observedTime);
    Object.assign(series, { count: series.count + 1, observedAt: now, observedTime });
    this.#outbox.touch(series);
    if (series.count !== 2) return;
    this.#outbox.post(series, now);
    this.#wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const flushed = new AbortController();
    const late = stopped.then(() => {
      this.#state = 'stopping';
      this.#wake();
      return sleep(this.#options.environment.clock, this.#options.flushMs ?? defaultFlushMs, flushed.signal);
    });
    await Promise.race([this.#send(), late]);
    flushed.abort();
    this.#state = 'closed';
    for (const series of this.#outbox.drain()) this.#dropped(series.manifest.reason);
  }

  #begin(key: string, note: EventNote, observedAt: number, observedTime: string): void {
    const manifest = eventManifest(note, this.#options.reporter, observedTime);
    const counted = { count: 1, observedAt, observedTime };
    const unsent = { created: false, sentCount: 0, sentAt: observedAt, failures: 0 };
    const series: Series = { key, manifest, ...counted, ...unsent };
    if (this.#state === 'closed' || !this.#outbox.start(series)) return this.#dropped(note.reason);
    this.#wake();
  }

  /** Sends what is due, one request at a time; ends when the flush after a stop is through or has run out of time. */
  async #send(): Promise<void> {
    const { clock } = this.#options.environment;
    while (this.#state === 'open') {
      const series = this.#outbox.take(clock.now());
      if (series !== undefined) await this.#deliver(series);
      else await this.#pause(this.#outbox.sweep(clock.now()) - clock.now());
    }
    const left = this.#outbox.drain();
    // What the deadline leaves over goes back, to be counted as dropped.
    for (const series of left) this.#outbox.post(series, clock.now());
    for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#deliver(next);
  }

  #next(): Series | undefined {
    return this.#state === 'closed' ? undefined : this.#outbox.take(this.#options.environment.clock.now());
  }

  /** Sleeps until a note comes in, the process stops, or time is up. */
  #pause(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    return this.#state === 'open' ? sleep(this.#options.environment.clock, ms, woken.signal) : Promise.resolve();
  }

  async #deliver(series: Series): Promise<void> {
    try {
      const told = series.created ? await this.#patch(series) : await this.#create(series);
      const sentAt = this.#options.environment.clock.now();
      Object.assign(series, { created: true, sentCount: told, sentAt, failures: 0 });
      if (told === 1 && hasNews(series)) this.#outbox.post(series, sentAt);
    } catch (error) {
      this.#failed(series, error);
    }
  }

  /** Returns the count that the server knows then. */
  async #create(series: Series): Promise<number> {
    const { environment, events } = this.#options;
    const { count } = series;
    const known = await events.create(eventOf(series)).then(
      () => count,
      (error: unknown) => {
        if (classOf('create', error) !== 'conflict') throw error;
        // The name is ours alone: an earlier try, whose answer was lost, has created it, perhaps without a series.
        return 1;
      },
    );
    environment.observe({ type: 'event.recorded', reason: series.manifest.reason });
    return known;
  }

  async #patch(series: Series): Promise<number> {
    const { count } = series;
    const operation = { op: 'add', path: '/series', value: seriesOf(series) } as const;
    if (hasNews(series)) await this.#options.events.jsonPatch(series.manifest.metadata, [operation]);
    return count;
  }

  #failed(series: Series, error: unknown): void {
    const { environment } = this.#options;
    const now = environment.clock.now();
    const found = classOf(series.created ? 'patch' : 'create', error);
    series.failures++;
    if (this.#state === 'open' && series.failures < mostTries) {
      if (series.created && found === 'gone') {
        // Events live for an hour (--event-ttl); the count goes into a new one.
        series.created = false;
        return this.#outbox.post(series, now);
      }
      if (passing.has(found)) {
        const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
        const delay = backoffDelay(retry, series.failures - 1, environment.random);
        return this.#outbox.post(series, now + Math.max(delay, asked));
      }
    }
    this.#outbox.forget(series);
    environment.observe({ type: 'event.failed', reason: series.manifest.reason, error });
  }

  #dropped(reason: string): void {
    this.#options.environment.observe({ type: 'event.dropped', reason });
  }
}

/** What an error means; undefined when no API call threw it. */
function classOf(verb: Verb, error: unknown): ErrorClass | undefined {
  return error instanceof ApiError ? classify(verb, error) : undefined;
}
