/**
 * A real mesh: a control plane, istiod, gateways and pods with stock Envoys as their proxies, the operator as shipped, and
 * clients inside and outside. It needs root. Everything of it ends with the test process, however that ends.
 */
import { certManagerCrdFolder, istioCrdFile } from '../../../hack/toolchain/istio-module.ts';
import type { ApiClient } from '../api-client.ts';
import { startCertManager } from '../cert-manager.ts';
import { createCertificateAuthority } from '../certificates.ts';
import { startControlPlane } from '../control-plane.ts';
import type { ControlPlane, ControlPlaneOptions } from '../control-plane.ts';
import { install } from '../install.ts';
import { condition, field } from '../kube-object.ts';
import type { KubeObject } from '../kube-object.ts';
import { startOperator } from '../operator.ts';
import type { Operator, OperatorOptions } from '../operator.ts';
import { createClient } from './client.ts';
import type { Client } from './client.ts';
import { startGateway } from './gateway.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { istioIngressClass, rootNamespace, startIstiod } from './istiod.ts';
import type { Istiod, IstiodSurroundings } from './istiod.ts';
import { createNetwork, nodeAddress } from './network.ts';
import { startPod } from './pod.ts';
import type { Pod, PodOptions } from './pod.ts';
import type { Answer, MeshRequest } from './request.ts';
import { countsOf, startServer } from './server.ts';
import type { Server, ServerOptions } from './server.ts';
import { untilSynced } from './synced.ts';
import { createNode, ensure, nodeName } from './workload.ts';
import type { NodeOptions } from './workload.ts';

/** Under whom the operator runs: the shipped ServiceAccount. */
export const operatorAccount = { namespace: 'apptraffic-system', name: 'apptraffic-controller' };

/** What differs from the plain mesh. */
export type MeshOptions = Pick<ControlPlaneOptions, 'audit' | 'apiServerFlags'> & {
  /** OperatorSettings, for example the entries of further gateways. Default: none, so the built-in ones. */
  readonly settings?: object;
  /** Flags of the operator; `false`: none is started. */
  readonly operator?: Pick<OperatorOptions, 'flags'> | false;
  /** Default: one, with all defaults of GatewayOptions, which the operator's built-in settings describe. */
  readonly gateways?: readonly GatewayOptions[];
  /** Runs cert-manager beside Istio; ClusterIssuers sign with Secrets of the root namespace. */
  readonly certManager?: true;
  /** Further fields of Istio's MeshConfig. */
  readonly meshConfig?: object;
  /** What istiod knows of the world outside. */
  readonly istiod?: IstiodSurroundings;
};

/** A request and who sends it. */
export type RequestFrom = Omit<MeshRequest, 'to'> & {
  /** Default `internet`: the mesh's client outside. */
  readonly from?: Client | 'internet';
  /** Default: the first gateway, at port 443 with `tls`, else 80. */
  readonly to?: string;
};

/** A client outside the mesh; by default at the next address of 203.0.113.0/24. */
export type ClientOptions = { readonly name: string; readonly address?: string };

