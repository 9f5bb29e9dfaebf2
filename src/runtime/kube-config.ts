/** Produces a ClusterConfig from a kubeconfig or from inside a pod; the only importer of @kubernetes/client-node. */
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Clock } from './clock.ts';
import type { ClusterConfig, Credentials, CredentialsResult } from './cluster-config.ts';

/**
 * Where the configuration comes from. Without `kubeconfig`: the files of $KUBECONFIG, ~/.kube/config, or the
 * ServiceAccount of the pod, in this order. `context` chooses another than the current one.
 */
export type KubeConfigSource = { readonly kubeconfig?: string; readonly context?: string; readonly clock: Clock };

/** A usable configuration, or what is wrong with it in words for the user. */
export type ClusterConfigResult =
  { readonly ok: true; readonly cluster: ClusterConfig } | { readonly ok: false; readonly error: Error };

/** client-go re-reads token files every minute (client-go transport/token_source.go). */
const rereadAfterMs = 60_000;

/** A 401 makes us read everything anew, but an exec plugin is not started more often than this. */
const rereadAtMostEveryMs = 5_000;

/** Loads the configuration; credentials are read later, and again whenever they may have changed. */
export function loadClusterConfig(source: KubeConfigSource): ClusterConfigResult {
  try {
    const config = read(source);
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error(`context "${config.getCurrentContext()}" names no cluster`);
    if (cluster.proxyUrl !== undefined) throw new Error('proxy-url is not supported');
    const credentials = new CredentialCache(source, config);
    return {
      ok: true,
      cluster: {
        server: new URL(cluster.server),
        context: config.getCurrentContext(),
        namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
        credentials: (refresh) => credentials.get(refresh),
      },
    };
  } catch (error) {
    return { ok: false, error: asError(error) };
  }
}

function read(source: KubeConfigSource): KubeConfig {
  const config = new KubeConfig();
  if (source.kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(source.kubeconfig);
  // The library's last resort is http://localhost:8080 under this name; nobody asked for that.
  if (config.getCurrentContext() === 'loaded-context') {
    throw new Error('found no cluster: pass --kubeconfig, set KUBECONFIG, or run inside a pod');
  }
  if (source.context !== undefined) config.setCurrentContext(source.context);
  return config;
}

class CredentialCache {
  readonly #source: KubeConfigSource;
  #config: KubeConfig;
  #current: { readonly result: Promise<CredentialsResult>; readonly readAt: number } | undefined;

  constructor(source: KubeConfigSource, config: KubeConfig) {
    this.#source = source;
    this.#config = config;
  }

  /** Requests that come while credentials are being read share that reading. */
  get(refresh: boolean): Promise<CredentialsResult> {
    const now = this.#source.clock.now();
    const age = this.#current === undefined ? Number.POSITIVE_INFINITY : now - this.#current.readAt;
    if (this.#current !== undefined && age < (refresh ? rereadAtMostEveryMs : rereadAfterMs))
      return this.#current.result;
    const result = this.#read(refresh);
    this.#current = { result, readAt: now };
    void result.then(({ ok }) => {
      // A failure is not kept: the next request asks again.
      if (!ok && this.#current?.result === result) this.#current = undefined;
    });
    return result;
  }

  /** Never rejects: exec plugins and OIDC refreshes fail in many ways, and each is only a request that cannot be sent now. */
  async #read(refresh: boolean): Promise<CredentialsResult> {
    try {
      // Plugins keep their own unexpired token, so their configuration is read again only when it was refused.
      if (refresh || !hasPlugin(this.#config)) this.#config = read(this.#source);
      const options: RequestOptions = { headers: {} };
      allowPlainHttp(this.#config);
      await this.#config.applyToHTTPSOptions(options);
      return { ok: true, credentials: credentialsOf(options) };
    } catch (error) {
      return { ok: false, error: new Error(`no credentials: ${asError(error).message}`, { cause: error }) };
    }
  }
}

/** The library leaves fields that a kubeconfig does not set undefined or null, as it happens. */
function hasPlugin(config: KubeConfig): boolean {
  const user = config.getCurrentUser();
  return Boolean(user?.exec) || Boolean(user?.authProvider);
}

/** The library builds an agent on the way and refuses plain HTTP; ours never sends a credential there unasked. */
function allowPlainHttp(config: KubeConfig): void {
  for (const cluster of config.clusters) {
    if (cluster.server.startsWith('http:')) Object.assign(cluster, { skipTLSVerify: true });
  }
}

function credentialsOf(options: RequestOptions): Credentials {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // Token files end in a newline, which no header may contain.
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim();
  }
  if (typeof options.auth === 'string') headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return {
    headers,
    verifyServer: options.rejectUnauthorized !== false,
    ...pem('ca', options.ca),
    ...pem('cert', options.cert),
    ...pem('key', options.key),
    ...(options.servername === undefined ? {} : { servername: options.servername }),
  };
}

function pem<Field extends 'ca' | 'cert' | 'key'>(
  field: Field,
  value: unknown,
): { [field in Field]?: string | Buffer } {
  return typeof value === 'string' || Buffer.isBuffer(value)
    ? ({ [field]: value } as { [field in Field]: string | Buffer })
    : {};
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
