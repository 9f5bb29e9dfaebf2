/** Carries out the changes of a plan against a real API server, in the way that architecture §4 writes down. */
import { fieldManager } from '../../src/kube/identity.ts';
import { kinds } from '../../src/kube/gvk.ts';
import type { Manifest } from '../../src/kube/manifest.ts';
import type { ObjectKey } from '../../src/kube/object-key.ts';
import type { Change } from '../../src/plan/change.ts';
import { liveChild } from '../../src/plan/live-child.ts';
import type { LiveChild } from '../../src/plan/live-child.ts';
import type { ApiClient } from '../testbed/api-client.ts';
import type { ApiRequest } from '../testbed/http.ts';
import type { Ref } from '../testbed/kube-object.ts';

/** The reference of a child. */
export function refOfKey({ kind, namespace, name }: ObjectKey): Ref {
  const { group, version } = kinds[kind];
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind, namespace, name };
}

/** As `reconcile/resource-writer.ts` makes of it. */
const createOnly = (manifest: Manifest): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, resourceVersion: '1' },
});

/** A writer that counts its requests. */
export class PlanWriter {
  writes = 0;
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** Carries out one change. Throws with the server's answer when it is refused. */
  async write(change: Change): Promise<void> {
    const ref = refOfKey(change.key);
    switch (change.op) {
      case 'create':
        return this.apply(createOnly(change.manifest), false);
      case 'apply':
        return this.apply(change.manifest, true);
      case 'strip':
        await this.#patch(ref, change.patch, 'application/json-patch+json');
        return change.manifest === undefined ? undefined : this.apply(change.manifest, true);
      case 'release':
        return this.#patch(ref, change.patch, 'application/json-patch+json');
      case 'delete':
        return this.#send(ref, '', {
          method: 'DELETE',
          body: {
            apiVersion: 'v1',
            kind: 'DeleteOptions',
            preconditions: { uid: change.uid, resourceVersion: change.resourceVersion },
          },
        });
    }
  }

  /** Server-side apply as the operator. */
  async apply(manifest: Manifest, force: boolean): Promise<void> {
    const { apiVersion, kind, metadata } = manifest;
    const ref = { apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? 'default' };
    await this.#patch(ref, manifest, 'application/apply-patch+yaml', force ? '&force=true' : '');
  }

  /** The live children among these keys, whole. */
  async children(keys: readonly ObjectKey[]): Promise<readonly LiveChild[]> {
    const found = await Promise.all(keys.map((key) => this.read(key)));
    return found.flatMap((whole) => {
      const child = whole === undefined ? undefined : liveChild(whole);
      return whole === undefined || child === undefined ? [] : [{ ...child, whole }];
    });
  }

  /** One live object. */
  async read(key: ObjectKey): Promise<Manifest | undefined> {
    return (await this.#api.get(refOfKey(key))) as Manifest | undefined;
  }

  #patch(ref: Ref, body: unknown, contentType: string, more = ''): Promise<void> {
    return this.#send(ref, `?fieldManager=${fieldManager}${more}`, { method: 'PATCH', body, contentType });
  }

  async #send(ref: Ref, query: string, request: Omit<ApiRequest, 'path'>): Promise<void> {
    const path = `${await this.#api.pathOf(ref)}${query}`;
    this.writes += 1;
    const { status, body } = await this.#api.request({ ...request, path });
    if (status >= 300) throw new Error(`${request.method} ${path}: ${status} ${JSON.stringify(body)}`);
  }
}
