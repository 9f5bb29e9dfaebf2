/** One resource, watched into one store: a reflector per namespace, or one for all. */
import type { Discovery } from './discovery.ts';
import type { Environment } from './environment.ts';
import { ObjectStore } from './object-store.ts';
import { Reflector } from './reflector.ts';
import type { ResourceReader } from './resource-client.ts';
import { resourceName } from './resource.ts';
import type { KubeObject } from './resource.ts';
import type { StoreReader, StoreShape } from './store.ts';
import { defaultWatchTiming } from './watch-timing.ts';
import type { WatchStatus } from './watch-status.ts';
import type { WatchTiming } from './watch-timing.ts';

export type { WatchState, WatchStatus } from './watch-status.ts';

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

/** What to watch and what to keep of it. */
export type InformerOptions<T> = StoreShape<T> & {
  readonly reader: ResourceReader;
  readonly discovery: Discovery;
  readonly environment: Environment;
  /** One watch for each; empty or absent means all namespaces. Ignored for cluster-scoped kinds. */
  readonly namespaces?: readonly string[];
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly timing?: Partial<WatchTiming>;
};

/** An informer that has not started. */
export function createInformer<T>(options: InformerOptions<T>): Informer<T> {
  return new ReflectedInformer(options);
}

class ReflectedInformer<T> implements Informer<T> {
  readonly store: ObjectStore<T>;
  readonly #reflectors: readonly Reflector<T>[];
  readonly #waiting = new Set<() => void>();

  constructor(options: InformerOptions<T>) {
    const { reader, environment, labelSelector, fieldSelector } = options;
    const resource = resourceName(reader.resource);
    this.store = new ObjectStore(options, (type, key, error) => environment.observe({ type, resource, key, error }));
    const selectors = {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
    this.#reflectors = scopesOf(options).map(
      (scope) =>
        new Reflector({
          ...options,
          store: this.store,
          selection: { ...selectors, ...scope },
          timing: { ...defaultWatchTiming, ...options.timing },
          onSynced: () => this.#wake(),
        }),
    );
  }

  accept(object: KubeObject): void {
    const entry = this.store.prepare(object);
    if (entry !== undefined) this.store.upsert(entry, 'write');
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }

  synced(): boolean {
    return this.status().every(({ synced }) => synced);
  }

  whenSynced(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.synced() && !signal.aborted) return;
        this.#waiting.delete(look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.#waiting.add(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }

  status(): readonly WatchStatus[] {
    return this.#reflectors.map((reflector) => reflector.status());
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }
}

function scopesOf<T>({ reader, namespaces = [] }: InformerOptions<T>): readonly { readonly namespace?: string }[] {
  if (!reader.resource.namespaced || namespaces.length === 0) return [{}];
  return [...new Set(namespaces)].map((namespace) => ({ namespace }));
}
