/** finalizer: while an AppTraffic has something to do before it goes, it carries our finalizer. */
import type { Manifest } from '../kube/manifest.ts';
import { finalizerOff, finalizerOn, hasFinalizer } from '../plan/finalizer.ts';
import type { JsonPatchOperation } from '../plan/change.ts';
import type { LiveChild } from '../plan/live-child.ts';
import { ApiError } from '../runtime/api-error.ts';
import { faultOf } from './change-fault.ts';
import type { ChangeFault } from './change-fault.ts';
import type { ChildWriter } from './child-writer.ts';
import { duties } from './finalizer-duties.ts';
import type { TellTools } from './tell.ts';

/** What putting it on and taking it off works with. */
export type FinalizerTools = Pick<TellTools, 'observeApp'> & { readonly writer: Pick<ChildWriter, 'patchApp'> };

/** Whether the AppTraffic must not go before something is done; `children`: its own, as they are live. */
export function isFinalizerDue(app: Manifest, children: readonly LiveChild[]): boolean {
  return duties.some(({ isDue }) => isDue(app, children));
}

/**
 * Puts the finalizer on, where it is not on yet; returns why that failed. An app that is gone by then is a fault: what would be
 * written for it nobody would collect.
 */
export async function putOn(app: Manifest, tools: FinalizerTools): Promise<ChangeFault | undefined> {
  return hasFinalizer(app) ? undefined : change(app, finalizerOn(app), tools);
}

/** Takes the finalizer off, where it is on; an app that is gone has none. Returns why that failed. */
export async function takeOff(app: Manifest, tools: FinalizerTools): Promise<ChangeFault | undefined> {
  const fault = hasFinalizer(app) ? await change(app, finalizerOff(app), tools) : undefined;
  return fault?.retry?.reason === 'gone' ? undefined : fault;
}

async function change(
  app: Manifest,
  patch: readonly JsonPatchOperation[],
  { writer, observeApp }: FinalizerTools,
): Promise<ChangeFault | undefined> {
  try {
    observeApp(await writer.patchApp(app, patch));
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return faultOf({ verb: 'patch', kind: 'AppTraffic' }, error);
  }
}
