/** A child as it shall be: compile's manifest with the owner reference, and what plan derives from it. */
import { isDryRun, withoutDryRun } from '../kube/dry-run.ts';
import { childKindOf, livesElsewhere } from '../kube/gvk.ts';
import type { ChildKind } from '../kube/gvk.ts';
import { appUidLabel, keeperReference, ownerReferenceTo } from '../kube/identity.ts';
import type { Manifest, ObjectMeta, OwnerReference } from '../kube/manifest.ts';
import { compareKeys, keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { extractOf } from './extract.ts';
import type { Extract } from './extract.ts';
import { isOwnedBy } from './app-owner.ts';
import type { AppOwner } from './app-owner.ts';
import type { LiveChild } from './live-child.ts';
import { askedBesideMoved, withMovedWeights } from './moved-weights.ts';
import type { PlanInput } from './plan-input.ts';
import { desiredHash } from './projection.ts';

/** A child as it shall be. */
export type DesiredChild = {
  readonly key: ObjectKey;
  readonly manifest: Manifest;
  /** Of the manifest's projection. */
  readonly hash: string;
  readonly extract: Extract;
  /**
   * Present where Argo Rollouts edits the child too: what the spec asks of it beside that, as a hash. Such a child is written
   * over the version that was read, or not at all.
   */
  readonly asked?: string;
};

/** What children follow from: compile's manifests, and what is live where somebody else moves weights. */
export type DesiredInput = Pick<PlanInput, 'app' | 'desired' | 'weightsManagedBy' | 'live' | 'adopts' | 'memory'>;

/** Compile's manifests as children of the app, sorted by key. Throws on a kind that AppTraffic never writes: a bug. */
export function desiredChildren(input: DesiredInput): readonly DesiredChild[] {
  const { desired, app, weightsManagedBy } = input;
  const children = desired.map((manifest) => desiredChild(manifest, app));
  const own = weightsManagedBy === undefined ? children : children.map((child) => withMoved(child, input));
  return [...own].sort((a, b) => compareKeys(a.key, b.key));
}

/** The child with the weights that are live, in an object of ours or one that is up for adoption, or were before somebody broke the route or deleted the object. */
function withMoved(child: DesiredChild, { live, app, adopts, memory }: DesiredInput): DesiredChild {
  const asked = askedBesideMoved(child.manifest);
  if (asked === undefined) return child;
  const name = keyText(child.key);
  // An object that is about to be taken over is compared, and written, with what is moved in it.
  const counts = (one: LiveChild): boolean => isOwnedBy(one, app) || (adopts === true && one.controller === undefined);
  const own = live.find((one) => keyText(one.key) === name && counts(one));
  const remembered = memory.moved[name];
  const sources = [...(own === undefined ? [] : [own.extract]), ...(remembered === undefined ? [] : [remembered])];
  return { ...withSpec(child, withMovedWeights(child.manifest, sources).spec), asked };
}

function desiredChild(manifest: Manifest, app: AppOwner): DesiredChild {
  const kind = childKindOf(manifest.apiVersion, manifest.kind);
  if (kind === undefined) throw new Error(`not a child kind: ${manifest.apiVersion} ${manifest.kind}`);
  const { name, namespace = app.namespace } = manifest.metadata;
  const owned: Manifest = {
    ...manifest,
    metadata: { ...manifest.metadata, namespace, ...ownersIn(kind, manifest, app) },
  };
  return {
    key: { kind, namespace, name },
    manifest: owned,
    hash: desiredHash(owned),
    extract: extractOf(kind, owned),
  };
}

/** In another namespace labels stand for owner references. */
function ownersIn(kind: ChildKind, { metadata: { labels } }: Manifest, app: AppOwner): Partial<ObjectMeta> {
  return livesElsewhere(kind) ? { labels: { ...labels, [appUidLabel]: app.uid } } : { ownerReferences: ownersOf(app) };
}

function ownersOf(app: AppOwner): readonly OwnerReference[] {
  const keeper = app.keeper === undefined ? [] : [keeperReference({ name: app.namespace, uid: app.keeper })];
  return [ownerReferenceTo(app), ...keeper];
}

/** The same child as a policy that refuses, also where the desired one only says what it would do. */
export function enforcing(child: DesiredChild): DesiredChild {
  return isDryRun(child.manifest)
    ? withSpec({ ...child, manifest: withoutDryRun(child.manifest) }, child.manifest.spec)
    : child;
}

/** The same child with another spec. */
export function withSpec(child: DesiredChild, spec: unknown): DesiredChild {
  const manifest: Manifest = { ...child.manifest, spec };
  const asked = child.asked === undefined ? undefined : askedBesideMoved(manifest);
  return {
    ...child,
    manifest,
    hash: desiredHash(manifest),
    extract: extractOf(child.key.kind, manifest),
    ...(asked === undefined ? {} : { asked }),
  };
}
