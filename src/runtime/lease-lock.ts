/** The Lease as a lock: single attempts to take it, keep it and give it back, by get, create and update alone. */
import { ApiError } from './api-error.ts';
import { classify } from './classify.ts';
import type { Environment } from './environment.ts';
import { claimOf, claimText, heldLease, holderOf, releasedLease } from './lease-record.ts';
import type { Verb } from './observer.ts';
import type { ResourceClient } from './resource-client.ts';
import type { KubeObject, ObjectName } from './resource.ts';

/** The lock and who wants it. */
export type LeaseLockOptions = {
  /** Rights needed: get, create, update. Its timeouts are those of {@link import('./leader.ts').leaseClientOptions}. */
  readonly leases: Pick<ResourceClient, 'get' | 'create' | 'update'>;
  readonly lease: ObjectName;
  /** Unique to the process. */
  readonly identity: string;
  readonly leaseDurationMs: number;
  readonly environment: Environment;
};

/**
 * - `held`: the lease is ours by a request that started at this monotonic time; `slowPath`: it had to be read first.
 * - `heldByOther`: somebody else may lead.
 * - `contended`: somebody wrote at the same time; the next attempt reads what.
 */
export type Attempt =
  | { readonly type: 'held'; readonly startedAt: number; readonly slowPath: boolean }
  | { readonly type: 'heldByOther' }
  | { readonly type: 'contended' };

/** One candidate's view of the lease; its methods reject with ApiError and are never called side by side. */
export class LeaseLock {
  readonly #options: LeaseLockOptions;
  /** The Lease as our last write left it; undefined when it must be read before the next one. */
  #ours: KubeObject | undefined;
  /** What another holder last wrote, and when we first saw it: only this clock says when that runs out. */
  #observed: { readonly text: string; readonly at: number } | undefined;
  #otherHolder = '';
  #mayHold = false;

  constructor(options: LeaseLockOptions) {
    this.#options = options;
  }

  /** Whether the server may have us as the holder. */
  get mayHold(): boolean {
    return this.#mayHold;
  }

  /** Takes the lease when it is missing, free, run out or ours (by a write whose answer was lost). */
  async acquire(): Promise<Attempt> {
    const live = await this.#read();
    return live !== undefined && this.#valid(live) ? { type: 'heldByOther' } : this.#write(live, true);
  }

  /** Prolongs the lease that is ours; finding anybody else in it, even somebody who let go, means that it was lost. */
  async renew(): Promise<Attempt> {
    const quick = this.#ours === undefined ? undefined : await this.#renewUnread(this.#ours);
    if (quick !== undefined) return quick;
    const live = await this.#read();
    if (live !== undefined && holderOf(live) !== this.#options.identity) return { type: 'heldByOther' };
    return this.#write(live, true);
  }

  /** Gives the lease back; false when it turned out not to be ours (any more). */
  async release(): Promise<boolean> {
    const { leases, identity, environment } = this.#options;
    const lease = this.#ours ?? (await this.#read());
    this.#ours = undefined;
    const held = lease !== undefined && holderOf(lease) === identity;
    if (held) await leases.update(releasedLease(lease, environment.clock.wallTime()));
    this.#mayHold = false;
    return held;
  }

  /** Undefined when only reading can tell what became of it. */
  async #renewUnread(lease: KubeObject): Promise<Attempt | undefined> {
    try {
      const attempt = await this.#write(lease, false);
      return attempt.type === 'contended' ? undefined : attempt;
    } catch (error) {
      if (unknownOutcome(error) || isClass(error, 'update', 'gone')) return undefined;
      throw error;
    }
  }

  async #write(live: KubeObject | undefined, slowPath: boolean): Promise<Attempt> {
    const { leases, lease: name, identity, leaseDurationMs, environment } = this.#options;
    const startedAt = environment.clock.now();
    const wallTime = environment.clock.wallTime();
    const manifest = heldLease(live, { name, identity, leaseDurationMs, wallTime });
    this.#ours = undefined;
    try {
      const written = await (live === undefined ? leases.create(manifest) : leases.update(manifest));
      this.#ours = written.object;
      this.#mayHold = true;
      return { type: 'held', startedAt, slowPath };
    } catch (error) {
      if (unknownOutcome(error)) this.#mayHold = true;
      if (isClass(error, live === undefined ? 'create' : 'update', 'conflict')) return { type: 'contended' };
      throw error;
    }
  }

  /** The Lease as it is; undefined when there is none. */
  async #read(): Promise<KubeObject | undefined> {
    try {
      const live = await this.#options.leases.get(this.#options.lease);
      this.#observe(live);
      return live;
    } catch (error) {
      if (!isClass(error, 'get', 'gone')) throw error;
      this.#mayHold = false;
      return undefined;
    }
  }

  /** The moment counts at which the answer is here: what it tells was written before, so we wait too long at worst. */
  #observe(live: KubeObject): void {
    const { environment, identity, lease } = this.#options;
    const text = claimText(live);
    if (text !== this.#observed?.text) this.#observed = { text, at: environment.clock.now() };
    const holder = holderOf(live);
    if (holder === identity) return;
    this.#mayHold = false;
    if (holder !== '' && holder !== this.#otherHolder) {
      environment.observe({ type: 'leader.holderChanged', name: lease.name, holder });
    }
    this.#otherHolder = holder;
  }

  /** Whether somebody else holds the lease and has not let it run out; the holder's own claim counts, not our setting. */
  #valid(live: KubeObject): boolean {
    const { environment, identity, leaseDurationMs } = this.#options;
    const holder = holderOf(live);
    if (holder === '' || holder === identity) return false;
    const since = this.#observed?.at ?? environment.clock.now();
    return environment.clock.now() < since + (claimOf(live) ?? leaseDurationMs);
  }
}

function unknownOutcome(error: unknown): boolean {
  return error instanceof ApiError && error.outcomeUnknown;
}

function isClass(error: unknown, verb: Verb, wanted: 'conflict' | 'gone'): boolean {
  return error instanceof ApiError && classify(verb, error) === wanted;
}
