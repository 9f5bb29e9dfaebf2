/** close-routes: an app that guards its routes loses them, and every proxy hears of it, before the garbage collector takes the guards. */
import { valueAt } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { closingPlan } from '../plan/closing.ts';
import type { LiveChild } from '../plan/live-child.ts';
import { guardsEntry } from '../plan/routes-in-use.ts';
import type { AppEntry } from './app-index.ts';
import { apply } from './apply.ts';
import type { Applied } from './apply.ts';
import { appOwner } from './gather.ts';
import type { PartTools } from './part-with.ts';

const guards = ['allowCIDRs', 'denyCIDRs', 'auth'] as const;

/** Whether requests from outside must meet something at the pods, by the stored spec or by what is live. */
export function isGuarded({ spec }: Manifest, children: readonly LiveChild[]): boolean {
  const isAsked = guards.some((field) => valueAt(spec, 'external', field) !== undefined);
  return isAsked || children.some(({ extract }) => guardsEntry(extract));
}

/** Deletes the routes; done once `settle` has passed since the last of them went. */
export async function closeRoutes(entry: AppEntry, tools: PartTools, signal: AbortSignal): Promise<Applied> {
  const { sources, states, platform } = tools;
  const app = appOwner(entry, sources);
  const state = states.get(entry.key, app.uid);
  const drawn = closingPlan({ app, live: sources.childrenOf(entry.key), memory: state.memory });
  const applied = await apply(drawn, { ...tools, app, settleMs: platform.settleMs, signal });
  states.put(entry.key, { uid: app.uid, memory: applied.memory, unsure: applied.unsure });
  const settlesAt = applied.memory.routesAt + platform.settleMs;
  const isOpen = applied.children.length > 0 || applied.retry !== undefined;
  return isOpen || settlesAt <= tools.now() ? applied : { ...applied, settlesAt };
}
