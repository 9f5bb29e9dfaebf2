/** A real control plane on loopback: etcd, kube-apiserver and kube-controller-manager, gone without a trace when stopped. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApiClient } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { auditFlags, readAuditLog } from './audit.ts';
import type { AuditEvent, AuditLevel } from './audit.ts';
import { apiServerSpec, startControllerManager, startEtcd, writeSecrets } from './control-plane-parts.ts';
import { startComponent } from './component.ts';
import type { Component, ComponentSpec } from './component.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { runKubectl } from './kubectl.ts';
import { field } from './kube-object.ts';
import { installCrds } from './crds.ts';
import { startRun } from './run.ts';
import type { Run } from './run.ts';

/** What differs from the plain control plane. */
export type ControlPlaneOptions = {
  /** Log requests; read them with `auditEvents()`. */
  readonly audit?: AuditLevel;
  /** Files and folders with CRDs, installed before the controllers start: their garbage collector then knows the kinds from the start, not 30 s later. */
  readonly crds?: readonly string[];
  /** Default true: kube-controller-manager with the controllers that need no nodes. */
  readonly controllers?: boolean;
  /** More flags of kube-apiserver. */
  readonly apiServerFlags?: readonly string[];
};

/** Whose requests: a bearer token, or a ServiceAccount, for which one is issued. */
export type Identity =
  { readonly token: string } | { readonly serviceAccount: { readonly namespace: string; readonly name: string } };

/** A running control plane. Its admin may do everything. */
export type ControlPlane = {
  readonly run: Run;
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** PEM of the authority behind the API server's certificate. */
  readonly ca: string;
  /** Path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  /** The admin's bearer token, for connections that cannot carry a client certificate. */
  readonly adminToken: string;
  /** The oracle, as admin. */
  readonly api: ApiClient;
  /** A client as somebody else. */
  readonly apiAs: (identity: Identity) => Promise<ApiClient>;
  /** Runs the real kubectl as admin; resolves with its stdout, rejects with KubectlFailure. */
  readonly kubectl: (args: readonly string[], stdin?: string) => Promise<string>;
  /** The identity's token, by the TokenRequest API where it is a ServiceAccount (which must exist). */
  readonly tokenOf: (identity: Identity) => Promise<string>;
  /** Path of a new kubeconfig for a ServiceAccount, in its namespace as in a pod. */
  readonly serviceAccountKubeconfig: (namespace: string, name: string) => Promise<string>;
  /** Path of the audit log; empty without `audit`. */
  readonly auditLog: string;
  /** What was asked and answered so far; needs `audit`. */
  readonly auditEvents: () => readonly AuditEvent[];
  /** SIGTERM; etcd and the controllers go on. */
  readonly stopApiServer: () => Promise<void>;
  /** SIGKILL; etcd and the controllers go on. */
  readonly killApiServer: () => Promise<void>;
  /** Starts it again on the same port and data; resolves when it is ready. */
  readonly startApiServer: () => Promise<void>;
  /** Ends everything that was started with this control plane and removes every trace. */
  readonly stop: () => Promise<void>;
};

/** The API server of a control plane, which can go and come back. */
function restartable(
  run: Run,
  spec: ComponentSpec,
): Pick<ControlPlane, 'startApiServer' | 'stopApiServer' | 'killApiServer'> {
  let running: Component | undefined;
  return {
    startApiServer: async () => {
      if (running?.isRunning() !== true) running = await startComponent(run, spec);
    },
    stopApiServer: async () => void (await running?.stop()),
    killApiServer: async () => void (await running?.kill()),
  };
}

async function requestToken(api: ApiClient, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 24 * 3600 } };
  const response = await api.request({ method: 'POST', path, body });
  const token = field(response.body, 'status', 'token');
  if (typeof token === 'string') return token;
  throw new Error(
    `no token for ServiceAccount ${namespace}/${name}: ${response.status} ${JSON.stringify(response.body)}`,
  );
}

async function start(run: Run, options: ControlPlaneOptions): Promise<ControlPlane> {
  const adminToken = randomBytes(24).toString('hex');
  const { ca, admin } = writeSecrets(run.folder, adminToken);
  const url = `https://127.0.0.1:${await run.claimPort()}`;
  const auditLog = join(run.folder, 'audit.jsonl');
  const flags =
    options.audit === undefined ? [] : auditFlags(join(run.folder, 'audit-policy.json'), auditLog, options.audit);
  if (options.audit !== undefined) writeFileSync(auditLog, '');
  const etcd = await startEtcd(run);
  const server = restartable(run, apiServerSpec(run, { url, ca }, etcd, [...flags, ...(options.apiServerFlags ?? [])]));
  await server.startApiServer();
  const kubeconfig = writeKubeconfig(join(run.folder, 'admin.kubeconfig'), { url, ...admin });
  const api = createApiClient({ url, ...admin });
  await installCrds(api, options.crds ?? []);
  if (options.controllers !== false) await startControllerManager(run, kubeconfig, ca);
  const tokenOf = async (identity: Identity): Promise<string> =>
    'token' in identity
      ? identity.token
      : requestToken(api, identity.serviceAccount.namespace, identity.serviceAccount.name);
  return {
    run,
    url,
    ca,
    kubeconfig,
    adminToken,
    api,
    tokenOf,
    auditLog,
    ...server,
    apiAs: async (identity) => createApiClient({ url, ca, token: await tokenOf(identity) }),
    kubectl: (args, stdin) => runKubectl(run, kubeconfig, args, stdin),
    serviceAccountKubeconfig: async (namespace, name) => {
      const token = await tokenOf({ serviceAccount: { namespace, name } });
      const folder = join(run.folder, 'kubeconfigs');
      mkdirSync(folder, { recursive: true });
      return writeKubeconfig(join(folder, `${namespace}-${name}.kubeconfig`), { url, ca, token }, namespace);
    },
    auditEvents: () => readAuditLog(auditLog),
    stop: run.end,
  };
}

/** Starts a control plane; takes a few seconds. Rejects with the log of the part that did not come up, leaving nothing behind. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const run = startRun();
  try {
    return await start(run, options);
  } catch (error) {
    await run.end();
    throw error;
  }
}
