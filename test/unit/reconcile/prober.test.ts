import * as fc from 'fast-check';
import { afterFinding, confirmations, unprobed } from '../../../src/reconcile/probe-streak.ts';
import type { ProbeState } from '../../../src/reconcile/probe-streak.ts';
import { createProber } from '../../../src/reconcile/prober.ts';
import type { Prober } from '../../../src/reconcile/prober.ts';
import type { ProbeFinding } from '../../../src/report/reachable.ts';
import type { OutsideAnswer } from '../../../src/runtime/outside-request.ts';
import { createTestEnvironment } from '../runtime/test-environment.ts';
import { settle } from '../runtime/fake-clock.ts';

const good = { status: 200 };
const bad = { status: 503 };
const worse = { status: 502 };
const lost = { fault: 'TimedOut' } as const;

const after = (findings: readonly ProbeFinding[], from: ProbeState = unprobed): ProbeFinding | undefined =>
  findings.reduce((state, finding) => afterFinding(state, finding, 200), from).settled;

describe('what is said after several findings', () => {
  it('is the expected answer at once', () => {
    expect(after([good])).toEqual(good);
    expect(after([bad, bad, bad, good])).toEqual(good);
  });

  it('is something else after three in a row, whatever they are, and then the last of them', () => {
    expect(after([bad, lost])).toBeUndefined();
    expect(after([bad, lost, worse])).toEqual(worse);
    expect(after([good, bad, lost])).toEqual(good);
    expect(after([good, bad, lost, good, bad, lost])).toEqual(good);
    expect(after([good, bad, lost, worse])).toEqual(worse);
  });

  it('stays as it is while bad findings take turns, and changes when another one comes three times in a row', () => {
    const turns = [bad, bad, bad, worse, bad, worse, lost, worse, worse, bad];
    expect(after(turns)).toEqual(bad);
    expect(after([...turns, lost, lost, lost])).toEqual(lost);
  });

  it('changes at most once in as many findings as confirm a change, and once more when the app answers', () => {
    const finding = fc.constantFrom<ProbeFinding>(good, bad, worse, lost);
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 60 }), (findings) => {
        let state = unprobed;
        let changes = 0;
        for (const one of findings) {
          const next = afterFinding(state, one, 200);
          if (next.settled !== state.settled) changes += 1;
          state = next;
        }
        expect(changes).toBeLessThanOrEqual(2 * Math.ceil(findings.length / confirmations));
      }),
    );
  });
});

const interval = 60_000;
const url = 'http://shop.example.com/healthz';

describe('the prober', () => {
  let answer: OutsideAnswer | undefined;
  let asked: string[];
  let woken: string[];
  let environment: ReturnType<typeof createTestEnvironment>;
  let prober: Prober;
  let stop: AbortController;
  let running: Promise<void>;
  beforeEach(() => {
    [answer, asked, woken] = [good, [], []];
    environment = createTestEnvironment(0);
    stop = new AbortController();
    prober = createProber({
      ask: (one) => {
        asked.push(one);
        return Promise.resolve(answer);
      },
      environment,
      intervalMs: interval,
      wake: (key) => void woken.push(key),
    });
    running = prober.run(stop.signal);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    expect(environment.clock.pending).toBe(0);
  });

  const want = (expect = 200, uid = 'a'): ProbeFinding | undefined => prober.want('team/shop', uid, { url, expect });

  it('asks an app at each interval and wakes it when what is said changes, and never else', async () => {
    expect(want()).toBeUndefined();
    await settle();
    expect([asked.length, woken]).toEqual([1, ['team/shop']]);
    expect(want()).toEqual(good);
    await environment.clock.advance(3 * interval);
    expect([asked.length, woken.length]).toEqual([4, 1]);
  });

  it('confirms a change sooner than it would ask again', async () => {
    want();
    await settle();
    answer = bad;
    await environment.clock.advance(interval);
    expect([asked.length, want()]).toEqual([2, good]);
    await environment.clock.advance(20_000);
    expect([asked.length, want(), woken.length]).toEqual([4, bad, 2]);
    await environment.clock.advance(interval - 1);
    expect(asked.length).toBe(4);
  });

  it('begins anew for another request and for another app of the name, and asks no more when nothing is wanted', async () => {
    want();
    await settle();
    expect(want(204)).toBeUndefined();
    await settle();
    expect([asked.length, want(204)]).toEqual([2, undefined]);
    expect(want(204, 'b')).toBeUndefined();
    prober.want('team/shop', '', undefined);
    await environment.clock.advance(10 * interval);
    expect(asked.length).toBe(2);
  });

  it('drops an answer to what is not asked any more', async () => {
    const pending: ((one: OutsideAnswer) => void)[] = [];
    stop.abort();
    await running;
    stop = new AbortController();
    prober = createProber({
      ask: () => new Promise((resolve) => pending.push(resolve)),
      environment,
      intervalMs: interval,
      wake: (key) => void woken.push(key),
    });
    running = prober.run(stop.signal);
    want();
    await settle();
    want(204);
    pending[0]?.(good);
    await settle();
    expect([want(204), woken]).toEqual([undefined, []]);
    pending[1]?.({ status: 204 });
    await settle();
    expect([want(204), woken]).toEqual([{ status: 204 }, ['team/shop']]);
  });

  it('counts each probe by its result, and asks no more after the end', async () => {
    want();
    await settle();
    answer = lost;
    await environment.clock.advance(interval);
    const results = environment.events.flatMap((event) => (event.type === 'probe.finished' ? [event.result] : []));
    expect(results).toEqual(['Expected', 'TimedOut']);
    stop.abort();
    await running;
    await environment.clock.advance(10 * interval);
    expect(asked.length).toBe(2);
  });

  it('has no more than sixteen probes under way', async () => {
    let [now, most] = [0, 0];
    const release: (() => void)[] = [];
    const busy = createProber({
      ask: () => {
        now += 1;
        most = Math.max(most, now);
        return new Promise((resolve) => {
          release.push(() => {
            now -= 1;
            resolve(good);
          });
        });
      },
      environment,
      intervalMs: interval,
      wake: () => {},
    });
    const ended = busy.run(stop.signal);
    for (let at = 0; at < 40; at += 1) busy.want(`team/app-${at}`, 'a', { url, expect: 200 });
    await settle();
    expect([now, most]).toEqual([16, 16]);
    while (release.length > 0) {
      release.shift()?.();
      await settle();
    }
    expect(most).toBe(16);
    stop.abort();
    await ended;
  });
});
