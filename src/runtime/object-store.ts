/** The store behind a watch: takes objects in the order of their versions, and tells what changed. */
import { IndexSet } from './index-set.ts';
import { keyOf } from './resource.ts';
import type { KubeObject } from './resource.ts';
import { compareResourceVersions } from './resource-version.ts';
import type { ChangeHandler, ChangeOrigin, StoreChange, StoreReader, StoreShape } from './store.ts';

/** An object after its transform: who it is, how new it is, and what is kept of it. */
export type StoreEntry<T> = {
  readonly key: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly item: T;
};

/** All that one list says: its entries by key, its version, and the namespace it covers (all when absent). */
export type Snapshot<T> = {
  readonly entries: ReadonlyMap<string, StoreEntry<T>>;
  readonly resourceVersion: string;
  readonly namespace?: string;
};

/** Told of what went wrong with one object: its transform or a handler threw. */
export type StoreFailure = (type: 'store.objectRefused' | 'store.handlerFailed', key: string, error: unknown) => void;

/** How many deletions are remembered, so that a late answer to a write does not bring an object back. */
const rememberedDeletions = 4096;

/** Every method is synchronous: readers never see half a change. */
export class ObjectStore<T> implements StoreReader<T> {
  readonly #shape: StoreShape<T>;
  readonly #failed: StoreFailure;
  readonly #entries = new Map<string, StoreEntry<T>>();
  readonly #indexes: IndexSet<T>;
  readonly #handlers = new Set<ChangeHandler<T>>();
  readonly #deletions = new Map<string, string>();

  constructor(shape: StoreShape<T>, failed: StoreFailure) {
    this.#shape = shape;
    this.#failed = failed;
    this.#indexes = new IndexSet(shape.indexes ?? {});
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.item;
  }

  list(): readonly T[] {
    return Array.from(this.#entries.values(), ({ item }) => item);
  }

  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  byIndex(index: string, value: string): readonly T[] {
    const items: T[] = [];
    for (const key of this.#indexes.keys(index, value)) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) items.push(entry.item);
    }
    return items;
  }

  subscribe(handler: ChangeHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const { key, item } of this.#entries.values()) {
      this.#tell(handler, { type: 'added', key, origin: 'initial', item });
    }
    return () => this.#handlers.delete(handler);
  }

  /** What is held of an object, with its version. */
  entryOf(key: string): StoreEntry<T> | undefined {
    return this.#entries.get(key);
  }

  /** Transforms an object; undefined when the transform threw, which is reported. */
  prepare(object: KubeObject): StoreEntry<T> | undefined {
    const { uid = '', resourceVersion = '' } = object.metadata;
    const key = keyOf(object.metadata);
    try {
      return { key, uid, resourceVersion, item: this.#shape.transform(object) };
    } catch (error) {
      this.#failed('store.objectRefused', key, error);
      return undefined;
    }
  }

  /** Takes an object in, unless it is no newer than what is held, or older than its own deletion. */
  upsert(entry: StoreEntry<T>, origin: ChangeOrigin): void {
    this.#announce(this.#put(entry, origin));
  }

  /** Takes an object out; the version is that of the deletion. */
  remove({ key, uid, resourceVersion }: Omit<StoreEntry<T>, 'item'>, origin: ChangeOrigin): void {
    this.#remember(uid, resourceVersion);
    const held = this.#entries.get(key);
    if (held?.uid !== uid || compareResourceVersions(resourceVersion, held.resourceVersion) < 0) return;
    this.#announce([this.#drop(held, origin)]);
  }

  /**
   * Makes the store hold what the list says, except where it holds something newer than the list. With `force` the list
   * is right even where it is older (the cluster's history went back). Handlers hear of it when all is in place.
   */
  replace(snapshot: Snapshot<T>, origin: ChangeOrigin, force = false): void {
    if (force) this.#deletions.clear();
    const prefix = snapshot.namespace === undefined ? '' : `${snapshot.namespace}/`;
    const changes: StoreChange<T>[] = [];
    for (const held of this.#entries.values()) {
      if (!held.key.startsWith(prefix)) continue;
      const listed = snapshot.entries.get(held.key);
      const newer = compareResourceVersions(held.resourceVersion, snapshot.resourceVersion) > 0;
      if (listed === undefined && (force || !newer)) changes.push(this.#drop(held, origin));
    }
    for (const entry of snapshot.entries.values()) changes.push(...this.#put(entry, origin, force));
    this.#announce(changes);
  }

  #put(entry: StoreEntry<T>, origin: ChangeOrigin, force = false): readonly StoreChange<T>[] {
    const { key, item } = entry;
    const held = this.#entries.get(key);
    if (held !== undefined && held.uid === entry.uid && held.resourceVersion === entry.resourceVersion) return [];
    if (!force && this.#outdated(entry, held)) return [];
    if (held !== undefined && held.uid === entry.uid) {
      this.#indexes.remove(key, held.item);
      this.#set(entry);
      return [{ type: 'updated', key, origin, old: held.item, item }];
    }
    const deleted = held === undefined ? [] : [this.#drop(held, origin)];
    this.#set(entry);
    return [...deleted, { type: 'added', key, origin, item }];
  }

  #outdated(entry: StoreEntry<T>, held: StoreEntry<T> | undefined): boolean {
    const deletedAt = this.#deletions.get(entry.uid);
    const olderThan = (version: string): boolean => compareResourceVersions(entry.resourceVersion, version) < 0;
    if (deletedAt !== undefined && (entry.resourceVersion === deletedAt || olderThan(deletedAt))) return true;
    return held !== undefined && olderThan(held.resourceVersion);
  }

  #set(entry: StoreEntry<T>): void {
    this.#entries.set(entry.key, entry);
    this.#indexes.add(entry.key, entry.item);
  }

  #drop(held: StoreEntry<T>, origin: ChangeOrigin): StoreChange<T> {
    this.#entries.delete(held.key);
    this.#indexes.remove(held.key, held.item);
    this.#remember(held.uid, held.resourceVersion);
    return { type: 'deleted', key: held.key, origin, old: held.item };
  }

  #remember(uid: string, resourceVersion: string): void {
    const known = this.#deletions.get(uid);
    if (known !== undefined && compareResourceVersions(known, resourceVersion) > 0) return;
    this.#deletions.delete(uid);
    this.#deletions.set(uid, resourceVersion);
    const oldest = this.#deletions.keys().next();
    if (this.#deletions.size > rememberedDeletions && oldest.done !== true) this.#deletions.delete(oldest.value);
  }

  #announce(changes: readonly StoreChange<T>[]): void {
    for (const change of changes) for (const handler of this.#handlers) this.#tell(handler, change);
  }

  #tell(handler: ChangeHandler<T>, change: StoreChange<T>): void {
    try {
      handler(change);
    } catch (error) {
      this.#failed('store.handlerFailed', change.key, error);
    }
  }
}
