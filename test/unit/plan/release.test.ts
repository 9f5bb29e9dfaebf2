import type { Manifest, ObjectMeta, OwnerReference } from '../../../src/kube/manifest.ts';
import { keeperReference, ownerReferenceTo } from '../../../src/kube/identity.ts';
import { finalizerOff, finalizerOn, hasFinalizer } from '../../../src/plan/finalizer.ts';
import type { LiveChild } from '../../../src/plan/live-child.ts';
import { newMemory } from '../../../src/plan/memory.ts';
import { desiredHash, liveHash } from '../../../src/plan/projection.ts';
import { releasePlan } from '../../../src/plan/release.ts';
import type { ReleaseInput } from '../../../src/plan/release.ts';
import { app, child } from './app-states.ts';
import { applied, wholeChild } from './live-model.ts';

const service = child('v1', 'Service', 'shop', { ports: [{ name: 'http', port: 80 }] });
const keeper = keeperReference({ name: 'shop', uid: 'ns-uid' });
const own = ownerReferenceTo(app);
const guards = [
  { op: 'replace', path: '/metadata/uid', value: 'uid' },
  { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
];
const noOwners = { op: 'remove', path: '/metadata/ownerReferences' };
const noLabels = [
  { op: 'remove', path: '/metadata/labels/app.kubernetes.io~1managed-by' },
  { op: 'remove', path: '/metadata/labels/apptraffic.dev~1app' },
];

/** The Service as it is live; `foreign`: owner references that somebody else added. */
function live(ownerReferences: readonly OwnerReference[], metadata: Partial<ObjectMeta> = {}): LiveChild {
  const held = applied({ ...service, metadata: { ...service.metadata, ownerReferences } }, 'uid', '7');
  return wholeChild({ ...held, metadata: { ...held.metadata, ...metadata } });
}

function patchOf(one: LiveChild, more: Partial<ReleaseInput> = {}): unknown {
  const { phases } = releasePlan({ app, live: [one], to: 'Nobody', memory: newMemory(0), ...more });
  const [change] = phases.flatMap(({ changes }) => changes);
  return change?.op === 'release' ? change.patch : change;
}

describe('an object that is let go', () => {
  it('is one change: what was seen loses our labels and owner references', () => {
    const key = { kind: 'Service', namespace: 'shop', name: 'shop' };
    const patch = [...guards, noOwners, ...noLabels];
    expect(releasePlan({ app, live: [live([own, keeper])], to: 'Nobody', memory: newMemory(0) })).toEqual({
      phases: [
        {
          name: 'contract',
          startAfterSettle: false,
          changes: [{ op: 'release', key, uid: 'uid', patch, repair: false, completes: true, needs: [] }],
        },
      ],
      children: [{ key, uid: 'uid', state: 'Pending', message: 'is about to be let go' }],
      memory: newMemory(0),
    });
  });

  const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'b' };
  it.each<[string, LiveChild, unknown]>([
    [
      'keeps owners of others',
      live([other, own, keeper]),
      [...guards, { op: 'replace', path: noOwners.path, value: [other] }, ...noLabels],
    ],
    ['keeps labels of others', live([own], { labels: { team: 'a' } }), [...guards, noOwners]],
    [
      'keeps our label with the name of another app',
      live([own], { labels: { 'apptraffic.dev/app': 'blog' } }),
      [...guards, noOwners],
    ],
    [
      'that the garbage collector has let go before us loses the rest',
      live([keeper]),
      [...guards, noOwners, ...noLabels],
    ],
    ['that is being deleted is left to go', live([own], { deletionTimestamp: '2026-01-01T00:00:00Z' }), undefined],
    ['that somebody else controls is left alone', live([{ ...other, controller: true }]), undefined],
    ['that nobody ever gave us is left alone, labels or not', live([]), undefined],
    ['that has nothing of ours left needs no write', live([other], { labels: {} }), undefined],
  ])('%s', (_what, one, patch) => {
    expect(patchOf(one)).toEqual(patch);
  });

  it('is also one that status names and nobody controls', () => {
    const named = { app: { ...app, children: new Set(['uid']) } };
    expect(patchOf(live([]), named)).toEqual([...guards, ...noLabels]);
    expect(patchOf(live([], { labels: {} }), named)).toBeUndefined();
  });
});

test('an object that is handed over to the garbage collector loses its second owner alone', () => {
  const value = [own];
  expect(patchOf(live([own, keeper]), { to: 'GarbageCollector' })).toEqual([
    ...guards,
    { op: 'replace', path: noOwners.path, value },
  ]);
  expect(patchOf(live([own]), { to: 'GarbageCollector' })).toBeUndefined();
});

describe('the second owner', () => {
  const wanted = { ...service, metadata: { ...service.metadata, ownerReferences: [own, keeper] } };
  const liveWith = (ownerReferences: readonly OwnerReference[], byUs: readonly OwnerReference[]): Manifest => {
    const held = applied({ ...service, metadata: { ...service.metadata, ownerReferences: byUs } }, 'uid', '7');
    return { ...held, metadata: { ...held.metadata, ownerReferences } };
  };

  it('is part of what is compared, in any order', () => {
    expect(liveHash(liveWith([keeper, own], [own, keeper]))).toBe(desiredHash(wanted));
    expect(liveHash(liveWith([own], [own]))).not.toBe(desiredHash(wanted));
  });

  it('is not, where somebody else put it there', () => {
    const single = { ...service, metadata: { ...service.metadata, ownerReferences: [own] } };
    expect(liveHash(liveWith([own, keeper], [own]))).toBe(desiredHash(single));
  });
});

describe('the finalizer', () => {
  const appWith = (finalizers?: readonly string[]): Manifest => ({
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { name: 'shop', uid: 'uid', resourceVersion: '7', ...(finalizers === undefined ? {} : { finalizers }) },
  });
  const ours = 'apptraffic.dev/cleanup';

  it('is put on beside those of others', () => {
    expect(finalizerOn(appWith())).toEqual([...guards, { op: 'add', path: '/metadata/finalizers', value: [ours] }]);
    expect(finalizerOn(appWith([]))).toEqual([...guards, { op: 'add', path: '/metadata/finalizers', value: [ours] }]);
    expect(finalizerOn(appWith(['a']))).toEqual([
      ...guards,
      { op: 'add', path: '/metadata/finalizers/-', value: ours },
    ]);
  });

  it('is taken off alone', () => {
    expect(finalizerOff(appWith(['a', ours, 'b']))).toEqual([
      ...guards,
      { op: 'remove', path: '/metadata/finalizers/1' },
    ]);
    expect([appWith(), appWith(['a']), appWith(['a', ours])].map(hasFinalizer)).toEqual([false, false, true]);
  });
});
