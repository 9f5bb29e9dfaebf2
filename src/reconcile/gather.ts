/** gather, second half: what a plan needs of the live children; those that differ are read whole by one live GET each. */
import type { Compiled } from '../compile/compiled.ts';
import { listAt, textAt } from '../kube/json.ts';
import { keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import type { Platform } from '../model/platform.ts';
import { liveChild } from '../plan/live-child.ts';
import type { LiveChild } from '../plan/live-child.ts';
import { childrenToRead } from '../plan/children-to-read.ts';
import type { Hold, PlanInput } from '../plan/plan-input.ts';
import { ApiError } from '../runtime/api-error.ts';
import type { AppEntry } from './app-index.ts';
import type { AppStates } from './app-state.ts';
import type { ChildWriter } from './child-writer.ts';
import type { Sources } from './sources.ts';

/** What gathering works with. */
export type GatherTools = {
  readonly sources: Sources;
  readonly states: AppStates;
  readonly writer: Pick<ChildWriter, 'read'>;
  readonly platform: Pick<Platform, 'drainMs' | 'settleMs'>;
  readonly now: () => number;
};

/** The input of plan, or what the cluster answered instead. */
export type Gathered =
  { readonly ok: true; readonly input: PlanInput } | { readonly ok: false; readonly error: ApiError };

/** Gathers for one app. Only the cluster's faults are data; our own defects are thrown. */
export async function gatherPlan(entry: AppEntry, compiled: Compiled, tools: GatherTools): Promise<Gathered> {
  const { namespace = '', name, uid = '' } = entry.object.metadata;
  const state = tools.states.get(entry.key, uid);
  const input: PlanInput = {
    app: { namespace, name, uid, children: childUids(entry.object.status) },
    ...holdOf(compiled),
    desired: compiled.manifests,
    live: tools.sources.childrenOf(entry.key),
    unavailableKinds: compiled.unavailableKinds,
    memory: state.memory,
    now: tools.now(),
    settleMs: tools.platform.settleMs,
    drainMs: tools.platform.drainMs,
  };
  const keys = new Map(
    [...state.unsure.map(({ key }) => key), ...childrenToRead(input)].map((key) => [keyText(key), key]),
  );
  if (keys.size === 0) return { ok: true, input };
  try {
    const read = await Promise.all([...keys.values()].map((key) => readChild(key, tools)));
    const untouched = input.live.filter((child) => !keys.has(keyText(child.key)));
    return { ok: true, input: { ...input, live: [...untouched, ...read.flatMap((child) => child ?? [])] } };
  } catch (error) {
    if (error instanceof ApiError) return { ok: false, error };
    throw error;
  }
}

/** The children that status names; read defensively: an older version may have written it. */
function childUids(status: unknown): ReadonlySet<string> {
  return new Set(listAt(status, 'children').flatMap((child) => textAt(child, 'uid') ?? []));
}

async function readChild(key: ObjectKey, tools: GatherTools): Promise<LiveChild | undefined> {
  const whole = await tools.writer.read(key);
  const child = whole === undefined ? undefined : liveChild(whole);
  return child === undefined || whole === undefined ? undefined : { ...child, whole };
}

function holdOf(compiled: Compiled): { readonly hold?: Hold } {
  if (!compiled.accepted) return { hold: 'NotAccepted' };
  return compiled.paused ? { hold: 'Paused' } : {};
}
