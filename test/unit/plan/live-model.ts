/** A model of the API server's side of a plan: it takes the changes, and keeps what server-side apply would keep. */
import { fieldManager } from '../../../src/kube/identity.ts';
import { childKindOf } from '../../../src/kube/gvk.ts';
import { isJsonObject } from '../../../src/kube/json.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { keyText } from '../../../src/kube/object-key.ts';
import type { Change } from '../../../src/plan/change.ts';
import { liveChild } from '../../../src/plan/live-child.ts';
import type { LiveChild } from '../../../src/plan/live-child.ts';

/** The tree of fields that an apply of the value holds; lists are leaves. */
function fieldsOf(value: unknown): object {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [`f:${key}`, fieldsOf(inner)]));
}

/** What others tell of an object as soon as it is there. */
const statuses: Readonly<Record<string, object>> = {
  Ingress: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
  Certificate: { conditions: [{ type: 'Ready', status: 'True' }] },
};

/** The object as the API server returns it after the operator's apply, when nobody else ever touched it. */
export function applied(manifest: Manifest, uid: string, resourceVersion: string): Manifest {
  const { labels, annotations, ownerReferences = [] } = manifest.metadata;
  const references = Object.fromEntries(ownerReferences.map(({ uid: owner }) => [`k:{"uid":"${owner}"}`, {}]));
  const given = { labels, ...(annotations === undefined ? {} : { annotations }) };
  const owners = ownerReferences.length === 0 ? {} : { 'f:ownerReferences': references };
  const metadata = { ...fieldsOf(given), ...owners };
  const fieldsV1 = { 'f:metadata': metadata, 'f:spec': fieldsOf(manifest.spec) };
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      uid,
      resourceVersion,
      managedFields: [{ manager: fieldManager, operation: 'Apply', fieldsV1 }],
    },
    ...(statuses[manifest.kind] === undefined ? {} : { status: statuses[manifest.kind] }),
  };
}

/** The live child of an object, with the object beside it. */
export function wholeChild(object: Manifest): LiveChild {
  const found = liveChild(object);
  if (found === undefined) throw new Error(`not a child: ${object.kind}`);
  return { ...found, whole: object };
}

/** Live objects by key. Refuses what the API server refuses: a create over something, a write with another uid. */
export class LiveModel {
  readonly #objects = new Map<string, Manifest>();
  #counter = 0;

  /** All live children. */
  children(): readonly LiveChild[] {
    return [...this.#objects.values()].map(wholeChild);
  }

  /** All live objects. */
  objects(): readonly Manifest[] {
    return [...this.#objects.values()];
  }

  /** Carries out one change. */
  write(change: Change): void {
    const key = keyText(change.key);
    const live = this.#objects.get(key);
    this.#counter += 1;
    const version = String(this.#counter);
    if (change.op === 'create') {
      if (live !== undefined) throw new Error(`409 ${key} exists`);
      if (childKindOf(change.manifest.apiVersion, change.manifest.kind) === undefined) throw new Error(`404 ${key}`);
      this.#objects.set(key, applied(change.manifest, `uid-${version}`, version));
      return;
    }
    if (change.op === 'strip') throw new Error('nobody else writes in this model');
    if (change.op === 'release') throw new Error('no app is deleted in this model');
    const uid = change.op === 'delete' ? change.uid : change.manifest.metadata.uid;
    if (live === undefined || live.metadata.uid !== uid) throw new Error(`409 ${key} is gone or another`);
    if (change.op === 'delete') this.#objects.delete(key);
    else this.#objects.set(key, applied(change.manifest, uid ?? '', version));
  }
}
