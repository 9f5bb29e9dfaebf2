/** Istio's control plane on the node of a mesh, with the settings under which a stock Envoy can be its proxy. */
import { connect } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../../../hack/toolchain/location.ts';
import { startComponent } from '../component.ts';
import type { ControlPlane } from '../control-plane.ts';
import { field } from '../kube-object.ts';
import type { KubeObject } from '../kube-object.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import { carry } from './carry.ts';
import { rootPath } from './namespace.ts';
import type { Namespace } from './namespace.ts';
import { get } from './request.ts';

/** Istio's root namespace. */
export const rootNamespace = 'istio-system';

/** Name of the IngressClass that istiod serves, through the gateway `istio-ingressgateway`. */
export const istioIngressClass = 'istio';

/** By which name proxies know istiod. */
export const istiodHost = 'istiod.istio-system.svc';

const apiPort = 6443;

/** A running istiod. */
export type Istiod = {
  /** PEM of the root that signs the workloads' certificates. */
  readonly rootCertificate: string;
  /** The JSON that one of its debug pages shows, e.g. `/debug/syncz`. */
  readonly debug: (path: string) => Promise<unknown>;
  /** Writes the mesh configuration anew with this connect timeout (`10.001s`); istiod then computes everything afresh. */
  readonly recompute: (connectTimeout: string) => Promise<void>;
  readonly logFile: string;
};

/** Where proxies write their access logs, as they see it: into a folder of their own. */
export const accessLogPath = '/mnt/work/access.log';

/** The provider of traces: nobody needs to listen there, but istiod wants the Service to exist. */
export const traceCollector = { name: 'collector', host: 'collector.team.svc.cluster.local', port: 9411 } as const;

/** What istiod knows of the world outside the mesh. */
export type IstiodSurroundings = {
  /** Names that it resolves, to addresses. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Certificates that it trusts, PEM; default those of the machine. */
  readonly trusts?: string;
};

/** Providers that every mesh has. Nothing logs or traces unless a Telemetry says so. */
export const extensionProviders: readonly object[] = [
  // A file: proxies run as another user and cannot open /dev/stdout.
  { name: 'envoy', envoyFileAccessLog: { path: accessLogPath } },
  { name: traceCollector.name, zipkin: { service: traceCollector.host, port: traceCollector.port } },
];

/** MeshConfig: what only Istio's own build of Envoy has is left out. */
const meshConfig = {
  trustDomain: 'cluster.local',
  defaultConfig: { discoveryAddress: `${istiodHost}:15012` },
  defaultProviders: {},
  extensionProviders,
  enablePrometheusMerge: false,
  ingressService: 'istio-ingressgateway',
  ingressSelector: 'ingressgateway',
};

const environment = {
  POD_NAME: 'istiod',
  POD_NAMESPACE: rootNamespace,
  INJECT_ENABLED: 'false',
  VALIDATION_WEBHOOK_CONFIG_NAME: '',
  PILOT_CERT_PROVIDER: 'istiod',
  JWT_POLICY: 'third-party-jwt',
  ISTIOD_CUSTOM_HOST: istiodHost,
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  PILOT_ENABLE_ALPN_FILTER: 'false',
  PILOT_DEBOUNCE_AFTER: '20ms',
};

/** Lets the node reach the API server, which listens on the machine's loopback, on its own loopback. */
async function relayApiServer({ run, url }: ControlPlane, node: Namespace): Promise<void> {
  const socket = join(run.folder, 'api-server.sock');
  const server = await carry(
    () => connect(Number(new URL(url).port), '127.0.0.1'),
    (one, up) => one.listen(socket, up),
  );
  server.unref();
  run.atEnd(() => void server.close());
  await node.ask({ ask: 'relay', port: apiPort, socket });
}

function meshConfigMap(more: object, connectTimeout: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: rootNamespace, name: 'istio' },
    data: { mesh: JSON.stringify({ ...meshConfig, ...more, connectTimeout }) },
  };
}

/** Starts istiod on the node and waits until it has published its root certificate. `more`: further fields of MeshConfig. */
export async function startIstiod(
  plane: ControlPlane,
  node: Namespace,
  more: object,
  { hosts = {}, trusts }: IstiodSurroundings = {},
): Promise<Istiod> {
  const { run, api } = plane;
  await relayApiServer(plane, node);
  const applyMesh = async (connectTimeout: string): Promise<void> => {
    await api.apply(meshConfigMap(more, connectTimeout));
  };
  await applyMesh('10s');
  const { url: _url, ...admin } = api.endpoint;
  const kubeconfig = writeKubeconfig(join(run.folder, 'istiod.kubeconfig'), {
    url: `https://127.0.0.1:${apiPort}`,
    ...admin,
  });
  const cwd = join(run.folder, 'istiod');
  mkdirSync(cwd);
  const lines = Object.entries({ localhost: '127.0.0.1', ...hosts }).map(([host, address]) => `${address} ${host}\n`);
  writeFileSync(join(cwd, 'hosts'), lines.join(''));
  if (trusts !== undefined) writeFileSync(join(cwd, 'authorities.pem'), trusts);
  const [command, args] = node.entering('unshare', [
    '--mount',
    '--propagation=private',
    '--',
    'sh',
    '-euc',
    'mount --bind hosts /etc/hosts; exec "$@"',
    'istiod',
    programPath('pilot-discovery'),
    'discovery',
    `--kubeconfig=${kubeconfig}`,
    `--namespace=${rootNamespace}`,
    '--log_output_level=default:info',
  ]);
  const { logFile } = await startComponent(run, {
    name: 'istiod',
    command,
    args,
    cwd,
    env: {
      ...environment,
      PATH: rootPath,
      ...(trusts === undefined ? {} : { SSL_CERT_FILE: join(cwd, 'authorities.pem') }),
    },
    isReady: async () => (await get(node, '127.0.0.1', 8080, '/ready')).status === 200,
  });
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', namespace: rootNamespace, name: 'istio-ca-root-cert' };
  const published = await api.waitFor(configMap, (object) => field(object, 'data', 'root-cert.pem') !== undefined);
  return {
    rootCertificate: String(field(published, 'data', 'root-cert.pem')),
    debug: async (path) => JSON.parse((await get(node, '127.0.0.1', 8080, path)).body) as unknown,
    recompute: applyMesh,
    logFile,
  };
}