/** A running mesh. */
export type Mesh = {
  readonly plane: ControlPlane;
  /** The API server as admin. */
  readonly api: ApiClient;
  readonly istiod: Istiod;
  /** In the order of the options. */
  readonly gateways: readonly Gateway[];
  /** The client outside the mesh that `request` uses by default; address 203.0.113.1. */
  readonly internet: Client;
  /** Every pod that runs, gateways left out. */
  readonly pods: () => readonly Pod[];
  /** Makes a namespace; `injected` (default true): with the label by which the operator knows that it is in the mesh. */
  readonly namespace: (name: string, options?: { readonly injected?: boolean }) => Promise<void>;
  /** Adds a Node object for pods to be on. */
  readonly node: (options: NodeOptions) => Promise<void>;
  /** Starts a pod; resolves when it serves and is ready. The namespace must exist. */
  readonly pod: (options: PodOptions) => Promise<Pod>;
  /** Starts another gateway. */
  readonly gateway: (options: GatewayOptions) => Promise<Gateway>;
  /** Adds another client outside the mesh. */
  readonly client: (options: ClientOptions) => Promise<Client>;
  /** Adds an echo server outside the mesh. */
  readonly server: (options: ServerOptions) => Promise<Server>;
  /** Applies an AppTraffic by server-side apply and returns it. */
  readonly app: (namespace: string, name: string, spec: object) => Promise<KubeObject>;
  /** Resolves once the app is Ready at its generation. */
  readonly ready: (app: KubeObject) => Promise<KubeObject>;
  /**
   * Resolves once every proxy works by what the API server held when this was called (README); rejects with what is
   * behind after `withinMs` (default 30 s). Calls at the same time wait for one another.
   */
  readonly synced: (withinMs?: number) => Promise<void>;
  /** `app`, `ready` and `synced` in one: what the spec says holds from now on. */
  readonly serve: (namespace: string, name: string, spec: object) => Promise<KubeObject>;
  /** Sends one request. */
  readonly request: (request: RequestFrom) => Promise<Answer>;
  /** How many requests with that key the echo servers of pods and outside have seen, all together. */
  readonly count: (key: string) => Promise<number>;
  /** The same of each server, by `namespace/name`. */
  readonly counts: (key: string) => Promise<ReadonlyMap<string, number>>;
  /** Puts a new TLS Secret for these hosts into a namespace; gives the PEM of the authority that signed it. */
  readonly tlsSecret: (namespace: string, name: string, hosts: readonly string[]) => Promise<string>;
  /** Makes a Secret with the certificate of an authority, PEM, under the key ca.crt. */
  readonly authoritySecret: (namespace: string, name: string, certificate: string) => Promise<void>;
  /** The operator that runs now; throws when none does. */
  readonly operator: () => Operator;
  /** Starts (another) operator. */
  readonly startOperator: (options?: Partial<OperatorOptions>) => Promise<Operator>;
  /** Ends and removes everything. */
  readonly stop: () => Promise<void>;
};

const ingressClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: istioIngressClass },
  spec: { controller: 'istio.io/ingress-controller' },
};

function isReadyApp(app: KubeObject): boolean {
  const isObserved = field(app, 'status', 'observedGeneration') === app.metadata.generation;
  return isObserved && condition(app, 'Ready')?.status === 'True';
}

/** The operator of a mesh, which can be ended and started again. */
function operatorOf(plane: ControlPlane, options: MeshOptions): Pick<Mesh, 'operator' | 'startOperator'> {
  let current: Operator | undefined;
  return {
    operator: () => {
      if (current === undefined) throw new Error('no operator runs in this mesh');
      return current;
    },
    startOperator: async (more = {}) => {
      const { namespace, name } = operatorAccount;
      current = await startOperator(plane, {
        kubeconfig: more.kubeconfig ?? (await plane.serviceAccountKubeconfig(namespace, name)),
        ...(options.settings === undefined ? {} : { settings: options.settings }),
        ...(options.operator === false ? {} : options.operator),
        ...more,
      });
      return current;
    },
  };
}

