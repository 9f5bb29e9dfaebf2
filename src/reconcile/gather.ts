/** gather, second half: what a plan needs of the live children; those that differ are read whole by one live GET each. */
import type { Compiled } from '../compile/compiled.ts';
import { listAt, textAt } from '../kube/json.ts';
import { keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { problemCodes } from '../model/problem-codes.ts';
import type { Platform } from '../model/platform.ts';
import type { AppOwner } from '../plan/app-owner.ts';
import { liveChild } from '../plan/live-child.ts';
import type { LiveChild } from '../plan/live-child.ts';
import { childrenToRead } from '../plan/children-to-read.ts';
import type { Hold, PlanInput } from '../plan/plan-input.ts';
import { ApiError } from '../runtime/api-error.ts';
import type { AppEntry } from './app-index.ts';
import type { AppStates } from './app-state.ts';
import type { ChildWriter } from './child-writer.ts';
import type { Sources } from './sources.ts';
import type { UnreadChild } from './unread.ts';

/** What gathering works with. */
export type GatherTools = {
  readonly sources: Sources;
  readonly states: AppStates;
  readonly writer: Pick<ChildWriter, 'read'>;
  readonly platform: Pick<Platform, 'drainMs' | 'settleMs'>;
  readonly now: () => number;
};

/** The input of plan; where a child is unread, the input is good for telling how the others are, not for writing. */
export type Gathered = { readonly input: PlanInput; readonly unread: readonly UnreadChild[] };

/** Gathers for one app. Only the cluster's faults are data; our own defects are thrown. */
export async function gatherPlan(entry: AppEntry, compiled: Compiled, tools: GatherTools): Promise<Gathered> {
  const { uid = '' } = entry.object.metadata;
  const { memory, unsure } = tools.states.get(entry.key, uid);
  const input: PlanInput = {
    app: appOwner(entry, tools.sources),
    ...holdOf(compiled),
    desired: compiled.manifests,
    ...(compiled.weightsManagedBy === undefined ? {} : { weightsManagedBy: compiled.weightsManagedBy }),
    live: tools.sources.childrenOf(entry.key),
    adopts: entry.traffic?.adopts === true,
    unavailableKinds: compiled.unavailableKinds,
    resolved: !compiled.problems.some(({ code }) => problemCodes[code].condition === 'ResolvedRefs'),
    memory,
    now: tools.now(),
    drainMs: tools.platform.drainMs,
    settleMs: tools.platform.settleMs,
  };
  const toRead = [...unsure.map(({ key }) => key), ...childrenToRead(input)];
  const keys = new Map(toRead.map((key) => [keyText(key), key]));
  const read = await Promise.all([...keys.values()].map((key) => readChild(key, tools)));
  const known = new Set(read.flatMap(({ key, error }) => (error === undefined ? [keyText(key)] : [])));
  const untouched = input.live.filter(({ key }) => !known.has(keyText(key)));
  return {
    input: { ...input, live: [...untouched, ...read.flatMap(({ child }) => child ?? [])] },
    unread: read.flatMap(({ key, error }) => (error === undefined ? [] : [{ key, error }])),
  };
}

/** The AppTraffic as the owner of children. */
export function appOwner({ object, traffic }: AppEntry, sources: Pick<Sources, 'namespaceUid'>): AppOwner {
  const { namespace = '', name, uid = '' } = object.metadata;
  const keeper = traffic?.orphans === true ? sources.namespaceUid(namespace) : undefined;
  return { namespace, name, uid, children: childUids(object.status), ...(keeper === undefined ? {} : { keeper }) };
}

/** The children that status names; read defensively: an older version may have written it. */
function childUids(status: unknown): ReadonlySet<string> {
  return new Set(listAt(status, 'children').flatMap((child) => textAt(child, 'uid') ?? []));
}

/** One live GET; without `child`: there is none. */
export type ReadChild = { readonly key: ObjectKey; readonly child?: LiveChild; readonly error?: ApiError };

/** Reads one child whole. Only the cluster's faults are data. */
export async function readChild(key: ObjectKey, { writer }: Pick<GatherTools, 'writer'>): Promise<ReadChild> {
  try {
    const whole = await writer.read(key);
    const child = whole === undefined ? undefined : liveChild(whole);
    return child === undefined || whole === undefined ? { key } : { key, child: { ...child, whole } };
  } catch (error) {
    if (error instanceof ApiError) return { key, error };
    throw error;
  }
}

function holdOf(compiled: Compiled): { readonly hold?: Hold } {
  if (!compiled.accepted) return { hold: 'NotAccepted' };
  return compiled.held === undefined ? {} : { hold: compiled.held };
}
