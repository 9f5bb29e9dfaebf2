/** When an app is looked at again although nothing was reported to have changed. */
import type { Plan } from '../plan/change.ts';
import type { Applied } from './apply.ts';

/** How often a child that belongs to somebody else is looked at again (architecture, §4: every 60 s with jitter). */
const strangerMs = 60_000;
const jitter = 0.2;

/** Milliseconds since the epoch; undefined: only when something changes. */
export function nextLook(
  plan: Plan,
  applied: Applied,
  tools: { readonly now: () => number; readonly random: () => number },
): number | undefined {
  const strangers = applied.children.some(({ state }) => state === 'NotOwned' || state === 'FieldFight');
  const times = [
    applied.settlesAt,
    plan.recheckAt,
    strangers ? tools.now() + strangerMs * (1 + jitter * tools.random()) : undefined,
  ].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