async function start(plane: ControlPlane, options: MeshOptions): Promise<Mesh> {
  const { run, api } = plane;
  const operator = operatorOf(plane, options);
  const installed = (async () => {
    await install(plane, options.settings);
    if (options.operator !== false) await operator.startOperator();
  })();
  // Awaited below; a failure before that must not end the process.
  installed.catch(() => undefined);
  const network = await createNetwork(run);
  await ensure(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: rootNamespace } });
  const [istiod] = await Promise.all([
    startIstiod(plane, network.node, options.meshConfig ?? {}, options.istiod),
    createNode(api, nodeAddress, { name: nodeName }),
    api.create(ingressClass),
  ]);
  const site = { plane, network, rootCertificate: istiod.rootCertificate };
  const pods = new Set<Pod>();
  const servers: Server[] = [];
  const counts: Mesh['counts'] = (key) => countsOf([...pods, ...servers], key);
  const gateways: Gateway[] = [];
  let externalAddresses = 0;
  const newGateway = (more: GatewayOptions): Promise<Gateway> => {
    externalAddresses += 1;
    return startGateway(site, { address: `198.51.100.${externalAddresses}`, ...more });
  };
  let outside = 0;
  const client: Mesh['client'] = ({ name, address }) => {
    outside += 1;
    return createClient(site, `client-${name}`, address ?? `203.0.113.${outside}`);
  };
  const internet = await client({ name: 'internet' });
  gateways.push(...(await Promise.all((options.gateways ?? [{}]).map(newGateway))));
  await installed;
  let computations = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const synced: Mesh['synced'] = (withinMs = 30_000) => {
    const attempt = async (): Promise<void> => {
      computations = (computations % 999) + 1;
      const proxies = [...gateways, ...pods].flatMap(({ proxy }) => (proxy === undefined ? [] : [proxy]));
      await untilSynced({ api, istiod, proxies }, computations, withinMs);
    };
    const next = turn.then(attempt, attempt);
    turn = next.catch(() => undefined);
    return next;
  };
  const app: Mesh['app'] = (namespace, name, spec) =>
    api.apply(
      { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', metadata: { namespace, name }, spec },
      { fieldManager: 'gitops', force: true },
    );
  // Many apps at once on a busy machine take their time.
  const ready: Mesh['ready'] = (object) => api.waitFor(object, isReadyApp, { withinMs: 60_000 });
  return {
    plane,
    api,
    istiod,
    gateways,
    internet,
    pods: () => [...pods],
    namespace: async (name, { injected = true } = {}) => {
      const labels = injected ? { 'istio-injection': 'enabled' } : {};
      await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    },
    node: (more) => createNode(api, nodeAddress, more),
    pod: async (more) => {
      const started = await startPod(site, more, () => void pods.delete(started));
      pods.add(started);
      return started;
    },
    gateway: async (more) => {
      const started = await newGateway(more);
      gateways.push(started);
      return started;
    },
    client,
    server: async (more) => {
      const started = await startServer(site, more);
      servers.push(started);
      return started;
    },
    app,
    ready,
    synced,
    serve: async (namespace, name, spec) => {
      const served = await ready(await app(namespace, name, spec));
      await synced();
      return served;
    },
    request: ({ from = 'internet', to, ...rest }) => {
      const sender = from === 'internet' ? internet : from;
      const entrance = `${gateways[0]?.address ?? ''}:${rest.tls === undefined ? 80 : 443}`;
      return sender.request({ to: to ?? entrance, ...rest });
    },
    count: async (key) => [...(await counts(key)).values()].reduce((sum, one) => sum + one, 0),
    counts,
    tlsSecret: async (namespace, name, hosts) => {
      const authority = createCertificateAuthority('testbed tls');
      const { certificate, key } = authority.issue({ commonName: hosts[0] ?? name, hosts });
      const stringData = { 'tls.crt': certificate, 'tls.key': key };
      await api.create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace, name },
        type: 'kubernetes.io/tls',
        stringData,
      });
      return authority.certificate;
    },
    authoritySecret: async (namespace, name, certificate) => {
      const metadata = { namespace, name };
      await api.create({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { 'ca.crt': certificate } });
    },
    ...operator,
    stop: () => plane.stop(),
  };
}

/** Starts a mesh, in about 15 s. Rejects with the log of the part that did not come up, leaving nothing behind. */
export async function startMesh(options: MeshOptions = {}): Promise<Mesh> {
  const { audit, apiServerFlags, certManager } = options;
  const plane = await startControlPlane({
    crds: [
      'crds/apptraffics.apptraffic.dev.yaml',
      istioCrdFile(),
      ...(certManager === undefined ? [] : [certManagerCrdFolder()]),
    ],
    ...(audit === undefined ? {} : { audit }),
    ...(apiServerFlags === undefined ? {} : { apiServerFlags }),
  });
  try {
    if (certManager !== undefined) await startCertManager(plane, rootNamespace);
    return await start(plane, options);
  } catch (error) {
    await plane.stop();
    throw error;
  }
}
