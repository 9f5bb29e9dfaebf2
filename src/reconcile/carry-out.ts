/** carry-out: the writes of one pass, the finalizer before the first child and off after the last. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import { isOwnedBy } from '../plan/app-owner.ts';
import type { Plan } from '../plan/change.ts';
import type { AppEntry } from './app-index.ts';
import type { AppState } from './app-state.ts';
import { apply } from './apply.ts';
import type { Applied } from './apply.ts';
import type { ApplyContext } from './apply-context.ts';
import type { ChangeFault } from './change-fault.ts';
import { withConfirmed } from './confirmed.ts';
import { isFinalizerDue, putOn, takeOff } from './finalizer.ts';
import type { FinalizerTools } from './finalizer.ts';
import type { Gathered } from './gather.ts';
import { joinRetries } from './retry.ts';
import type { Sources } from './sources.ts';
import { unwritten } from './unread.ts';

/** What carrying out works with. */
export type CarryOutContext = ApplyContext & FinalizerTools & { readonly sources: Pick<Sources, 'childrenOf'> };

/** One pass over one app, decided. */
export type Pass = {
  readonly entry: AppEntry;
  readonly gathered: Gathered;
  readonly drawn: Plan;
  readonly state: AppState;
};

/** What became of it; `fault`: the finalizer could not be put on, or taken off. */
export type CarriedOut = { readonly applied: Applied; readonly fault?: ChangeFault | undefined };

/** Carries out a plan. An app whose children shall outlive it gets no child before it has the finalizer. */
export async function carryOut(pass: Pass, context: CarryOutContext): Promise<CarriedOut> {
  const { entry, gathered, drawn, state } = pass;
  if (gathered.unread.length > 0) return { applied: unwritten(drawn, gathered.unread, state) };
  const before = gathered.input.live.filter((child) => isOwnedBy(child, context.app));
  const hasAny = drawn.phases.length > 0 || before.length > 0;
  if (hasAny && isFinalizerDue(entry.object, before)) {
    const fault = await putOn(entry.object, context);
    if (fault !== undefined) return { applied: withheld(drawn, fault, state), fault };
  }
  const applied = await apply(withConfirmed(drawn, state.unsure, context.now()), context);
  const after = context.sources.childrenOf(entry.key).filter((child) => isOwnedBy(child, context.app));
  if (isFinalizerDue(entry.object, after)) return { applied };
  const fault = await takeOff(entry.object, context);
  if (fault === undefined) return { applied };
  const retry = joinRetries([applied.retry, fault.retry].filter((one) => one !== undefined));
  return { applied: { ...applied, ...(retry === undefined ? {} : { retry }) }, fault };
}

/** Nothing is written without the finalizer. */
function withheld(drawn: Plan, { retry }: ChangeFault, { memory, unsure }: AppState): Applied {
  const waits = (row: ChildOutcome): ChildOutcome =>
    row.state === 'Pending' ? { ...row, message: 'waits for the finalizer of this AppTraffic' } : row;
  return {
    children: drawn.children.map(waits),
    memory,
    unsure,
    wroteRoutes: false,
    ...(retry === undefined ? {} : { retry }),
  };
}
