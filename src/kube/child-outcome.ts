/** What became of each child in one pass of the operator: found by plan, completed by apply, told by report. */
import type { ObjectKey } from './object-key.ts';

/**
 * - `InSync`: the live object is as desired.
 * - `Pending`: it will be written once something else has happened (message says what).
 * - `Draining`: no longer desired; it stays until what replaces it serves.
 * - `Kept`: the app is refused; the child stands as it is.
 * - `NotOwned`: an object of that name exists and belongs to somebody else.
 * - `FieldFight`: another manager undoes what the operator writes; it stopped writing for a while.
 * - `ImmutableField`: Kubernetes forbids the change.
 * - `Rejected`: the API server or an admission webhook refuses the object (its message is given).
 * - `Forbidden`: the operator lacks a permission.
 * - `KindUnavailable`: the cluster does not serve the kind.
 * - `Retrying`: the last write failed for a passing reason.
 */
export type ChildState =
  | 'InSync'
  | 'Pending'
  | 'Draining'
  | 'Kept'
  | 'NotOwned'
  | 'FieldFight'
  | 'ImmutableField'
  | 'Rejected'
  | 'Forbidden'
  | 'KindUnavailable'
  | 'Retrying';

/** One child and what became of it. */
export type ChildOutcome = {
  readonly key: ObjectKey;
  readonly state: ChildState;
  /** Of the live object; absent when there is none. */
  readonly uid?: string;
  /** This pass put right what somebody else had changed, removed or added. */
  readonly repaired?: boolean;
  /** The object was nobody's. InSync: this pass took it over; Pending: it is about to, or would. */
  readonly adopts?: boolean;
  /** What to do, where the state alone does not tell. */
  readonly fix?: string;
  /** Why the state is not InSync: one sentence without times, counters and trailing full stop. */
  readonly message?: string;
};

/** What became of all children. */
export type Outcome = {
  /** Sorted by key; one entry a child, desired or draining. */
  readonly children: readonly ChildOutcome[];
  /** The pass ended before a phase that waits for `settle`: status is written by a later pass. */
  readonly settling: boolean;
};
