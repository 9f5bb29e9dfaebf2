/** Which live route objects of an app stand as they are, whatever its spec says. */
import { compile, keyOf } from '../compile/compile.ts';
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { oldEdgeObjects } from '../plan/edge.ts';
import { extractOf } from '../plan/extract.ts';
import type { LiveChild } from '../plan/live-child.ts';
import type { AppEntry } from './app-index.ts';
import type { Sources } from './sources.ts';

/** The World of an app, but that nobody else claims a host: whether it is accepted does not hang on that. */
export type Facts = (entry: AppEntry, traffic: Traffic) => World;

/**
 * All of them while the app is refused, paused, only previewed or being deleted: nothing is written then. Else those of an edge that it
 * moves away from: they drain. What is about to be written in place is no longer there for others.
 */
export function standingObjects(
  entry: AppEntry,
  routes: readonly LiveChild[],
  sources: Pick<Sources, 'isTerminating'>,
  facts: Facts,
): readonly LiveChild[] {
  const { object, parsed, traffic } = entry;
  const { namespace = '', deletionTimestamp } = object.metadata;
  if (!parsed.ok || traffic === undefined || traffic.held !== undefined) return routes;
  if (deletionTimestamp !== undefined || sources.isTerminating(namespace)) return routes;
  const { accepted, manifests } = compile(parsed.value, facts(entry, traffic));
  if (!accepted) return routes;
  const desired = manifests.map((manifest) => {
    const key = keyOf(manifest);
    return { key, extract: extractOf(key.kind, manifest) };
  });
  return oldEdgeObjects(desired, routes);
}
