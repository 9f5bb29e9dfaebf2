/** Reads metadata.managedFields: which manager set which field (Kubernetes docs, Server-Side Apply, "Field management"). */
import { fieldManager } from './identity.ts';
import { isJsonObject, valueAt } from './json.ts';
import type { ManagedFieldsEntry, ObjectMeta, StringMap } from './manifest.ts';

/** A step into an object, as fieldsV1 writes it: `f:spec`, or `k:{"port":80,"protocol":"TCP"}`. */
export type FieldStep = string;

/** Whether the entry is the operator's own server-side apply. */
export function isOwnApply(entry: ManagedFieldsEntry): boolean {
  return entry.manager === fieldManager && entry.operation === 'Apply' && (entry.subresource ?? '') === '';
}

/**
 * Whether the operator's apply alone set `value` at `path` (steps from the root): every leaf of it, and nobody else set
 * any part. Then an apply that leaves the field out removes it; otherwise what others hold would stay.
 */
export function isAppliedAlone(metadata: ObjectMeta, path: readonly FieldStep[], value: unknown): boolean {
  const entries = metadata.managedFields ?? [];
  const own = entries.find(isOwnApply);
  if (own === undefined || !covers(nodeAt(own, path), value)) return false;
  return entries.every((entry) => entry === own || nodeAt(entry, path) === undefined);
}

/** The entry's tree at the path; an empty tree on the way is a leaf (an atomic list or map) and holds all below it. */
function nodeAt(entry: ManagedFieldsEntry, path: readonly FieldStep[]): unknown {
  let node = entry.fieldsV1;
  for (const step of path) {
    if (isLeaf(node)) return node;
    node = valueAt(node, step);
  }
  return node;
}

function covers(node: unknown, value: unknown): boolean {
  if (!isJsonObject(node)) return false;
  if (isLeaf(node) || !isJsonObject(value)) return true;
  return Object.entries(value).every(([key, inner]) => covers(node[`f:${key}`], inner));
}

function isLeaf(node: unknown): boolean {
  return isJsonObject(node) && Object.keys(node).length === 0;
}

/** Of the object's labels or annotations, those that the operator applied. */
export function ownEntries(metadata: ObjectMeta, field: 'labels' | 'annotations'): StringMap {
  const own = metadata.managedFields?.find(isOwnApply);
  const keys = valueAt(own?.fieldsV1, 'f:metadata', `f:${field}`);
  if (!isJsonObject(keys)) return {};
  return Object.fromEntries(Object.entries(metadata[field] ?? {}).filter(([key]) => keys[`f:${key}`] !== undefined));
}

/** Whether the operator applied the owner reference. */
export function isOwnReference(metadata: ObjectMeta, uid: string): boolean {
  const own = metadata.managedFields?.find(isOwnApply);
  return valueAt(own?.fieldsV1, 'f:metadata', 'f:ownerReferences', `k:${JSON.stringify({ uid })}`) !== undefined;
}

/** Managers other than the operator that hold what is at the path, or a part of it; sorted, without duplicates. */
export function managersOf(metadata: ObjectMeta, path: readonly FieldStep[]): readonly string[] {
  const others = (metadata.managedFields ?? []).filter(
    (entry) => entry.manager !== fieldManager && nodeAt(entry, path) !== undefined,
  );
  return [...new Set(others.map(({ manager = '' }) => manager))].sort();
}
