/** Release: what an object loses that outlives its AppTraffic, or that is handed over to the garbage collector. */
import {
  appLabel,
  appNamespaceLabel,
  appUidLabel,
  isKeeper,
  managedByLabel,
  managedByValue,
} from '../kube/identity.ts';
import { isOwnReference } from '../kube/managed-fields.ts';
import type { Manifest, ObjectMeta, OwnerReference } from '../kube/manifest.ts';
import { keyText } from '../kube/object-key.ts';
import type { AppOwner } from './app-owner.ts';
import { isOwnedBy } from './app-owner.ts';
import type { Change, JsonPatchOperation, Plan } from './change.ts';
import { guardsOf } from './guards.ts';
import type { LiveChild } from './live-child.ts';
import type { AppMemory } from './memory.ts';

/** What becomes of the objects: they stay and are nobody's, or the garbage collector may take them. */
export type ReleaseTo = 'Nobody' | 'GarbageCollector';

/** The children of an app that is being deleted, read whole. */
export type ReleaseInput = {
  readonly app: AppOwner;
  readonly live: readonly LiveChild[];
  readonly to: ReleaseTo;
  readonly memory: AppMemory;
};

/**
 * One change for each child that still looks like ours, all in one phase. Objects of others are left alone; what is being
 * deleted goes by itself. An object that is let go has neither label nor owner reference of ours left, so that the next
 * AppTraffic of this name may adopt it. Our entry in managedFields stays: with it that one holds its fields alone.
 */
export function releasePlan({ app, live, to, memory }: ReleaseInput): Plan {
  const changes = live
    .filter((child) => isReleasable(child, app))
    .flatMap((child): readonly Change[] => {
      const patch = child.whole === undefined ? [] : releasePatch(child.whole, app, to);
      const { key, uid } = child;
      return patch.length === 0 ? [] : [{ op: 'release', key, uid, patch, repair: false, completes: true, needs: [] }];
    });
  const leaving = new Set(changes.map(({ key }) => keyText(key)));
  return {
    phases: changes.length === 0 ? [] : [{ name: 'contract', changes, startAfterSettle: false }],
    children: live
      .filter(({ key }) => leaving.has(keyText(key)))
      .map(({ key, uid }) => ({ key, uid, state: 'Pending', message: 'is about to be let go' })),
    memory,
  };
}

/** Ours, also where the garbage collector has already taken the reference to the app. */
function isReleasable(child: LiveChild, app: AppOwner): boolean {
  const isLeft = child.controller === undefined && child.kept;
  return !child.deleting && (isLeft || isOwnedBy(child, app));
}

/** Empty: nothing of ours is on it. */
function releasePatch({ metadata }: Manifest, app: AppOwner, to: ReleaseTo): readonly JsonPatchOperation[] {
  const goes = (reference: OwnerReference): boolean =>
    (isKeeper(reference) && isOwnReference(metadata, reference.uid)) || (to === 'Nobody' && reference.uid === app.uid);
  const patch = [...takenOwners(metadata, goes), ...(to === 'Nobody' ? takenLabels(metadata, app) : [])];
  return patch.length === 0 ? [] : [...guardsOf(metadata), ...patch];
}

function takenOwners(
  { ownerReferences = [] }: ObjectMeta,
  goes: (reference: OwnerReference) => boolean,
): readonly JsonPatchOperation[] {
  const left = ownerReferences.filter((reference) => !goes(reference));
  if (left.length === ownerReferences.length) return [];
  const path = '/metadata/ownerReferences';
  return left.length === 0 ? [{ op: 'remove', path }] : [{ op: 'replace', path, value: left }];
}

function takenLabels({ labels = {} }: ObjectMeta, { namespace, name, uid }: AppOwner): readonly JsonPatchOperation[] {
  const ours = {
    [managedByLabel]: managedByValue,
    [appLabel]: name,
    [appNamespaceLabel]: namespace,
    [appUidLabel]: uid,
  };
  const taken = Object.entries(ours).filter(([label, value]) => labels[label] === value);
  return taken.map(([label]) => ({ op: 'remove', path: `/metadata/labels/${label.replaceAll('/', '~1')}` }));
}
