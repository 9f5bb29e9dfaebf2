import * as fc from 'fast-check';
import type { Fate } from './lease-server.ts';
import { LeaseServer, refused } from './lease-server.ts';
import { Candidate, writeTimeoutMs } from './candidate.ts';
import { createFakeClock } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';

/** What befalls a candidate at a moment: its process stands still for a while, is killed, or is asked to stop. */
type Mishap = {
  readonly at: number;
  readonly who: number;
  readonly what: 'stand' | 'die' | 'stop';
  readonly ms: number;
};

/** A write of a leader, from when it started until the server can have carried it out at the latest. */
type Write = { readonly by: string; readonly from: number; readonly to: number };

const spanMs = 90_000;
const stepMs = 250;
const candidates = 3;

const fates = fc.oneof(
  { weight: 6, arbitrary: fc.record({ arriveMs: fc.nat(400), answerMs: fc.nat(400) }) },
  { weight: 2, arbitrary: fc.record({ arriveMs: fc.nat(12_000), answerMs: fc.nat(12_000) }) },
  { weight: 1, arbitrary: fc.record({ arriveMs: fc.nat(7_000), answerMs: fc.constant(Number.POSITIVE_INFINITY) }) },
  { weight: 1, arbitrary: fc.record({ arriveMs: fc.nat(2_000), reset: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.constant({ refusal: refused(500, 'InternalError') }) },
  { weight: 1, arbitrary: fc.constant({ arriveMs: Number.POSITIVE_INFINITY }) },
);

const mishaps = fc.array(
  fc.record({
    at: fc.nat(spanMs),
    who: fc.nat(candidates - 1),
    what: fc.constantFrom('stand' as const, 'stand' as const, 'stop' as const, 'die' as const),
    ms: fc.integer({ min: 100, max: 25_000 }),
  }),
  { minLength: 1, maxLength: 20 },
);

/** Writes as fast as it may until it is told to stop; a write that was sent lands whatever becomes of the process. */
function workOf(candidate: Candidate, writes: Write[], takes: () => number) {
  return async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const ms = takes();
      if (candidate.mayWrite) {
        const from = candidate.clock.now();
        writes.push({ by: candidate.identity, from, to: from + ms });
      }
      await new Promise<void>((resolve) => candidate.clock.setTimer(ms, resolve));
    }
  };
}

async function simulate(scenario: {
  readonly fates: readonly Fate[];
  readonly mishaps: readonly Mishap[];
  readonly durations: readonly number[];
  readonly jitter: number;
}): Promise<{
  readonly writes: readonly Write[];
  readonly open: readonly (readonly string[])[];
  readonly served: boolean;
}> {
  const world: FakeClock = createFakeClock();
  const server = new LeaseServer(world);
  const writes: Write[] = [];
  const open: string[][] = [];
  let asked = 0;
  let written = 0;
  // After the span nothing goes wrong any more, so that somebody must come to lead.
  const over = world.now() + spanMs;
  const fate = (): Fate => (world.now() >= over ? {} : (scenario.fates[asked++ % scenario.fates.length] ?? {}));
  const takes = (): number => scenario.durations[written++ % scenario.durations.length] ?? 1;
  const running = Array.from({ length: candidates + 1 }, (_, index) => {
    const identity = `candidate-${index}`;
    const candidate = new Candidate({ identity, world, server, fate, random: () => scenario.jitter });
    const stop = new AbortController();
    const start = (): void => {
      void candidate.elector.run(stop.signal, workOf(candidate, writes, takes)).then((end) => {
        if (end === 'lost') candidate.die();
      });
    };
    return { candidate, stop, start };
  });
  // The last one joins at the end, when all others may be gone.
  for (const { start } of running.slice(0, candidates)) start();
  world.setTimer(spanMs, () => running.at(-1)?.start());
  for (const { at, who, what, ms } of scenario.mishaps) {
    const target = running[who];
    if (target === undefined) continue;
    world.setTimer(at, () => {
      if (what === 'die') target.candidate.die();
      else if (what === 'stop') target.stop.abort();
      else {
        target.candidate.stand();
        world.setTimer(ms, () => target.candidate.goOn());
      }
    });
  }
  for (let at = 0; at < spanMs + 60_000; at += stepMs) {
    await world.advance(stepMs);
    open.push(running.filter(({ candidate }) => candidate.mayWrite).map(({ candidate }) => candidate.identity));
  }
  return { writes, open, served: writes.some(({ from }) => from > over) };
}

/** Writes that started while one of another candidate could still be carried out; `writes` are in order of their start. */
function overlaps(writes: readonly Write[]): readonly Write[] {
  const latest = new Map<string, number>();
  return writes.filter(({ by, from, to }) => {
    const early = [...latest].some(([other, end]) => other !== by && from < end);
    latest.set(by, Math.max(latest.get(by) ?? 0, to));
    return early;
  });
}

const scenarios = fc.record({
  fates: fc.array(fates, { minLength: 1, maxLength: 40 }),
  mishaps,
  durations: fc.array(fc.integer({ min: 50, max: writeTimeoutMs }), { minLength: 1, maxLength: 10 }),
  jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

describe('three candidates on a bad network, with processes that stand still', () => {
  it('never have two gates open at once, never two writes under way at once, and serve again afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const { writes, open, served } = await simulate(scenario);
        expect(open.filter((gates) => gates.length > 1)).toEqual([]);
        const overlapping = overlaps(writes);
        expect(overlapping).toEqual([]);
        expect(served).toBe(true);
      }),
      { numRuns: 100, interruptAfterTimeLimit: 40_000 },
    );
  });
});
