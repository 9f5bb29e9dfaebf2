/** A process that runs for the lease: its event loop can stand still, and it can die. */
import type { Clock } from '../../../src/runtime/clock.ts';
import { createFence } from '../../../src/runtime/fence.ts';
import type { Fence } from '../../../src/runtime/fence.ts';
import { createLeaderElector, defaultLeaseTimes, leaseClientOptions } from '../../../src/runtime/leader.ts';
import type { LeaderElector } from '../../../src/runtime/leader.ts';
import type { RuntimeEvent } from '../../../src/runtime/observer.ts';
import type { LeaseServer, Fate, LeaseVerb } from './lease-server.ts';

/** The default lease times leave so much for a write. */
export const writeTimeoutMs = defaultLeaseTimes.leaseDurationMs - defaultLeaseTimes.renewDeadlineMs;

export type CandidateOptions = {
  readonly identity: string;
  readonly world: Clock;
  readonly server: LeaseServer;
  readonly fate?: (verb: LeaseVerb) => Fate;
  readonly random?: () => number;
};

export class Candidate {
  readonly identity: string;
  readonly clock: Clock;
  readonly fence: Fence;
  readonly elector: LeaderElector;
  readonly events: RuntimeEvent[] = [];
  fate: (verb: LeaseVerb) => Fate;
  #waiting: (() => void)[] = [];
  #state: 'running' | 'standing' | 'dead' = 'running';

  constructor({ identity, world, server, fate, random }: CandidateOptions) {
    this.identity = identity;
    this.fate = fate ?? (() => ({}));
    this.clock = {
      now: () => world.now(),
      wallTime: () => world.wallTime(),
      setTimer: (delayMs, callback) => {
        let cancelled = false;
        const cancel = world.setTimer(delayMs, () => this.#receive(() => (cancelled ? undefined : callback())));
        return () => {
          cancelled = true;
          cancel();
        };
      },
    };
    this.fence = createFence({ ...defaultLeaseTimes, writeTimeoutMs, clock: this.clock });
    const client = server.client({
      clock: this.clock,
      timeoutMs: leaseClientOptions(defaultLeaseTimes).writeTimeoutMs,
      fate: (verb) => this.fate(verb),
      receive: (what) => this.#receive(what),
    });
    this.elector = createLeaderElector({
      leases: client,
      lease: { namespace: 'system', name: 'controller' },
      identity,
      fence: this.fence,
      environment: { clock: this.clock, random: random ?? (() => 0), observe: (event) => this.events.push(event) },
    });
  }

  /** Whether a write could start right now. */
  get mayWrite(): boolean {
    if (this.#state !== 'running') return false;
    try {
      this.fence.gate();
      return true;
    } catch {
      return false;
    }
  }

  /** SIGSTOP: nothing runs; time goes on. */
  stand(): void {
    if (this.#state === 'running') this.#state = 'standing';
  }

  /** SIGCONT: all that is due runs now. */
  goOn(): void {
    if (this.#state !== 'standing') return;
    this.#state = 'running';
    const due = this.#waiting;
    this.#waiting = [];
    for (const run of due) this.#receive(run);
  }

  /** SIGKILL. */
  die(): void {
    this.#state = 'dead';
  }

  /** The types of the events observed so far, without the quick renewals. */
  get story(): readonly string[] {
    return this.events
      .filter((event) => event.type !== 'leader.renewed' || event.slowPath)
      .map((event) => (event.type === 'leader.holderChanged' ? `${event.type} ${event.holder}` : event.type));
  }

  #receive(run: () => void): void {
    if (this.#state === 'running') run();
    else if (this.#state === 'standing') this.#waiting.push(run);
  }
}
