/** What apply and its changes work with. */
import type { Manifest } from '../kube/manifest.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import type { AppOwner } from '../plan/app-owner.ts';
import type { ChildWriter } from './child-writer.ts';

/** What apply works with. */
export type ApplyContext = {
  /** The AppTraffic. */
  readonly app: AppOwner;
  readonly writer: ChildWriter;
  /** Takes note of an object that the server has answered with, before the watch brings it. */
  readonly observe: (object: Manifest) => void;
  /** Takes note of a child that is gone. */
  readonly forget: (key: ObjectKey, uid: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly settleMs: number;
  /** Aborts when the pass takes too long or the process stops: what is under way ends, nothing more begins. */
  readonly signal: AbortSignal;
};
