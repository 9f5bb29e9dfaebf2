/** Kubernetes objects as they stand in the input: what a document must have to be one, and which kinds matter here. */
import { kinds, parseApiVersion } from '../../kube/gvk.ts';
import { isJsonObject, listAt, textAt, valueAt } from '../../kube/json.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { Manifest } from '../../kube/manifest.ts';
import type { FieldPath } from './field-path.ts';
import type { Finding, Position } from './finding.ts';
import type { YamlDocument } from './yaml-text.ts';

/** Kinds that an AppTraffic depends on, and AppTraffic itself. */
export type InputKind = 'AppTraffic' | 'Service' | 'Gateway' | 'Namespace' | 'IngressClass';

/** One object; namespaced kinds have their namespace, given or by default. */
export type InputObject = {
  readonly kind: InputKind;
  readonly manifest: Manifest;
  readonly positionOf: (path: FieldPath) => Position;
};

/** What a document, or one item of a List in it, is. */
export type InputItem =
  | { readonly is: 'object'; readonly object: InputObject }
  /** An object of a kind that does not matter here. */
  | { readonly is: 'other'; readonly kind: string }
  | { readonly is: 'faulty'; readonly faults: readonly Finding[] };

/** The objects of a document; `namespace` is for those of namespaced kinds that name none. */
export function itemsOf(document: YamlDocument, namespace: string): readonly InputItem[] {
  const { value } = document;
  const isList = textAt(value, 'kind')?.endsWith('List') === true && Array.isArray(valueAt(value, 'items'));
  if (!isList) return [itemOf(value, document.positionOf, namespace)];
  return listAt(value, 'items').map((item, at) =>
    itemOf(item, (path) => document.positionOf(['items', at, ...path]), namespace),
  );
}

function itemOf(value: unknown, positionOf: InputObject['positionOf'], namespace: string): InputItem {
  const fault = (path: FieldPath, message: string, fix: string): Finding => ({
    severity: 'Error',
    position: positionOf(path),
    message,
    fix,
  });
  if (!isJsonObject(value)) {
    return { is: 'faulty', faults: [fault([], 'is not a Kubernetes object', 'write apiVersion, kind and metadata')] };
  }
  const missing = (path: FieldPath, example: string): readonly Finding[] => {
    const found = valueAt(value, ...path.map(String));
    if (typeof found === 'string' && found !== '') return [];
    const field = path.join('.');
    return [fault(path, `${field} is ${found === undefined ? 'missing' : 'not text'}`, `write ${field}: ${example}`)];
  };
  const typeFaults = [
    ...missing(['apiVersion'], `${kinds.AppTraffic.group}/${kinds.AppTraffic.version}`),
    ...missing(['kind'], 'AppTraffic'),
  ];
  const kind = inputKindOf(value);
  if (typeFaults.length === 0 && kind === undefined) return { is: 'other', kind: textAt(value, 'kind') ?? '' };
  const faults = [
    ...typeFaults,
    ...missing(['metadata', 'name'], 'NAME'),
    ...(valueAt(value, 'metadata', 'namespace') === undefined ? [] : missing(['metadata', 'namespace'], 'NAMESPACE')),
  ];
  if (faults.length > 0 || kind === undefined) return { is: 'faulty', faults };
  return { is: 'object', object: { kind, manifest: manifestOf(value, kind, namespace), positionOf } };
}

/** A word that looks like an AppTraffic is read as one, so that a wrong version or group is reported and not passed over. */
function inputKindOf(value: JsonObject): InputKind | undefined {
  const { group } = parseApiVersion(textAt(value, 'apiVersion') ?? '');
  const kind = textAt(value, 'kind');
  if (group === kinds.AppTraffic.group || kind === kinds.AppTraffic.kind) return 'AppTraffic';
  const others = ['Service', 'Gateway', 'Namespace', 'IngressClass'] as const;
  return others.find((name) => kinds[name].kind === kind && kinds[name].group === group);
}

/** The value with its namespace. Callers have seen that it is an object with apiVersion, kind and metadata.name. */
function manifestOf(value: JsonObject, kind: InputKind, namespace: string): Manifest {
  const metadata = isJsonObject(value.metadata) ? value.metadata : {};
  const own = kinds[kind].namespaced ? { namespace, ...metadata } : metadata;
  return { ...value, metadata: own } as Manifest;
}
