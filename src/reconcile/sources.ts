/** What the reconcilers read of the cluster: caches that the runtime keeps, reduced to what World needs. */
import type { LiveChild } from '../plan/live-child.ts';
import type { GatewayFacts, IngressClassFacts, MeshMode, ServiceFacts } from '../model/world.ts';
import type { AppIndex } from './app-index.ts';

/** All caches; each read is local and at once. */
export type Sources = {
  readonly apps: AppIndex;
  /** The children that carry our labels and name the app (`namespace/name`), whoever controls them. */
  readonly childrenOf: (app: string) => readonly LiveChild[];
  /** The only namespaces whose apps, children and Services are read; empty: all. */
  readonly watchedNamespaces: readonly string[];
  readonly service: (namespace: string, name: string) => ServiceFacts | undefined;
  readonly gateway: (namespace: string, name: string) => GatewayFacts | undefined;
  readonly ingressClasses: () => readonly IngressClassFacts[];
  /** Undefined: the namespace is not known, at least not yet. */
  readonly meshOf: (namespace: string) => MeshMode | undefined;
  /** The uid of the namespace; undefined: it is not known, at least not yet. */
  readonly namespaceUid: (namespace: string) => string | undefined;
  /** Whether the namespace is being deleted: nothing can be created in it any more. */
  readonly isTerminating: (namespace: string) => boolean;
  /** `group/Kind` of what the cluster serves; undefined while discovery has not answered. */
  readonly availableKinds: () => readonly string[] | undefined;
};
