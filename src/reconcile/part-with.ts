/** part-with: how an app that is being deleted parts with objects of its own: each is read live first. */
import { childKindOf } from '../kube/gvk.ts';
import { listAt, textAt } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import type { AppOwner } from '../plan/app-owner.ts';
import type { Plan } from '../plan/change.ts';
import type { LiveChild } from '../plan/live-child.ts';
import type { AppMemory } from '../plan/memory.ts';
import type { AppEntry } from './app-index.ts';
import { apply } from './apply.ts';
import type { Applied } from './apply.ts';
import type { ApplyContext } from './apply-context.ts';
import { appOwner, readChild } from './gather.ts';
import type { GatherTools } from './gather.ts';
import { unwritten } from './unread.ts';

/** What parting works with. */
export type PartTools = GatherTools &
  Pick<ApplyContext, 'writer' | 'observe' | 'forget' | 'random'> & { readonly platform: { readonly settleMs: number } };

/** Which objects, and what becomes of them as they are found. */
export type Parting = {
  readonly isMeant: (key: ObjectKey) => boolean;
  readonly draw: (found: { app: AppOwner; live: readonly LiveChild[]; memory: AppMemory }) => Plan;
};

/**
 * Parts with those of the children that carry our label, and of those that status names, should somebody have taken the label
 * off. One that is gone is no obstacle.
 */
export async function partWith(
  { isMeant, draw }: Parting,
  entry: AppEntry,
  tools: PartTools,
  signal: AbortSignal,
): Promise<Applied> {
  const { sources, states, platform } = tools;
  const keys = [...sources.childrenOf(entry.key).map(({ key }) => key), ...toldChildren(entry.object)].filter(isMeant);
  const distinct = new Map(keys.map((key) => [keyText(key), key]));
  const read = await Promise.all([...distinct.values()].map((key) => readChild(key, tools)));
  const unread = read.flatMap(({ key, error }) => (error === undefined ? [] : [{ key, error }]));
  const app = appOwner(entry, sources);
  const state = states.get(entry.key, app.uid);
  const drawn = draw({ app, live: read.flatMap(({ child }) => child ?? []), memory: state.memory });
  if (unread.length > 0) return unwritten(drawn, unread, state);
  return apply(drawn, { ...tools, app, settleMs: platform.settleMs, signal });
}

/** The children that status names. */
function toldChildren({ status }: Manifest): readonly ObjectKey[] {
  return listAt(status, 'children').flatMap((child) => {
    const [group = '', kind = '', name = ''] = ['group', 'kind', 'name'].map((field) => textAt(child, field));
    const known = childKindOf(group === '' ? 'v1' : `${group}/v1`, kind);
    return known === undefined ? [] : [{ kind: known, namespace: textAt(child, 'namespace') ?? '', name }];
  });
}
