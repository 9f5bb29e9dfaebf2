/** Removal: the deletion of what an AppTraffic has in other namespaces. */
import type { AppOwner } from './app-owner.ts';
import type { Plan } from './change.ts';
import { deletion } from './child-writes.ts';
import type { LiveChild } from './live-child.ts';
import type { AppMemory } from './memory.ts';

/** The objects elsewhere of an app that is being deleted, as they were read. */
export type RemovalInput = { readonly app: AppOwner; readonly live: readonly LiveChild[]; readonly memory: AppMemory };

/**
 * One deletion for each that names the app as its own by uid, in the version that was read: what somebody has changed since, or taken the labels
 * off, is looked at again or left alone. Status alone proves nothing here.
 */
export function removalPlan({ app, live, memory }: RemovalInput): Plan {
  const own = live.filter(({ controller, deleting }) => controller?.uid === app.uid && !deleting);
  return {
    phases: own.length === 0 ? [] : [{ name: 'contract', changes: own.map(deletion), startAfterSettle: false }],
    children: own.map(({ key, uid }) => ({ key, uid, state: 'Draining', message: 'is about to be deleted' })),
    memory,
  };
}
