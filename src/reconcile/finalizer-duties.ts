/** What an AppTraffic has to do before it goes: one row each. The finalizer is on while one of them is due. */
import type { Manifest } from '../kube/manifest.ts';
import type { LiveChild } from '../plan/live-child.ts';
import type { AppEntry } from './app-index.ts';
import type { Applied } from './apply.ts';
import { closeRoutes, isGuarded } from './close-routes.ts';
import { isOrphaning, letGo } from './let-go.ts';
import type { PartTools } from './part-with.ts';
import { reachesElsewhere, takeAlong } from './take-along.ts';

/** One duty. */
export type Duty = {
  /** Whether the app must not go without it; `children`: its own, as they are live. */
  readonly isDue: (app: Manifest, children: readonly LiveChild[]) => boolean;
  /** Also where the namespace of the app goes, and everything in it. */
  readonly outlivesNamespace?: true;
  /** Carries it out as far as it goes now, any number of times; without rows, retry and `settlesAt` it is done. */
  readonly carryOut: (entry: AppEntry, tools: PartTools, signal: AbortSignal) => Promise<Applied>;
};

/** All of them, in the order in which they are carried out. */
export const duties: readonly Duty[] = [
  // Objects that outlive the app serve on, their guards among them.
  { isDue: (app, children) => !isOrphaning(app) && isGuarded(app, children), carryOut: closeRoutes },
  // Also where deletion is Delete by now: the garbage collector takes nothing that the namespace still owns.
  { isDue: (app, children) => isOrphaning(app) || children.some(({ kept }) => kept), carryOut: letGo },
  { isDue: reachesElsewhere, carryOut: takeAlong, outlivesNamespace: true },
];
