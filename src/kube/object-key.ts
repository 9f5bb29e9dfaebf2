/** The key of an object: kind, namespace and name; namespace-aware everywhere, because a child may live elsewhere one day. */
import { childKinds } from './gvk.ts';
import type { ChildKind } from './gvk.ts';

/** Which child object, without its version. */
export type ObjectKey = { readonly kind: ChildKind; readonly namespace: string; readonly name: string };

/** Prints a key as `Kind/namespace/name`, unique among children. */
export function keyText(key: ObjectKey): string {
  return `${key.kind}/${key.namespace}/${key.name}`;
}

/** Orders keys by kind (as manifests are printed), namespace, name. */
export function compareKeys(a: ObjectKey, b: ObjectKey): number {
  return (
    childKinds.indexOf(a.kind) - childKinds.indexOf(b.kind) ||
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name)
  );
}

/** Orders text by code unit, the same on every machine whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
