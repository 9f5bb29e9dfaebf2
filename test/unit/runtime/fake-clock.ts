/** A clock whose hands the test moves. */
import type { Clock } from '../../../src/runtime/clock.ts';

/** Time stands still until `advance`; timers fire in order, and what they set off runs before the next one fires. */
export type FakeClock = Clock & {
  advance(ms: number): Promise<void>;
  /** How many timers are set. */
  readonly pending: number;
};

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Starts at monotonic 1,000,000 ms and wall time 2026-01-01T00:00:00Z. */
export function createFakeClock(): FakeClock {
  const wallStart = Date.UTC(2026, 0, 1);
  const start = 1_000_000;
  let now = start;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    now: () => now,
    wallTime: () => wallStart + now - start,
    setTimer(delayMs, callback) {
      const timer = { at: now + Math.max(delayMs, 0), callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    get pending() {
      return timers.length;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const at = Math.min(...timers.map((timer) => timer.at));
        if (at > end) break;
        now = Math.max(now, at);
        // Timers of one instant fire without I/O between them, as in node's timers phase.
        for (const due of timers.filter((timer) => timer.at === at)) {
          if (!timers.includes(due)) continue;
          timers = timers.filter((timer) => timer !== due);
          due.callback();
        }
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
