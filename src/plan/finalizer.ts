/** Finalizer: the patches that put ours on an AppTraffic and take it off. */
import { finalizer } from '../kube/identity.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { JsonPatchOperation } from './change.ts';
import { guardsOf } from './guards.ts';

const path = '/metadata/finalizers';

/** Whether the AppTraffic has it. */
export function hasFinalizer({ metadata: { finalizers = [] } }: Manifest): boolean {
  return finalizers.includes(finalizer);
}

/** Adds it to those of others. */
export function finalizerOn({ metadata }: Manifest): readonly JsonPatchOperation[] {
  const { finalizers = [] } = metadata;
  const addition: JsonPatchOperation =
    finalizers.length === 0
      ? { op: 'add', path, value: [finalizer] }
      : { op: 'add', path: `${path}/-`, value: finalizer };
  return [...guardsOf(metadata), addition];
}

/** Removes it; those of others stay. */
export function finalizerOff({ metadata }: Manifest): readonly JsonPatchOperation[] {
  const { finalizers = [] } = metadata;
  return [...guardsOf(metadata), { op: 'remove', path: `${path}/${finalizers.indexOf(finalizer)}` }];
}
