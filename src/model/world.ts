/** World: everything that compile may know beside the object itself. */
import type { CalledServer } from './call.ts';
import type { HostClaim } from './host-claim.ts';
import type { Platform } from './platform.ts';
import type { Identity } from './identity.ts';
import type { AllowEntry, AppRef } from './traffic.ts';

/** Another AppTraffic, as far as this one depends on it. */
export type SiblingApp = {
  readonly app: AppRef;
  readonly selector: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Whether it has objects that select its pods. */
  readonly configuresPods: boolean;
  /** Name of the Service that it makes; absent: it refers to one that somebody else keeps. */
  readonly service?: string;
  /** Name of the Service that it refers to, where it makes none. */
  readonly refersTo?: string;
  /** Whether its Service only stands for another name (type ExternalName). */
  readonly isAlias?: true;
  /** Servers elsewhere that its pods may call; absent: none, or it does not say. */
  readonly servers?: readonly CalledServer[];
  /** Whom its pods let in; absent: everybody. */
  readonly admission?: Admission;
  /** metadata.creationTimestamp, RFC 3339. */
  readonly created: string;
};

/** Whom the pods of an app let in, as far as others ask. */
export type Admission = {
  readonly entries: readonly AllowEntry[];
  /** Ports of its Service, and the container ports behind them. */
  readonly ports: readonly { readonly port: number; readonly targetPort: number }[];
  /** Who serves the app from outside, and the container ports that he may have; absent: nobody. */
  readonly serving?: { readonly identity: Identity; readonly ports: readonly number[] };
};

/** A live Service: what backends and `type: Existing` need of it. */
export type ServiceFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
  /** Name of the AppTraffic that made it; absent when something else did. */
  readonly madeBy?: string;
};

/** A live Istio Gateway that apps may be bound to. */
export type GatewayFacts = {
  readonly namespace: string;
  readonly name: string;
  /** Hosts of all servers but those for TCP connections, as written. */
  readonly hosts: readonly string[];
  /** Servers that take TCP connections: port, and hosts as written, whose namespaces say whose routes they take. */
  readonly tcp: readonly { readonly port: number; readonly hosts: readonly string[] }[];
};

/** A live IngressClass. */
export type IngressClassFacts = { readonly name: string; readonly controller: string; readonly isDefault: boolean };

/** A Certificate that was made for the app. */
export type CertificateFacts = {
  readonly namespace: string;
  readonly name: string;
  /** Whether the certificate is there and valid. */
  readonly ready: boolean;
  /** What cert-manager says, where it says anything. */
  readonly message?: string;
};

/** How a namespace takes part in the mesh. */
export type MeshMode = 'Sidecar' | 'Ambient' | 'None';

/** Everything that compile may know; all lists in any order. */
export type World = {
  /** RFC 3339. */
  readonly now: string;
  readonly platform: Platform;
  /** When this AppTraffic was created (evidence in conflicts); RFC 3339. */
  readonly created: string;
  /**
   * Claims of every app, this one included, that can have a say in who holds this app's hosts ({@link claimsAround});
   * more do no harm. Empty: nobody else claims any.
   */
  readonly hosts: readonly HostClaim[];
  /** Other AppTraffics: those of the same namespace, and those that entries of `allow` and `calls` name. */
  readonly siblings: readonly SiblingApp[];
  readonly services: readonly ServiceFacts[];
  /** The only namespaces whose Services are read; undefined: all. */
  readonly watchedNamespaces?: readonly string[];
  readonly gateways: readonly GatewayFacts[];
  readonly ingressClasses: readonly IngressClassFacts[];
  /** Those of this app; undefined: they are taken to be ready (offline). */
  readonly certificates?: readonly CertificateFacts[];
  readonly namespaces: readonly { readonly name: string; readonly mesh: MeshMode }[];
  /** `group/Kind` of every kind that the cluster serves; undefined: all of them (offline). */
  readonly availableKinds?: readonly string[];
  /** Offline: a Service, Gateway or Namespace that is not listed is assumed to be there. */
  readonly assumesPresent: boolean;
};
