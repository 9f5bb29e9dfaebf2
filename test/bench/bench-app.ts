/** The app that the bench multiplies: the sample, with a name and a host of its own; seven children. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runCli } from '../../src/cli/program.ts';
import type { KubeObject } from '../testbed/kube-object.ts';

const sample = join(import.meta.dirname, '../../config/samples/shop.yaml');

/** The i-th app of a namespace. */
export function benchApp(namespace: string, i: number): KubeObject {
  const [, app] = parseAllDocuments(readFileSync(sample, 'utf8')).map((document) => document.toJS() as KubeObject);
  if (app === undefined) throw new Error('the sample has no AppTraffic');
  const name = `app-${String(i).padStart(4, '0')}`;
  const text = JSON.stringify(app).replaceAll('shop.example.com', `${name}.${namespace}.example.com`);
  const own = JSON.parse(text.replaceAll('shop-tls', `${namespace}-tls`)) as KubeObject;
  return { ...own, metadata: { name, namespace } };
}

/** An app at the bounds of the schema: 100 hosts and 200 routes, each host with two of them. */
export function largestApp(): KubeObject {
  const hosts = Array.from({ length: 100 }, (_, n) => `h${n}.example.com`);
  const routes = Array.from({ length: 200 }, (_, n) => ({
    name: `r${n}`,
    match: { host: hosts[n % hosts.length], prefix: `/p${n}`, headers: { 'x-version': `${n}` } },
    timeout: '5s',
  }));
  return {
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { namespace: 'bench', name: 'largest' },
    spec: { port: 8080, external: { hosts, routes } },
  };
}

/** The manifests that the app becomes, by the command line. */
export async function benchManifests(app: KubeObject): Promise<readonly KubeObject[]> {
  let text = '';
  const code = await runCli(['render', '-f', '-', '-o', 'json'], {
    cwd: '.',
    now: () => '2026-01-01T00:00:00Z',
    readStdin: () => Promise.resolve(JSON.stringify(app)),
    out: (part) => {
      text += part;
    },
    err: () => {},
  });
  if (code !== 0) throw new Error('the app of the bench is not valid');
  return (JSON.parse(text) as { items: readonly KubeObject[] }).items;
}
