/** Where a watch stands, as probes and metrics ask for it. */

/** Where a reflector stands: `kindMissing` is settled too (nothing is there), `failing` is retried. */
export type WatchState = 'syncing' | 'synced' | 'kindMissing' | 'failing';

/** The state of one reflector, for probes. */
export type WatchStatus = {
  readonly resource: string;
  readonly namespace?: string;
  readonly state: WatchState;
  /** Whether the store has once been complete. */
  readonly synced: boolean;
  /** Monotonic ms at which the server last gave a sign of life on this watch. */
  readonly lastActivity: number;
};
