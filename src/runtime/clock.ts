/** Time as an argument: monotonic milliseconds, wall time and timers, so that tests turn the hands themselves. */

/** Stops a timer that has not fired; harmless afterwards. */
export type Cancel = () => void;

/** The three uses of time; nothing below src/runtime reads time in any other way. */
export type Clock = {
  /** Milliseconds that never go backwards; their zero means nothing. Every duration and deadline is reckoned in these. */
  now(): number;
  /** Milliseconds since 1970 (UTC); only for what is written into objects. */
  wallTime(): number;
  /** Calls back once after `delayMs`, which may be 0. */
  setTimer(delayMs: number, callback: () => void): Cancel;
};

/** setTimeout counts in a signed 32-bit integer and fires at once above it. */
const longestTimerMs = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), longestTimerMs));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or as soon as `signal` aborts; it never rejects, so the caller looks at the signal. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const wake = (): void => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.setTimer(delayMs, wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}

/** A wall time in milliseconds as metav1.MicroTime writes it: RFC 3339 with six decimals (the last three are zero). */
export function microTime(wallTimeMs: number): string {
  return `${new Date(wallTimeMs).toISOString().slice(0, -1)}000Z`;
}
