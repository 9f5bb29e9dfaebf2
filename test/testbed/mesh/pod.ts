/** A pod of the mesh: an object in the API, a network namespace with an echo server, and a sidecar. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificateAuthority } from '../certificates.ts';
import type { Component } from '../component.ts';
import { field } from '../kube-object.ts';
import type { Run } from '../run.ts';
import { clientIn } from './client.ts';
import type { Client, Site } from './client.ts';
import type { Namespace } from './namespace.ts';
import { accessLogFile, adminPage, captureTraffic, startProxy } from './proxy.ts';
import type { EchoPort } from './wire.ts';
import { createPod, nodeName, setReady } from './workload.ts';
import type { Workload } from './workload.ts';

/** A pod to start. */
export type PodOptions = {
  readonly namespace: string;
  readonly name: string;
  /** Default `{app: NAME}`. The label `version` is also what the echo server says about itself. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Default the value of the label `app`, else the pod's name; made when it is missing. */
  readonly serviceAccount?: string;
  /** The Node it is on, which must be there; its echo server tells. Default the one that every mesh has. */
  readonly node?: string;
  /** Default true. Without one it is like any client or server outside the mesh. */
  readonly sidecar?: boolean;
  /** Where its echo server listens; numbers mean HTTP/1.1. Default 8080. */
  readonly ports?: readonly (number | (EchoPort & { readonly name?: string }))[];
  /** Ports on which no packet arrives: a connection is neither taken nor refused. */
  readonly deafPorts?: readonly number[];
  /** Names that its proxy resolves beside istiod's, to addresses: for destinations outside the mesh. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Certificates that its proxy's operating system trusts, PEM; default those of the machine. */
  readonly trusts?: string;
};

/** A running proxy. */
export type Proxy = {
  /** `POD.NAMESPACE`, by which istiod knows it. */
  readonly id: string;
  readonly namespace: Namespace;
  readonly component: Component;
  /** The text of a page of Envoy's admin interface, e.g. `/config_dump`. */
  readonly admin: (path: string) => Promise<string>;
  /** What it has logged of requests and connections so far; Envoy writes them out once a second. */
  readonly accessLog: () => string;
  /** The SPIFFE identity in its certificate. */
  readonly identity: () => Promise<string>;
};

/** A running pod. It sends requests too, through its sidecar where it has one. */
export type Pod = Client & {
  readonly podNamespace: string;
  readonly proxy: Proxy | undefined;
  /** How many requests with that key its echo server has seen. */
  readonly count: (key: string) => Promise<number>;
  /** How many connections to its http ports are open. */
  readonly connections: () => Promise<number>;
  /** Says whether the pod is ready; its address leaves the endpoints of its Services, or comes back. */
  readonly setReady: (isReady: boolean) => Promise<void>;
  /** Ends the pod and deletes its object. */
  readonly stop: () => Promise<void>;
};

/** A proxy as tests see it. */
export function proxyOf(
  run: Run,
  { podNamespace, name }: { readonly podNamespace: string; readonly name: string },
  namespace: Namespace,
  component: Component,
): Proxy {
  const logFile = accessLogFile(run, podNamespace, name);
  const admin = (path: string): Promise<string> => adminPage(namespace, path);
  return {
    id: `${name}.${podNamespace}`,
    namespace,
    component,
    admin,
    accessLog: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    identity: async () => {
      const page = JSON.parse(await admin('/certs')) as unknown;
      return String(field(page, 'certificates', 0, 'cert_chain', 0, 'subject_alt_names', 0, 'uri'));
    },
  };
}

/** The token by which a proxy asks istiod for its certificate. */
export async function proxyToken({ plane }: Site, namespace: string, serviceAccount: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const spec = { audiences: ['istio-ca'], expirationSeconds: 24 * 3600 };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const { status, body: answer } = await plane.api.request({ method: 'POST', path, body });
  const token = field(answer, 'status', 'token');
  if (typeof token === 'string') return token;
  throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
}

async function startSidecar(
  site: Site,
  workload: Workload & { readonly node: string },
  namespace: Namespace,
  options: PodOptions,
): Promise<Proxy> {
  const { run } = site.plane;
  const id = `${workload.name}.${workload.namespace}`;
  await captureTraffic(namespace, join(run.folder, `${id}.xtables.lock`));
  const component = await startProxy(run, namespace, {
    kind: 'sidecar',
    name: workload.name,
    podNamespace: workload.namespace,
    address: workload.address,
    serviceAccount: workload.serviceAccount,
    node: workload.node,
    labels: { ...workload.labels, 'security.istio.io/tlsMode': 'istio' },
    ports: workload.ports.map(({ port }) => port),
    token: await proxyToken(site, workload.namespace, workload.serviceAccount),
    rootCertificate: site.rootCertificate,
    hosts: options.hosts ?? {},
    ...(options.trusts === undefined ? {} : { trusts: options.trusts }),
  });
  return proxyOf(run, { podNamespace: workload.namespace, name: workload.name }, namespace, component);
}

/** A pod that ends TLS itself has a certificate in its own name. */
function withCredential<P extends EchoPort>(port: P, name: string): P {
  if (port.protocol !== 'https') return port;
  return { ...port, credential: createCertificateAuthority('testbed pod').issue({ commonName: name, hosts: [name] }) };
}

/** Starts a pod; resolves when it serves and is ready. `onStop` is told when it ends. */
export async function startPod(site: Site, options: PodOptions, onStop: () => void): Promise<Pod> {
  const { plane, network } = site;
  const { api } = plane;
  const { namespace: podNamespace, name, labels = { app: name }, sidecar = true, node = nodeName } = options;
  const ports = (options.ports ?? [8080]).map((port) =>
    withCredential(typeof port === 'number' ? { port } : port, name),
  );
  const attached = await network.attach(`pod-${podNamespace}.${name}`);
  const { namespace, address } = attached;
  const serviceAccount = options.serviceAccount ?? labels.app ?? name;
  const workload = { namespace: podNamespace, name, labels, serviceAccount, address, ports, sidecar, node };
  const identity = { pod: name, namespace: podNamespace, version: labels.version ?? '', node };
  await Promise.all([createPod(api, workload), namespace.ask({ ask: 'serve', identity, ports })]);
  for (const port of options.deafPorts ?? []) {
    await namespace.run('iptables', ['-A', 'INPUT', '-p', 'tcp', '--dport', String(port), '-j', 'DROP'], {
      env: { XTABLES_LOCKFILE: join(plane.run.folder, `${name}.${podNamespace}.deaf.lock`) },
    });
  }
  const proxy = sidecar ? await startSidecar(site, workload, namespace, options) : undefined;
  await setReady(api, workload, true);
  return {
    ...clientIn(attached, name, api),
    podNamespace,
    proxy,
    count: async (key) => (await namespace.ask({ ask: 'count', key })) as number,
    connections: async () => (await namespace.ask({ ask: 'connections' })) as number,
    setReady: async (isReady) => void (await setReady(api, workload, isReady)),
    stop: async () => {
      onStop();
      await api.delete({ apiVersion: 'v1', kind: 'Pod', namespace: podNamespace, name }, { gracePeriodSeconds: 0 });
      await proxy?.component.kill();
      await namespace.end();
    },
  };
}
