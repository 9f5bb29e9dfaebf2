/** Watches over the memory cluster: real stores, fed by hand, event by event and each kind in its own time. */
import type { Manifest, StringMap } from '../../../src/kube/manifest.ts';
import type { MakeInformer } from '../../../src/reconcile/wiring.ts';
import { ObjectStore } from '../../../src/runtime/object-store.ts';
import { keyOf } from '../../../src/runtime/resource.ts';
import type { ChangeOrigin } from '../../../src/runtime/store.ts';

/** A change of one object; without `after` it is gone. */
export type ClusterChange = { readonly before?: Manifest; readonly after?: Manifest; readonly version: string };

type Watch = {
  readonly kind: string;
  readonly selects: (object: Manifest) => boolean;
  readonly waiting: ClusterChange[];
  readonly take: (change: ClusterChange, origin: ChangeOrigin) => void;
};

/** All watches of all operators that ever ran over the cluster. */
export class MemoryWatches {
  readonly #objects: () => readonly Manifest[];
  readonly #watches: Watch[] = [];

  constructor(objects: () => readonly Manifest[]) {
    this.#objects = objects;
  }

  /** Has every watch of the kind deliver the change later. */
  tell(change: ClusterChange): void {
    for (const watch of this.#watches) {
      if (watch.kind === (change.after ?? change.before)?.kind) watch.waiting.push(change);
    }
  }

  /** Delivers everything, kind by kind. */
  deliver(): void {
    for (const watch of this.#watches) while (watch.waiting.length > 0) this.#next(watch);
  }

  /** Delivers what waits for one kind. */
  deliverOf(kind: string): void {
    for (const watch of this.#watches) while (watch.kind === kind && watch.waiting.length > 0) this.#next(watch);
  }

  /** Delivers one event of the n-th watch that has any; false when nothing waits. */
  deliverOne(n: number): boolean {
    const busy = this.#watches.filter(({ waiting }) => waiting.length > 0);
    const watch = busy[n % Math.max(1, busy.length)];
    if (watch === undefined) return false;
    this.#next(watch);
    return true;
  }

  /** Ends all watches, as with the process that had them. */
  close(): void {
    this.#watches.length = 0;
  }

  /** Makes an informer that is filled at once with what is there. */
  readonly informer: MakeInformer = ({ kind, plural }, options) => {
    const store = new ObjectStore(options, (_, key, error) => {
      throw new Error(`${kind} ${key}`, { cause: error });
    });
    const selects = ({ metadata }: Manifest): boolean =>
      hasLabels(metadata.labels ?? {}, options.labelSelector) &&
      (options.namespaces === undefined || options.namespaces.includes(metadata.namespace ?? ''));
    const put = (object: Manifest, origin: ChangeOrigin): void => {
      const entry = store.prepare({ ...object });
      if (entry !== undefined) store.upsert(entry, origin);
    };
    const take: Watch['take'] = ({ before, after, version }, origin) => {
      if (after !== undefined && selects(after)) return put(after, origin);
      const gone = before ?? after;
      if (gone === undefined || !selects(gone)) return;
      const { uid = '' } = gone.metadata;
      store.remove({ key: keyOf(gone.metadata), uid, resourceVersion: version }, origin);
    };
    this.#watches.push({ kind, selects, waiting: [], take });
    // As in a process that has just started: the first fill reaches the handlers that subscribe to it.
    for (const object of this.#objects()) if (object.kind === kind && selects(object)) put(object, 'initial');
    return {
      store,
      accept: (object) => put(object, 'write'),
      run: () => Promise.resolve(),
      synced: () => true,
      whenSynced: () => Promise.resolve(),
      status: () => [{ resource: plural, state: 'synced', synced: true, lastActivity: 0 }],
    };
  };

  #next(watch: Watch): void {
    const change = watch.waiting.shift();
    if (change !== undefined) watch.take(change, 'watch');
  }
}

function hasLabels(labels: StringMap, selector: string | undefined): boolean {
  const [key, value] = selector?.split('=') ?? [];
  return key === undefined || labels[key] === value;
}
