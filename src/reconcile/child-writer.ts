/** The only way in which the operator changes the cluster; every call may throw the runtime's ApiError. */
import type { Manifest } from '../kube/manifest.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import type { JsonPatchOperation } from '../plan/change.ts';
import type { AppTrafficStatus } from '../api/v1alpha1/status.ts';

/** Writes and live reads. What a write returns is the object as the server now has it. */
export type ChildWriter = {
  /** Server-side apply without force and with resourceVersion "1": fails with 409 when any object is there. */
  readonly create: (manifest: Manifest) => Promise<Manifest>;
  /** Server-side apply with force; the manifest carries the uid of the live object. */
  readonly apply: (manifest: Manifest) => Promise<Manifest>;
  readonly patch: (key: ObjectKey, patch: readonly JsonPatchOperation[]) => Promise<Manifest>;
  /** Deletes this version of the object; 409 when it is another one, or another object. Gone already is fine. */
  readonly remove: (key: ObjectKey, seen: { readonly uid: string; readonly resourceVersion: string }) => Promise<void>;
  /** One live GET; undefined when there is none. */
  readonly read: (key: ObjectKey) => Promise<Manifest | undefined>;
  /** JSON patch of an AppTraffic itself; its guards answer 409. */
  readonly patchApp: (app: Manifest, patch: readonly JsonPatchOperation[]) => Promise<Manifest>;
  readonly applyStatus: (app: Manifest, status: AppTrafficStatus) => Promise<Manifest>;
};
