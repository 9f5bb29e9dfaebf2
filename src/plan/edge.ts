/** Edges: which route objects lead through which gateway or Ingress class, and when those of an old edge may go. */
import type { ChildKind } from '../kube/gvk.ts';
import { keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import type { Drain } from './change.ts';
import type { DesiredChild } from './desired-child.ts';
import type { Extract } from './extract.ts';
import type { LiveChild } from './live-child.ts';

/** Whether objects of the kind route requests, or let them in. */
export function isRouteKind(kind: ChildKind): boolean {
  return kind === 'VirtualService' || kind === 'Gateway' || kind === 'Ingress';
}

/** Old edge objects, and whether their time has come. */
export type OldEdge = {
  /** Live objects that lead through an edge that is no longer desired while another one is. */
  readonly objects: readonly LiveChild[];
  /** Present while they have to stay. */
  readonly drain?: Drain;
  /** For the memory of the app: since when the new edge is complete (ms since the epoch). */
  readonly completeAt?: number;
};

/** What decides about old edges; times in milliseconds (since the epoch). */
export type EdgeInput = {
  readonly desired: readonly DesiredChild[];
  /** Live children that the app controls. */
  readonly own: readonly LiveChild[];
  /** Whether everything that the spec refers to is there: a named gateway, an IngressClass, backends. */
  readonly resolved: boolean;
  readonly completeAt: number | undefined;
  readonly now: number;
  readonly drainMs: number;
};

/**
 * Finds old edges and whether they drain: until the new edge is live, finds what it refers to, has an address where its
 * kind has one, and `drainMs` has passed.
 */
export function oldEdgeOf({ desired, own, resolved, completeAt, now, drainMs }: EdgeInput): OldEdge {
  const objects = oldEdgeObjects(desired, own);
  if (objects.length === 0) return { objects };
  const fresh = desired.filter(({ key, extract }) => edgesOf(key, extract).length > 0);
  const liveByKey = new Map(own.map((child) => [keyText(child.key), child]));
  const lacking = lackingOf(fresh, liveByKey, resolved);
  const keys = objects.map(({ key }) => key);
  if (lacking !== undefined) return { objects, drain: { objects: keys, waitsFor: lacking } };
  const since = completeAt ?? now;
  const until = since + drainMs;
  return now >= until
    ? { objects, completeAt: since }
    : { objects, completeAt: since, drain: { objects: keys, waitsFor: 'DrainPeriod', until } };
}

/** The live objects that lead through an edge that is no longer desired while another one is. */
export function oldEdgeObjects<Child extends Pick<LiveChild, 'key' | 'extract'>>(
  desired: readonly Pick<DesiredChild, 'key' | 'extract'>[],
  own: readonly Child[],
): readonly Child[] {
  const liveByKey = new Map(own.map((child) => [keyText(child.key), child]));
  // The live ones count too: the API server may have filled in the class of an Ingress.
  const edges = new Set(
    desired.flatMap(({ key, extract }) => [
      ...edgesOf(key, extract),
      ...edgesOf(key, liveByKey.get(keyText(key))?.extract ?? extract),
    ]),
  );
  const kept = new Set(desired.map(({ key }) => keyText(key)));
  return own.filter((child) => !kept.has(keyText(child.key)) && isElsewhere(child, edges));
}

function isElsewhere({ key, extract }: Pick<LiveChild, 'key' | 'extract'>, edges: ReadonlySet<string>): boolean {
  const own = edgesOf(key, extract);
  return edges.size > 0 && own.length > 0 && own.every((edge) => !edges.has(edge));
}

/** What the new edge still lacks. */
function lackingOf(
  fresh: readonly DesiredChild[],
  live: ReadonlyMap<string, LiveChild>,
  resolved: boolean,
): 'Programmed' | 'References' | 'Address' | undefined {
  const pairs = fresh.map((child) => ({ child, live: live.get(keyText(child.key)) }));
  if (pairs.some(({ child, live }) => live === undefined || live.deleting || live.hash !== child.hash)) {
    return 'Programmed';
  }
  if (!resolved) return 'References';
  const waits = pairs.some(({ live }) => live?.extract.kind === 'Ingress' && !live.extract.hasAddress);
  return waits ? 'Address' : undefined;
}

/** Through what an object lets requests in: `gateway/<namespace>/<name>` or `ingress/<class>`; none for routes of the mesh. */
export function edgesOf({ namespace, name }: ObjectKey, extract: Extract): readonly string[] {
  if (extract.kind === 'Gateway') return [`gateway/${namespace}/${name}`];
  if (extract.kind === 'Ingress') return [`ingress/${extract.className ?? ''}`];
  if (extract.kind !== 'VirtualService') return [];
  return extract.gateways
    .filter((gateway) => gateway !== 'mesh')
    .map((gateway) => `gateway/${gateway.includes('/') ? gateway : `${namespace}/${gateway}`}`);
}
