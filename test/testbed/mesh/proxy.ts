/** Istio's proxy in a pod: pilot-agent with a stock Envoy, started as its injector would start it. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { istioModule } from '../../../hack/toolchain/istio-module.ts';
import { programPath } from '../../../hack/toolchain/location.ts';
import { startComponent } from '../component.ts';
import type { Component } from '../component.ts';
import type { Run } from '../run.ts';
import { accessLogPath, istiodHost } from './istiod.ts';
import { rootPath } from './namespace.ts';
import type { Namespace } from './namespace.ts';
import { nodeAddress } from './network.ts';
import { get } from './request.ts';

/** What a proxy is started with. */
export type ProxyOptions = {
  readonly kind: 'sidecar' | 'router';
  readonly name: string;
  readonly podNamespace: string;
  readonly address: string;
  readonly serviceAccount: string;
  /** Name of the pod's Node. */
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  /** Audience `istio-ca`. */
  readonly token: string;
  readonly rootCertificate: string;
  /** Further lines of /etc/hosts: name to address. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Certificates that its operating system trusts, PEM; absent: those of the machine. */
  readonly trusts?: string;
  /** How many proxies before a gateway tell the client's address; absent: none. */
  readonly trustedProxies?: number;
};

const proxyId = 1337;
const healthPort = 15_021;
const adminPort = 15_000;

/** Envoy's admin interface in a pod: the text of one of its pages. */
export const adminPage = async (namespace: Namespace, path: string): Promise<string> =>
  (await get(namespace, '127.0.0.1', adminPort, path)).body;

/** Whether the proxy serves; its listener answers from a worker thread, so what that thread was told before is in force. */
export const isProxyReady = async (namespace: Namespace): Promise<boolean> =>
  (await get(namespace, '127.0.0.1', healthPort, '/healthz/ready')).status === 200;

/** The folder of a proxy, which is its /mnt/work. */
const workOf = (run: Run, podNamespace: string, name: string): string =>
  join(run.folder, 'proxies', `${podNamespace}.${name}`);

/** The file that is a proxy's access log. */
export const accessLogFile = (run: Run, podNamespace: string, name: string): string =>
  join(workOf(run, podNamespace, name), basename(accessLogPath));

/** A folder that the agent may write to, with its token and the root certificate where it looks for them. */
function workFolder(run: Run, options: ProxyOptions): string {
  const work = workOf(run, options.podNamespace, options.name);
  const files = {
    'var/run/secrets/istio/root-cert.pem': options.rootCertificate,
    'var/run/secrets/tokens/istio-token': options.token,
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(work, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const folders = ['', 'var', 'var/run', 'var/run/secrets', 'var/run/secrets/istio', 'var/run/secrets/tokens'];
  for (const folder of folders) {
    chownSync(join(work, folder), proxyId, proxyId);
    chmodSync(join(work, folder), 0o755);
  }
  return work;
}

function environment(options: ProxyOptions): Readonly<Record<string, string>> {
  const { name, podNamespace, address, serviceAccount, node, labels, ports, trustedProxies } = options;
  const discoveryAddress = `${istiodHost}:15012`;
  return {
    POD_NAME: name,
    POD_NAMESPACE: podNamespace,
    INSTANCE_IP: address,
    HOST_IP: nodeAddress,
    SERVICE_ACCOUNT: serviceAccount,
    TRUST_DOMAIN: 'cluster.local',
    JWT_POLICY: 'third-party-jwt',
    PILOT_CERT_PROVIDER: 'istiod',
    CA_ADDR: discoveryAddress,
    ISTIO_META_CLUSTER_ID: 'Kubernetes',
    ISTIO_META_NODE_NAME: node,
    ISTIO_META_WORKLOAD_NAME: name,
    ISTIO_META_APP_CONTAINERS: 'app',
    ISTIO_META_INTERCEPTION_MODE: 'REDIRECT',
    ISTIO_META_UNPRIVILEGED_POD: 'true',
    ISTIO_META_POD_PORTS: JSON.stringify(ports.map((containerPort) => ({ containerPort }))),
    ISTIO_METAJSON_LABELS: JSON.stringify(labels),
    PROXY_CONFIG: JSON.stringify({
      discoveryAddress,
      binaryPath: '/mnt/envoy',
      configPath: '/mnt/work/etc/istio/proxy',
      ...(trustedProxies === undefined ? {} : { gatewayTopology: { numTrustedProxies: trustedProxies } }),
    }),
    // Ends at once: connections that a test leaves open must not hold up its end.
    MINIMUM_DRAIN_DURATION: '0s',
  };
}

/** The rules that lead a pod's traffic through its sidecar, as Istio's init container sets them. */
export async function captureTraffic(namespace: Namespace, lockFile: string): Promise<void> {
  const rules = ['-p', '15001', '-z', '15006', '-u', `${proxyId}`, '-m', 'REDIRECT', '-i', '*', '-x', '', '-b', '*'];
  await namespace.run(programPath('pilot-agent'), ['istio-iptables', ...rules, '-d', '15090,15020,15021'], {
    env: { XTABLES_LOCKFILE: lockFile },
  });
}

/** Starts the proxy in a pod's namespace; resolves when it serves with its certificate and first configuration. */
export async function startProxy(run: Run, namespace: Namespace, options: ProxyOptions): Promise<Component> {
  const work = workFolder(run, options);
  const hosts = { localhost: '127.0.0.1', [istiodHost]: nodeAddress, ...options.hosts };
  // In this file a name with a dot at its end is another one; in DNS it is the same, whatever is searched.
  writeFileSync(
    join(work, 'hosts'),
    Object.entries(hosts)
      .map(([host, address]) => `${address} ${host} ${host}.\n`)
      .join(''),
  );
  const authorities = join(work, 'authorities.pem');
  if (options.trusts !== undefined) writeFileSync(authorities, options.trusts);
  const [command, args] = namespace.entering('unshare', [
    '--mount',
    '--propagation=private',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '--',
    'sh',
    join(import.meta.dirname, 'proxy-start.sh'),
    'proxy',
    options.kind,
    '--domain',
    `${options.podNamespace}.svc.cluster.local`,
    '--templateFile',
    '/mnt/bootstrap.json',
    '--concurrency',
    '1',
  ]);
  return startComponent(run, {
    name: `proxy-${options.podNamespace}.${options.name}`,
    command,
    args,
    env: {
      ...environment(options),
      PATH: rootPath,
      PILOT_AGENT: programPath('pilot-agent'),
      ENVOY: programPath('envoy'),
      BOOTSTRAP: join(istioModule().folder, 'tools/packaging/common/envoy_bootstrap.json'),
      WORK: work,
      HOSTS: join(work, 'hosts'),
      AUTHORITIES: options.trusts === undefined ? '' : authorities,
    },
    isReady: () => isProxyReady(namespace),
  });
}
