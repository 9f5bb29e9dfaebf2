/** Repairs and takeovers whose answers were lost, once their children were read back: those that happened after all are told and counted. */
import { keyText } from '../kube/object-key.ts';
import type { Change, Plan } from '../plan/change.ts';
import { afterChanges } from '../plan/progress.ts';

/** The plan with what the read shows of `unsure`, the changes whose answers were lost; `now` in ms since the epoch. */
export function withConfirmed(plan: Plan, unsure: readonly Change[], now: number): Plan {
  const inSync = new Set(plan.children.filter(({ state }) => state === 'InSync').map(({ key }) => keyText(key)));
  const confirmed = unsure.filter((change) => (change.repair || isAdoption(change)) && inSync.has(keyText(change.key)));
  if (confirmed.length === 0) return plan;
  const told = new Map(
    confirmed.map((change) => [
      keyText(change.key),
      { ...(change.repair ? { repaired: true } : {}), ...(isAdoption(change) ? { adopts: true } : {}) },
    ]),
  );
  return {
    ...plan,
    children: plan.children.map((row) => ({ ...row, ...told.get(keyText(row.key)) })),
    memory: afterChanges(plan.memory, confirmed, now),
  };
}

function isAdoption(change: Change): boolean {
  return change.op === 'apply' && change.adopts === true;
}
