/** How a plan goes on from phase to phase: when the next may start, and what is remembered of one that was accepted. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import { keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { isParting } from './change.ts';
import type { Change, Phase } from './change.ts';
import { isSupportKind } from './dependencies.ts';
import { isRouteKind } from './edge.ts';
import { extractOf } from './extract.ts';
import type { Extract } from './extract.ts';
import type { AppMemory } from './memory.ts';

/** When the phase may start (ms since the epoch); in the past: at once. `memory` is that after the phase before. */
export function phaseStart(phase: Phase, memory: AppMemory, settleMs: number): number {
  if (!phase.startAfterSettle) return 0;
  return (phase.name === 'contract' ? memory.routesAt : memory.supportsAt) + settleMs;
}

/** Whether all that the change needs is done; `accepted`: the changes of this plan that were accepted so far. */
export function mayGo(change: Change, accepted: readonly Change[]): boolean {
  const done = new Set(accepted.map(({ key }) => keyText(key)));
  return change.needs.every((key) => done.has(keyText(key)));
}

/** What the child is once the change was accepted; `uid`: of the live object. Undefined: it is gone. */
export function childAfter(change: Change, uid: string): ChildOutcome | undefined {
  if (isParting(change)) return undefined;
  const { key, completes, repair } = change;
  const adopts = change.op === 'apply' && change.adopts === true ? { adopts: true } : {};
  const state = completes
    ? ({ state: 'InSync' } as const)
    : ({ state: 'Pending', message: 'still holds what other routes need until they have switched' } as const);
  return { key, uid, ...state, ...adopts, ...(repair ? { repaired: true } : {}) };
}

/** The memory after these changes of a phase were accepted at `now` (ms since the epoch). */
export function afterChanges(memory: AppMemory, accepted: readonly Change[], now: number): AppMemory {
  const repaired = accepted.filter(({ repair }) => repair).map(({ key }) => keyText(key));
  const written = accepted.flatMap((change) =>
    isParting(change) ? [] : [[keyText(change.key), change.asked ?? change.hash] as const],
  );
  return {
    ...afterLostAnswers(memory, accepted, now),
    inSync: { ...memory.inSync, ...Object.fromEntries(written) },
    moved: { ...memory.moved, ...Object.fromEntries(accepted.flatMap(movedIn)) },
    repairs: {
      ...memory.repairs,
      ...Object.fromEntries(repaired.map((key) => [key, [...(memory.repairs[key] ?? []), now]])),
    },
  };
}

/** What a change has written of a child that Argo Rollouts edits too. */
function movedIn(change: Change): readonly (readonly [string, Extract])[] {
  if (isParting(change) || change.asked === undefined || change.manifest === undefined) return [];
  return [[keyText(change.key), extractOf(change.key.kind, change.manifest)]];
}

/** An object of somebody else under the name of a child; `message`: whose it is. */
export type Stranger = { readonly key: ObjectKey; readonly message: string };

/** The memory after objects of somebody else were found; `lookAt`: when to look again (ms since the epoch). */
export function afterStrangers(memory: AppMemory, strangers: readonly Stranger[], lookAt: number): AppMemory {
  const found = strangers.map(({ key, message }) => [keyText(key), { lookAt, message }] as const);
  return { ...memory, strangers: { ...memory.strangers, ...Object.fromEntries(found) } };
}

/** The memory when nobody knows whether the changes were accepted: what has to settle settles from `now` on. */
export function afterLostAnswers(memory: AppMemory, changes: readonly Change[], now: number): AppMemory {
  const kinds = changes.map(({ key }) => key.kind);
  return {
    ...memory,
    supportsAt: kinds.some(isSupportKind) ? now : memory.supportsAt,
    routesAt: kinds.some(isRouteKind) ? now : memory.routesAt,
  };
}
