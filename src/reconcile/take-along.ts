/** take-along: the objects that an AppTraffic has in other namespaces, where no garbage collector finds them, go before it does. */
import { livesElsewhere } from '../kube/gvk.ts';
import { valueAt } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { LiveChild } from '../plan/live-child.ts';
import { removalPlan } from '../plan/removal.ts';
import type { AppEntry } from './app-index.ts';
import type { Applied } from './apply.ts';
import { isOrphaning } from './let-go.ts';
import { partWith } from './part-with.ts';
import type { PartTools } from './part-with.ts';

/** Whether the app has objects elsewhere, or asks for some: not where they are to outlive it. */
export function reachesElsewhere(app: Manifest, children: readonly LiveChild[]): boolean {
  const asks = valueAt(app.spec, 'external', 'tls', 'issuer') !== undefined;
  return !isOrphaning(app) && (asks || children.some(({ key }) => livesElsewhere(key.kind)));
}

/** Deletes them, each as it is found live and only where its labels name this very app. */
export function takeAlong(entry: AppEntry, tools: PartTools, signal: AbortSignal): Promise<Applied> {
  return partWith({ isMeant: ({ kind }) => livesElsewhere(kind), draw: removalPlan }, entry, tools, signal);
}
