import { callerIdentity, callersOf } from '../../../src/model/caller-identity.ts';
import type { AllowEntry } from '../../../src/model/traffic.ts';

const own = { app: { namespace: 'team', name: 'shop' }, serviceAccount: 'shop-sa' };
const siblings = [
  { app: { namespace: 'team', name: 'checkout' }, serviceAccount: 'checkout-sa' },
  { app: { namespace: 'payments', name: 'billing' }, serviceAccount: 'biller' },
];
const entry = (over: Partial<AllowEntry>): AllowEntry => ({ at: 'spec.internal.allow[0]', ...over });

test.each<{ title: string; over: Partial<AllowEntry>; expected: ReturnType<typeof callerIdentity> }>([
  {
    title: 'an AppTraffic of the same namespace is its serviceAccount',
    over: { app: 'checkout' },
    expected: { namespace: 'team', serviceAccount: 'checkout-sa' },
  },
  {
    title: 'an AppTraffic of another namespace is its serviceAccount there',
    over: { app: 'billing', namespace: 'payments' },
    expected: { namespace: 'payments', serviceAccount: 'biller' },
  },
  {
    title: 'the app itself is its own serviceAccount',
    over: { app: 'shop' },
    expected: { namespace: 'team', serviceAccount: 'shop-sa' },
  },
  {
    title: 'an app of which there is no AppTraffic in that namespace is the ServiceAccount of that name',
    over: { app: 'billing', namespace: 'team' },
    expected: { namespace: 'team', serviceAccount: 'billing' },
  },
  {
    title: 'a serviceAccount stands for itself, although an AppTraffic has its name',
    over: { serviceAccount: 'checkout' },
    expected: { namespace: 'team', serviceAccount: 'checkout' },
  },
  {
    title: 'a namespace alone is every ServiceAccount in it',
    over: { namespace: 'monitoring' },
    expected: { namespace: 'monitoring' },
  },
  { title: 'an entry with ports alone is anyone', over: { ports: [9090] }, expected: undefined },
])('$title', ({ over, expected }) => {
  expect(callerIdentity(entry(over), own, siblings)).toEqual(expected);
});

test('the callers of an app are sorted and told once', () => {
  const entries = [
    entry({ serviceAccount: 'checkout-sa' }),
    entry({ app: 'checkout', ports: [8080] }),
    entry({ ports: [9090] }),
    entry({ namespace: 'monitoring' }),
    entry({ app: 'billing', namespace: 'payments' }),
  ];
  const internal = { at: 'spec.internal', allow: { value: entries, at: 'spec.internal.allow' } };
  expect(callersOf({ ...own, internal }, siblings)).toEqual([
    '*',
    'monitoring/*',
    'payments/biller',
    'team/checkout-sa',
  ]);
});

test('an empty list admits nobody; without a list nobody is restricted', () => {
  const allow = { value: [], at: 'spec.internal.allow' };
  expect(callersOf({ ...own, internal: { at: 'spec.internal', allow } }, siblings)).toEqual([]);
  expect(callersOf({ ...own, internal: { at: 'spec.internal' } }, siblings)).toBeUndefined();
  expect(callersOf(own, siblings)).toBeUndefined();
});
