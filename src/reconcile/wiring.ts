/** How caches are wired: what makes a watch, and what a change sets off. */
import type { Kind } from '../kube/gvk.ts';
import type { Informer, InformerOptions } from '../runtime/informer.ts';
import type { ChangeOrigin, StoreShape } from '../runtime/store.ts';

/** Makes an informer of one kind. `namespaces` absent: all (or the kind has none). */
export type MakeInformer = <T>(
  kind: Kind,
  options: StoreShape<T> & Pick<InformerOptions<T>, 'labelSelector' | 'namespaces'>,
) => Informer<T>;

/** Wakes apps (`namespace/name`); `origin` tells the first fill of a cache from news. */
export type Wake = (apps: readonly string[], origin: ChangeOrigin) => void;
