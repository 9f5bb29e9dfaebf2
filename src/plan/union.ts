/** Unions: a child as desired, plus what live routes still use of it, so that no route points at nothing while routes switch. */
import { isDryRun } from '../kube/dry-run.ts';
import { stableText } from '../kube/hash.ts';
import { isJsonObject, listAt, textAt, valueAt } from '../kube/json.ts';
import type { JsonObject } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { enforcing, withSpec } from './desired-child.ts';
import type { DesiredChild } from './desired-child.ts';
import type { Extract } from './extract.ts';
import { desiredProjection, liveProjection, projectPort } from './projection.ts';
import { isGatewayInUse, portsInUse, subsetsInUse } from './routes-in-use.ts';

/** Routes that still run; `oldEdge`: some of them lead through an edge that is no longer desired. */
export type RoutesKept = { readonly routes: readonly Extract[]; readonly oldEdge: boolean };

type UnionList = 'subsets' | 'ports' | 'rules' | 'servers' | 'configPatches';

/** The child with what the kept routes need of its live self; the very same child when they need nothing more. */
export function unionWith(child: DesiredChild, live: Manifest, kept: RoutesKept): DesiredChild {
  const list = unionListOf(child);
  if (list === undefined) return child;
  const own = itemsOf(child.manifest, list);
  const extra = keptItems(child, live, kept).filter((item) => !own.some((other) => sameItem(list, other, item)));
  // A list that refuses goes on to refuse until the old edge has gone.
  const kind = kept.oldEdge && !isDryRun(live) ? enforcing(child) : child;
  if (extra.length === 0) return kind;
  const items = [...own, ...(list === 'ports' ? renamed(extra, own) : extra)];
  return withSpec(kind, { ...specOf(child.manifest), [list]: items });
}

/** Whether the live object already has all that the child has, and differs by nothing else than more of it. */
export function covers(live: Manifest, child: DesiredChild): boolean {
  const list = unionListOf(child);
  if (list === undefined) return false;
  const [found, wanted] = [liveProjection(live), desiredProjection(child.manifest)];
  const rest = (projection: typeof found): string =>
    stableText({ ...projection, spec: { ...projection.spec, [list]: null } });
  const there = new Set(listAt(found.spec, list).map(stableText));
  return rest(found) === rest(wanted) && listAt(wanted.spec, list).every((item) => there.has(stableText(item)));
}

/** Whether the live object is the child but for the order of subsets, ports or rules. */
export function hasSameItems(live: Manifest, child: DesiredChild): boolean {
  const list = unionListOf(child);
  if (list === undefined) return false;
  return covers(live, child) && itemsOf(live, list).length === itemsOf(child.manifest, list).length;
}

function unionListOf({ key }: DesiredChild): UnionList | undefined {
  if (key.kind === 'DestinationRule') return 'subsets';
  if (key.kind === 'Service') return 'ports';
  if (key.kind === 'Gateway') return 'servers';
  if (key.kind === 'EnvoyFilter') return 'configPatches';
  return key.kind === 'AuthorizationPolicy' ? 'rules' : undefined;
}

/** The items of the live object that kept routes use. */
function keptItems(child: DesiredChild, live: Manifest, kept: RoutesKept): readonly JsonObject[] {
  const { extract, key } = child;
  if (extract.kind === 'DestinationRule') {
    if (textAt(live.spec, 'host') !== extract.host) return [];
    const used = subsetsInUse(kept.routes, extract.host);
    return itemsOf(live, 'subsets').filter((subset) => used.has(textAt(subset, 'name') ?? ''));
  }
  if (extract.kind === 'Service') {
    const used = portsInUse(kept.routes, key);
    return itemsOf(live, 'ports').flatMap((port) => (used.has(Number(port.port)) ? [projectPort(port)] : []));
  }
  if (extract.kind === 'Gateway') return isGatewayInUse(kept.routes, key) ? itemsOf(live, 'servers') : [];
  if (extract.kind === 'EnvoyFilter') {
    return kept.oldEdge || namesKeptRoute(child, live, kept) ? itemsOf(live, 'configPatches') : [];
  }
  // Old edges have identities of their own: their callers are let through (or stopped) by the old rules.
  const sameAction = textAt(live.spec, 'action') === textAt(child.manifest.spec, 'action');
  return kept.oldEdge && sameAction ? itemsOf(live, 'rules') : [];
}

/** Whether the live filters name a route that still runs and that the desired ones do not name: it goes on to be limited. */
function namesKeptRoute({ manifest }: DesiredChild, live: Manifest, { routes }: RoutesKept): boolean {
  const [found, wanted] = [stableText(live.spec), stableText(manifest.spec)];
  const names = routes.flatMap((one) => (one.kind === 'VirtualService' ? one.routes.map(({ name }) => name) : []));
  // Entries are called after their route, with a dot before what else is said of them.
  const ends = names.map((name) => `/${name.split('.')[0] ?? ''}"`);
  return ends.some((end) => found.includes(end) && !wanted.includes(end));
}

function sameItem(list: UnionList, a: JsonObject, b: JsonObject): boolean {
  if (list === 'subsets') return a.name === b.name;
  if (list === 'servers') return serverPort(a) === serverPort(b);
  return list === 'ports' ? a.port === b.port : stableText(a) === stableText(b);
}

function serverPort(server: JsonObject): unknown {
  return valueAt(server, 'port', 'number');
}

/** Whether the child listens on a port that the live Gateway does not listen on yet. */
export function opensPort(child: DesiredChild, live: Manifest): boolean {
  if (child.key.kind !== 'Gateway') return false;
  const found = new Set(itemsOf(live, 'servers').map(serverPort));
  return itemsOf(child.manifest, 'servers').some((server) => !found.has(serverPort(server)));
}

/** Ports under names that the desired ports do not have: a Service refuses two ports of one name. */
function renamed(ports: readonly JsonObject[], taken: readonly JsonObject[]): readonly JsonObject[] {
  const names = new Set(taken.map(({ name }) => name));
  return ports.map((port) => (names.has(port.name) ? { ...port, name: freeName(String(port.name), names) } : port));
}

function freeName(name: string, taken: ReadonlySet<unknown>): string {
  const candidate = `${name}-old`;
  return taken.has(candidate) ? freeName(candidate, taken) : candidate;
}

function itemsOf(object: Manifest, list: UnionList): readonly JsonObject[] {
  return listAt(object.spec, list).filter(isJsonObject);
}

function specOf({ spec }: Manifest): JsonObject {
  return isJsonObject(spec) ? spec : {};
}
