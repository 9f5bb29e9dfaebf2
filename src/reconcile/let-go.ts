/** let-go: the objects of an AppTraffic that is being deleted lose what makes them ours (spec.lifecycle.deletion: Orphan). */
import { livesElsewhere } from '../kube/gvk.ts';
import { textAt } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { releasePlan } from '../plan/release.ts';
import type { AppEntry } from './app-index.ts';
import type { Applied } from './apply.ts';
import { partWith } from './part-with.ts';
import type { PartTools } from './part-with.ts';

/** Whether the objects of the app are to outlive it. Read from the stored object: a spec that is refused counts too. */
export function isOrphaning({ spec }: Manifest): boolean {
  return textAt(spec, 'lifecycle', 'deletion') === 'Orphan';
}

/** Lets go of every child that is there. */
export function letGo(entry: AppEntry, tools: PartTools, signal: AbortSignal): Promise<Applied> {
  const to = isOrphaning(entry.object) ? 'Nobody' : 'GarbageCollector';
  const { namespace } = entry.object.metadata;
  return partWith(
    {
      isMeant: (key) => key.namespace === namespace || livesElsewhere(key.kind),
      draw: (found) => releasePlan({ ...found, to }),
    },
    entry,
    tools,
    signal,
  );
}
