/** The kinds by which a namespace can take a host, and how the hosts of each are read (CEL, Kubernetes docs, "Common Expression Language"). */

/** One kind: its resource, and the hosts of `object` as a list of lists of texts; `*` stands for every host. */
export type HostKind = {
  /** Part of the names of the policy and its binding. */
  readonly resource: string;
  readonly group: string;
  /** All versions in which the API server may be asked. */
  readonly versions: readonly string[];
  readonly hosts: string;
};

/** Istio compares hosts without regard to case and takes them with a trailing dot too. */
const spelled = (host: string): string =>
  `(${host}.endsWith('.') ? ${host}.substring(0, ${host}.size() - 1) : ${host}).lowerAscii()`;

/** Of a route of Gateway API: beside a Service it routes calls inside the mesh; without hostnames it takes all of its parents' hosts. */
const routeHosts = [
  "[has(object.spec.parentRefs) && object.spec.parentRefs.exists(parent, !has(parent.kind) || parent.kind != 'Service')",
  "? (has(object.spec.hostnames) ? object.spec.hostnames : ['*']) : []]",
].join(' ');

/** Of what listens in Gateway API: a listener without a hostname takes every host. */
const listenerHosts = "[object.spec.listeners.map(listener, has(listener.hostname) ? listener.hostname : '*')]";

/** Every kind. A new one is a row. */
export const hostKinds: readonly HostKind[] = [
  {
    resource: 'apptraffics',
    group: 'apptraffic.dev',
    versions: ['v1alpha1'],
    hosts: '[has(object.spec.external) && has(object.spec.external.hosts) ? object.spec.external.hosts : []]',
  },
  {
    resource: 'ingresses',
    group: 'networking.k8s.io',
    versions: ['v1'],
    // A rule without a host and a default backend take every host.
    hosts: [
      "[(has(object.spec.rules) ? object.spec.rules.map(rule, has(rule.host) ? rule.host : '*') : [])",
      "+ (has(object.spec.defaultBackend) ? ['*'] : [])]",
    ].join(' '),
  },
  {
    resource: 'virtualservices',
    group: 'networking.istio.io',
    versions: ['v1', 'v1beta1', 'v1alpha3'],
    // Without a gateway, or with the word mesh alone, it routes calls inside the mesh.
    hosts: [
      "[has(object.spec.gateways) && object.spec.gateways.exists(gateway, gateway != 'mesh')",
      `&& has(object.spec.hosts) ? object.spec.hosts.map(host, ${spelled('host')}) : []]`,
    ].join(' '),
  },
  {
    resource: 'gateways',
    group: 'networking.istio.io',
    versions: ['v1', 'v1beta1', 'v1alpha3'],
    // A host may have the namespace before it whose routes it takes.
    hosts: `has(object.spec.servers) ? object.spec.servers.map(server, server.hosts.map(host, ${spelled("host.split('/')[host.split('/').size() - 1]")})) : []`,
  },
  ...[
    { resource: 'gateways', versions: ['v1', 'v1beta1'] },
    { resource: 'listenersets', versions: ['v1'] },
  ].map((listening) => ({ ...listening, group: 'gateway.networking.k8s.io', hosts: listenerHosts })),
  ...[
    { resource: 'httproutes', versions: ['v1', 'v1beta1'] },
    { resource: 'grpcroutes', versions: ['v1', 'v1alpha2'] },
    { resource: 'tlsroutes', versions: ['v1', 'v1alpha3', 'v1alpha2'] },
  ].map((route) => ({ ...route, group: 'gateway.networking.k8s.io', hosts: routeHosts })),
];
