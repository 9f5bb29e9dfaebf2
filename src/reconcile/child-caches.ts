/** The caches of children: one watch a kind, selected by our label, each object reduced to what plan needs. */
import { kinds, livesElsewhere } from '../kube/gvk.ts';
import type { ChildKind } from '../kube/gvk.ts';
import { childSelector } from '../kube/identity.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { isRouteKind } from '../plan/edge.ts';
import { liveChild } from '../plan/live-child.ts';
import type { LiveChild } from '../plan/live-child.ts';
import type { Informer } from '../runtime/informer.ts';
import type { ChangeOrigin, StoreChange, StoreShape } from '../runtime/store.ts';
import { carriedBy } from './carried-hosts.ts';
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

/** Which children there are to see; `namespaces`: those of apps, absent: all; `elsewhere`: those in which other children live. */
export type ChildScope = {
  readonly childKinds: readonly ChildKind[];
  readonly namespaces?: readonly string[];
  readonly elsewhere: readonly string[];
};

const shape: StoreShape<CachedChild> = {
  transform(object) {
    const child = liveChild(object);
    if (child === undefined) throw new Error(`${object.kind} is no child kind`);
    return { app: appOfChild(object), child };
  },
  indexes: { app: ({ app }) => (app === undefined ? [] : [app]) },
};

/** Takes the hosts that live objects of an app (`namespace/name`) carry now, and with what; gives the other apps that this concerns. */
export type Carry = (app: string, carried: ReadonlyMap<string, string>) => readonly string[];

/**
 * Makes the caches of these kinds; every change that is not our own wakes the apps that the child names, or named, and every change of
 * what is live on a host wakes the rivals.
 */
export function createChildCaches(
  informer: MakeInformer,
  { childKinds, elsewhere, ...namespaces }: ChildScope,
  wake: Wake,
  carry: Carry,
): ChildCaches {
  const deleted = new Set<string>();
  const caches = new Map<ChildKind, Informer<CachedChild>>(
    childKinds.map((kind) => [
      kind,
      informer<CachedChild>(kinds[kind], {
        ...shape,
        labelSelector: childSelector,
        ...(livesElsewhere(kind) ? { namespaces: elsewhere } : namespaces),
      }),
    ]),
  );
  const childrenOf: ChildCaches['childrenOf'] = (app) =>
    [...caches.values()].flatMap(({ store }) =>
      store.byIndex('app', app).flatMap(({ child }) => (deleted.has(child.uid) ? [] : [child])),
    );
  const noteHosts = (apps: readonly string[], origin: ChangeOrigin): void => {
    for (const app of apps) wake(carry(app, carriedBy(childrenOf(app))), origin);
  };
  const note = (change: StoreChange<CachedChild>): void => {
    if (isAnswered(change)) deleted.delete(change.old.child.uid);
    if (change.origin !== 'write' || isNews(change)) wake(appsOf(change), change.origin);
    const { child } = change.type === 'deleted' ? change.old : change.item;
    if (isRouteKind(child.key.kind)) noteHosts(appsOf(change), change.origin);
  };
  for (const { store } of caches.values()) store.subscribe(note);
  return {
    informers: [...caches.values()],
    childrenOf,
    observe: (object) => {
      const kind = liveChild(object)?.key.kind;
      if (kind !== undefined) caches.get(kind)?.accept({ ...object });
    },
    forget: ({ kind, namespace, name }, uid) => {
      const held = caches.get(kind)?.store.get(`${namespace}/${name}`);
      if (held?.child.uid !== uid || held.child.deleting) return;
      deleted.add(uid);
      if (isRouteKind(kind) && held.app !== undefined) noteHosts([held.app], 'write');
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
  return old.deleting !== now.deleting || toldOf(old) !== toldOf(now);
}

/** What others tell of the child in its status. */
function toldOf({ extract }: LiveChild): string | boolean | undefined {
  if (extract.kind === 'Ingress') return extract.hasAddress;
  return extract.kind === 'Certificate' ? `${extract.ready} ${extract.message ?? ''}` : undefined;
}

function appsOf(change: StoreChange<CachedChild>): readonly string[] {
  const versions = [
    ...(change.type === 'added' ? [] : [change.old.app]),
    ...(change.type === 'deleted' ? [] : [change.item.app]),
  ];
  return [...new Set(versions)].filter((app) => app !== undefined);
}
