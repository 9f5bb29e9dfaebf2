/** A cluster in memory, as far as the operator touches it: server-side apply, strangers, and watches that lag behind. */
import type { AppTrafficStatus } from '../../../src/api/v1alpha1/status.ts';
import { apiVersionOf, kinds } from '../../../src/kube/gvk.ts';
import type { Kind, KindName } from '../../../src/kube/gvk.ts';
import type { ManagedFieldsEntry, Manifest, ObjectMeta } from '../../../src/kube/manifest.ts';
import type { ObjectKey } from '../../../src/kube/object-key.ts';
import type { JsonPatchOperation } from '../../../src/plan/change.ts';
import type { ChildWriter } from '../../../src/reconcile/child-writer.ts';
import { ApiError } from '../../../src/runtime/api-error.ts';
import { appObject } from './app-object.ts';
import type { AppSpec } from './app-object.ts';
import { MemoryWatches } from './memory-watches.ts';
import { applied, carryOut, refusal } from './memory-writes.ts';

export { refusal } from './memory-writes.ts';

/** A request of the operator. */
export type Request = {
  readonly verb: 'create' | 'apply' | 'patch' | 'delete' | 'status' | 'get';
  readonly key: string;
};

/** What a request gets instead of its answer; `lost`: it is carried out and the answer never comes. */
export type Trouble = ApiError | 'lost' | undefined;

const firstSecond = Date.UTC(2026, 0, 1);

/** `Kind namespace/name`. */
export function keyIn(
  kind: string,
  { namespace, name }: { readonly namespace?: string; readonly name: string },
): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** The cluster. Every change is an event that waits in {@link MemoryCluster.watches} until it is delivered. */
export class MemoryCluster {
  readonly objects = new Map<string, Manifest>();
  readonly watches = new MemoryWatches(() => [...this.objects.values()]);
  /** Every request of the operator that took effect: `create Service team/shop`. */
  readonly writes: string[] = [];
  /** Decides about each request of the operator. */
  trouble: (request: Request) => Trouble = () => undefined;
  /** Between a request and its effect, and between the effect and the answer. */
  turn: (at: string) => Promise<void> = () => Promise.resolve();
  /** Called after a write took effect, before its answer is on its way. */
  written: (request: Request) => void = () => {};
  #version = 100;

  /** Makes a namespace; in the mesh by default. */
  namespace(name: string, labels: Record<string, string> = { 'istio-injection': 'enabled' }): void {
    this.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }

  /** Creates an AppTraffic, or gives it another spec. `second`: when it is created. */
  app(name: string, spec: AppSpec, second = 0): Manifest {
    const wanted = appObject(name, spec);
    const held = this.objects.get(keyIn('AppTraffic', wanted.metadata));
    const { metadata, ...rest } = held ?? wanted;
    const created = new Date(firstSecond + second * 1000).toISOString().replace('.000', '');
    return this.put({
      ...rest,
      spec: wanted.spec,
      metadata: { creationTimestamp: created, ...metadata, generation: (metadata.generation ?? 0) + 1 },
    });
  }

  get(kind: KindName, name: string): Manifest | undefined {
    return this.objects.get(`${kind} ${name}`);
  }

  /** Stores an object as somebody who is not the operator would. */
  put(object: Manifest): Manifest {
    const key = keyIn(object.kind, object.metadata);
    const uid = this.objects.get(key)?.metadata.uid ?? `uid-${this.#version + 1}`;
    return this.#store({ ...object, metadata: { ...object.metadata, uid } });
  }

  /** A stranger changes top-level fields of a child's spec; `undefined` removes one. */
  meddle(kind: KindName, name: string, fields: Record<string, unknown>): void {
    const held = this.#held(`${kind} ${name}`);
    const fieldsV1 = { 'f:spec': Object.fromEntries(Object.keys(fields).map((field) => [`f:${field}`, {}])) };
    const stranger: ManagedFieldsEntry = { manager: 'kubectl-edit', operation: 'Update', fieldsV1 };
    const spec = Object.fromEntries(
      Object.entries({ ...(held.spec as object), ...fields }).filter(([, value]) => value !== undefined),
    );
    const managedFields = [...(held.metadata.managedFields ?? []), stranger];
    this.#store({ ...held, spec, metadata: { ...held.metadata, managedFields } });
  }

  /** Changes metadata of an object, as a stranger would. */
  relabel(kind: KindName, name: string, metadata: Partial<ObjectMeta>): void {
    const held = this.#held(`${kind} ${name}`);
    this.#store({ ...held, metadata: { ...held.metadata, ...metadata } });
  }

