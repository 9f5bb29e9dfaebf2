/** Waiting for what neither a watch nor an event tells: asks again until it is so. */
import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 25;

/** Resolves once `isSo` holds; rejects with `what` after `withinMs` (default 20 s), and at once when `isSo` throws. */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleep(everyMs);
  }
}
