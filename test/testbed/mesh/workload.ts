/** The Kubernetes side of a pod: what its kubelet would tell the API server. */
import type { ApiClient } from '../api-client.ts';
import type { KubeObject } from '../kube-object.ts';

/** The Node object that pods are on which name none; without one the endpointslice controller skips them. */
export const nodeName = 'testbed';

/** A Node object. All of them are the one node of the network: what differs is where they say that they are. */
export type NodeOptions = {
  readonly name: string;
  /** `REGION/ZONE`, its labels for both; default: none. */
  readonly locality?: string;
};

/** What the API server is told of a pod. */
export type Workload = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly address: string;
  readonly ports: readonly { readonly port: number; readonly name?: string }[];
  readonly sidecar: boolean;
  /** Name of its Node; default {@link nodeName}. */
  readonly node?: string;
};

/** Creates the object, unless it is there. */
export async function ensure(api: ApiClient, object: KubeObject): Promise<void> {
  const path = (await api.pathOf(object)).replace(/\/[^/]+$/, '');
  const { status, body } = await api.request({ method: 'POST', path, body: object });
  if (status >= 300 && status !== 409) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
}

/** Creates a Node. */
export async function createNode(api: ApiClient, address: string, { name, locality }: NodeOptions): Promise<void> {
  const [region = '', zone = ''] = locality?.split('/') ?? [];
  const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone };
  const metadata = { name, ...(locality === undefined ? {} : { labels }) };
  const node = { apiVersion: 'v1', kind: 'Node', metadata };
  await api.create(node);
  const now = new Date().toISOString();
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Up',
    message: 'up',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  await api.patch(
    node,
    { status: { addresses: [{ type: 'InternalIP', address }], conditions: [ready] } },
    { subresource: 'status' },
  );
}

function podObject({ namespace, name, labels, serviceAccount, ports, sidecar, node = nodeName }: Workload): KubeObject {
  const container = {
    name: 'app',
    image: 'echo',
    ports: ports.map(({ port, name }) => ({ containerPort: port, ...(name === undefined ? {} : { name }) })),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name,
      labels: { ...labels, ...(sidecar ? { 'security.istio.io/tlsMode': 'istio' } : {}) },
      ...(sidecar ? { annotations: { 'sidecar.istio.io/status': '{"containers":["istio-proxy"]}' } } : {}),
    },
    spec: {
      nodeName: node,
      serviceAccountName: serviceAccount,
      containers: [container],
      automountServiceAccountToken: false,
    },
  };
}

/** Creates the Pod, its ServiceAccount too where that is missing, and says that it runs at its address but is not ready. */
export async function createPod(api: ApiClient, workload: Workload): Promise<KubeObject> {
  const { namespace, serviceAccount } = workload;
  await ensure(api, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: serviceAccount } });
  const pod = podObject(workload);
  await api.create(pod);
  return setReady(api, workload, false);
}

/** Says whether the pod is ready: only then is its address among the endpoints of its Services. */
export async function setReady(api: ApiClient, workload: Workload, isReady: boolean): Promise<KubeObject> {
  const { namespace, name, address } = workload;
  const now = new Date().toISOString();
  const state = { status: isReady ? 'True' : 'False', lastTransitionTime: now };
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, ...state }));
  const status = { phase: 'Running', podIP: address, podIPs: [{ ip: address }], startTime: now, conditions };
  return api.patch({ apiVersion: 'v1', kind: 'Pod', namespace, name }, { status }, { subresource: 'status' });
}
