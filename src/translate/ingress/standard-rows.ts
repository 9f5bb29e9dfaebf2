/** Rows that dialects share: what every controller does the way the Ingress documentation says (kubernetes.io, Ingress). */
import type { IngressBackend } from '../../kube/ingress.ts';
import type { Backend, WeightedBackend } from '../../model/backend.ts';
import type { Port } from '../../model/port.ts';
import type { Issuer, TlsVersion } from '../../model/traffic.ts';
import type { ConnectionTable } from '../connection-table.ts';
import { differs, exact, unsupported } from '../feature-table.ts';
import type { Placement } from '../feature-table.ts';
import type {
  EdgePiece,
  EdgeTable,
  PathMatch,
  ProtocolTable,
  Remark,
  RouteContext,
  RoutePiece,
  WrittenPath,
} from './dialect.ts';

const rulePath = 'Ingress spec.rules[].http.paths[]';

/** The rows of what a path and its backend are on every controller. */
export const standardRoutes = {
  host: exact<string, RouteContext, RoutePiece>('Ingress spec.rules[].host', () => ({})),
  prefix: exact<string, RouteContext, RoutePiece>(`${rulePath}.path (Prefix)`, (path) => ({
    match: { kind: 'Prefix', path },
  })),
  exact: exact<string, RouteContext, RoutePiece>(`${rulePath}.path (Exact)`, (path) => ({
    match: { kind: 'Exact', path },
  })),
  forward: exact<readonly WeightedBackend[], RouteContext, RoutePiece>(`${rulePath}.backend.service`, oneService),
};

const addresses = [
  'an Ingress says nothing of the addresses of clients',
  'remove it and ask who runs the controller, or set provider: Istio',
] as const;

/** The rows of hosts that are the same on every controller. */
export const standardEdge = {
  tls: exact<{ readonly secretName: string }, undefined, EdgePiece>('Ingress spec.tls[]', ({ secretName }) => ({
    spec: (hosts) => ({ tls: [{ hosts, secretName }] }),
  })),
  passthrough: unsupported<true, undefined, EdgePiece>(
    'an Ingress chooses by path, so TLS ends at the controller',
    'set tls.secretName instead of tls.mode, or set provider: Istio',
  ),
  issuer: unsupported<Issuer, undefined, EdgePiece>(
    'the certificate is made beside the gateway, and an Ingress reads one of its own namespace',
    'set tls.secretName, and have cert-manager write that Secret by a Certificate of your own, or set provider: Istio',
  ),
  clientCa: unsupported<string, undefined, EdgePiece>(
    'an Ingress asks no client for a certificate',
    'set tls.mode: Terminate and remove tls.clientCA where every client may come in, or set provider: Istio',
  ),
  minTlsVersion: unsupported<TlsVersion, undefined, EdgePiece>(
    'the versions of TLS are set for the controller as a whole, not for a host',
    'remove tls.minVersion and ask who runs the controller, or set provider: Istio',
  ),
  listen: unsupported<number, undefined, EdgePiece>(
    'an Ingress takes requests for hosts, and has no ports of its own for other connections',
    'remove tcp, or set provider: Istio',
  ),
  allowCIDRs: unsupported<readonly string[], undefined, EdgePiece>(...addresses),
  denyCIDRs: unsupported<readonly string[], undefined, EdgePiece>(...addresses),
  wildcardHost: differs<string, undefined, EdgePiece>(
    {
      how: 'the wildcard stands for exactly one label: a name two labels below it is answered with 404',
      effect: { wildcardLabels: 'One' },
    },
    'Ingress spec.rules[].host',
    () => ({}),
  ),
  hostWithoutRoutes: differs<string, undefined, EdgePiece>(
    {
      how: 'a host without a route is not named to the controller, so a wildcard above it answers for it, whosever it is',
      effect: { hostWithoutRoutes: 'Wildcard' },
    },
    'Ingress spec.rules[].host',
    () => ({}),
  ),
  trailingDot: differs<true, undefined, EdgePiece>(
    { how: 'a host written with a trailing dot is answered with 404', effect: { trailingDot: 'NotFound' } },
    'Ingress spec.rules[].host',
    () => ({}),
  ),
} satisfies Partial<EdgeTable>;

/** The rows of a controller that is told nothing of connections. */
export function noConnections(why: string, fix: string): ConnectionTable<undefined, EdgePiece> {
  const row = unsupported<unknown, undefined, EdgePiece>(why, fix);
  return {
    connectTimeout: row,
    idleTimeout: row,
    maxConnections: row,
    maxPending: row,
    maxRequests: row,
    maxRetries: row,
    eject: row,
    algorithm: row,
    hashOn: row,
    warmup: row,
    locality: row,
  };
}

const protocolFix = 'lead the route to an http port, or set provider: Istio';

function overHttp1(): Placement<Port, RouteContext, RoutePiece> {
  return exact(`${rulePath}.backend.service.port`, () => ({}));
}

function notOverHttp1(why: string): Placement<Port, RouteContext, RoutePiece> {
  return unsupported(why, protocolFix);
}

/** The protocols of a controller that is told nothing: it speaks plain HTTP/1.1 to the pods. */
export const http1Protocols: ProtocolTable = {
  http: overHttp1(),
  http2: differs({ how: 'the pods are spoken to in HTTP/1.1' }, `${rulePath}.backend.service.port`, () => ({})),
  tcp: overHttp1(),
  grpc: notOverHttp1('the pods would be spoken to in HTTP/1.1'),
  https: notOverHttp1('the pods would be spoken to in plain http'),
  tls: notOverHttp1('the pods would be spoken to in plain http'),
};

/** The path as the Ingress documentation means it: whole segments, or byte for byte. */
export function standardPath({ kind, path }: PathMatch): WrittenPath {
  return { path, pathType: kind };
}

/** An Ingress path leads to one port of one Service of its own namespace, and knows no pods. */
function oneService(split: readonly WeightedBackend[], { app, service, route }: RouteContext): RoutePiece {
  const [first] = split;
  if (first === undefined || split.length > 1) {
    const at = route.features.forward?.at ?? route.at;
    return refused(
      at,
      'a path leads to one Service, so requests cannot be shared out',
      'lead the route to one backend',
    );
  }
  return toBackend(first.backend, { app, service, route });
}

function toBackend(backend: Backend, { app, service, route }: RouteContext): RoutePiece {
  if (backend.kind === 'App') return leadsTo(service.name, route.port.port);
  const at = route.features.forward?.at ?? route.at;
  if (backend.kind === 'Subset') {
    return refused(
      at,
      `backend ${backend.name} is a part of the pods, and a path leads to a whole Service`,
      'lead the route to app, or to a backend with a Service of its own',
    );
  }
  if (backend.kind === 'Host') {
    return refused(
      at,
      `backend ${backend.name} is a server elsewhere, and a path leads to a Service`,
      'lead the route to a Service of type ExternalName',
    );
  }
  return backend.namespace === app.namespace
    ? leadsTo(backend.service, backend.port)
    : refused(
        at,
        `backend ${backend.name} is in another namespace, and a path leads to a Service of the app's own`,
        `use a Service of namespace ${app.namespace}`,
      );
}

function leadsTo(name: string, number: number): RoutePiece {
  const backend: IngressBackend = { service: { name, port: { number } } };
  return { backend };
}

function refused(at: Remark['at'], why: string, fix: string): RoutePiece {
  return { refusals: [{ at, why, fix: `${fix}, or set provider: Istio` }] };
}
