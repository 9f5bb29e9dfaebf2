/** Keeps a store equal to what the API server holds of one selection, whatever happens to the connection. */
import { ApiError } from './api-error.ts';
import { backoffDelay, jittered } from './backoff.ts';
import { classify } from './classify.ts';
import { sleep } from './clock.ts';
import type { Discovery } from './discovery.ts';
import type { Environment } from './environment.ts';
import { compareWithList } from './list-comparison.ts';
import type { ObjectStore } from './object-store.ts';
import type { WatchOccurrence, WatchSubject } from './observer.ts';
import type { ResourceReader, Selection } from './resource-client.ts';
import { resourceName } from './resource.ts';
import { WatchSession } from './watch-session.ts';
import type { WatchState, WatchStatus } from './watch-status.ts';
import { healthyWatchMs, relistJitter, shortWatchMs, watchBackoff } from './watch-timing.ts';
import type { WatchTiming } from './watch-timing.ts';

/** What a reflector works with. */
export type ReflectorOptions<T> = {
  readonly reader: ResourceReader;
  readonly store: ObjectStore<T>;
  readonly selection: Selection;
  readonly discovery: Discovery;
  readonly environment: Environment;
  readonly timing: WatchTiming;
  /** Called when `synced` of the status turns true. */
  readonly onSynced: () => void;
};

/** After so many answered failures in a row the position itself is suspected, and everything is listed again. */
const failuresBeforeRelist = 5;

/** One selection of one resource; `run` once. */
export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #session: WatchSession<T>;
  #state: WatchState = 'syncing';
  #synced = false;
  #lastActivity: number;
  #failures = 0;
  #restart: AbortController = new AbortController();

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#lastActivity = options.environment.clock.now();
    this.#session = new WatchSession({
      ...options,
      idleTimeoutMs: options.timing.idleTimeoutMs,
      tell: (occurrence) => this.#tell(occurrence),
      alive: () => this.#alive(),
      filled: () => this.#settle('synced'),
    });
  }

  /** The state for probes. */
  status(): WatchStatus {
    return { ...this.#subject, state: this.#state, synced: this.#synced, lastActivity: this.#lastActivity };
  }

  /** Works until `signal` aborts; never rejects, and does not touch the store afterwards. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#follow(signal), this.#compare(signal)]);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.environment;
    while (!signal.aborted) {
      const startedAt = clock.now();
      this.#restart = new AbortController();
      const failure = await this.#watchOnce(AbortSignal.any([signal, this.#restart.signal]));
      if (signal.aborted) return;
      if (this.#restart.signal.aborted) continue;
      const lived = clock.now() - startedAt;
      if (lived >= healthyWatchMs) this.#failures = 0;
      await this.#recover(failure, lived, signal);
    }
  }

  async #watchOnce(signal: AbortSignal): Promise<ApiError | undefined> {
    try {
      await this.#session.follow(signal);
      return undefined;
    } catch (error) {
      return asApiError(error);
    }
  }

  async #recover(failure: ApiError | undefined, lived: number, signal: AbortSignal): Promise<void> {
    const short = lived < shortWatchMs;
    if (failure === undefined) {
      if (short) await this.#pause(hungUp(), signal);
      return;
    }
    const meaning = classify('watch', failure);
    if (meaning === 'kindMissing') return this.#awaitKind(failure, signal);
    if (meaning !== 'gone') return this.#pause(failure, signal);
    this.#session.startOver();
    this.#tell({ type: 'watch.expired' });
    if (short) await this.#pause(failure, signal);
  }

  async #pause(error: ApiError, signal: AbortSignal): Promise<void> {
    const { environment, timing } = this.#options;
    const delay = backoffDelay({ ...watchBackoff, maxMs: timing.maxBackoffMs }, this.#failures, environment.random);
    const retryInMs = Math.max(delay, error.retryAfterMs ?? 0);
    this.#failures += 1;
    this.#state = 'failing';
    if (error.status !== 0 && this.#failures % failuresBeforeRelist === 0) this.#session.startOver();
    this.#tell({ type: 'watch.failed', error, retryInMs });
    await sleep(environment.clock, retryInMs, signal);
  }

  /**
   * A 404 alone proves nothing: a server that starts does not know its custom resources yet. Discovery decides, which
   * doubts for a while that a kind it knew is gone.
   */
  async #awaitKind(failure: ApiError, signal: AbortSignal): Promise<void> {
    const { discovery, reader } = this.#options;
    const missing = await isMissing(discovery, reader);
    if (signal.aborted) return;
    if (!missing) return this.#pauseUntilNews(failure, signal);
    this.#session.clear();
    this.#settle('kindMissing');
    this.#tell({ type: 'watch.kindMissing' });
    await discovery.whenServed(reader.resource, signal);
    this.#failures = 0;
    if (!signal.aborted) this.#state = 'syncing';
  }

  /** Tries again earlier where discovery finds the kind again, or believes it gone. */
  async #pauseUntilNews(failure: ApiError, signal: AbortSignal): Promise<void> {
    const news = new AbortController();
    const ignore = this.#options.discovery.onChange(() => news.abort());
    await this.#pause(failure, AbortSignal.any([signal, news.signal]));
    ignore();
  }

  async #compare(signal: AbortSignal): Promise<void> {
    const { environment, timing } = this.#options;
    while (!signal.aborted) {
      await sleep(environment.clock, jittered(timing.relistPeriodMs, relistJitter, environment.random), signal);
      if (this.#state === 'synced' && !signal.aborted) await this.#compareOnce(signal);
    }
  }

  async #compareOnce(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.environment;
    try {
      const { items, missed } = await compareWithList({ ...this.#options, clock, signal });
      if (signal.aborted) return;
      this.#tell({ type: 'relist.compared', items, missed: missed.length });
      if (missed.length === 0) return;
      this.#session.startOver();
      this.#restart.abort();
    } catch (error) {
      if (!signal.aborted) this.#tell({ type: 'relist.failed', error: asApiError(error) });
    }
  }

  #alive(): void {
    this.#lastActivity = this.#options.environment.clock.now();
    if (this.#synced && this.#state === 'failing') this.#state = 'synced';
  }

  #settle(state: 'synced' | 'kindMissing'): void {
    this.#state = state;
    const first = !this.#synced;
    this.#synced = true;
    if (first) this.#options.onSynced();
  }

  get #subject(): WatchSubject {
    const { reader, selection } = this.#options;
    const resource = resourceName(reader.resource);
    return selection.namespace === undefined ? { resource } : { resource, namespace: selection.namespace };
  }

  #tell(occurrence: WatchOccurrence): void {
    this.#options.environment.observe({ ...this.#subject, ...occurrence });
  }
}

async function isMissing(discovery: Discovery, { resource }: ResourceReader): Promise<boolean> {
  try {
    await discovery.refresh();
  } catch {
    // A server that cannot say what it serves has not said that it lacks this kind.
    return false;
  }
  return discovery.serves(resource) === false;
}

const hungUp = (): ApiError => new ApiError({ reason: 'ShortWatch', message: 'the server ended a watch at once' });

/** The API client throws nothing else; a defect of ours must not end the watch either. */
function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(
    { reason: 'Defect', message: error instanceof Error ? error.message : String(error) },
    { cause: error },
  );
}
