/** Copies of requests: who gets them, of how many requests, and that clients see nothing of them. */
import { randomUUID } from 'node:crypto';
import { eventually } from '../../../testbed/eventually.ts';
import { judgeShare } from '../../share.ts';
import type { LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import type { Side } from './side.ts';

const beta = { headers: { 'x-beta': '1' } };

const routes = [
  {
    name: 'whole',
    match: { prefix: '/whole' },
    to: 'stable',
    rewrite: { prefix: '/copied' },
    mirror: { to: 'canary' },
  },
  { name: 'some', match: { prefix: '/some' }, to: 'stable', mirror: { to: 'canary', percent: 20 } },
  {
    name: 'shared',
    match: { prefix: '/shared' },
    split: { stable: 70, canary: 30 },
    mirror: { to: 'canary', percent: 50 },
  },
  { name: 'beta', match: { prefix: '/shared', ...beta }, to: 'canary' },
  { name: 'plain', match: { prefix: '/plain' }, to: 'stable' },
];

const draws = 400;

/** The cases of one side. */
export function mirrorCases(side: Side): readonly LiveCase[] {
  const field = `${side.side}.routes[].mirror`;
  /** Sends the request so many times; how often each pod got it, counted once no copy is on its way any more. */
  const counted = async (
    stage: Stage,
    path: string,
    times: number,
    headers: readonly (readonly [string, string])[] = [],
  ) => {
    const ask = (to: string, key: string) => side.ask('mirror', `GET ${to}`, [['x-echo-key', key], ...headers]);
    const count = (pod: string, key: string): Promise<number> => stage.pod(pod).count(key);
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: times }, () => stage.send(ask(path, key))));
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
    // A copy is sent at the same time as its request: those of later requests come later.
    for (const last of Array.from({ length: 10 }, () => randomUUID())) {
      await stage.send(side.ask('mirror', 'GET /whole', [['x-echo-key', last]]));
      await eventually('the copy of a later request', async () => (await count(side.canary, last)) === 1);
    }
    return { stable: await count(side.stable, key), canary: await count(side.canary, key) };
  };
  return [
    {
      title:
        'a mirror gets a copy of every request, or of its percent, and the client sees the answer of the backend alone',
      proves: [`${field}.to`, `${field}.percent`],
      apps: [side.app('mirror', routes)],
      run: async (stage) => {
        await stage.gets([
          ...Array.from({ length: 10 }, () => ({
            ...side.ask('mirror', 'GET /whole/x'),
            gets: side.to('mirror', 'whole', 'stable', '/copied/x'),
          })),
          { ...side.ask('mirror', 'GET /shared', [['x-beta', '1']]), gets: side.to('mirror', 'beta', 'canary') },
        ]);
        const mirrorOf = (path: string) => stage.decide(side.ask('mirror', `GET ${path}`)).forwarded?.mirror;
        expect(['/whole', '/some', '/shared', '/plain'].map(mirrorOf)).toEqual([
          { to: 'canary', percent: 100 },
          { to: 'canary', percent: 20 },
          { to: 'canary', percent: 50 },
          undefined,
        ]);
        expect(await counted(stage, '/whole', 5)).toEqual({ stable: 5, canary: 5 });
        expect(await counted(stage, '/plain', 5)).toEqual({ stable: 5, canary: 0 });
        expect(await counted(stage, '/shared', 5, [['x-beta', '1']])).toEqual({ stable: 0, canary: 5 });
        const some = await counted(stage, '/some', draws);
        expect([some.stable, judgeShare(some.canary, draws, 0.2)]).toEqual([
          draws,
          { isRight: true, text: expect.any(String) as string },
        ]);
        const shared = await counted(stage, '/shared', draws);
        expect([
          judgeShare(shared.stable, draws, 0.7),
          judgeShare(shared.stable + shared.canary - draws, draws, 0.5),
        ]).toEqual([
          { isRight: true, text: expect.any(String) as string },
          { isRight: true, text: expect.any(String) as string },
        ]);
      },
    },
  ];
}
