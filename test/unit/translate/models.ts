/** Model values for the tests of translation: the smallest that are complete, and what a test changes in them. */
import type { Backend, WeightedBackend } from '../../../src/model/backend.ts';
import type { GatewayEntry, Platform } from '../../../src/model/platform.ts';
import type { Port } from '../../../src/model/port.ts';
import type { Route, RouteFeatureValues } from '../../../src/model/route.ts';
import type { External, Internal, Traffic } from '../../../src/model/traffic.ts';
import type { World } from '../../../src/model/world.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';

export const defaultGateway: GatewayEntry = {
  namespace: 'istio-system',
  selector: { istio: 'ingressgateway' },
  serviceAccount: 'istio-ingressgateway-service-account',
  tls: false,
  ports: { http: 80, https: 443 },
  tcpPorts: [],
  trustedHops: 0,
  tlsTerminatedBefore: false,
  default: true,
};

export const publicGateway: GatewayEntry = {
  name: 'public',
  namespace: 'istio-ingress',
  selector: { istio: 'public' },
  serviceAccount: 'public',
  tls: true,
  ports: { http: 8080, https: 8443 },
  tcpPorts: [],
  trustedHops: 0,
  tlsTerminatedBefore: false,
  default: false,
};

export const platform: Platform = {
  ...builtInPlatform(),
  gateways: [defaultGateway, publicGateway],
};

export const world: World = {
  now: '2026-11-21T00:00:00Z',
  platform,
  created: '2026-11-20T00:00:00Z',
  hosts: [],
  siblings: [],
  services: [],
  gateways: [],
  ingressClasses: [],
  namespaces: [],
  assumesPresent: true,
};

export const httpPort: Port = { name: 'http', port: 80, targetPort: 8080, protocol: 'http', at: 'spec.port' };
export const adminPort: Port = { name: 'admin', port: 81, targetPort: 9090, protocol: 'http', at: 'spec.ports[1]' };
export const dbPort: Port = { name: 'db', port: 5432, targetPort: 5432, protocol: 'tcp', at: 'spec.ports[2]' };

export const app: Backend = { kind: 'App', name: 'app' };
export const stable: Backend = {
  kind: 'Subset',
  name: 'stable',
  labels: { version: 'v1' },
  at: 'spec.backends.stable',
};
export const canary: Backend = {
  kind: 'Subset',
  name: 'canary',
  labels: { version: 'v2' },
  at: 'spec.backends.canary',
};
export const docs: Backend = {
  kind: 'Service',
  name: 'docs',
  namespace: 'team',
  service: 'docs',
  port: 8000,
  at: 'spec.backends.docs',
};

/** All requests to one backend. */
export const whole = (backend: Backend): readonly WeightedBackend[] => [{ backend, weight: 100 }];

type Values = { readonly [F in keyof RouteFeatureValues]?: RouteFeatureValues[F] };

/** A route; without features all requests go to the app. */
export function route(name: string, values: Values = {}, over: Partial<Route> = {}): Route {
  const at = `routes.${name}`;
  const acts =
    values.redirect !== undefined ||
    values.respond !== undefined ||
    values.unavailable !== undefined ||
    values.forward !== undefined;
  const full: Values = {
    ...(values.exact === undefined ? { prefix: '/' } : {}),
    ...(acts ? {} : { forward: whole(app) }),
    ...values,
  };
  const features = Object.fromEntries(
    Object.entries(full).map(([feature, value]) => [feature, { value, at: `${at}.${feature}` }]),
  );
  return { name, at, position: 0, port: httpPort, features, ...over };
}

/** `external` on a generated Gateway. */
export function external(
  hosts: readonly string[],
  routes: readonly Route[] = [route('default')],
  over: Partial<External> = {},
): External {
  return {
    at: 'spec.external',
    edge: { kind: 'GeneratedGateway' },
    hosts: [...hosts].sort().map((value) => ({ value, at: `host ${value}` })),
    routes,
    tcp: [],
    ...over,
  };
}

export const tls: Pick<External, 'tls'> = { tls: { value: { secretName: 'shop-tls' }, at: 'spec.external.tls' } };

export const namedGateway: Pick<External, 'edge'> = {
  edge: { kind: 'NamedGateway', namespace: 'istio-ingress', name: 'public', at: 'spec.external.gateway' },
};

/** `internal` with nothing but what is given. */
export function internal(over: Partial<Internal>): Internal {
  return { at: 'spec.internal', ...over };
}

/** The app `shop` in namespace `team`. */
export function traffic(over: Partial<Traffic> = {}): Traffic {
  return {
    app: { namespace: 'team', name: 'shop' },
    selector: { app: 'shop' },
    serviceAccount: 'shop',
    service: { name: 'shop', type: 'ClusterIP', annotations: {}, at: 'spec.service' },
    ports: [httpPort],
    backends: [app],
    split: whole(app),
    connections: { given: {}, effective: {} },
    ...over,
  };
}

/** The labels of every child of the app `shop`. */
export const labels = { 'app.kubernetes.io/managed-by': 'apptraffic', 'apptraffic.dev/app': 'shop' };

/** metadata of the app's child with this name. */
export const metadata = (name: string) => ({ name, namespace: 'team', labels });
