/** What a dialect is: how one ingress controller is told what an app wants; all data, read by one engine. */
import type { IngressBackend, IngressPath, IngressSpec } from '../../kube/ingress.ts';
import type { StringMap } from '../../kube/manifest.ts';
import type { At } from '../../model/located.ts';
import type { Port, Protocol } from '../../model/port.ts';
import type { Behaviours } from '../../model/profile.ts';
import type { RateLimit, Route } from '../../model/route.ts';
import type { AppRef, Issuer, Service, TlsVersion } from '../../model/traffic.ts';
import type { ConnectionTable } from '../connection-table.ts';
import type { FeatureTable, Placement } from '../feature-table.ts';

/** Which requests of a host a path means: whole segments, or byte for byte. */
export type PathMatch = { readonly kind: 'Prefix' | 'Exact'; readonly path: string };

/** What the rows of a dialect know beside the value they place. */
export type RouteContext = { readonly app: AppRef; readonly service: Pick<Service, 'name'>; readonly route: Route };

/** What the controller makes of this one value, although it takes others of the feature as they are. */
export type Remark = {
  readonly at: At;
  readonly why: string;
  readonly fix: string;
  /** A difference as data. */
  readonly effect?: Partial<Behaviours>;
};

/** What one feature of a route adds. */
export type RoutePiece = {
  readonly match?: PathMatch;
  readonly backend?: IngressBackend;
  /** Annotations that the route needs and that its neighbours must not get: it moves to an Ingress of its own. */
  readonly annotations?: StringMap;
  /** The annotations refer to parts of the path, so the path is a regular expression that captures them. */
  readonly captures?: true;
  /** The controller has no way for the value. */
  readonly refusals?: readonly Remark[];
  /** The value behaves differently there. */
  readonly differences?: readonly Remark[];
};

/** Features that the hosts of an app have as a whole, and the type of their values. */
export type EdgeFeatureValues = {
  /** The hosts are served over TLS with the certificate of this Secret. */
  readonly tls: { readonly secretName: string };
  /** TLS ends at the pods. */
  readonly passthrough: true;
  /** The certificate is made by an issuer. */
  readonly issuer: Issuer;
  /** Clients without a certificate of the authorities in this Secret get no answer. */
  readonly clientCa: string;
  /** Clients that speak only older versions get no answer. */
  readonly minTlsVersion: TlsVersion;
  /** Plain http is answered with 308 to https. */
  readonly httpsRedirect: true;
  /** Plain http is served beside https. */
  readonly plainHttp: true;
  /** A host `*.x`, which means every name below x. */
  readonly wildcardHost: string;
  /** A host for which the app has no route: nobody else answers it. */
  readonly hostWithoutRoutes: string;
  /** A port on which TCP connections are taken, whatever is said over them. */
  readonly listen: number;
  /** A request for `x.` is one for `x`. Touches every app, as the next: part of the profile, never a Warning. */
  readonly trailingDot: true;
  /** Escapes of reserved characters and double slashes in the path of a request stay as they are. */
  readonly escapedPath: true;
  /** Requests with a larger body, in bytes, are answered with 413. */
  readonly maxBodySize: number;
  /** Ranges of addresses from which alone clients may come. */
  readonly allowCIDRs: readonly string[];
  /** Ranges of addresses from which no client may come. */
  readonly denyCIDRs: readonly string[];
  /** Requests above that number are answered with 429. */
  readonly rateLimit: RateLimit;
  /** A body of any size is let through where the app limits none. */
  readonly bodyUnlimited: true;
  /** A request that opens a websocket is let through on a route that does not ask for it. */
  readonly websocketUnasked: true;
};

/** The name of a feature of the hosts. */
export type EdgeFeature = keyof EdgeFeatureValues;

/** What one feature of the hosts adds to every Ingress of the app; `hosts`: those of that Ingress. */
export type EdgePiece = {
  readonly annotations?: StringMap;
  readonly spec?: (hosts: readonly string[]) => Pick<IngressSpec, 'tls'>;
};

/** One row for every feature of the hosts. */
export type EdgeTable = { readonly [F in EdgeFeature]: Placement<EdgeFeatureValues[F], undefined, EdgePiece> };

/** One row for what is spoken on the port of this app's Service that a route leads to. */
export type ProtocolTable = { readonly [P in Protocol]: Placement<Port, RouteContext, RoutePiece> };

/** A path as a controller takes it. */
export type WrittenPath = Pick<IngressPath, 'path' | 'pathType'>;

/** A controller on which one captured path turns all paths of its host into regular expressions. */
export type RegexHosts = {
  /** What the Ingress of the host's other paths needs. */
  readonly annotations: StringMap;
  /** Writes a path of such a host; `captures` as in {@link RoutePiece}. */
  readonly path: (match: PathMatch, captures: boolean) => WrittenPath;
};

/** What a path or a replacement may look like; everything else is refused. */
export type SafePath = {
  readonly accepts: (path: string) => boolean;
  /** What may be written. */
  readonly fix: string;
};

/** One controller's dialect. */
export type Dialect = {
  /** The name in settings, e.g. `ingress-nginx`. */
  readonly name: string;
  /** The name in messages. */
  readonly title: string;
  /** The `spec.controller` of its IngressClasses; absent: of none. */
  readonly controller?: string;
  readonly routes: FeatureTable<RouteContext, RoutePiece>;
  readonly edge: EdgeTable;
  readonly connections: ConnectionTable<undefined, EdgePiece>;
  readonly protocols: ProtocolTable;
  readonly path: (match: PathMatch) => WrittenPath;
  /** Absent: no path ever changes what the others of its host mean. */
  readonly regexHosts?: RegexHosts;
  readonly safePath: SafePath;
};
