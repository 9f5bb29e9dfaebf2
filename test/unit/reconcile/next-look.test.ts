import type { ChildOutcome } from '../../../src/kube/child-outcome.ts';
import { newMemory } from '../../../src/plan/memory.ts';
import type { AppMemory } from '../../../src/plan/memory.ts';
import type { Applied } from '../../../src/reconcile/apply.ts';
import { nextLook } from '../../../src/reconcile/next-look.ts';

const now = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;

const child = (state: ChildOutcome['state'], name = 'shop'): ChildOutcome => ({
  key: { kind: 'Service', namespace: 'team', name },
  state,
});

type Pass = {
  readonly children?: readonly ChildOutcome[];
  readonly strangers?: Readonly<Record<string, number>>;
  readonly settlesAt?: number;
  readonly recheckAt?: number;
  readonly changesAt?: number;
};

/** When the app is looked at again, in ms from now; chance is in the middle. */
function lookIn({ children = [], strangers = {}, settlesAt, recheckAt, changesAt }: Pass): number | undefined {
  const known = Object.entries(strangers).map(([key, lookAt]) => [key, { lookAt, message: 'belongs to others' }]);
  const memory: AppMemory = { ...newMemory(now), strangers: Object.fromEntries(known) as AppMemory['strangers'] };
  const applied: Applied = {
    children,
    memory,
    wroteRoutes: false,
    unsure: [],
    ...(settlesAt === undefined ? {} : { settlesAt }),
  };
  const plan = { children, phases: [], memory, ...(recheckAt === undefined ? {} : { recheckAt }) };
  const compiled = changesAt === undefined ? {} : { recheckAt: changesAt };
  const at = nextLook(compiled, plan, applied, { now: () => now, random: () => 0.5 });
  return at === undefined ? undefined : at - now;
}

describe('the next look at an app', () => {
  it.each(['InSync', 'Pending', 'Draining', 'ImmutableField', 'FieldFight', 'KindUnavailable'] as const)(
    'is not due by itself when a child is %s: a watch tells of what changes',
    (state) => {
      expect(lookIn({ children: [child(state)] })).toBe(undefined);
    },
  );

  it('comes when what was written has settled', () => {
    expect(lookIn({ settlesAt: now + 700 })).toBe(700);
  });

  it('comes when plan asked for it', () => {
    expect(lookIn({ recheckAt: now + 30_000 })).toBe(30_000);
  });

  it('comes when the spec says something else by itself', () => {
    expect(lookIn({ changesAt: now + 3 * minute })).toBe(3 * minute);
    expect(lookIn({ changesAt: now + 3 * minute, recheckAt: now + minute })).toBe(minute);
  });

  it('comes about a minute after admission refused an object, because nothing tells when that changes', () => {
    const wait = lookIn({ children: [child('InSync'), child('Rejected', 'other')] }) ?? 0;
    expect([wait >= minute, wait <= 1.2 * minute]).toEqual([true, true]);
  });

  it('comes at the time that is remembered for a stranger in the way, about a minute after it was first met', () => {
    const known = { 'Service/team/shop': now + 12_000 };
    expect(lookIn({ children: [child('NotOwned')], strangers: known })).toBe(12_000);
    const wait = lookIn({ children: [child('NotOwned')] }) ?? 0;
    expect([wait >= minute, wait <= 1.2 * minute]).toEqual([true, true]);
  });

  it('is the earliest of all', () => {
    const strangers = { 'Service/team/shop': now + 12_000 };
    const children = [child('NotOwned'), child('Rejected', 'other')];
    expect(lookIn({ children, strangers, settlesAt: now + 900, recheckAt: now + 30_000 })).toBe(900);
    expect(lookIn({ children, strangers, recheckAt: now + 5_000 })).toBe(5_000);
    expect(lookIn({ children, strangers, recheckAt: now + 30_000 })).toBe(12_000);
  });
});
