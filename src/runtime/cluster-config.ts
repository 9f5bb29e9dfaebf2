/** What a transport needs to know of a cluster: its address and how to prove who we are. */

/** TLS material and headers for one request; files behind them were read at most a minute ago. */
export type Credentials = {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
  /** False only when the kubeconfig says insecure-skip-tls-verify. */
  readonly verifyServer: boolean;
  /** Authorization, and Impersonate-User where the kubeconfig asks for it. */
  readonly headers: Readonly<Record<string, string>>;
};

/** Credentials, or why there are none; an auth provider that throws ends up here, never in the caller's stack. */
export type CredentialsResult =
  { readonly ok: true; readonly credentials: Credentials } | { readonly ok: false; readonly error: Error };

/** Address and credentials of a cluster. */
export type ClusterConfig = {
  /** Base URL, http or https; a path prefix is kept. */
  readonly server: URL;
  /** The name of the context, for messages to people. */
  readonly context: string;
  /** The namespace of the context or of the ServiceAccount; `default` when none is set. */
  readonly namespace: string;
  /** Asked before every request, so it caches; `refresh` is true after a 401 and asks for newly read ones. */
  credentials(refresh: boolean): Promise<CredentialsResult>;
};

/** A cluster behind fixed credentials (tests, and clusters that need none). */
export function fixedClusterConfig(server: string, credentials: Partial<Credentials> = {}): ClusterConfig {
  const result: CredentialsResult = { ok: true, credentials: { verifyServer: true, headers: {}, ...credentials } };
  return {
    server: new URL(server),
    context: 'fixed',
    namespace: 'default',
    credentials: () => Promise.resolve(result),
  };
}
