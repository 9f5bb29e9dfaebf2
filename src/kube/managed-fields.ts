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

/** Whether the entry holds the field at `path`, or something below it. */
export function holds(entry: ManagedFieldsEntry, path: readonly FieldStep[]): boolean {
  return valueAt(entry.fieldsV1, ...path) !== undefined;
}

/** Of the object's labels or annotations, those that the operator applied. */
export function ownEntries(metadata: ObjectMeta, field: 'labels' | 'annotations'): StringMap {
  const own = metadata.managedFields?.find(isOwnApply);
  const keys = valueAt(own?.fieldsV1, 'f:metadata', `f:${field}`);
  if (!isJsonObject(keys)) return {};
  return Object.fromEntries(Object.entries(metadata[field] ?? {}).filter(([key]) => keys[`f:${key}`] !== undefined));
}

/** Managers other than the operator that set fields of the object outside its status; sorted, without duplicates. */
export function otherManagers(metadata: ObjectMeta): readonly string[] {
  const others = (metadata.managedFields ?? []).filter((entry) => entry.manager !== fieldManager);
  return [...new Set(others.filter(({ subresource = '' }) => subresource === '').map((e) => e.manager ?? ''))].sort();
}
