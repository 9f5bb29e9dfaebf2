/** The neutral model: one app's traffic, with every default applied. It knows neither the API nor any target. */
import type { JwtRule } from './auth.ts';
import type { Backend, WeightedBackend } from './backend.ts';
import type { Call } from './call.ts';
import type { ConnectionDefaults } from './connections.ts';
import type { At, Located } from './located.ts';
import type { MovedWeights } from './moved-weights.ts';
import type { Observability } from './observability.ts';
import type { Port } from './port.ts';
import type { RateLimit, Route } from './route.ts';
import type { TcpListener } from './tcp-listener.ts';
import type { Unused } from './unused.ts';

/** Which AppTraffic: its namespace and name. */
export type AppRef = { readonly namespace: string; readonly name: string };

/** The provider that serves `external`. */
export type Provider = 'Istio' | 'Ingress';

/** How the app's Service is made. `Existing`: only referenced. */
export type Service = {
  readonly name: string;
  readonly type: 'ClusterIP' | 'Headless' | 'NodePort' | 'LoadBalancer' | 'ExternalName' | 'Existing';
  readonly externalName?: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly trafficDistribution?: string;
  readonly at: At;
};

/** Which gateway or controller serves `external`. */
export type Edge =
  /** A Gateway that is generated beside the app, on the platform's default gateway workload. */
  | { readonly kind: 'GeneratedGateway' }
  /** A Gateway that the platform owns. */
  | { readonly kind: 'NamedGateway'; readonly namespace: string; readonly name: string; readonly at: At }
  /** Ingress objects; without a class the cluster's default class serves them. */
  | { readonly kind: 'Ingress'; readonly className?: string; readonly at: At };

/** A version of TLS. */
export type TlsVersion = '1.2' | '1.3';

/** Who makes certificates: a ClusterIssuer, or an Issuer in the namespace of the gateway's pods. */
export type Issuer = { readonly kind: 'Issuer' | 'ClusterIssuer'; readonly name: string };

/** Where the certificate of the hosts comes from: a Secret that is there, or an issuer. */
export type CertificateSource =
  { readonly secretName: string; readonly issuer?: never } | { readonly issuer: Issuer; readonly secretName?: never };

/** A request that the operator sends as a client outside would, and the status code that is to come back. */
export type Probe = { readonly path: string; readonly expect: number };

/** How the outside reaches the app. */
export type External = {
  readonly at: At;
  readonly edge: Edge;
  /** Lower-case, no trailing dot, optionally with a leading `*.`; sorted. Empty: the app is reached by listeners alone. */
  readonly hosts: readonly Located<string>[];
  readonly tls?: Located<CertificateSource>;
  /** Name of the Secret with the authorities of which clients must show a certificate; absent: nobody is asked. Only beside `tls`. */
  readonly clientCa?: Located<string>;
  /** TLS ends at the pods: the gateway hands connections on by the host that TLS asks for. Never beside `tls`. */
  readonly passthrough?: Located<true>;
  /** The lowest version that clients may speak; absent: the provider's own. */
  readonly minTlsVersion?: Located<TlsVersion>;
  /** What the user said; absent: redirect where TLS is served. */
  readonly httpsRedirect?: Located<boolean>;
  /** The largest body of a request, in bytes; absent: the provider's own. */
  readonly maxBodyBytes?: Located<number>;
  /** Ranges of addresses (address/prefix) from which alone clients may come; sorted; absent: from any. */
  readonly allowCIDRs?: Located<readonly string[]>;
  /** Ranges from which no client may come; sorted; absent: none. */
  readonly denyCIDRs?: Located<readonly string[]>;
  /** Tokens that are taken, sorted by issuer; absent: nobody looks at tokens. What each route needs stands there. */
  readonly jwt?: Located<readonly JwtRule[]>;
  /** Of all routes together that say nothing else; absent: none. */
  readonly rateLimit?: Located<RateLimit>;
  /** Absent: nobody asks. No target knows of it. */
  readonly probe?: Located<Probe>;
  /** In order of precedence (api.md §3, route choice). */
  readonly routes: readonly Route[];
  /** Ports of the gateway for TCP connections; sorted by port. */
  readonly tcp: readonly TcpListener[];
};

/** One alternative of who may call: the fields that are present must all hold. */
export type AllowEntry = {
  readonly at: At;
  /** Another AppTraffic (its serviceAccount), or else the ServiceAccount of that name. */
  readonly app?: string;
  /** Always present beside `app` and `serviceAccount` (default: the app's own namespace). */
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** Container ports. */
  readonly ports?: readonly number[];
  readonly methods?: readonly string[];
  /** `/x` exact, `/x/*` is /x and all below. */
  readonly paths?: readonly string[];
};

/** Mutual TLS of the app's pods. */
export type Mtls = {
  readonly at: At;
  readonly mode: 'Strict' | 'Permissive' | 'Disable';
  /** Container ports that also take plaintext. */
  readonly exceptPorts: readonly number[];
};

/** Who inside may call the app, what it may call, and how calls inside the mesh are routed. */
export type Internal = {
  readonly at: At;
  readonly mtls?: Mtls;
  /** Absent: nobody is restricted; empty: only the gateway that serves `external`. */
  readonly allow?: Located<readonly AllowEntry[]>;
  /** `allow` refuses nobody: it is only told whom it would refuse. */
  readonly audit?: Located<true>;
  /** What the app's own pods may call. Absent: whatever the mesh lets them; empty: nothing. */
  readonly calls?: Located<readonly Call[]>;
  /**
   * Absent: callers inside get the plain Service. Present when `internal.routes`, `split` or resilience asks for routing (api.md §4);
   * in order of precedence.
   */
  readonly routes?: readonly Route[];
};

/** One app's traffic. */
export type Traffic = {
  readonly app: AppRef;
  readonly selector: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly service: Service;
  /** At least one; sorted by name. */
  readonly ports: readonly Port[];
  /** Sorted by name; `app` always among them. */
  readonly backends: readonly Backend[];
  /** What a route gets that says nothing else; backends with weight 0 left out; sorted by name. */
  readonly split: readonly WeightedBackend[];
  /** Somebody else moves the weights of splits; `idle` is that of `split`. Absent: weights are those of the spec. */
  readonly weightsManagedBy?: Located<MovedWeights>;
  readonly external?: External;
  readonly internal?: Internal;
  /** What is declared and leads nowhere; absent: nothing. No target knows of it. */
  readonly unused?: readonly Unused[];
  /** What the sidecars of the app's pods log and trace; absent: the mesh's own. */
  readonly observability?: Observability;
  /** Nothing is written: the app is paused, or only to be told of. Absent: it is carried out. */
  readonly held?: Held;
  /** An object that is there already under the name of a child is taken over, if it is nobody's and as it shall be. */
  readonly adopts?: true;
  /** The app's objects outlive it: they are let go when it is deleted. */
  readonly orphans?: true;
  /** How proxies connect to the app's pods. */
  readonly connections: ConnectionDefaults;
};

/** Why an app is not carried out. */
export type Held = 'Paused' | 'Preview';
