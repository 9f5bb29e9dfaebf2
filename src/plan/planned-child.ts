/** A desired child with the writes it needs, and what it is before the first of them. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import type { ChildWrites } from './child-writes.ts';
import type { Hold } from './plan-input.ts';
import { changedFields } from './preview.ts';
import type { Surveyed } from './survey.ts';

/** A desired child, surveyed and planned. */
export type PlannedChild = Surveyed & { readonly writes: ChildWrites; readonly hold: Hold | undefined };

/** Whether the live object is as desired. */
export function isSynced({ child, live }: PlannedChild): boolean {
  return live?.hash === child.hash && !live.deleting;
}

/** What the child is before the first write. */
export function plannedOutcome(planned: PlannedChild): ChildOutcome {
  const { child, live, takes, obstacle } = planned;
  const known = { key: child.key, ...(live === undefined ? {} : { uid: live.uid }) };
  if (obstacle !== undefined) return { ...known, ...obstacle };
  // Until then its uid is not told: what status names as a child is one.
  if (takes !== undefined) return { ...known, state: 'Pending', adopts: true, message: pendingBecause(planned) };
  if (isSynced(planned)) return { ...known, state: 'InSync' };
  return { ...known, state: 'Pending', message: pendingBecause(planned) };
}

function pendingBecause({ child, live, takes, writes, hold }: PlannedChild): string {
  if (hold === 'Preview' && takes !== undefined) return 'would be adopted: it is there as the spec wants it';
  if (hold === 'Preview')
    return live === undefined ? 'would be created' : `would be changed: ${changedFields(child, live)}`;
  if (hold === 'Paused') return 'differs from the spec and is not written while the app is paused';
  const isIdle = writes.expand.length + writes.switch.length + writes.contract.length === 0;
  return isIdle ? 'still holds what other routes need until they have switched' : 'is about to be written';
}
