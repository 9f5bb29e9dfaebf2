/** Repairs whose answers were lost, once their children were read back: those that happened after all are told and counted. */
import { keyText } from '../kube/object-key.ts';
import type { Change, Plan } from '../plan/change.ts';
import { afterChanges } from '../plan/progress.ts';

/** The plan with what the read shows of `unsure`, the changes whose answers were lost; `now` in ms since the epoch. */
export function withConfirmed(plan: Plan, unsure: readonly Change[], now: number): Plan {
  const inSync = new Set(plan.children.filter(({ state }) => state === 'InSync').map(({ key }) => keyText(key)));
  const confirmed = unsure.filter(({ repair, key }) => repair && inSync.has(keyText(key)));
  if (confirmed.length === 0) return plan;
  const keys = new Set(confirmed.map(({ key }) => keyText(key)));
  return {
    ...plan,
    children: plan.children.map((row) => (keys.has(keyText(row.key)) ? { ...row, repaired: true } : row)),
    memory: afterChanges(plan.memory, confirmed, now),
  };
}
