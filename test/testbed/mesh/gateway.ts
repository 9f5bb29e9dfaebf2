/** An ingress gateway: a pod that is nothing but a proxy, and the Service in front of it. */

import type { Site } from './client.ts';
import { rootNamespace } from './istiod.ts';
import type { Namespace } from './namespace.ts';
import { proxyOf, proxyToken } from './pod.ts';
import type { Proxy } from './pod.ts';
import { startProxy } from './proxy.ts';
import { createPod, ensure, nodeName, setReady } from './workload.ts';

/** A gateway to start. */
export type GatewayOptions = {
  /** Of the pod and of the Service; default `istio-ingressgateway`. */
  readonly name?: string;
  /** Made when it is missing; default `istio-system`. */
  readonly namespace?: string;
  /** Default `{istio: ingressgateway}`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Default `NAME-service-account`. */
  readonly serviceAccount?: string;
  /** Ports of the Service, by which clients know it, and of the pod. Default 80 → 8080 and 443 → 8443. */
  readonly ports?: readonly GatewayPort[];
  /** Its address outside the mesh; default the next of 198.51.100.0/24. */
  readonly address?: string;
  /** Names that its proxy resolves beside istiod's, to addresses: for servers outside the mesh. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Certificates that its proxy's operating system trusts, PEM; default those of the machine. */
  readonly trusts?: string;
  /** How many proxies before it tell the client's address (MeshConfig gatewayTopology.numTrustedProxies); default none. */
  readonly trustedProxies?: number;
};

/** A port of a gateway. */
export type GatewayPort = { readonly name: string; readonly port: number; readonly targetPort: number };

/** A running gateway. */
export type Gateway = {
  readonly name: string;
  readonly namespace: string;
  /** Where clients outside the mesh reach it, at the ports of the Service. */
  readonly address: string;
  readonly proxy: Proxy;
};

const defaultPorts: readonly GatewayPort[] = [
  { name: 'http2', port: 80, targetPort: 8080 },
  { name: 'https', port: 443, targetPort: 8443 },
];

/** Istiod asks the API server whether the gateway may read Secrets, and remembers a refusal: so this comes first. */
async function allowSecrets({ plane }: Site, namespace: string, serviceAccount: string): Promise<void> {
  const metadata = { namespace, name: serviceAccount };
  await ensure(plane.api, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
  });
  await ensure(plane.api, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: serviceAccount },
    subjects: [{ kind: 'ServiceAccount', namespace, name: serviceAccount }],
  });
}

/** Clients use the Service's ports; here, where no kube-proxy is, the gateway's own namespace leads them to the pod's. */
async function openPorts(namespace: Namespace, address: string, ports: readonly GatewayPort[]): Promise<void> {
  await namespace.run('ip', ['addr', 'add', `${address}/32`, 'dev', 'eth0']);
  const rules = ports
    .filter(({ port, targetPort }) => port !== targetPort)
    .map(
      ({ port, targetPort }) =>
        `-A PREROUTING -d ${address}/32 -p tcp --dport ${port} -j REDIRECT --to-ports ${targetPort}`,
    );
  const stdin = ['*nat', ...rules, 'COMMIT', ''].join('\n');
  await namespace.run('iptables-restore', ['--noflush'], { stdin });
}

/** Starts a gateway; resolves when it serves. */
export async function startGateway(site: Site, options: GatewayOptions & { address: string }): Promise<Gateway> {
  const { plane, network } = site;
  const { api, run } = plane;
  const { name = 'istio-ingressgateway', namespace = rootNamespace, ports = defaultPorts, address } = options;
  const { labels = { istio: 'ingressgateway' }, serviceAccount = `${name}-service-account` } = options;
  await ensure(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const attached = await network.attach(`gateway-${namespace}.${name}`);
  const podPorts = ports.map(({ name: port, targetPort }) => ({ name: port, port: targetPort }));
  const workload = {
    namespace,
    name,
    labels,
    serviceAccount,
    address: attached.address,
    ports: podPorts,
    sidecar: false,
  };
  await allowSecrets(site, namespace, serviceAccount);
  await api.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name, labels },
    spec: { selector: labels, ports, externalIPs: [address] },
  });
  await Promise.all([createPod(api, workload), openPorts(attached.namespace, address, ports)]);
  const component = await startProxy(run, attached.namespace, {
    kind: 'router',
    name,
    podNamespace: namespace,
    address: attached.address,
    serviceAccount,
    node: nodeName,
    labels,
    ports: podPorts.map(({ port }) => port),
    token: await proxyToken(site, namespace, serviceAccount),
    rootCertificate: site.rootCertificate,
    hosts: options.hosts ?? {},
    ...(options.trusts === undefined ? {} : { trusts: options.trusts }),
    ...(options.trustedProxies === undefined ? {} : { trustedProxies: options.trustedProxies }),
  });
  await setReady(api, workload, true);
  return {
    name,
    namespace,
    address,
    proxy: proxyOf(run, { podNamespace: namespace, name }, attached.namespace, component),
  };
}
