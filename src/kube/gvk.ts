/** Kinds of the Kubernetes API: group, version, kind and the plural under which the API server serves them. */

/** A kind and how to reach it: `group` is empty for the core group. */
export type Kind = {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
};

const namespaced = (group: string, version: string, kind: string, plural: string): Kind => ({
  group,
  version,
  kind,
  plural,
  namespaced: true,
});

/** Every kind that this project reads or writes; watches, prune list, RBAC and metrics labels derive from it. */
export const kinds = {
  AppTraffic: namespaced('apptraffic.dev', 'v1alpha1', 'AppTraffic', 'apptraffics'),
  Service: namespaced('', 'v1', 'Service', 'services'),
  Ingress: namespaced('networking.k8s.io', 'v1', 'Ingress', 'ingresses'),
  Gateway: namespaced('networking.istio.io', 'v1', 'Gateway', 'gateways'),
  VirtualService: namespaced('networking.istio.io', 'v1', 'VirtualService', 'virtualservices'),
  DestinationRule: namespaced('networking.istio.io', 'v1', 'DestinationRule', 'destinationrules'),
  ServiceEntry: namespaced('networking.istio.io', 'v1', 'ServiceEntry', 'serviceentries'),
  Sidecar: namespaced('networking.istio.io', 'v1', 'Sidecar', 'sidecars'),
  EnvoyFilter: namespaced('networking.istio.io', 'v1alpha3', 'EnvoyFilter', 'envoyfilters'),
  PeerAuthentication: namespaced('security.istio.io', 'v1', 'PeerAuthentication', 'peerauthentications'),
  AuthorizationPolicy: namespaced('security.istio.io', 'v1', 'AuthorizationPolicy', 'authorizationpolicies'),
  RequestAuthentication: namespaced('security.istio.io', 'v1', 'RequestAuthentication', 'requestauthentications'),
  Telemetry: namespaced('telemetry.istio.io', 'v1', 'Telemetry', 'telemetries'),
  Certificate: namespaced('cert-manager.io', 'v1', 'Certificate', 'certificates'),
  Namespace: { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
  IngressClass: {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'IngressClass',
    plural: 'ingressclasses',
    namespaced: false,
  },
  Lease: namespaced('coordination.k8s.io', 'v1', 'Lease', 'leases'),
  Event: namespaced('events.k8s.io', 'v1', 'Event', 'events'),
} as const satisfies Record<string, Kind>;

/** The name of a kind in {@link kinds}. */
export type KindName = keyof typeof kinds;

/** Kinds that AppTraffic writes as children, in the order in which manifests are printed. */
export const childKinds = [
  'Service',
  'Ingress',
  'Gateway',
  'VirtualService',
  'DestinationRule',
  'ServiceEntry',
  'Sidecar',
  'EnvoyFilter',
  'PeerAuthentication',
  'AuthorizationPolicy',
  'RequestAuthentication',
  'Telemetry',
  'Certificate',
] as const satisfies readonly KindName[];

/** The name of a kind that AppTraffic writes. */
export type ChildKind = (typeof childKinds)[number];

/** Child kinds that are written, and read, only where the platform has opened the feature gate of that name. */
export const gatedKinds: { readonly [K in ChildKind]?: Gate } = {
  EnvoyFilter: 'EnvoyFilter',
  Certificate: 'CertManager',
};

type Gate = 'EnvoyFilter' | 'CertManager';

/**
 * Whether children of the kind live in the namespace of the gateway's pods, and not in that of the app: no owner reference
 * leads there, so labels say whose they are, and a finalizer of the app sees to their end.
 */
export function livesElsewhere(kind: ChildKind): boolean {
  return kind === 'Certificate';
}

/** The child kinds that are written where these gates are open. */
export function childKindsBehind(isOpen: Readonly<Record<Gate, boolean>>): readonly ChildKind[] {
  return childKinds.filter((kind) => {
    const gate = gatedKinds[kind];
    return gate === undefined || isOpen[gate];
  });
}

/** The `apiVersion` of a kind: `v1` for the core group, `group/version` elsewhere. */
export function apiVersionOf(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** Splits an `apiVersion` into group and version. */
export function parseApiVersion(apiVersion: string): Pick<Kind, 'group' | 'version'> {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** The child kind that an apiVersion and kind name, whatever the version; undefined when AppTraffic never writes it. */
export function childKindOf(apiVersion: string, kind: string): ChildKind | undefined {
  const { group } = parseApiVersion(apiVersion);
  return childKinds.find((name) => kinds[name].kind === kind && kinds[name].group === group);
}
