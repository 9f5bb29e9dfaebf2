/** A live child as the store keeps it: small, and enough to see whether it is as desired. */
import { childKindOf, livesElsewhere } from '../kube/gvk.ts';
import { isKeeper, labelledController } from '../kube/identity.ts';
import type { Manifest, OwnerReference } from '../kube/manifest.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { extractOf } from './extract.ts';
import type { Extract } from './extract.ts';
import { liveHash } from './projection.ts';

/** What is kept of a live child. */
export type LiveChild = {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Of the projection: what of the object is ours to decide. */
  readonly hash: string;
  readonly extract: Extract;
  readonly controller?: Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'>;
  /** Its namespace is its second owner, so that it outlives its AppTraffic. */
  readonly kept: boolean;
  /** metadata.deletionTimestamp is set. */
  readonly deleting: boolean;
  /** The whole object; read live by gather for children that `childrenToRead` names. */
  readonly whole?: Manifest;
};

/** Reduces a live object; undefined when its kind is none that AppTraffic writes. */
export function liveChild(object: Manifest): LiveChild | undefined {
  const kind = childKindOf(object.apiVersion, object.kind);
  if (kind === undefined) return undefined;
  const {
    name,
    namespace = '',
    uid = '',
    resourceVersion = '',
    ownerReferences = [],
    labels = {},
    deletionTimestamp,
  } = object.metadata;
  // A label that names us counts in another namespace alone, and an owner of that namespace where there is none.
  const labelled = livesElsewhere(kind) ? labelledController(labels) : undefined;
  const controller = labelled ?? ownerReferences.find((reference) => reference.controller === true);
  return {
    key: { kind, namespace, name },
    uid,
    resourceVersion,
    hash: liveHash(object),
    extract: extractOf(kind, object),
    ...(controller === undefined ? {} : { controller: controllerOf(controller) }),
    kept: ownerReferences.some(isKeeper),
    deleting: deletionTimestamp !== undefined,
  };
}

function controllerOf({ apiVersion, kind, name, uid }: OwnerReference): NonNullable<LiveChild['controller']> {
  return { apiVersion, kind, name, uid };
}
