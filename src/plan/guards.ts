/** Guards of a JSON patch: it changes the object that was seen, or nothing. */
import type { ObjectMeta } from '../kube/manifest.ts';
import type { JsonPatchOperation } from './change.ts';

/**
 * They go in front: a stale object, or another one, is answered with 409 Conflict. `replace` and not `test`, because a failed
 * `test` is answered with a 422 that looks like a rejected object (measured on kube-apiserver 1.36.3).
 */
export function guardsOf({ uid, resourceVersion }: ObjectMeta): readonly JsonPatchOperation[] {
  return [
    { op: 'replace', path: '/metadata/uid', value: uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ];
}
