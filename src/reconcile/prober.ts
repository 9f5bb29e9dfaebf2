/** The prober: sends the probes of all apps while this process leads, and wakes an app when what is said of it changes. */
import { jittered } from '../runtime/backoff.ts';
import type { Environment } from '../runtime/environment.ts';
import type { ProbeEvent } from '../runtime/observer.ts';
import type { AskOutside, OutsideAnswer } from '../runtime/outside-request.ts';
import { createQueue } from '../runtime/queue.ts';
import type { QueueStats } from '../runtime/queue.ts';
import type { ProbeFinding } from '../report/reachable.ts';
import { afterFinding, isUnsettled, unprobed } from './probe-streak.ts';
import type { ProbeState } from './probe-streak.ts';

/** The name of its queue in metrics. */
export const probeQueue = 'probes';

/** How long one probe may take, DNS and TLS included. */
export const probeTimeoutMs = 5_000;

/** Probes under way at the same time: each takes 5 s at most, so the slowest answers let 3 apps a second through. */
const workers = 16;
/** A change is confirmed after this, or after the interval where that is shorter. */
const confirmAfterMs = 10_000;
const jitter = 0.2;

/** What is asked of an app. */
export type ProbeRequest = { readonly url: string; readonly expect: number };

/** All probes of a process. */
export type Prober = {
  /** From here on the app under `key` is asked this; absent: nothing. Returns what is said of it so far. */
  readonly want: (key: string, uid: string, request: ProbeRequest | undefined) => ProbeFinding | undefined;
  /** Sends probes until `signal` aborts; once. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly stats: () => QueueStats;
};

/** What a prober works with. */
export type ProberOptions = {
  readonly ask: AskOutside;
  readonly environment: Environment;
  /** Between two probes of one app, jitter comes on top. */
  readonly intervalMs: number;
  /** Called when what is said of the app under `key` has changed. */
  readonly wake: (key: string) => void;
};

type Entry = { readonly uid: string; readonly request: ProbeRequest; state: ProbeState };

/** A prober that has nothing to ask yet. */
export function createProber({ ask, environment, intervalMs, wake }: ProberOptions): Prober {
  const { clock, random, observe } = environment;
  const entries = new Map<string, Entry>();
  const queue = createQueue({ name: probeQueue, environment, maxBackoffMs: intervalMs });
  const soonMs = Math.min(confirmAfterMs, intervalMs);

  const probe = async (key: string, signal: AbortSignal): Promise<void> => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    const startedAt = clock.now();
    const answer = await ask(entry.request.url, signal);
    if (answer === undefined) return;
    observe({ type: 'probe.finished', result: resultOf(answer, entry.request), durationMs: clock.now() - startedAt });
    // The app may ask for something else by now, and then was queued anew.
    if (entries.get(key) !== entry) return;
    const before = entry.state;
    entry.state = afterFinding(before, answer, entry.request.expect);
    queue.addAfter(key, jittered(isUnsettled(entry.state) ? soonMs : intervalMs, jitter, random));
    if (entry.state.settled !== undefined && !isEqual(entry.state.settled, before.settled)) wake(key);
  };

  const work = async (signal: AbortSignal): Promise<void> => {
    for (let taken = await queue.take(); taken !== undefined; taken = await queue.take()) {
      await probe(taken.key, signal);
      queue.done(taken.key);
    }
  };

  return {
    want: (key, uid, request) => {
      const known = entries.get(key);
      if (request === undefined) entries.delete(key);
      else if (known?.uid !== uid || known.request.url !== request.url || known.request.expect !== request.expect) {
        entries.set(key, { uid, request, state: unprobed });
        // Spread, since after a restart all apps come at once.
        queue.addAfter(key, random() * soonMs);
      }
      return entries.get(key)?.state.settled;
    },
    run: async (signal) => {
      const stop = (): void => queue.shutDown(false);
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      await Promise.all(Array.from({ length: workers }, () => work(signal)));
    },
    stats: () => queue.stats(),
  };
}

function resultOf(answer: OutsideAnswer, { expect }: ProbeRequest): ProbeEvent['result'] {
  if ('fault' in answer) return answer.fault;
  return answer.status === expect ? 'Expected' : 'UnexpectedStatus';
}

function isEqual(a: ProbeFinding, b: ProbeFinding | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
