/** Installing CRDs from files. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ApiClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import { condition, field } from './kube-object.ts';
import type { KubeObject } from './kube-object.ts';

/** Every object in YAML files and in the YAML files of folders, in order; kustomizations and empty documents left out. */
export function readManifests(paths: readonly string[]): readonly KubeObject[] {
  const files = paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('kustomization.'));
    return names.sort().map((name) => join(path, name));
  });
  return files.flatMap((file) => {
    const documents = parseAllDocuments(readFileSync(file, 'utf8'));
    return documents.map((document) => document.toJS() as KubeObject | null).filter((object) => object !== null);
  });
}

/** Applies the CRDs in these files and folders and waits until the API server serves them. */
export async function installCrds(api: ApiClient, paths: readonly string[]): Promise<void> {
  const crds = readManifests(paths).filter((object) => object.kind === 'CustomResourceDefinition');
  await Promise.all(crds.map((crd) => api.apply(crd)));
  const isEstablished = (crd: KubeObject): boolean => condition(crd, 'Established')?.status === 'True';
  await Promise.all(crds.map((crd) => api.waitFor(crd, isEstablished)));
  await Promise.all(crds.map((crd) => eventually(`${crd.metadata.name} is served`, () => isServed(api, crd))));
}

/** Established comes a moment before the API server lists the kind and answers on its paths. */
async function isServed(api: ApiClient, crd: KubeObject): Promise<boolean> {
  const group = String(field(crd, 'spec', 'group'));
  const plural = String(field(crd, 'spec', 'names', 'plural'));
  const versions = (field(crd, 'spec', 'versions') ?? []) as readonly {
    readonly name: string;
    readonly served: boolean;
  }[];
  const served = versions.filter((version) => version.served).map(({ name }) => `/apis/${group}/${name}`);
  const found = await Promise.all(
    served.map(async (path) => {
      const listed = (field((await api.request({ method: 'GET', path })).body, 'resources') ?? []) as readonly {
        readonly name: string;
      }[];
      const answer = await api.request({ method: 'GET', path: `${path}/${plural}?limit=1` });
      return answer.status === 200 && listed.some(({ name }) => name === plural);
    }),
  );
  return found.every(Boolean);
}
