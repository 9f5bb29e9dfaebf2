/** A cache of the objects of one resource: transformed before they are kept, indexed, and told about change by change. */
import type { IndexFunctions } from './index-set.ts';
import type { KubeObject } from './resource.ts';

/** Where a change came from: the first fill, the watch or a relist, or the answer to a write of our own. */
export type ChangeOrigin = 'initial' | 'watch' | 'write';

/** One change; an object deleted and created anew under the same name is two changes. */
export type StoreChange<T> = { readonly key: string; readonly origin: ChangeOrigin } & (
  | { readonly type: 'added'; readonly item: T }
  | { readonly type: 'updated'; readonly old: T; readonly item: T }
  | { readonly type: 'deleted'; readonly old: T }
);

/** Told of each change after the store and its indexes have it. */
export type ChangeHandler<T> = (change: StoreChange<T>) => void;

/** What a store keeps of an object, and the values under which it can be found; index functions are pure. */
export type StoreShape<T> = {
  /** Keeps only what is needed; the object itself is dropped. What it throws leaves this version of the object out and is reported. */
  transform(object: KubeObject): T;
  readonly indexes?: IndexFunctions<T>;
};

/** The reading half. */
export type StoreReader<T> = {
  get(key: string): T | undefined;
  /** All items, in no particular order. */
  list(): readonly T[];
  keys(): readonly string[];
  readonly size: number;
  /** The items that the named index holds under `value`. */
  byIndex(index: string, value: string): readonly T[];
  /** Tells `handler` of what is there (as added, origin initial) and of each change from now on; the result ends it. */
  subscribe(handler: ChangeHandler<T>): () => void;
};
