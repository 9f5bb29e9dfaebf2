/** Caches: every watch of the operator, wired so that each change wakes the apps that it concerns. */
import { childKinds, childKindsBehind, kinds } from '../kube/gvk.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { Platform } from '../model/platform.ts';
import type { Discovery } from '../runtime/discovery.ts';
import type { Informer } from '../runtime/informer.ts';
import type { StoreChange } from '../runtime/store.ts';
import { AppIndex, appKey } from './app-index.ts';
import { createChildCaches } from './child-caches.ts';
import type { Carry, ChildCaches } from './child-caches.ts';
import { createFactCaches } from './fact-caches.ts';
import type { Sources } from './sources.ts';
import { trimmed } from './trimmed.ts';
import type { MakeInformer, Wake } from './wiring.ts';

/** What caches are made of. */
export type CacheOptions = {
  readonly platform: Platform;
  readonly informer: MakeInformer;
  readonly discovery: Discovery;
  /** Namespaces of apps; empty: all. */
  readonly watchNamespaces: readonly string[];
  readonly wake: Wake;
};

/** All caches of one process. */
export type Caches = Pick<ChildCaches, 'observe' | 'forget'> & {
  readonly sources: Sources;
  readonly informers: readonly Informer<unknown>[];
  /** Takes the answer to a status write of our own, before the watch brings it. */
  readonly observeApp: (app: Manifest) => void;
};

/** Makes and wires the caches; nothing is watched until the informers run. */
export function createCaches({ platform, informer, wake, discovery, watchNamespaces }: CacheOptions): Caches {
  const watched = watchNamespaces.length === 0 ? {} : { namespaces: watchNamespaces };
  const apps = new AppIndex(platform);
  const appInformer = informer<Manifest>(kinds.AppTraffic, { transform: trimmed, ...watched });
  appInformer.store.subscribe((change) => {
    const object = change.type === 'deleted' ? change.old : change.item;
    const concerned = change.type === 'deleted' ? apps.remove(appKey(object.metadata)) : apps.put(object);
    const isEcho = change.origin === 'write' && !isEdited(change);
    wake(isEcho ? concerned : [appKey(object.metadata), ...concerned], change.origin);
  });
  const carry: Carry = (app, carried) => apps.carry(app, carried);
  const children = createChildCaches(
    informer,
    { childKinds: childKindsBehind(platform.featureGates), elsewhere: gatewayNamespaces(platform), ...watched },
    wake,
    carry,
  );
  const facts = createFactCaches({ platform, informer, apps, wake }, watched);
  discovery.onChange(() => {
    wake(apps.keys(), 'watch');
  });
  return {
    informers: [appInformer, ...children.informers, ...facts.informers],
    observe: children.observe,
    forget: children.forget,
    observeApp: (object) => {
      appInformer.accept({ ...object });
    },
    sources: {
      ...facts.sources,
      apps,
      watchedNamespaces: watchNamespaces,
      childrenOf: children.childrenOf,
      availableKinds: () => availableKinds(discovery),
    },
  };
}

/** The namespaces of the pods of gateways, each once. */
function gatewayNamespaces({ gateways }: Platform): readonly string[] {
  return [...new Set(gateways.map(({ namespace }) => namespace))].sort();
}

/** Whether somebody edited or deleted the app before our own status write: the watch will not tell of it again. */
function isEdited(change: StoreChange<Manifest>): boolean {
  if (change.type !== 'updated') return false;
  const [old, now] = [change.old.metadata, change.item.metadata];
  return old.generation !== now.generation || old.deletionTimestamp !== now.deletionTimestamp;
}

/** `group/Kind` of the child kinds that are served; undefined while the server has not been asked. */
function availableKinds(discovery: Discovery): readonly string[] | undefined {
  const known = childKinds.map((kind) => ({ kind, served: discovery.serves(kinds[kind]) }));
  if (known.some(({ served }) => served === undefined)) return undefined;
  return known.filter(({ served }) => served === true).map(({ kind }) => `${kinds[kind].group}/${kind}`);
}
