/** Manifests as text: the same text for the same objects, and read alike by every YAML reader that Kubernetes tools use. */
import { stringify } from 'yaml';
import { keyOf } from '../compile/compile.ts';
import type { Manifest } from '../kube/manifest.ts';
import { compareKeys } from '../kube/object-key.ts';

/** Sorted by kind (as kubectl should apply them), namespace and name. */
export function sortedManifests(manifests: readonly Manifest[]): readonly Manifest[] {
  return [...manifests].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
}

/** A stream of YAML documents. Quotes what YAML 1.1 would take for a boolean or number, since kubectl reads that. */
export function manifestsYaml(manifests: readonly Manifest[]): string {
  return manifests.map(yamlOf).join('---\n');
}

/** A List, as `kubectl get -o json` prints one. */
export function manifestsJson(manifests: readonly Manifest[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }, null, 2)}\n`;
}

/** A value as YAML: no aliases, no folded lines. */
export function yamlOf(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}
