/** Leader election by Lease: one replica works, the others are ready to. */
import { jittered } from './backoff.ts';
import { sleep } from './clock.ts';
import type { Fence } from './fence.ts';
import { LeaseLock } from './lease-lock.ts';
import type { Attempt, LeaseLockOptions } from './lease-lock.ts';
import type { ResourceClientOptions } from './resource-client.ts';

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
   * Called once: the fence stays shut after the term. What `lead` rejects with is passed on after the release.
   */
  run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<TermEnd>;
  isLeader(): boolean;
  /** Monotonic ms of the last successful renewal (when its request started); undefined while not leading. */
  lastRenewal(): number | undefined;
};

/** A candidate to be. */
export type LeaderElectorOptions = Omit<LeaseLockOptions, 'leaseDurationMs'> & {
  /** Default {@link defaultLeaseTimes}. */
  readonly times?: LeaseTimes;
  readonly fence: Fence;
};

/** A retry comes after one to 1.2 periods, so that candidates do not move in step. */
const retryJitter = 0.2;

/** How often a release is tried; the lease runs out by itself otherwise. */
const releaseTries = 3;

/** How the client for the leases behaves: sockets of its own, and two calls (a lost one, a read) fit a renew deadline. */
export function leaseClientOptions(
  times: LeaseTimes,
): Required<Pick<ResourceClientOptions, 'lane' | 'readTimeoutMs' | 'writeTimeoutMs'>> {
  const callMs = times.renewDeadlineMs / 2;
  return { lane: 'lease', readTimeoutMs: callMs, writeTimeoutMs: callMs };
}

/**
 * A candidate for one Lease. Clocks of different machines are never compared: a lease has run out when its text has not
 * changed for its duration as seen from here (after client-go, tools/leaderelection).
 *
 * @throws RangeError when the times do not fulfil leaseDuration > renewDeadline > 1.2 · retryPeriod > 0.
 */
export function createLeaderElector(options: LeaderElectorOptions): LeaderElector {
  const times = options.times ?? defaultLeaseTimes;
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = times;
  const ordered = leaseDurationMs > renewDeadlineMs && renewDeadlineMs > (1 + retryJitter) * retryPeriodMs;
  if (!ordered || !(retryPeriodMs > 0)) {
    throw new RangeError(
      `the lease duration (${leaseDurationMs} ms) must exceed the renew deadline (${renewDeadlineMs} ms), and that 1.2 times the retry period (${retryPeriodMs} ms)`,
    );
  }
  return new LeaseElector(options, times);
}

class LeaseElector implements LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #times: LeaseTimes;
  readonly #lock: LeaseLock;
  #lastRenewal: number | undefined;

  constructor(options: LeaderElectorOptions, times: LeaseTimes) {
    this.#options = options;
    this.#times = times;
    this.#lock = new LeaseLock({ ...options, leaseDurationMs: times.leaseDurationMs });
  }

  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<TermEnd> {
    await this.#acquire(signal);
    if (!signal.aborted) return this.#term(signal, lead);
    this.#resign();
    await this.#release();
    return 'stopped';
  }

  isLeader(): boolean {
    return this.#lastRenewal !== undefined;
  }

  lastRenewal(): number | undefined {
    return this.#lastRenewal;
  }

  /** Returns with the lease, or after `signal`. */
  async #acquire(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options.environment;
    while (!signal.aborted) {
      const attempt = await this.#attempt(() => this.#lock.acquire());
      // An answer that took so long (the process stood still) gives no term worth starting; the next attempt reads.
      if (attempt?.type === 'held' && this.#keepsFor(attempt.startedAt) > 0) {
        this.#renewed(attempt.startedAt);
        return this.#observe('leader.acquired');
      }
      await sleep(clock, jittered(this.#times.retryPeriodMs, retryJitter, random), signal);
    }
  }

  /** Leads until `lead` has ended or the lease is lost; `signal` only asks `lead` to end. */
  async #term(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<TermEnd> {
    const work = new AbortController();
    const over = new AbortController();
    const stop = (): void => work.abort();
    signal.addEventListener('abort', stop, { once: true });
    const working = ending(lead, work.signal);
    const renewing = this.#renew(over.signal);
    const end = await Promise.race([working, renewing, this.#expire(over.signal)]);
    this.#resign();
    over.abort();
    work.abort();
    signal.removeEventListener('abort', stop);
    if (end === 'lost') {
      this.#observe('leader.lost');
      return 'lost';
    }
    await renewing;
    await this.#release();
    if (end !== 'over') throw end.error;
    return 'stopped';
  }

  /** Renews each retry period; resolves with `lost` when somebody else holds the lease. */
  async #renew(over: AbortSignal): Promise<'lost' | 'over'> {
    for (;;) {
      await sleep(this.#options.environment.clock, this.#times.retryPeriodMs, over);
      if (over.aborted) return 'over';
      const attempt = await this.#attempt(() => this.#lock.renew());
      if (over.aborted) return 'over';
      if (attempt?.type === 'heldByOther') return 'lost';
      if (attempt?.type !== 'held') continue;
      this.#renewed(attempt.startedAt);
      const { environment, lease } = this.#options;
      environment.observe({ type: 'leader.renewed', name: lease.name, slowPath: attempt.slowPath });
    }
  }

  /** Resolves with `lost` when no renewal has succeeded within the renew deadline, whatever hangs meanwhile. */
  async #expire(over: AbortSignal): Promise<'lost' | 'over'> {
    while (!over.aborted) {
      const left = this.#keepsFor(this.#lastRenewal ?? Number.NEGATIVE_INFINITY);
      if (left <= 0) return 'lost';
      await sleep(this.#options.environment.clock, left, over);
    }
    return 'over';
  }

  /** Called when nobody works any more: whoever comes next may start at once. */
  async #release(): Promise<void> {
    const { clock } = this.#options.environment;
    for (let tries = 1; this.#lock.mayHold; tries++) {
      try {
        if (await this.#lock.release()) this.#observe('leader.released');
      } catch (error) {
        this.#failed(error);
        if (tries === releaseTries) return;
        await sleep(clock, this.#times.retryPeriodMs);
      }
    }
  }

  async #attempt(attempt: () => Promise<Attempt>): Promise<Attempt | undefined> {
    try {
      return await attempt();
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** How many ms are left until a renewal that started at this time no longer carries the term. */
  #keepsFor(startedAt: number): number {
    return startedAt + this.#times.renewDeadlineMs - this.#options.environment.clock.now();
  }

  #renewed(startedAt: number): void {
    this.#lastRenewal = startedAt;
    this.#options.fence.renewed(startedAt);
  }

  /** From here on nothing is written, before anybody else is let in. */
  #resign(): void {
    this.#options.fence.close();
    this.#lastRenewal = undefined;
  }

  #observe(type: 'leader.acquired' | 'leader.lost' | 'leader.released'): void {
    this.#options.environment.observe({ type, name: this.#options.lease.name });
  }

  #failed(error: unknown): void {
    this.#options.environment.observe({ type: 'leader.failed', name: this.#options.lease.name, error });
  }
}

/** Starts the work; resolves when it has ended, with its error when it failed. */
async function ending(
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<'over' | { readonly error: unknown }> {
  try {
    await lead(signal);
    return 'over';
  } catch (error) {
    return { error };
  }
}
