/** apply: carries out a plan, phase by phase; the only caller of the writer for children. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import { keyText } from '../kube/object-key.ts';
import { isParting } from '../plan/change.ts';
import type { Change, Phase, Plan } from '../plan/change.ts';
import { isRouteKind } from '../plan/edge.ts';
import type { AppMemory } from '../plan/memory.ts';
import { afterChanges, afterLostAnswers, afterStrangers, mayGo, phaseStart } from '../plan/progress.ts';
import type { Stranger } from '../plan/progress.ts';
import type { ApplyContext } from './apply-context.ts';
import { ChildTable } from './child-table.ts';
import { changeOnce, overVersion } from './change-once.ts';
import type { ChangeEnd } from './change-once.ts';
import { joinRetries } from './retry.ts';
import type { Retry } from './retry.ts';
import { strangerLook } from './stranger-look.ts';

/** How far a plan got. */
export type Applied = {
  readonly children: readonly ChildOutcome[];
  readonly memory: AppMemory;
  /** The next phase waits for `settle` until then (ms since the epoch). */
  readonly settlesAt?: number;
  /** An object that leads requests to the app was written, whatever became of the others. */
  readonly wroteRoutes: boolean;
  /** Something failed for a passing reason, or was not begun any more: try again. */
  readonly retry?: Retry;
  /** Changes whose answers were lost: read back live before the next write. */
  readonly unsure: readonly Change[];
};

/** Carries out the phases of a plan as far as they may go now. A refused change never stops the others of its phase. */
export async function apply(plan: Plan, context: ApplyContext): Promise<Applied> {
  const table = new ChildTable(plan.children);
  const accepted: Change[] = [];
  const versions = new Map<string, string>();
  let { memory } = plan;
  for (const phase of plan.phases) {
    const start = phaseStart(phase, memory, context.settleMs);
    if (start > context.now()) return { ...soFar(table, memory), settlesAt: start };
    const ended = await applyPhase(phase, { table, accepted, versions, context });
    memory = afterPhase(memory, ended, context);
    accepted.push(...ended.accepted);
    if (ended.retry !== undefined || ended.aborted) {
      const { retry, unsure } = ended;
      return { ...soFar(table, memory), ...(retry === undefined ? {} : { retry }), unsure };
    }
  }
  const wroteRoutes = accepted.some((change) => !isParting(change) && isRouteKind(change.key.kind));
  return { ...soFar(table, memory), wroteRoutes };
}

function afterPhase(memory: AppMemory, { written, unsure, strangers }: PhaseEnd, context: ApplyContext): AppMemory {
  const now = context.now();
  const known = afterLostAnswers(afterChanges(memory, written, now), unsure, now);
  return strangers.length === 0 ? known : afterStrangers(known, strangers, strangerLook(context));
}

function soFar(table: ChildTable, memory: AppMemory): Applied {
  return { children: table.rows(), memory, wroteRoutes: false, unsure: [] };
}

type PhaseEnd = {
  /** What the server took; `accepted`: of it, what also made the child as it was to be. */
  readonly written: readonly Change[];
  readonly accepted: readonly Change[];
  readonly unsure: readonly Change[];
  readonly strangers: readonly Stranger[];
  readonly retry?: Retry;
  readonly aborted: boolean;
};

type Tried = ChangeEnd & { readonly change: Change };

const isPolicy = ({ key }: Change): boolean =>
  ['RequestAuthentication', 'AuthorizationPolicy', 'PeerAuthentication'].includes(key.kind);

/** What changes of a plan have led to so far. */
type Progress = {
  readonly table: ChildTable;
  readonly accepted: readonly Change[];
  /** By child (`keyText`) that this pass has written, the version that it left. */
  readonly versions: Map<string, string>;
  readonly context: ApplyContext;
};

/** Policies first, deletions last, and of those the policies last of all. */
const steps: readonly ((change: Change) => boolean)[] = [
  (change) => isPolicy(change) && change.op !== 'delete',
  (change) => !isPolicy(change) && change.op !== 'delete',
  (change) => !isPolicy(change) && change.op === 'delete',
  (change) => isPolicy(change) && change.op === 'delete',
];

/** Step by step, and within a step in waves: what needs nothing that is still to come goes side by side. */
async function applyPhase(phase: Phase, progress: Progress): Promise<PhaseEnd> {
  const tried: Tried[] = [];
  for (const belongs of steps) {
    let waiting = phase.changes.filter(belongs);
    while (waiting.length > 0 && !tried.some(({ fault }) => fault?.abort === true)) {
      const accepted = [...progress.accepted, ...acceptedOf(tried)];
      const ready = waiting.filter((change) => mayGo(change, accepted));
      if (ready.length === 0) {
        for (const change of waiting) if (change.op !== 'delete') progress.table.put(waitingRow(change, accepted));
        break;
      }
      if (progress.context.signal.aborted) return { retry: { reason: 'retry' }, ...phaseEnd(tried) };
      tried.push(...(await tryAll(ready, progress)));
      waiting = waiting.filter((change) => !ready.includes(change));
    }
  }
  return phaseEnd(tried);
}

/** Tries the changes side by side, and enters what became of them. A defect is thrown once none of them is under way. */
async function tryAll(changes: readonly Change[], progress: Progress): Promise<readonly Tried[]> {
  const { table, versions, context } = progress;
  const ends = await Promise.allSettled(
    changes.map(async (change) => ({ change, ...(await changeOnce(afterOwnWrite(change, versions), context)) })),
  );
  const tried = ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
  for (const { change, row, resourceVersion } of tried) {
    if (resourceVersion !== undefined) versions.set(keyText(change.key), resourceVersion);
    if (row === undefined) table.drop(change.key);
    else table.put(row);
  }
  return tried;
}

/** A second write to a child meets what the first one has left of it. */
function afterOwnWrite(change: Change, versions: ReadonlyMap<string, string>): Change {
  if (isParting(change) || change.manifest === undefined) return change;
  const manifest = overVersion(change.manifest, versions.get(keyText(change.key)));
  return change.op === 'create' || change.op === 'apply' ? { ...change, manifest } : { ...change, manifest };
}

/** A change that what it needs was not accepted for. */
function waitingRow({ key, needs }: Change, accepted: readonly Change[]): ChildOutcome {
  const done = new Set(accepted.map((change) => keyText(change.key)));
  const missing = needs.find((need) => !done.has(keyText(need)));
  const message = missing === undefined ? 'is about to be written' : `waits for ${missing.kind} ${missing.name}`;
  return { key, state: 'Pending', message };
}

function acceptedOf(tried: readonly Tried[]): readonly Change[] {
  return tried.flatMap(({ change, fault }) => (fault === undefined ? [change] : []));
}

function phaseEnd(tried: readonly Tried[]): PhaseEnd {
  const faults = tried.flatMap(({ fault }) => fault ?? []);
  const retry = joinRetries(faults.flatMap((fault) => fault.retry ?? []));
  return {
    written: tried.flatMap(({ change, written }) => (written ? [change] : [])),
    accepted: acceptedOf(tried),
    unsure: tried.flatMap(({ change, unsure }) => (unsure ? [change] : [])),
    strangers: tried.flatMap(({ change, fault }) =>
      fault?.state === 'NotOwned' ? [{ key: change.key, message: fault.message }] : [],
    ),
    aborted: faults.some(({ abort }) => abort),
    ...(retry === undefined ? {} : { retry }),
  };
}
