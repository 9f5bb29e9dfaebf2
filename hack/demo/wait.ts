/** Waiting for an object on a cluster that only kubectl reaches: asks again until it is so. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../test/testbed/kube-object.ts';
import type { Kubectl } from './kubectl.ts';

/** What one look at an object says. `isFinal`: waiting longer does not help. */
export type Look = { readonly isSo: boolean; readonly isFinal: boolean; readonly message: string };

/** How long, until what aborts. */
export type WaitOptions = { readonly withinMs: number; readonly signal?: AbortSignal };

const everyMs = 250;

/** Asks `kubectl get WHERE` until the object is so; rejects with the message when it will not be, or not in time. */
export async function untilSo(
  kubectl: Kubectl,
  where: readonly string[],
  look: (object: KubeObject) => Look,
  { withinMs, signal }: WaitOptions,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { isSo, isFinal, message } = look(JSON.parse(await kubectl(['get', ...where, '-o', 'json'])) as KubeObject);
    if (isSo) return;
    if (isFinal || performance.now() > deadline) throw new Error(message);
    await sleep(everyMs, undefined, signal === undefined ? {} : { signal });
  }
}
