import type { ObjectKey } from '../../../src/kube/object-key.ts';
import type { Change } from '../../../src/plan/change.ts';
import { newMemory } from '../../../src/plan/memory.ts';
import { afterChanges, afterLostAnswers, childAfter, mayGo } from '../../../src/plan/progress.ts';

const key = (kind: ObjectKey['kind']): ObjectKey => ({ kind, namespace: 'shop', name: 'shop' });
const manifest = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop' } };

const applied = (kind: ObjectKey['kind'], more: Partial<Extract<Change, { op: 'apply' }>> = {}): Change => ({
  op: 'apply',
  key: key(kind),
  repair: false,
  completes: true,
  needs: [],
  hash: `hash of ${kind}`,
  manifest,
  ...more,
});
const deleted = (kind: ObjectKey['kind']): Change => ({
  op: 'delete',
  key: key(kind),
  repair: false,
  completes: true,
  needs: [],
  resourceVersion: '7',
  uid: 'u',
});

test('a change goes once everything that it needs was accepted, deletions too', () => {
  const change = applied('Service', { needs: [key('VirtualService'), key('Gateway')] });
  expect([
    mayGo(change, []),
    mayGo(change, [applied('VirtualService')]),
    mayGo(change, [applied('VirtualService'), deleted('Gateway')]),
    mayGo(applied('Service'), []),
  ]).toEqual([false, false, true, true]);
});

test('after a write a child is in sync, still wide, repaired or gone', () => {
  const base = { key: key('Service'), uid: 'u' };
  expect([
    childAfter(applied('Service'), 'u'),
    childAfter(applied('Service', { completes: false }), 'u'),
    childAfter(applied('Service', { repair: true }), 'u'),
    childAfter(deleted('Service'), 'u'),
  ]).toEqual([
    { ...base, state: 'InSync' },
    { ...base, state: 'Pending', message: 'still holds what other routes need until they have switched' },
    { ...base, state: 'InSync', repaired: true },
    undefined,
  ]);
});

test('the memory notes when routes and what they rely on changed, what is live, and what was repaired', () => {
  const before = { ...newMemory(1), repairs: { 'Service/shop/shop': [2] } };
  const changes = [applied('AuthorizationPolicy'), deleted('VirtualService'), applied('Service', { repair: true })];
  expect(afterChanges(before, changes, 9)).toEqual({
    supportsAt: 9,
    routesAt: 9,
    inSync: {
      'AuthorizationPolicy/shop/shop': 'hash of AuthorizationPolicy',
      'Service/shop/shop': 'hash of Service',
    },
    repairs: { 'Service/shop/shop': [2, 9] },
    strangers: {},
    moved: {},
  });
  expect(afterChanges(newMemory(1), [applied('DestinationRule')], 9)).toEqual({
    ...newMemory(1),
    supportsAt: 9,
    inSync: { 'DestinationRule/shop/shop': 'hash of DestinationRule' },
  });
  expect(afterChanges(newMemory(1), [applied('PeerAuthentication')], 9)).toEqual({
    ...newMemory(1),
    inSync: { 'PeerAuthentication/shop/shop': 'hash of PeerAuthentication' },
  });
});

test('a lost answer counts as a change for what has to settle, and for nothing else', () => {
  const before = newMemory(1);
  const changes = [applied('AuthorizationPolicy', { repair: true }), deleted('VirtualService')];
  expect([afterLostAnswers(before, changes, 9), afterLostAnswers(before, [applied('PeerAuthentication')], 9)]).toEqual([
    { ...before, supportsAt: 9, routesAt: 9 },
    before,
  ]);
});
