/** What writes make of an object in a memory cluster: server-side apply, JSON patches, refusals. */
import { fieldManager } from '../../../src/kube/identity.ts';
import type { ManagedFieldsEntry, Manifest } from '../../../src/kube/manifest.ts';
import type { JsonPatchOperation } from '../../../src/plan/change.ts';
import { ApiError } from '../../../src/runtime/api-error.ts';

/** An answer of the API server that refuses. */
export function refusal(status: number, reason: string, more: Partial<ApiError> = {}): ApiError {
  return new ApiError({ status, reason, message: reason, objectName: 'it', ...more });
}

/** Changes the object in place; a guard that does not hold throws. */
export function carryOut(operation: JsonPatchOperation, object: Record<string, unknown>): void {
  const [, ...steps] = operation.path.split('/').map((step) => step.replaceAll('~1', '/'));
  const field = steps.pop() ?? '';
  const parent = steps.reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, object);
  const isGuard = operation.path === '/metadata/uid' || operation.path === '/metadata/resourceVersion';
  if (operation.op === 'remove') {
    if (Array.isArray(parent)) parent.splice(Number(field), 1);
    else delete parent[field];
    return;
  }
  if (isGuard && parent[field] !== operation.value) throw refusal(409, 'Conflict');
  if (Array.isArray(parent)) parent.push(operation.value);
  else parent[field] = operation.value;
}

/** What a forced apply makes of the live object; lists and maps below the first level are atomic. */
export function applied(manifest: Manifest, held: Manifest | undefined): Manifest {
  const others = (held?.metadata.managedFields ?? []).filter(({ manager }) => manager !== fieldManager);
  const foreign = new Set(others.flatMap(({ fieldsV1 }) => Object.keys((fieldsV1 as { 'f:spec': object })['f:spec'])));
  const left = Object.entries(held?.spec ?? {}).filter(([field]) => foreign.has(`f:${field}`));
  const leaves = (value: object | undefined): object =>
    Object.fromEntries(Object.keys(value ?? {}).map((field) => [`f:${field}`, {}]));
  const { labels, annotations, ownerReferences = [] } = manifest.metadata;
  const references = Object.fromEntries(ownerReferences.map(({ uid }) => [`k:${JSON.stringify({ uid })}`, {}]));
  const own: ManagedFieldsEntry = {
    manager: fieldManager,
    operation: 'Apply',
    fieldsV1: {
      'f:metadata': {
        'f:labels': leaves(labels),
        'f:annotations': leaves(annotations),
        'f:ownerReferences': references,
      },
      'f:spec': leaves(manifest.spec as object),
    },
  };
  return {
    ...held,
    ...manifest,
    spec: { ...Object.fromEntries(left), ...(manifest.spec as object) },
    metadata: {
      ...held?.metadata,
      ...manifest.metadata,
      labels: { ...held?.metadata.labels, ...labels },
      managedFields: [...others, own],
    },
  };
}
