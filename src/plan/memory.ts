/** What the process remembers of one app between two plans; losing it costs time, never correctness. */

/** All times in milliseconds since the epoch. */
export type AppMemory = {
  /** When an authorization policy of the app was last written; at first, when the process began to write. */
  readonly policiesAt: number;
  /** When routes of the app were last changed; at first, when the process began to write. */
  readonly routesAt: number;
  /** Since when the routes that replace draining ones are complete; absent while they are not, or nothing drains. */
  readonly edgeCompleteAt?: number;
  /** Per child (`keyText`) the hash of its projection that was last desired and live: tells a repair from an edit. */
  readonly inSync: Readonly<Record<string, string>>;
  /** Per child (`keyText`) when it was repaired, within the last ten minutes. */
  readonly repairs: Readonly<Record<string, readonly number[]>>;
};

/** The memory of an app that this process has not seen before; `beganAt`: when the process began to write (ms). */
export function newMemory(beganAt: number): AppMemory {
  return { policiesAt: beganAt, routesAt: beganAt, inSync: {}, repairs: {} };
}
