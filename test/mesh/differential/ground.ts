/**
 * The ground that all worlds stand on: namespaces, pods, callers and gateways. Plain data: the pure half reads from it
 * which pods a backend means, the live half makes it.
 */
import type { Identity } from '../../../src/model/identity.ts';

type Labels = Readonly<Record<string, string>>;

/** A pod of the ground; it answers every request by telling who it is and what it saw. */
export type GroundPod = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** Whether it has a sidecar. */
  readonly inMesh: boolean;
};

/** Namespaces of apps. */
export const appNamespaces = ['blue', 'green'] as const;

/** A namespace of apps. */
export type AppNamespace = (typeof appNamespaces)[number];

/** The ports that every pod answers on over HTTP/1.1. */
export const containerPorts = [7070, 8080, 9090] as const;

/** The port that every pod answers on over HTTP/2 without TLS. */
export const http2Port = 9191;

/** The port on which every pod ends TLS itself, HTTP/1.1 inside. */
export const tlsPort = 8443;

/** The labels of the pods that apps without `internal` share. */
export const sharedPods: Labels = { app: 'echo' };

/**
 * How many apps with `internal` the ground has pods for at one time. Policies of two apps must not meet on a pod, so
 * each such app has pods of its own: a slot.
 */
export const slotCount = 6;

/** The labels of the pods of a slot. */
export function slotPods(slot: number): Labels {
  return { app: `slot-${slot}` };
}

/** Who the pods of a slot are: they call, too. */
export function slotAccount(slot: number): string {
  return slotPods(slot).app ?? '';
}

const versions = ['v1', 'v2'] as const;

function podsFor(namespace: string, labels: Labels, inMesh: boolean): readonly GroundPod[] {
  return versions.map((version, i) => ({
    namespace,
    name: `${labels.app ?? ''}-${version}`,
    labels: { ...labels, version, track: i === 0 ? 'stable' : 'canary' },
    inMesh,
  }));
}

/** Every pod that answers. Those of slots are in the first namespace. */
export const groundPods: readonly GroundPod[] = [
  ...appNamespaces.flatMap((namespace) => podsFor(namespace, sharedPods, false)),
  ...Array.from({ length: slotCount }, (_, slot) => podsFor(appNamespaces[0], slotPods(slot), true)).flat(),
];

/**
 * A server outside the mesh, and the names that lead to it. Its certificate is for the first one alone, so over TLS nobody
 * may be reached by the second.
 */
export const outside = {
  name: 'server',
  namespace: 'outside',
  address: '203.0.113.200',
  host: 'server.outside.test',
  posing: 'posing.outside.test',
  port: 8090,
  tlsPort: 8453,
} as const;

/** An issuer of tokens outside the mesh, and where its keys are. */
export const issuing = {
  name: 'https://id.outside.test',
  host: 'id.outside.test',
  address: '203.0.113.201',
  keys: 'https://id.outside.test/keys',
} as const;

/** A Service in every namespace of apps that no AppTraffic made: port 80 of the shared pods' 8080. */
export const strangerService = 'stranger';

/** Workloads with a sidecar that call from inside the mesh. */
export const meshCallers: readonly Identity[] = [
  { namespace: 'orders', serviceAccount: 'api' },
  { namespace: 'orders', serviceAccount: 'web' },
  { namespace: 'blue', serviceAccount: 'api' },
];

/** The namespace of the gateway's pods and of the named Gateways. */
export const gatewayNamespace = 'istio-ingress';

/** What the gateway's pods carry, and who they are. */
export const gatewayWorkload = { selector: { istio: 'ingressgateway' }, serviceAccount: 'gateway' } as const;

/** Where the gateway's pods listen; its Service has ports 80 and 443. */
export const gatewayPorts = { http: 8080, https: 8443 } as const;

const listening = (protocol: 'http' | 'https'): object =>
  protocol === 'http'
    ? { number: 80, name: 'http', protocol: 'HTTP' }
    : { number: 443, name: 'https', protocol: 'HTTPS' };

function gateway(name: string, servers: readonly object[]): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace: gatewayNamespace },
    spec: { selector: gatewayWorkload.selector, servers },
  };
}

/** The Secret with the certificate of the named gateway that serves TLS. */
export const gatewaySecret = 'named-tls';

/** The Secret with the authority of the clients of apps that ask for certificates. */
export const clientSecret = 'blue-clients';

/** The suffix of all hosts that are served over TLS by the named gateway, which knows them without a trailing dot only. */
export const secureSuffix = 'secure.test';

/** The named Gateways: one for plain http that takes every host, one with TLS that takes those below its suffix. */
export const namedGateways = [
  gateway('public', [{ port: listening('http'), hosts: ['*'] }]),
  gateway('secure', [
    { port: listening('http'), hosts: [`*.${secureSuffix}`] },
    {
      port: listening('https'),
      hosts: [`*.${secureSuffix}`],
      tls: { mode: 'SIMPLE', credentialName: gatewaySecret },
    },
  ]),
] as const;

const entry = { namespace: gatewayNamespace, ...gatewayWorkload };

/** The OperatorSettings that hold for every world. */
export const groundSettings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  gateways: [
    { ...entry, default: true },
    { ...entry, name: 'public' },
    { ...entry, name: 'secure', tls: true },
  ],
  featureGates: { EnvoyFilter: true },
  auth: { externalProviders: ['doorman'] },
} as const;
