/** Everything that a plan depends on. */
import type { ChildKind } from '../kube/gvk.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { WeightManager } from '../model/moved-weights.ts';
import type { AppOwner } from './app-owner.ts';
import type { LiveChild } from './live-child.ts';
import type { AppMemory } from './memory.ts';

/**
 * Why nothing may be written: the app is being deleted (its children are left to the garbage collector), refused
 * (its children stand as they are), paused, or only to be told of.
 */
export type Hold = 'Deleting' | 'NotAccepted' | 'Paused' | 'Preview';

/** The input of `plan`. Times in milliseconds since the epoch. */
export type PlanInput = {
  readonly app: AppOwner;
  readonly hold?: Hold;
  /** As compile gives them, without ownerReferences. */
  readonly desired: readonly Manifest[];
  /** Who moves the weights of routes, and the labels of subsets: what is live of them is desired. */
  readonly weightsManagedBy?: WeightManager;
  /** Every live object of a child kind that carries the app's label, or the name of a desired one; `whole` where `childrenToRead` asks. */
  readonly live: readonly LiveChild[];
  /** Objects that are nobody's and as desired are taken over; absent: they are left alone. */
  readonly adopts?: boolean;
  /** Kinds that the cluster does not serve. */
  readonly unavailableKinds: readonly ChildKind[];
  /** Whether everything that the spec refers to is there. */
  readonly resolved: boolean;
  readonly memory: AppMemory;
  readonly now: number;
  /** How long proxies may still follow routes that have changed. */
  readonly settleMs: number;
  readonly drainMs: number;
};
