/** One change of a plan, tried once: what the child is afterwards. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { Change, PartingChange } from '../plan/change.ts';
import { isOwnedBy, notOwnedText } from '../plan/app-owner.ts';
import { liveChild } from '../plan/live-child.ts';
import type { LiveChild } from '../plan/live-child.ts';
import { childAfter } from '../plan/progress.ts';
import { ApiError } from '../runtime/api-error.ts';
import { classify } from '../runtime/classify.ts';
import { changeFault } from './change-fault.ts';
import type { ChangeFault } from './change-fault.ts';
import type { ApplyContext } from './apply-context.ts';

/** What became of a change, and of its child. */
export type ChangeEnd = {
  /** Absent when the child is gone and was meant to go. */
  readonly row?: ChildOutcome;
  readonly fault?: ChangeFault;
  /** The server took it; with a fault beside it, the child is nevertheless not as the change was to make it. */
  readonly written: boolean;
  /** The answer was lost: nobody knows whether the write happened. */
  readonly unsure: boolean;
  /** Of the object as the write left it. */
  readonly resourceVersion?: string;
};

type ManifestChange = Exclude<Change, PartingChange>;

const overtaken: ChangeFault = {
  state: 'Pending',
  message: 'somebody else changed it at the same time; it is about to be put right',
  retry: { reason: 'conflict' },
  abort: false,
};

/** Carries out one change. Faults of the cluster come back as data; only our own defects are thrown. */
export async function changeOnce(change: Change, context: ApplyContext): Promise<ChangeEnd> {
  try {
    return await attempt(change, context);
  } catch (error) {
    const fault = changeFault(change, error);
    return { ...ended(change, fault), unsure: error instanceof ApiError && error.outcomeUnknown };
  }
}

async function attempt(change: Change, context: ApplyContext): Promise<ChangeEnd> {
  const { writer } = context;
  if (change.op === 'create') return create(change, context);
  if (change.op === 'apply') return done(change, await writer.apply(change.manifest), context);
  if (change.op === 'strip') {
    const stripped = await writer.patch(change.key, change.patch);
    if (change.manifest === undefined) return done(change, stripped, context);
    return done(change, await writer.apply(overVersion(change.manifest, stripped.metadata.resourceVersion)), context);
  }
  return part(change, context);
}

/** The manifest for the version that a write of our own has left, where it is for one version alone. */
export function overVersion(manifest: Manifest, resourceVersion: string | undefined): Manifest {
  if (manifest.metadata.resourceVersion === undefined || resourceVersion === undefined) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, resourceVersion } };
}

/**
 * Deletes the child, or lets go of it, as it was seen; one that has changed since may not be ours any more, and is looked at
 * again. What is gone, with its whole kind or by itself, is fine.
 */
async function part(change: PartingChange, context: ApplyContext): Promise<ChangeEnd> {
  const { key, uid } = change;
  try {
    await parting(change, context.writer);
  } catch (error) {
    if (!(error instanceof ApiError) || classify('delete', error) !== 'conflict') throw error;
    const live = await context.writer.read(key);
    if (live?.metadata.uid === uid) {
      context.observe(live);
      throw error;
    }
  }
  context.forget(key, uid);
  return { written: true, unsure: false };
}

async function parting(change: PartingChange, writer: ApplyContext['writer']): Promise<void> {
  if (change.op === 'delete') {
    const { uid, resourceVersion } = change;
    await writer.remove(change.key, { uid, resourceVersion });
    return;
  }
  try {
    await writer.patch(change.key, change.patch);
  } catch (error) {
    if (!(error instanceof ApiError) || !['gone', 'kindMissing'].includes(classify('patch', error))) throw error;
  }
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
    if (child === undefined || !isOwnedBy(child, context.app)) return ended(change, notOwned(child, context));
    if (child.hash === change.hash) return done(change, live, context);
    if (change.asked !== undefined) {
      // What else is live there is to be kept, and the plan has not seen it.
      context.observe(live);
      return ended(change, overtaken);
    }
    const manifest = { ...change.manifest, metadata: { ...change.manifest.metadata, uid: child.uid } };
    return done(change, await context.writer.apply(manifest), context);
  }
}

/** The answer tells whether the child is now as it was to be: what others wrote in between no watch tells again. */
function done(change: ManifestChange, object: Manifest, context: ApplyContext): ChangeEnd {
  context.observe(object);
  const child = liveChild(object);
  if (child === undefined || child.deleting || child.hash !== change.hash) {
    return { ...ended(change, overtaken), written: true };
  }
  const row = childAfter(change, child.uid);
  const { resourceVersion } = child;
  return { written: true, unsure: false, resourceVersion, ...(row === undefined ? {} : { row }) };
}

function notOwned(live: LiveChild | undefined, { app }: ApplyContext): ChangeFault {
  return { state: 'NotOwned', message: notOwnedText(live ?? {}, app), abort: false };
}

function ended({ key }: Change, fault: ChangeFault): ChangeEnd {
  return { fault, written: false, unsure: false, row: { key, state: fault.state, message: fault.message } };
}
