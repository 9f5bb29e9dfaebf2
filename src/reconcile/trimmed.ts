/** An AppTraffic as the cache keeps it: without what only the API server and kubectl need. */
import type { Manifest, ObjectMeta } from '../kube/manifest.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Drops managedFields and kubectl's copy of the object: together more than the rest. */
export function trimmed(object: Manifest): Manifest {
  const { managedFields: _, ...metadata } = object.metadata as ObjectMeta & { readonly managedFields?: unknown };
  const { [lastApplied]: __, ...annotations } = metadata.annotations ?? {};
  return { ...object, metadata: { ...metadata, annotations } };
}
