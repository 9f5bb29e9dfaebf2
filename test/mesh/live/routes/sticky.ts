/** Sticky splits: which visitors keep a backend, and what tells them which one. */
import { headerValues } from '../../../testbed/mesh/request.ts';
import type { Answer } from '../../../testbed/mesh/request.ts';
import { judgeShare } from '../../share.ts';
import type { Ask, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import { seenView } from '../views.ts';
import type { Side } from './side.ts';

const split = { stable: 70, canary: 30 };
const side = { cookie: 'shop-side' };

const routes = [
  { name: 'drawn', match: { prefix: '/drawn' }, split },
  {
    name: 'own',
    match: { prefix: '/own' },
    split,
    rewrite: { prefix: '/' },
    sticky: { cookie: 'own', ttl: '90s500ms' },
  },
  { name: 'one', match: { prefix: '/one' }, split: { stable: 100, canary: 0 } },
  { name: 'bare', match: { prefix: '/bare' }, split, headers: { response: { remove: ['set-cookie'] } } },
  { name: 'always', match: { prefix: '/always' }, to: 'canary' },
];

const draws = 400;
const lineOf = (backend: string): string => `shop-side=${backend}; Path=/; HttpOnly; SameSite=Lax`;
const cookiesOf = ({ headers }: Answer): readonly string[] => headerValues(headers ?? [], 'set-cookie');

/** The cases of one side. */
export function stickyCases(from: Side): readonly LiveCase[] {
  const pods: Readonly<Record<string, string>> = { [from.stable]: 'stable', [from.canary]: 'canary' };
  const withCookie = (value: string): Ask['headers'] => [['cookie', `a=b; ${value}; c=d`]];
  /** The backend of each answer with the Set-Cookie lines that came with it. */
  const sent = async ({ send }: Stage, path: string, times: number, headers?: Ask['headers']) => {
    const answers = await Promise.all(
      Array.from({ length: times }, () => send(from.ask('sticky', `GET ${path}`, headers))),
    );
    return answers.map((answer) => ({
      backend: pods[seenView(answer).pod ?? ''] ?? 'nobody',
      lines: cookiesOf(answer),
    }));
  };
  const always = (backend: string, lines: readonly string[], times = 10) =>
    Array.from({ length: times }, () => ({ backend, lines }));
  const field = `${from.side}.routes[].sticky`;
  const ends = from.side === 'external' ? ['sticky.cookie', 'sticky.ttl'] : [];
  return [
    {
      title:
        'a visitor keeps the backend that his cookie names while it has a share, and is told the one that is drawn',
      proves: [`${field}.cookie`, `${field}.ttl`, ...ends],
      apps: [
        from.app('sticky', routes, { sticky: side }),
        from.app('sticky-ttl', [{ name: 'all', split }], { sticky: { ...side, ttl: '1h' } }),
      ],
      run: async (stage) => {
        const drawn = await sent(stage, '/drawn', draws);
        expect(drawn).toEqual(drawn.map(({ backend }) => ({ backend, lines: [lineOf(backend)] })));
        const canary = drawn.filter(({ backend }) => backend === 'canary').length;
        expect(judgeShare(canary, draws, 0.3)).toMatchObject({ isRight: true });
        for (const backend of ['stable', 'canary']) {
          const kept = withCookie(`shop-side=${backend}`);
          expect(await sent(stage, '/drawn', 20, kept)).toEqual(always(backend, [], 20));
          expect(stage.decide(from.ask('sticky', 'GET /drawn', kept)).forwarded).toMatchObject({
            backends: [{ name: backend, weight: 100 }],
            sticky: { cookie: 'shop-side', kept: backend },
          });
        }
        // A side at 0 is honoured no more, and nobody was ever given one that does not exist.
        for (const value of ['shop-side=canary', 'shop-side=nobody', 'own=stable']) {
          expect(await sent(stage, '/one', 10, withCookie(value))).toEqual(always('stable', [lineOf('stable')]));
        }
        expect(await sent(stage, '/always', 10, withCookie('shop-side=stable'))).toEqual(always('canary', []));
        // A route may have a cookie of its own, which counts seconds; a rewrite of its prefix is two entries.
        for (const path of ['/own', '/own/x']) {
          expect(await sent(stage, path, 10, withCookie('own=canary'))).toEqual(always('canary', []));
          const told = await sent(stage, path, 10);
          expect(told).toEqual(
            told.map(({ backend }) => ({
              backend,
              lines: [`own=${backend}; Path=/; Max-Age=91; HttpOnly; SameSite=Lax`],
            })),
          );
        }
        const hour = await stage.send(from.ask('sticky-ttl', 'GET /'));
        expect(cookiesOf(hour).map((line) => line.replace(/=(stable|canary)/, ''))).toEqual([
          'shop-side; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax',
        ]);
      },
    },
    {
      title: "what the app sets by itself stands beside the visitor's cookie",
      proves: [`${field}.cookie`],
      run: async (stage) => {
        const own: Ask['headers'] = [
          ['x-echo-header', 'set-cookie: session=1'],
          ['x-echo-header', 'set-cookie: theme=dark'],
        ];
        const [told] = await sent(stage, '/one', 1, own);
        expect(told).toEqual({ backend: 'stable', lines: ['session=1', 'theme=dark', lineOf('stable')] });
        // Edits of the route are for what the app sent.
        const [bare] = await sent(stage, '/bare', 1, own);
        expect(bare).toEqual({ backend: bare?.backend, lines: [lineOf(bare?.backend ?? '')] });
      },
    },
  ];
}
