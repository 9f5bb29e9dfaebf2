/** Installing CRDs from files. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ApiClient } from './api-client.ts';
import { condition } from './kube-object.ts';
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
}
