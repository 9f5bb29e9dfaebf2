/** The writer over the runtime's clients: one request a call. */
import type { AppTrafficStatus } from '../api/v1alpha1/status.ts';
import { apiVersionOf, kinds } from '../kube/gvk.ts';
import type { ChildKind } from '../kube/gvk.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { ApiError } from '../runtime/api-error.ts';
import { classify } from '../runtime/classify.ts';
import type { ResourceClient } from '../runtime/resource-client.ts';
import { keyOf } from '../compile/compile.ts';
import type { ChildWriter } from './child-writer.ts';

/** Clients of the kinds that the operator writes. */
export type WriterClients = { readonly child: (kind: ChildKind) => ResourceClient; readonly apps: ResourceClient };

/** Any resourceVersion that no object has: with it an apply creates or fails with 409 (measured on kube-apiserver 1.36). */
const createOnly = '1';

const nameOf = ({ namespace, name }: ObjectKey): { namespace: string; name: string } => ({ namespace, name });

/** Makes the writer. */
export function resourceWriter({ child, apps }: WriterClients): ChildWriter {
  const applyTo = async (manifest: Manifest, force: boolean): Promise<Manifest> =>
    (await child(keyOf(manifest).kind).apply(manifest, { force })).object;
  return {
    create: (manifest) =>
      applyTo({ ...manifest, metadata: { ...manifest.metadata, resourceVersion: createOnly } }, false),
    apply: (manifest) => applyTo(manifest, true),
    patch: async (key, patch) => (await child(key.kind).jsonPatch(nameOf(key), patch)).object,
    remove: (key, seen) => child(key.kind).delete(nameOf(key), seen).catch(ignoreGone),
    read: (key) => child(key.kind).get(nameOf(key)).catch(undefinedWhenGone),
    patchApp: async ({ metadata }, patch) => (await apps.jsonPatch(metadata, patch)).object,
    applyStatus: async (app, status) => (await apps.applyStatus(statusManifest(app, status), { force: true })).object,
  };
}

/** The body of a status apply; the uid keeps a recreated app from getting the status of the old one. */
function statusManifest({ metadata }: Manifest, status: AppTrafficStatus): Manifest {
  const { name, namespace, uid } = metadata;
  return {
    apiVersion: apiVersionOf(kinds.AppTraffic),
    kind: kinds.AppTraffic.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
    status,
  };
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof ApiError) || classify('delete', error) !== 'gone') throw error;
}

/** Without its kind there is no object either. */
function undefinedWhenGone(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error;
  const found = classify('get', error);
  if (found !== 'gone' && found !== 'kindMissing') throw error;
}
