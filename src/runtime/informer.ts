/** One resource, watched into one store: a reflector per namespace, or one for all. */
import type { KubeObject } from './resource.ts';
import type { StoreReader } from './store.ts';

/** Where a reflector stands: `kindMissing` is settled too (nothing is there), `failing` is retried. */
export type WatchState = 'syncing' | 'synced' | 'kindMissing' | 'failing';

/** The state of one reflector, for probes; times are monotonic ms. */
export type WatchStatus = {
  readonly resource: string;
  readonly namespace?: string;
  readonly state: WatchState;
  /** Whether the store has once held everything and has not been emptied of trust since. */
  readonly synced: boolean;
  readonly lastActivity: number;
};

/** A watched resource. */
export type Informer<T> = {
  readonly store: StoreReader<T>;
  /** Takes the answer to our own write into the store, unless something newer is there; handlers see origin `write`. */
  accept(object: KubeObject): void;
  /** Watches until `signal` aborts; never rejects, and nothing is delivered after the abort. */
  run(signal: AbortSignal): Promise<void>;
  /** True once the store is complete, or the kind is known to be missing. */
  synced(): boolean;
  /** Resolves when {@link Informer.synced} turns true or `signal` aborts. */
  whenSynced(signal: AbortSignal): Promise<void>;
  status(): readonly WatchStatus[];
};
