/** One watch after the other over the same store: fill it, then follow, remembering how far the watch has come. */
import { ApiError } from './api-error.ts';
import { classify } from './classify.ts';
import type { Environment } from './environment.ts';
import type { ObjectStore, StoreEntry } from './object-store.ts';
import type { WatchOccurrence } from './observer.ts';
import type { ResourceReader, Selection, WatchStart } from './resource-client.ts';
import { keyOf } from './resource.ts';
import type { KubeObject } from './resource.ts';
import type { WatchEvent } from './watch-event.ts';
import { WatchPosition } from './watch-position.ts';
import { shortestTimeoutSeconds } from './watch-timing.ts';

/** What a session works with. */
export type SessionOptions<T> = {
  readonly reader: ResourceReader;
  readonly store: ObjectStore<T>;
  readonly selection: Selection;
  readonly environment: Environment;
  readonly idleTimeoutMs: number;
  readonly tell: (occurrence: WatchOccurrence) => void;
  /** Something came: a page, the acceptance of a watch, or a batch of events or bookmarks. */
  readonly alive: () => void;
  /** The store is complete. */
  readonly filled: () => void;
};

/** A server that never ends the initial events does not know streamed lists, or is in trouble; pages work there too. */
const incompleteStreamsAllowed = 2;

type Entries<T> = Map<string, StoreEntry<T>>;

/** Not reentrant: `follow` is called again after it has settled. */
export class WatchSession<T> {
  readonly #options: SessionOptions<T>;
  readonly #position = new WatchPosition();
  #streams = true;
  #incompleteStreams = 0;
  #filledOnce = false;
  /** What a streamed list has brought so far; undefined while following. */
  #filling: Entries<T> | undefined;
  #startedAt = 0;

  constructor(options: SessionOptions<T>) {
    this.#options = options;
  }

  /** Makes the next {@link follow} list everything again; what is new or gone then becomes events. */
  startOver(): void {
    this.#position.forget();
  }

  /** Empties the store: the kind is no longer served. */
  clear(): void {
    this.#position.forget();
    this.#replace(new Map(), '0', true);
  }

  /** Fills the store if need be and follows one watch to its clean end; rejects with ApiError. Quiet once `signal` aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    this.#startedAt = this.#options.environment.clock.now();
    if (this.#position.current === undefined && !this.#streams) await this.#list(signal);
    const batches = await this.#open(signal);
    // The server does not stream lists: the second attempt asks for pages.
    if (batches === undefined) return this.follow(signal);
    const streamed = this.#position.current === undefined;
    this.#options.tell({ type: 'watch.opened', streamed });
    if (!streamed) this.#options.alive();
    this.#filling = streamed ? new Map() : undefined;
    try {
      await this.#drain(batches, signal);
      if (this.#filling !== undefined)
        throw new ApiError({ reason: 'Incomplete', message: 'a streamed list ended early' });
    } finally {
      if (this.#filling !== undefined && !signal.aborted) this.#noteIncompleteStream();
      this.#filling = undefined;
    }
  }

  async #drain(batches: AsyncIterable<readonly WatchEvent[]>, signal: AbortSignal): Promise<void> {
    const { tell, alive } = this.#options;
    let events = 0;
    try {
      for await (const batch of batches) {
        if (signal.aborted) return;
        events += batch.length;
        for (const event of batch) this.#take(event);
        alive();
      }
    } finally {
      if (!signal.aborted) tell({ type: 'watch.closed', durationMs: this.#age, events });
    }
  }

  /** Undefined when the server refuses to stream a list; from then on pages are asked for. */
  async #open(signal: AbortSignal): Promise<AsyncIterable<readonly WatchEvent[]> | undefined> {
    const { reader, selection, idleTimeoutMs, environment } = this.#options;
    const resourceVersion = this.#position.current;
    const start: WatchStart = resourceVersion === undefined ? { initialEvents: true } : { resourceVersion };
    const timeoutSeconds = Math.round(shortestTimeoutSeconds * (1 + environment.random()));
    try {
      return await reader.watch({ ...selection, start, timeoutSeconds, idleTimeoutMs, signal });
    } catch (error) {
      const refused = error instanceof ApiError && classify('watch', error) === 'rejected';
      if (!refused || resourceVersion !== undefined) throw error;
      this.#streams = false;
      return undefined;
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { reader, selection, alive } = this.#options;
    const entries: Entries<T> = new Map();
    let resourceVersion = '';
    for await (const page of reader.list(selection, { signal })) {
      alive();
      resourceVersion = page.resourceVersion;
      for (const object of page.items) this.#collect(entries, object);
    }
    if (!signal.aborted) this.#fill(entries, resourceVersion);
  }

  #take(event: WatchEvent): void {
    if (event.type === 'ERROR') throw event.error;
    if (event.type === 'BOOKMARK') {
      if (this.#filling === undefined) this.#position.advance(event.resourceVersion);
      else if (event.initialEnd) this.#fill(this.#filling, event.resourceVersion);
      return;
    }
    const { type, object } = event;
    if (this.#filling === undefined) this.#change(type, object);
    else if (type === 'DELETED') this.#filling.delete(keyOf(object.metadata));
    else this.#collect(this.#filling, object);
  }

  #change(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    const { store } = this.#options;
    const { uid = '', resourceVersion = '' } = object.metadata;
    this.#position.advance(resourceVersion);
    if (type === 'DELETED') return store.remove({ key: keyOf(object.metadata), uid, resourceVersion }, 'watch');
    const entry = store.prepare(object);
    if (entry !== undefined) store.upsert(entry, 'watch');
  }

  #collect(entries: Entries<T>, object: KubeObject): void {
    const { store } = this.#options;
    // An object that cannot be read is still there: what is held of it stays.
    const entry = store.prepare(object) ?? store.entryOf(keyOf(object.metadata));
    if (entry !== undefined) entries.set(entry.key, entry);
  }

  #fill(entries: Entries<T>, resourceVersion: string): void {
    const streamed = this.#filling !== undefined;
    this.#filling = undefined;
    this.#incompleteStreams = 0;
    const verdict = this.#position.judge(resourceVersion);
    if (verdict !== 'forward') this.#options.tell({ type: 'watch.historyRegressed', believed: verdict === 'believed' });
    if (verdict === 'refused') {
      throw new ApiError({ reason: 'HistoryRegressed', message: 'a list is older than what was seen before' });
    }
    this.#replace(entries, resourceVersion, verdict === 'believed');
    this.#options.tell({ type: 'watch.synced', items: entries.size, streamed, durationMs: this.#age });
    this.#options.filled();
  }

  #replace(entries: Entries<T>, resourceVersion: string, force: boolean): void {
    const { store, selection } = this.#options;
    const namespace = selection.namespace === undefined ? {} : { namespace: selection.namespace };
    store.replace({ entries, resourceVersion, ...namespace }, this.#filledOnce ? 'watch' : 'initial', force);
    this.#filledOnce = true;
  }

  #noteIncompleteStream(): void {
    this.#incompleteStreams += 1;
    if (this.#incompleteStreams >= incompleteStreamsAllowed) this.#streams = false;
  }

  get #age(): number {
    return this.#options.environment.clock.now() - this.#startedAt;
  }
}
