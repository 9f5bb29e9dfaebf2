/** Injected faults: what is delayed or aborted, how often, and what a timeout and retries have to do with it. */
import { randomUUID } from 'node:crypto';
import { judgeShare } from '../../share.ts';
import type { LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import type { Side } from './side.ts';

/** Longer than any answer takes on a busy machine. */
const delayMs = 6_000;
const delay = '6s';
const past = '2020-12-31T00:00:00Z';
const future = '2099-12-31T00:00:00Z';
const retries = { attempts: 3, retryOn: ['5xx'], backoff: '1ms' };

const routes = [
  { name: 'aborted', match: { prefix: '/aborted' }, to: 'stable', fault: { abort: 418, until: future }, retries },
  { name: 'sometimes', match: { prefix: '/sometimes' }, to: 'stable', fault: { abort: 503, abortPercent: 30 } },
  // The delay is longer than the timeout, which does not cover it.
  { name: 'delayed', match: { prefix: '/delayed' }, to: 'stable', fault: { delay }, timeout: '5s' },
  {
    name: 'both',
    match: { prefix: '/both' },
    to: 'stable',
    fault: { delay, delayPercent: 20, abort: 503, abortPercent: 60 },
  },
  { name: 'over', match: { prefix: '/over' }, to: 'stable', fault: { abort: 503, until: past } },
];

const draws = 200;

/** The cases of one side. */
export function faultCases(side: Side): readonly LiveCase[] {
  const field = `${side.side}.routes[].fault`;
  const ask = (path: string, key: string) => side.ask('fault', `GET ${path}`, [['x-echo-key', key]]);
  /** The status of each answer, and whether it came later than the delay. */
  const sent = async ({ send }: Stage, path: string, times: number, key: string = randomUUID()) =>
    Promise.all(
      Array.from({ length: times }, async () => {
        const begun = performance.now();
        const { status } = await send(ask(path, key));
        return { status, isDelayed: performance.now() - begun >= delayMs };
      }),
    );
  const right = () => ({ isRight: true, text: expect.any(String) as string });
  return [
    {
      title: 'an abort is answered before any backend, as often as its percent says, and is not tried again',
      proves: [`${field}.abort`, `${field}.abortPercent`],
      apps: [side.app('fault', routes)],
      run: async (stage) => {
        const key = randomUUID();
        expect(new Set((await sent(stage, '/aborted', 5, key)).map(({ status }) => status))).toEqual(new Set([418]));
        expect(await stage.mesh.count(key)).toBe(0);
        expect(stage.decide(ask('/aborted', key))).toMatchObject({
          outcome: 'respond',
          status: 418,
          route: 'aborted',
          fault: { abort: { status: 418, percent: 100 } },
        });
        const drawn = randomUUID();
        const statuses = (await sent(stage, '/sometimes', draws, drawn)).map(({ status }) => status);
        expect(new Set(statuses)).toEqual(new Set([200, 503]));
        const aborted = statuses.filter((status) => status === 503).length;
        expect(judgeShare(aborted, draws, 0.3)).toEqual(right());
        expect(await stage.mesh.count(drawn)).toBe(draws - aborted);
      },
    },
    {
      title: 'a delay comes before everything else, as often as its percent says, and no timeout covers it',
      proves: [`${field}.delay`, `${field}.delayPercent`],
      run: async (stage) => {
        const always = await sent(stage, '/delayed', 3);
        expect(always).toEqual(Array.from({ length: 3 }, () => ({ status: 200, isDelayed: true })));
        expect(stage.decide(ask('/delayed', ''))).toMatchObject({
          outcome: 'route',
          fault: { delay: { ms: delayMs, percent: 100 } },
          forwarded: { timeoutMs: 5_000 },
        });
        const both = await sent(stage, '/both', draws);
        expect([
          judgeShare(both.filter(({ isDelayed }) => isDelayed).length, draws, 0.2),
          judgeShare(both.filter(({ status }) => status === 503).length, draws, 0.6),
        ]).toEqual([right(), right()]);
      },
    },
    {
      title: 'a fault whose until has passed does nothing',
      proves: [`${field}.until`],
      run: async (stage) => {
        const key = randomUUID();
        const over = await sent(stage, '/over', 5, key);
        expect([over.map(({ status }) => status), await stage.mesh.count(key)]).toEqual([[200, 200, 200, 200, 200], 5]);
        expect(stage.decide(ask('/over', key)).fault).toBe(undefined);
      },
    },
  ];
}
