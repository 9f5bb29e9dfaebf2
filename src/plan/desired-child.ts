/** A child as it shall be: compile's manifest with the owner reference, and what plan derives from it. */
import { childKindOf } from '../kube/gvk.ts';
import { keeperReference, ownerReferenceTo } from '../kube/identity.ts';
import type { Manifest, OwnerReference } from '../kube/manifest.ts';
import { compareKeys } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { extractOf } from './extract.ts';
import type { Extract } from './extract.ts';
import type { AppOwner } from './app-owner.ts';
import { desiredHash } from './projection.ts';

/** A child as it shall be. */
export type DesiredChild = {
  readonly key: ObjectKey;
  readonly manifest: Manifest;
  /** Of the manifest's projection. */
  readonly hash: string;
  readonly extract: Extract;
};

/** Compile's manifests as children of the app, sorted by key. Throws on a kind that AppTraffic never writes: a bug. */
export function desiredChildren(manifests: readonly Manifest[], app: AppOwner): readonly DesiredChild[] {
  return manifests.map((manifest) => desiredChild(manifest, app)).sort((a, b) => compareKeys(a.key, b.key));
}

function desiredChild(manifest: Manifest, app: AppOwner): DesiredChild {
  const kind = childKindOf(manifest.apiVersion, manifest.kind);
  if (kind === undefined) throw new Error(`not a child kind: ${manifest.apiVersion} ${manifest.kind}`);
  const { name, namespace = app.namespace } = manifest.metadata;
  const owned: Manifest = {
    ...manifest,
    metadata: { ...manifest.metadata, namespace, ownerReferences: ownersOf(app) },
  };
  return {
    key: { kind, namespace, name },
    manifest: owned,
    hash: desiredHash(owned),
    extract: extractOf(kind, owned),
  };
}

function ownersOf(app: AppOwner): readonly OwnerReference[] {
  const keeper = app.keeper === undefined ? [] : [keeperReference({ name: app.namespace, uid: app.keeper })];
  return [ownerReferenceTo(app), ...keeper];
}

/** The same child with another spec. */
export function withSpec(child: DesiredChild, spec: unknown): DesiredChild {
  const manifest: Manifest = { ...child.manifest, spec };
  return { ...child, manifest, hash: desiredHash(manifest), extract: extractOf(child.key.kind, manifest) };
}
