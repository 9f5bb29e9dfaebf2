/** finalize: an app that is being deleted does what it has to do, and then its finalizer comes off. */
import type { Compiled } from '../compile/compiled.ts';
import { hasFinalizer } from '../plan/finalizer.ts';
import { againAfter, backoff, done, tryAgain } from '../runtime/outcome.ts';
import type { Outcome } from '../runtime/outcome.ts';
import type { AppEntry } from './app-index.ts';
import type { Applied } from './apply.ts';
import type { ChangeFault } from './change-fault.ts';
import { compileEntry } from './compile-entry.ts';
import type { CompileTools } from './compile-entry.ts';
import { takeOff } from './finalizer.ts';
import type { FinalizerTools } from './finalizer.ts';
import { duties } from './finalizer-duties.ts';
import type { Duty } from './finalizer-duties.ts';
import type { PartTools } from './part-with.ts';
import { unwrittenText } from './retry.ts';
import { strangerLook } from './stranger-look.ts';
import { tell } from './tell.ts';
import type { TellTools } from './tell.ts';
import { isHiccup } from './try.ts';
import type { Try } from './try.ts';

/** What finalizing works with. */
export type FinalizeTools = PartTools & CompileTools & FinalizerTools & TellTools;

/**
 * Brings an app that is being deleted, by itself or with its namespace, as far to its end as it can go now. No child is
 * created or repaired any more. Where the namespace goes its objects go with it, and only those elsewhere are left to see to.
 */
export async function finalize(entry: AppEntry, tools: FinalizeTools, run: Try): Promise<Outcome> {
  const { key, object } = entry;
  const { uid = '' } = object.metadata;
  tools.states.decisions.end(key);
  // The answer to the patch that ends an object is no newer than the object.
  if (hasFinalizer(object) && !tools.states.hasEnded(key, uid)) {
    const isDoomed = tools.sources.isTerminating(object.metadata.namespace ?? '');
    const due = isDoomed ? duties.filter(({ outlivesNamespace }) => outlivesNamespace === true) : duties;
    const left = await leftToDo(due, entry, tools, run.signal);
    if (left !== undefined) return wait(entry, left, tools, run);
    const fault = await takeOff(object, tools);
    if (fault !== undefined) return wait(entry, { children: [], fault, ...retryOf(fault) }, tools, run);
  }
  tools.states.end(key, uid);
  return done;
}

/** What keeps an app: children that could not be let go, or its finalizer. */
type Left = Pick<Applied, 'children' | 'retry' | 'settlesAt'> & { readonly fault?: ChangeFault };

/** Carries out the duties in their order; undefined: all are done. */
async function leftToDo(
  due: readonly Duty[],
  entry: AppEntry,
  tools: FinalizeTools,
  signal: AbortSignal,
): Promise<Left | undefined> {
  for (const { isDue, carryOut } of due) {
    if (!isDue(entry.object, tools.sources.childrenOf(entry.key))) continue;
    const applied = await carryOut(entry, tools, signal);
    if (applied.children.length > 0 || applied.retry !== undefined || applied.settlesAt !== undefined) return applied;
  }
  return undefined;
}

/** Says in status what keeps the app, and when it is tried again. */
async function wait(entry: AppEntry, left: Left, tools: FinalizeTools, run: Try): Promise<Outcome> {
  const { children, retry, fault, settlesAt } = left;
  const isUnfinished = settlesAt !== undefined || run.signal.aborted || isHiccup(retry, run);
  const compiled = compileEntry(entry, tools);
  const told = fault === undefined ? compiled : withFinalizerFault(compiled, fault);
  // What goes is asked nothing any more.
  const failure = await tell(entry, told, { children, isUnfinished, finding: undefined }, tools);
  if (failure !== undefined) return backoff(failure);
  if (retry !== undefined) return tryAgain({ ...retry, text: fault?.message ?? unwrittenText(children) });
  // What was refused for good: no watch tells when that changes.
  return againAfter((settlesAt ?? strangerLook(tools)) - tools.now());
}

/** What status says when the finalizer cannot be changed. */
export function withFinalizerFault(compiled: Compiled, { message, state }: ChangeFault): Compiled {
  if (state !== 'Forbidden' && state !== 'Rejected') return compiled;
  const fix = 'grant the operator what its shipped roles hold (config/rbac)';
  return {
    ...compiled,
    problems: [
      ...compiled.problems,
      { code: state === 'Forbidden' ? 'AT0404' : 'AT0402', field: 'metadata.finalizers', message, fix },
    ],
  };
}

/** The retry of a fault, where one helps. */
export function retryOf({ retry }: ChangeFault): Pick<Applied, 'retry'> {
  return retry === undefined ? {} : { retry };
}
