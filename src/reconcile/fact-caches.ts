/** Watches of what apps refer to: Services, named Gateways, IngressClasses, Namespaces; each object reduced to facts. */
import { kinds } from '../kube/gvk.ts';
import type { Platform } from '../model/platform.ts';
import type { Informer } from '../runtime/informer.ts';
import type { AppIndex } from './app-index.ts';
import { gatewayFacts, ingressClassFacts, namespaceFacts, serviceFacts } from './facts.ts';
import type { Sources } from './sources.ts';
import { dependents } from './triggers.ts';
import type { MakeInformer, Wake } from './wiring.ts';

/** The facts, and the watches behind them. */
export type FactCaches = {
  readonly informers: readonly Informer<unknown>[];
  readonly sources: Pick<
    Sources,
    'service' | 'gateway' | 'ingressClasses' | 'meshOf' | 'namespaceUid' | 'isTerminating'
  >;
};

/** What the caches are made of. */
export type FactCacheOptions = {
  readonly platform: Pick<Platform, 'gateways'>;
  readonly informer: MakeInformer;
  readonly apps: AppIndex;
  readonly wake: Wake;
};

/** Makes the caches; Gateways are watched in the namespaces of the gateways that the platform names, and only there. */
export function createFactCaches(
  { platform, informer, apps, wake }: FactCacheOptions,
  watched: { readonly namespaces?: readonly string[] },
): FactCaches {
  const gatewayNamespaces = platform.gateways.flatMap((entry) => (entry.name === undefined ? [] : [entry.namespace]));
  const services = informer(kinds.Service, { transform: serviceFacts, ...watched });
  const classes = informer(kinds.IngressClass, { transform: ingressClassFacts });
  const namespaces = informer(kinds.Namespace, {
    transform: (object) => ({
      ...namespaceFacts(object),
      uid: object.metadata.uid,
      terminating: object.metadata.deletionTimestamp !== undefined,
    }),
  });
  const gateways =
    gatewayNamespaces.length === 0
      ? undefined
      : informer(kinds.Gateway, { transform: gatewayFacts, namespaces: [...new Set(gatewayNamespaces)].sort() });

  const wakeOn = <T>(made: Informer<T>, concerned: (item: T) => readonly string[]): void => {
    made.store.subscribe((change) => {
      const isSame = change.type === 'updated' && JSON.stringify(change.old) === JSON.stringify(change.item);
      if (!isSame) wake(concerned(change.type === 'deleted' ? change.old : change.item), change.origin);
    });
  };
  wakeOn(services, ({ namespace, name }) => dependents.service(apps, namespace, name));
  wakeOn(classes, () => dependents.ingressClass(apps));
  wakeOn(namespaces, ({ name }) => dependents.namespace(apps, name));
  if (gateways !== undefined) wakeOn(gateways, ({ namespace, name }) => dependents.gateway(apps, namespace, name));

  return {
    informers: [services, classes, namespaces, ...(gateways === undefined ? [] : [gateways])],
    sources: {
      service: (namespace, name) => services.store.get(`${namespace}/${name}`),
      gateway: (namespace, name) => gateways?.store.get(`${namespace}/${name}`),
      ingressClasses: () => classes.store.list(),
      meshOf: (namespace) => namespaces.store.get(namespace)?.mesh,
      namespaceUid: (namespace) => namespaces.store.get(namespace)?.uid,
      isTerminating: (namespace) => namespaces.store.get(namespace)?.terminating === true,
    },
  };
}
