/** The caches of children: one watch a kind, selected by our label, each object reduced to what plan needs. */
import { childKinds, kinds } from '../kube/gvk.ts';
import type { ChildKind } from '../kube/gvk.ts';
import { childSelector } from '../kube/identity.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { liveChild } from '../plan/live-child.ts';
import type { LiveChild } from '../plan/live-child.ts';
import type { Informer } from '../runtime/informer.ts';
import type { StoreChange, StoreShape } from '../runtime/store.ts';
import { appOfChild } from './triggers.ts';
import type { MakeInformer, Wake } from './wiring.ts';

/** A child as the cache keeps it: with the app that its label names. */
type CachedChild = { readonly app: string | undefined; readonly child: LiveChild };

/** The children of all apps. */
export type ChildCaches = {
  readonly informers: readonly Informer<unknown>[];
  /** The children that name the app (`namespace/name`) and that we have not deleted ourselves. */
  readonly childrenOf: (app: string) => readonly LiveChild[];
  /** Takes the answer to a write of our own, before the watch brings it. */
  readonly observe: (child: Manifest) => void;
  /** Takes note that we deleted the child with this uid, until the watch says so. */
  readonly forget: (key: ObjectKey, uid: string) => void;
};

const shape: StoreShape<CachedChild> = {
  transform(object) {
    const child = liveChild(object);
    if (child === undefined) throw new Error(`${object.kind} is no child kind`);
    return { app: appOfChild(object), child };
  },
  indexes: { app: ({ app }) => (app === undefined ? [] : [app]) },
};

/** Makes the caches; every change that is not our own wakes the apps that the child names, or named. */
export function createChildCaches(
  informer: MakeInformer,
  namespaces: { readonly namespaces?: readonly string[] },
  wake: Wake,
): ChildCaches {
  const deleted = new Set<string>();
  const note = (change: StoreChange<CachedChild>): void => {
    if (isAnswered(change)) deleted.delete(change.old.child.uid);
    if (change.origin !== 'write' || isNews(change)) wake(appsOf(change), change.origin);
  };
  const caches = new Map<ChildKind, Informer<CachedChild>>(
    childKinds.map((kind) => {
      const made = informer<CachedChild>(kinds[kind], { ...shape, labelSelector: childSelector, ...namespaces });
      made.store.subscribe(note);
      return [kind, made];
    }),
  );
  return {
    informers: [...caches.values()],
    childrenOf: (app) =>
      [...caches.values()].flatMap(({ store }) =>
        store.byIndex('app', app).flatMap(({ child }) => (deleted.has(child.uid) ? [] : [child])),
      ),
    observe: (object) => {
      const kind = liveChild(object)?.key.kind;
      if (kind !== undefined) caches.get(kind)?.accept({ ...object });
    },
    forget: ({ kind, namespace, name }, uid) => {
      const held = caches.get(kind)?.store.get(`${namespace}/${name}`)?.child;
      if (held?.uid === uid && !held.deleting) deleted.add(uid);
    },
  };
}

/** Whether the watch says what became of a deletion: the child is gone, or a finalizer of somebody else holds it back. */
function isAnswered(change: StoreChange<CachedChild>): change is Exclude<StoreChange<CachedChild>, { type: 'added' }> {
  return change.type === 'deleted' || (change.type === 'updated' && change.item.child.deleting);
}

/** Whether the answer to our own write also shows what others did before it: the watch will not tell of it again. */
function isNews(change: StoreChange<CachedChild>): boolean {
  if (change.type !== 'updated') return false;
  const [old, now] = [change.old.child, change.item.child];
  return old.deleting !== now.deleting || hasAddress(old) !== hasAddress(now);
}

function hasAddress({ extract }: LiveChild): boolean {
  return extract.kind === 'Ingress' && extract.hasAddress;
}

function appsOf(change: StoreChange<CachedChild>): readonly string[] {
  const versions = [
    ...(change.type === 'added' ? [] : [change.old.app]),
    ...(change.type === 'deleted' ? [] : [change.item.app]),
  ];
  return [...new Set(versions)].filter((app) => app !== undefined);
}
