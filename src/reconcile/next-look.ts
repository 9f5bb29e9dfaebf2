/** When an app is looked at again although nothing was reported to have changed. */
import type { Compiled } from '../compile/compiled.ts';
import { keyText } from '../kube/object-key.ts';
import type { Plan } from '../plan/change.ts';
import type { Applied } from './apply.ts';
import { strangerLook } from './stranger-look.ts';

/** Milliseconds since the epoch; undefined: only when something changes. */
export function nextLook(
  compiled: Pick<Compiled, 'recheckAt'>,
  plan: Plan,
  applied: Applied,
  tools: { readonly now: () => number; readonly random: () => number },
): number | undefined {
  // No watch tells when an admission policy changes.
  const isRefused = applied.children.some(({ state }) => state === 'Rejected');
  const strangers = applied.children.filter(({ state }) => state === 'NotOwned');
  const times = [
    applied.settlesAt,
    compiled.recheckAt,
    plan.recheckAt,
    ...strangers.map(({ key }) => applied.memory.strangers[keyText(key)]?.lookAt ?? strangerLook(tools)),
    isRefused ? strangerLook(tools) : undefined,
  ].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
