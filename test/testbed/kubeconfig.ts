/** Kubeconfig files: who talks to which API server. */
import { writeFileSync } from 'node:fs';
import type { Endpoint } from './http.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Writes a kubeconfig for an endpoint, readable by this user alone, its context in `namespace`; gives the path back. */
export function writeKubeconfig(path: string, endpoint: Endpoint, namespace = 'default'): string {
  const { url, ca, token, certificate, key } = endpoint;
  const user = {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { 'client-certificate-data': base64(certificate) }),
    ...(key === undefined ? {} : { 'client-key-data': base64(key) }),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'testbed', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: 'testbed', user }],
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: 'testbed', namespace } }],
    'current-context': 'testbed',
  };
  writeFileSync(path, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  return path;
}
