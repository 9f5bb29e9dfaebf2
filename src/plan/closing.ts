/** Closing: the routes that lead in from outside go first when an AppTraffic is deleted that guards them. */
import { isOwnedBy } from './app-owner.ts';
import type { AppOwner } from './app-owner.ts';
import type { Plan } from './change.ts';
import { deletion } from './child-writes.ts';
import type { LiveChild } from './live-child.ts';
import type { AppMemory } from './memory.ts';
import { isOnGateway } from './routes-in-use.ts';

/** The children of an app that is being deleted. */
export type ClosingInput = {
  readonly app: AppOwner;
  readonly live: readonly LiveChild[];
  readonly memory: AppMemory;
};

/**
 * Deletes every route that takes requests from outside, in one phase. The garbage collector promises no order: it could take
 * what refuses requests before what lets them in.
 */
export function closingPlan({ app, live, memory }: ClosingInput): Plan {
  const routes = live.filter((child) => !child.deleting && isOwnedBy(child, app) && isOnGateway(child.extract));
  return {
    phases: routes.length === 0 ? [] : [{ name: 'switch', changes: routes.map(deletion), startAfterSettle: false }],
    children: routes.map(({ key, uid }) => ({ key, uid, state: 'Pending', message: 'is about to be deleted' })),
    memory,
  };
}
