/** Leader election by Lease: one replica works, the others are ready to. */

/** Times in ms; they must fulfil leaseDuration > renewDeadline > 1.2 · retryPeriod. */
export type LeaseTimes = {
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
};

/** The defaults of client-go and kubebuilder. */
export const defaultLeaseTimes: LeaseTimes = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };

/** Why a term ended: asked to stop, or the lease could not be kept (then the process must end). */
export type TermEnd = 'stopped' | 'lost';

/** A candidate. */
export type LeaderElector = {
  /**
   * Waits for the lease, then runs `lead` until it resolves or `signal` aborts, then releases the lease.
   * `lead` is given a signal that aborts on stop and on loss; on loss this resolves without waiting for `lead`.
   */
  run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<TermEnd>;
  isLeader(): boolean;
  /** Monotonic ms of the last successful renewal; undefined while not leading. */
  lastRenewal(): number | undefined;
};
