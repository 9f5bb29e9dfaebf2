/** The programs of a control plane and the flags they are started with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../../hack/toolchain/location.ts';
import { createCertificateAuthority, newSigningKey } from './certificates.ts';
import { startComponent } from './component.ts';
import type { ComponentSpec } from './component.ts';
import { send } from './http.ts';
import type { Endpoint } from './http.ts';
import type { Run } from './run.ts';

const serverHosts = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  '127.0.0.1',
  '10.96.0.1',
];

const controllers = [
  'namespace-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'clusterrole-aggregation-controller',
  'validatingadmissionpolicy-status-controller',
];

const isOk = async (endpoint: Endpoint, path: string): Promise<boolean> =>
  (await send(endpoint, { method: 'GET', path, agent: false })).status === 200;

/** Writes certificates, keys and tokens of one control plane to its folder; gives the authority and the admin's credentials. */
export function writeSecrets(folder: string, adminToken: string): { ca: string; admin: Omit<Endpoint, 'url'> } {
  const authority = createCertificateAuthority('testbed');
  const server = authority.issue({ commonName: 'kube-apiserver', hosts: serverHosts });
  const admin = authority.issue({ commonName: 'admin', organizations: ['system:masters'] });
  const files = {
    'ca.crt': authority.certificate,
    'server.crt': server.certificate,
    'server.key': server.key,
    'service-account.key': newSigningKey(),
    'tokens.csv': `${adminToken},admin,admin,"system:masters"\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return { ca: authority.certificate, admin: { ca: authority.certificate, ...admin } };
}

/** Starts etcd; resolves with its URL. */
export async function startEtcd(run: Run): Promise<string> {
  const [clientPort, peerPort] = [await run.claimPort(), await run.claimPort()];
  const [client, peer] = [`http://127.0.0.1:${clientPort}`, `http://127.0.0.1:${peerPort}`];
  await startComponent(run, {
    name: 'etcd',
    command: programPath('etcd'),
    args: [
      '--name=default',
      `--data-dir=${join(run.folder, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    isReady: async () => (await fetch(`${client}/health`)).ok,
  });
  return client;
}

/** How to start kube-apiserver at `endpoint` with the secrets in the run's folder. */
export function apiServerSpec(run: Run, endpoint: Endpoint, etcd: string, more: readonly string[]): ComponentSpec {
  const at = (name: string): string => join(run.folder, name);
  return {
    name: 'kube-apiserver',
    command: programPath('kube-apiserver'),
    args: [
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${new URL(endpoint.url).port}`,
      `--tls-cert-file=${at('server.crt')}`,
      `--tls-private-key-file=${at('server.key')}`,
      `--client-ca-file=${at('ca.crt')}`,
      `--token-auth-file=${at('tokens.csv')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${at('service-account.key')}`,
      `--service-account-signing-key-file=${at('service-account.key')}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      '--endpoint-reconciler-type=none',
      '--enable-admission-plugins=OwnerReferencesPermissionEnforcement',
      '--profiling=false',
      '--shutdown-watch-termination-grace-period=2s',
      ...more,
    ],
    isReady: () => isOk(endpoint, '/readyz'),
  };
}

/** Starts kube-controller-manager with the controllers that need no nodes. */
export async function startControllerManager(run: Run, kubeconfig: string, ca: string): Promise<void> {
  const port = await run.claimPort();
  const at = (name: string): string => join(run.folder, name);
  await startComponent(run, {
    name: 'kube-controller-manager',
    command: programPath('kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--tls-cert-file=${at('server.crt')}`,
      `--tls-private-key-file=${at('server.key')}`,
      `--service-account-private-key-file=${at('service-account.key')}`,
      `--root-ca-file=${at('ca.crt')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      `--controllers=${controllers.join(',')}`,
    ],
    isReady: () => isOk({ url: `https://127.0.0.1:${port}`, ca }, '/healthz'),
  });
}
