/** let-go: the objects of an AppTraffic that is being deleted lose what makes them ours (spec.lifecycle.deletion: Orphan). */
import { childKindOf } from '../kube/gvk.ts';
import { listAt, textAt } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { releasePlan } from '../plan/release.ts';
import type { AppEntry } from './app-index.ts';
import { apply } from './apply.ts';
import type { Applied } from './apply.ts';
import type { ApplyContext } from './apply-context.ts';
import { appOwner, readChild } from './gather.ts';
import type { GatherTools } from './gather.ts';
import { unwritten } from './unread.ts';

/** What letting go works with. */
export type LetGoTools = GatherTools &
  Pick<ApplyContext, 'writer' | 'observe' | 'forget' | 'random'> & { readonly platform: { readonly settleMs: number } };

/** Whether the objects of the app are to outlive it. Read from the stored object: a spec that is refused counts too. */
export function isOrphaning({ spec }: Manifest): boolean {
  return textAt(spec, 'lifecycle', 'deletion') === 'Orphan';
}

/**
 * Lets go of every child that is there: those that carry our label, and those that status names, should somebody have taken
 * the label off. Each is read live first; one that is gone is no obstacle.
 */
export async function letGo(entry: AppEntry, tools: LetGoTools, signal: AbortSignal): Promise<Applied> {
  const { sources, states, platform } = tools;
  const keys = [...sources.childrenOf(entry.key).map(({ key }) => key), ...toldChildren(entry.object)];
  const distinct = new Map(keys.map((key) => [keyText(key), key]));
  const read = await Promise.all([...distinct.values()].map((key) => readChild(key, tools)));
  const unread = read.flatMap(({ key, error }) => (error === undefined ? [] : [{ key, error }]));
  const app = appOwner(entry, sources);
  const state = states.get(entry.key, app.uid);
  const drawn = releasePlan({
    app,
    live: read.flatMap(({ child }) => child ?? []),
    to: isOrphaning(entry.object) ? 'Nobody' : 'GarbageCollector',
    memory: state.memory,
  });
  if (unread.length > 0) return unwritten(drawn, unread, state);
  return apply(drawn, { ...tools, app, settleMs: platform.settleMs, signal });
}

/** The children that status names, in the namespace of the app. */
function toldChildren({ metadata, status }: Manifest): readonly ObjectKey[] {
  return listAt(status, 'children').flatMap((child) => {
    const [group = '', kind = '', name = ''] = ['group', 'kind', 'name'].map((field) => textAt(child, field));
    const namespace = textAt(child, 'namespace') ?? '';
    const known = childKindOf(group === '' ? 'v1' : `${group}/v1`, kind);
    return known === undefined || namespace !== metadata.namespace ? [] : [{ kind: known, namespace, name }];
  });
}
