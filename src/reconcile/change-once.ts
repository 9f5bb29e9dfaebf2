/** One change of a plan, tried once: what the child is afterwards. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { Change } from '../plan/change.ts';
import { isControlledBy, liveChild } from '../plan/live-child.ts';
import { childAfter } from '../plan/progress.ts';
import { ApiError } from '../runtime/api-error.ts';
import { changeFault } from './change-fault.ts';
import type { ChangeFault } from './change-fault.ts';
import type { ApplyContext } from './apply-context.ts';

/** `row` is absent when the child is gone and was meant to go. */
export type ChangeEnd = {
  readonly row?: ChildOutcome;
  readonly fault?: ChangeFault;
  /** The answer was lost: nobody knows whether the write happened. */
  readonly unsure: boolean;
};

const notOwned: ChangeFault = {
  state: 'NotOwned',
  message: 'an object of this name exists that this AppTraffic does not control',
  retry: false,
  abort: false,
};

/** Carries out one change. Faults of the cluster come back as data; only our own defects are thrown. */
export async function changeOnce(change: Change, context: ApplyContext): Promise<ChangeEnd> {
  try {
    return await attempt(change, context);
  } catch (error) {
    const fault = changeFault(change, error);
    return {
      fault,
      unsure: error instanceof ApiError && error.outcomeUnknown,
      row: { key: change.key, state: fault.state, message: fault.message },
    };
  }
}

async function attempt(change: Change, context: ApplyContext): Promise<ChangeEnd> {
  const { writer } = context;
  if (change.op === 'create') return create(change, context);
  if (change.op === 'apply') return done(change, await writer.apply(change.manifest), context);
  if (change.op === 'strip') {
    const stripped = await writer.patch(change.key, change.patch);
    return done(change, change.manifest === undefined ? stripped : await writer.apply(change.manifest), context);
  }
  await writer.remove(change.key, change.uid);
  context.forget(change.key, change.uid);
  return { unsure: false };
}

/** First touch creates or fails; on 409 one live GET tells ours (a lost answer, a slow watch) from a stranger's. */
async function create(change: Extract<Change, { op: 'create' }>, context: ApplyContext): Promise<ChangeEnd> {
  try {
    return done(change, await context.writer.create(change.manifest), context);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const live = await context.writer.read(change.key);
    if (live === undefined) throw error;
    const child = liveChild(live);
    if (child === undefined || !isControlledBy(child, context.uid)) {
      return { fault: notOwned, unsure: false, row: { key: change.key, state: 'NotOwned', message: notOwned.message } };
    }
    if (child.hash === change.hash) return done(change, live, context);
    const { resourceVersion: _, ...metadata } = change.manifest.metadata;
    const manifest = { ...change.manifest, metadata: { ...metadata, uid: child.uid } };
    return done(change, await context.writer.apply(manifest), context);
  }
}

function done(change: Change, object: Manifest, context: ApplyContext): ChangeEnd {
  context.observe(object);
  const row = childAfter(change, object.metadata.uid ?? '');
  return { unsure: false, ...(row === undefined ? {} : { row }) };
}
