/** Lets a write start only while nobody else can hold the lease before the write has ended. */
import { ApiError } from './api-error.ts';
import type { Clock } from './clock.ts';
import type { WriteGate } from './resource-client.ts';

/** A gate that the leader elector opens with each renewal. */
export type Fence = {
  readonly gate: WriteGate;
  /** The lease was renewed by a request that started at this monotonic time. */
  renewed(startedAt: number): void;
  /** No write starts any more. */
  close(): void;
};

/** What a fence reckons with; `writeTimeoutMs` is the longest that any request behind the gate may take. */
export type FenceOptions = {
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly writeTimeoutMs: number;
  readonly clock: Pick<Clock, 'now'>;
};

/**
 * A fence that is shut until the first renewal and for good after `close`. In between a write may start while
 * `now + writeTimeout < lastRenew + leaseDuration`: another candidate counts the lease duration from a moment after
 * the renewal's start, so it cannot hold the lease before that write was answered or given up.
 *
 * Time is monotonic and goes on while the process is stopped (SIGSTOP), so a process that wakes up late finds the gate
 * shut. It rests on clocks of equal rate, and cannot call back what has left the socket: uid preconditions bound that.
 *
 * @throws RangeError when `writeTimeoutMs` exceeds lease duration minus renew deadline: a leader could then be fenced
 * while it still counts as one.
 */
export function createFence(options: FenceOptions): Fence {
  const { leaseDurationMs, renewDeadlineMs, writeTimeoutMs, clock } = options;
  if (!(writeTimeoutMs > 0 && writeTimeoutMs <= leaseDurationMs - renewDeadlineMs)) {
    throw new RangeError(
      `a write timeout of ${writeTimeoutMs} ms does not fit between the renew deadline (${renewDeadlineMs} ms) and the end of the lease (${leaseDurationMs} ms)`,
    );
  }
  let lastRenew = Number.NEGATIVE_INFINITY;
  let closed = false;
  return {
    gate() {
      if (closed) throw fenced('this process no longer leads');
      const late = clock.now() + writeTimeoutMs - (lastRenew + leaseDurationMs);
      if (late >= 0) throw fenced('the lease may end before the write does');
    },
    renewed(startedAt) {
      lastRenew = Math.max(lastRenew, startedAt);
    },
    close() {
      closed = true;
    },
  };
}

/** The fence of a process that runs without leader election: always open. */
export const openFence: Fence = { gate: () => {}, renewed: () => {}, close: () => {} };

function fenced(message: string): ApiError {
  return new ApiError({ reason: 'Fenced', message });
}
