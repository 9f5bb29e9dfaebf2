/** What the platform team decided once for all apps (kind OperatorSettings), as plain facts. */
import type { ServiceRef } from './call.ts';
import type { Resilience } from './resilience.ts';
import type { Issuer, Provider } from './traffic.ts';

/** A gateway workload that apps may use; without a name it only describes the workload that generated Gateways select. */
export type GatewayEntry = {
  readonly name?: string;
  /** Namespace of the named Gateway and of the gateway's pods. */
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Whether the named Gateway terminates TLS. */
  readonly tls: boolean;
  readonly ports: { readonly http: number; readonly https: number };
  /** Ports on which apps may take TCP connections; ascending. */
  readonly tcpPorts: readonly number[];
  readonly trustedHops: number;
  readonly tlsTerminatedBefore: boolean;
  readonly default: boolean;
};

/** What the platform knows of an IngressClass beyond the object itself. */
export type IngressClassEntry = {
  readonly name: string;
  readonly dialect?: string;
  readonly inMesh: boolean;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly trustedHops?: number;
};

/** A grant: namespaces that may use these hosts (`*.x` grants everything below x). */
export type HostGrant = { readonly namespace: string; readonly hosts: readonly string[] };

/** A host that several namespaces may share by path. */
export type SharedHost = { readonly host: string; readonly namespaces: readonly string[] };

/** A grant: apps in `from` may use these Services of `to` as backends. */
export type BackendGrant = { readonly from: string; readonly to: string; readonly services: readonly string[] };

/** A grant: this namespace may name these TLS Secrets although they lack its prefix. */
export type SecretGrant = { readonly namespace: string; readonly names: readonly string[] };

/** A grant: apps of these namespaces (absent: of all) may have the issuer make certificates. */
export type IssuerGrant = Issuer & { readonly namespaces?: readonly string[] };

/** How probes of apps are sent. */
export type ProbeSettings = {
  /** Between two probes of one app. */
  readonly intervalMs: number;
  /** Whether public addresses may be asked. */
  readonly allowPublic: boolean;
  /** Further addresses that may be asked, as ranges: `10.0.0.0/8`. */
  readonly allowedCIDRs: readonly string[];
  /** IP or IP:PORT of DNS servers; absent: those of the process. */
  readonly nameServers?: readonly string[];
};

/** What the platform has to open before an app may ask for it: its objects reach further than an app's own. */
export type FeatureGate = 'EnvoyFilter' | 'CertManager';

/** The platform's decisions, every default applied. */
export type Platform = {
  readonly provider: Provider;
  readonly gateways: readonly GatewayEntry[];
  readonly ingressClasses: readonly IngressClassEntry[];
  readonly selectorLabel: 'app' | 'app.kubernetes.io/name';
  readonly hosts: {
    readonly policy: 'FirstCome' | 'Delegated';
    readonly grants: readonly HostGrant[];
    readonly shared: readonly SharedHost[];
  };
  readonly backends: { readonly grants: readonly BackendGrant[] };
  readonly secrets: { readonly grants: readonly SecretGrant[] };
  readonly certManager: { readonly issuers: readonly IssuerGrant[] };
  readonly service: { readonly allowedAnnotations: readonly string[] };
  /** What apps that Istio serves get where their spec says nothing; each default by itself. */
  readonly resilience: Resilience;
  /** Providers of MeshConfig, by name; tracing without one goes to the mesh's default. */
  readonly telemetry: { readonly accessLogProvider: string; readonly tracingProvider?: string };
  /** Providers of external authorization that apps may name. */
  readonly auth: { readonly externalProviders: readonly string[] };
  /** Services that sidecars of every app know, whatever its `calls` says; absent: the platform has not said which. */
  readonly calls: { readonly always?: readonly ServiceRef[] };
  readonly probes: ProbeSettings;
  readonly featureGates: Readonly<Record<FeatureGate, boolean>>;
  readonly trustDomain: string;
  readonly clusterDomain: string;
  readonly settleMs: number;
  readonly drainMs: number;
};
