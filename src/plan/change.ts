/** A plan: what has to be written, in phases, as data. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import type { AppMemory } from './memory.ts';

/**
 * The order in which an app changes (architecture, §4 Order): `expand` adds what new routes need, `switch` changes and
 * removes routes, `contract` takes away what no route uses any more.
 */
export type PhaseName = 'expand' | 'switch' | 'contract';

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What every change carries. */
type ChangeOf = {
  readonly key: ObjectKey;
  /** Puts right what somebody else did, as opposed to following the spec. */
  readonly repair: boolean;
  /** The change waits until the changes of these children in this plan, deletions too, were accepted. */
  readonly needs: readonly ObjectKey[];
  /** Whether the child is as desired afterwards; false: it holds more, which a later phase or plan takes away. */
  readonly completes: boolean;
  /**
   * Present where Argo Rollouts edits the child too (`DesiredChild`), and remembered in the place of `hash`. The manifest then
   * has the resourceVersion that was read: 409 when somebody has written since.
   */
  readonly asked?: string;
};

/** One write. */
export type Change =
  /** Server-side apply that creates or fails: 409 when any object is there (architecture, §4). */
  | (ChangeOf & { readonly op: 'create'; readonly manifest: Manifest; readonly hash: string })
  /**
   * Server-side apply with force; metadata.uid is the live object's: 409 or 422 when it is another one or gone. `adopts`:
   * the object was nobody's; metadata.resourceVersion is that of the version that was found as desired (409: it changed).
   */
  | (ChangeOf & { readonly op: 'apply'; readonly manifest: Manifest; readonly hash: string; readonly adopts?: true })
  /**
   * JSON patch that removes what another manager added (409 when the object is another one or has changed), then, where
   * a manifest is given, an apply as above.
   */
  | (ChangeOf & {
      readonly op: 'strip';
      readonly patch: readonly JsonPatchOperation[];
      readonly manifest?: Manifest;
      readonly hash: string;
    })
  /** JSON patch that takes our labels and owner references off an object that stays (409 as above). */
  | (ChangeOf & { readonly op: 'release'; readonly uid: string; readonly patch: readonly JsonPatchOperation[] })
  /** Delete with uid and resourceVersion as preconditions: what somebody has changed since is looked at again first. */
  | (ChangeOf & { readonly op: 'delete'; readonly uid: string; readonly resourceVersion: string });

/** A change after which the object is no child any more. */
export type PartingChange = Extract<Change, { op: 'release' | 'delete' }>;

/** Whether the object is no child any more after the change. */
export function isParting(change: Change): change is PartingChange {
  return change.op === 'release' || change.op === 'delete';
}

/** Changes that may go together, one a child; they are all tried, in this order, even when one is refused. */
export type Phase = {
  readonly name: PhaseName;
  /** At least one. */
  readonly changes: readonly Change[];
  /** The phase starts `settleMs` after the last write that it builds on (`phaseStart` in memory.ts says when). */
  readonly startAfterSettle: boolean;
};

/** Old routes that stay until their successors serve. */
export type Drain = {
  /** What is deleted in the end; sorted. */
  readonly objects: readonly ObjectKey[];
  readonly waitsFor: 'Programmed' | 'References' | 'Address' | 'DrainPeriod';
  /** Milliseconds since the epoch; present while waiting for the drain period: reconcile again then. */
  readonly until?: number;
};

/** All that one pass has to do. */
export type Plan = {
  /** Only phases with changes, in order. A phase starts when every change of the one before was accepted or refused for good. */
  readonly phases: readonly Phase[];
  /** Every child as it is before the first write; sorted. Apply replaces the entries of what it writes. */
  readonly children: readonly ChildOutcome[];
  readonly drain?: Drain;
  /** When to plan again although nothing happened (ms since the epoch). */
  readonly recheckAt?: number;
  /** To be kept and handed to the next plan of this app (after `afterPhase`). */
  readonly memory: AppMemory;
};