  /** Deletes an object; with finalizers it stays, marked. */
  remove(kind: KindName, name: string): void {
    const key = `${kind} ${name}`;
    const held = this.objects.get(key);
    if (held === undefined) return;
    if ((held.metadata.finalizers ?? []).length > 0) {
      this.#store({ ...held, metadata: { ...held.metadata, deletionTimestamp: '2026-01-01T01:00:00Z' } });
      return;
    }
    this.objects.delete(key);
    this.watches.tell({ before: held, version: String(++this.#version) });
  }

  /** Takes the finalizers off an object; one that is being deleted is gone then. */
  release(kind: KindName, name: string): void {
    const held = this.get(kind, name);
    if (held === undefined) return;
    const { finalizers: _, ...metadata } = held.metadata;
    this.#store({ ...held, metadata });
    if (metadata.deletionTimestamp !== undefined) this.remove(kind, name);
  }

  /** What the garbage collector does: removes what the owner left behind. */
  collect(): void {
    const uids = new Set([...this.objects.values()].map(({ metadata }) => metadata.uid));
    for (const { kind, metadata } of this.objects.values()) {
      const owners = metadata.ownerReferences ?? [];
      if (owners.length > 0 && !owners.some(({ uid }) => uids.has(uid))) {
        this.remove(kind as KindName, keyIn(kind, metadata).split(' ')[1] ?? '');
      }
    }
  }

  /** The operator's hands. */
  readonly writer: ChildWriter = {
    create: (manifest) => this.#request('create', manifestKey(manifest), () => this.#create(manifest)),
    apply: (manifest) => this.#request('apply', manifestKey(manifest), () => this.#apply(manifest)),
    patch: (key, patch) => this.#request('patch', keyIn(key.kind, key), () => this.#patch(key, patch)),
    remove: (key, seen) =>
      this.#request('delete', keyIn(key.kind, key), () => {
        const held = this.objects.get(keyIn(key.kind, key))?.metadata;
        if (held === undefined) return;
        if (held.uid !== seen.uid || held.resourceVersion !== seen.resourceVersion) throw refusal(409, 'Conflict');
        this.remove(key.kind, `${key.namespace}/${key.name}`);
      }),
    read: (key) => this.#request('get', keyIn(key.kind, key), () => this.objects.get(keyIn(key.kind, key))),
    patchApp: (app, patch) =>
      this.#request('patch', keyIn(app.kind, app.metadata), () =>
        this.#patchObject(keyIn(app.kind, app.metadata), patch),
      ),
    applyStatus: (app, status) =>
      this.#request('status', keyIn(app.kind, app.metadata), () => this.#applyStatus(app, status)),
  };

  async #request<T>(verb: Request['verb'], key: string, effect: () => T): Promise<T> {
    await this.turn(`${verb} ${key}`);
    const trouble = this.trouble({ verb, key });
    if (trouble instanceof ApiError) throw trouble;
    const answer = effect();
    if (verb !== 'get') this.writes.push(`${verb} ${key}`);
    this.written({ verb, key });
    await this.turn(`answer to ${verb} ${key}`);
    if (trouble === 'lost') throw new ApiError({ reason: 'ConnectionFailed', message: 'reset', outcomeUnknown: true });
    return answer;
  }

  #create(manifest: Manifest): Manifest {
    const { resourceVersion: _, ...metadata } = manifest.metadata;
    if (this.objects.has(manifestKey(manifest))) throw refusal(409, 'Conflict');
    const uid = `uid-${this.#version + 1}`;
    return this.#store(applied({ ...manifest, metadata: { ...metadata, uid } }, undefined));
  }

  #apply(manifest: Manifest): Manifest {
    const held = this.objects.get(manifestKey(manifest));
    if (held === undefined || held.metadata.uid !== manifest.metadata.uid) throw refusal(409, 'Conflict');
    const { resourceVersion = held.metadata.resourceVersion } = manifest.metadata;
    if (resourceVersion !== held.metadata.resourceVersion) throw refusal(409, 'Conflict');
    return this.#store(applied(manifest, held));
  }

  #applyStatus(app: Manifest, status: AppTrafficStatus): Manifest {
    const held = this.objects.get(manifestKey(app));
    if (held === undefined) throw refusal(404, 'NotFound');
    if (held.metadata.uid !== app.metadata.uid) throw refusal(409, 'Conflict');
    return this.#store({ ...held, status });
  }

  #patch({ kind, namespace, name }: ObjectKey, patch: readonly JsonPatchOperation[]): Manifest {
    return this.#patchObject(`${kind} ${namespace}/${name}`, patch);
  }

  /** As far as the operator patches: guards on metadata, and fields of metadata and spec that go or come. */
  #patchObject(key: string, patch: readonly JsonPatchOperation[]): Manifest {
    const held = this.#held(key);
    const object = structuredClone(held) as Manifest & Record<string, unknown>;
    for (const operation of patch) carryOut(operation, object);
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp === undefined || finalizers.length > 0) return this.#store(object);
    this.objects.delete(key);
    this.watches.tell({ before: held, version: String(++this.#version) });
    return object;
  }

  #held(key: string): Manifest {
    const held = this.objects.get(key);
    if (held === undefined) throw refusal(404, 'NotFound');
    return held;
  }

  #store(object: Manifest): Manifest {
    const key = manifestKey(object);
    const before = this.objects.get(key);
    const after = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } };
    this.objects.set(key, after);
    this.watches.tell({ ...(before === undefined ? {} : { before }), after, version: String(this.#version) });
    return after;
  }
}

function manifestKey({ kind, metadata }: Manifest): string {
  return keyIn(kind, metadata);
}

/** The kind under its name. */
export function kindOf(name: KindName): Kind {
  return kinds[name];
}

/** An IngressClass. */
export function ingressClass(name: string, controller: string, isDefault = false): Manifest {
  return {
    apiVersion: apiVersionOf(kinds.IngressClass),
    kind: 'IngressClass',
    metadata: {
      name,
      ...(isDefault ? { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } } : {}),
    },
    spec: { controller },
  };
}
