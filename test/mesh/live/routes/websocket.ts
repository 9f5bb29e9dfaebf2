/** Websockets: what a route does to the request that opens one, and what it leaves alone from then on. */
import { eventually } from '../../../testbed/eventually.ts';
import type { Echo } from '../../../testbed/mesh/echo.ts';
import type { HeaderLine, WebsocketResult } from '../../../testbed/mesh/wire.ts';
import { headerValues } from '../../../testbed/mesh/request.ts';
import type { LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import type { Side } from './side.ts';

const retries = { attempts: 2, perTry: '500ms', backoff: '5ms', retryOn: ['5xx'] };
const routes = [
  {
    name: 'live',
    match: { prefix: '/live' },
    to: 'stable',
    websocket: true,
    timeout: '1s',
    retries,
    rewrite: { prefix: '/v1' },
    headers: { request: { set: { 'x-told': 'yes' } }, response: { set: { 'x-answer': 'yes' } } },
  },
  {
    name: 'parts',
    match: { prefix: '/parts' },
    websocket: true,
    rewrite: { regex: { match: '/parts/(.*)', with: '/\\1' } },
  },
  { name: 'copied', match: { prefix: '/copied' }, websocket: true, to: 'stable', mirror: { to: 'canary' } },
  { name: 'closed', match: { prefix: '/closed' }, respond: { status: 418 } },
  { name: 'shut', match: { prefix: '/shut', withoutHeaders: ['upgrade'] } },
  { name: 'shut-out', match: { prefix: '/shut' }, respond: { status: 426 } },
  { name: 'unasked', match: { prefix: '/' } },
];

const asking = (protocol: string): readonly HeaderLine[] => [
  ['connection', 'keep-alive, Upgrade'],
  ['upgrade', protocol],
];

type Opening = { readonly silentMs?: number; readonly headers?: readonly HeaderLine[] };

/** Opens a websocket as the side's caller does; `decide` must say that it is one. */
async function open(
  side: Side,
  { mesh, pod, decide }: Stage,
  path: string,
  opening: Opening,
): Promise<WebsocketResult> {
  const { silentMs = 0, headers = [] } = opening;
  const { from } = side.ask('sockets', `GET ${path}`);
  const host = side.base('sockets').slice('http://'.length);
  expect(decide(side.ask('sockets', `GET ${path}`, asking('websocket'))).forwarded?.websocket).toBe(true);
  const at = from === undefined ? { to: `${mesh.gateways[0]?.address ?? ''}:80`, host } : { to: `${host}:80`, host };
  return (from === undefined ? mesh.internet : pod(from)).websocket({ ...at, path, headers, silentMs });
}

/** What came of it: the path that the pod saw, and the echo after the silence. */
function seen({ status, headers = [], messages = [], connectionError }: WebsocketResult): object {
  const [opened, echo] = messages;
  const { path, headers: sent = [] } = opened === undefined ? {} : (JSON.parse(opened) as Partial<Echo>);
  return {
    status,
    path,
    told: headerValues(sent, 'x-told').join(),
    answer: headerValues(headers, 'x-answer').join(),
    echo,
    connectionError,
  };
}

const alive = (path: string, edited = '') => ({
  status: 101,
  path,
  told: edited,
  answer: edited,
  echo: 'still there?',
  connectionError: undefined,
});

/** The cases of one side. */
export function websocketCases(side: Side): readonly LiveCase[] {
  const field = `${side.side}.routes[]`;
  return [
    {
      title:
        'a websocket lives on when the timeouts and idle times of its route are over; only the request that opens it is timed, tried again, rewritten and edited',
      proves: [`${field}.websocket`, ...(side.side === 'external' ? ['resilience.timeout'] : [])],
      apps: [side.app('sockets', routes, { resilience: { timeout: '1s', idleTimeout: '1s' } })],
      run: async (stage) => {
        const silentMs = 3000;
        const [live, parts, unasked, late] = await Promise.all([
          open(side, stage, '/live/a?b=c', { silentMs }),
          open(side, stage, '/parts/a/b', { silentMs }),
          open(side, stage, '/other', { silentMs }),
          open(side, stage, '/live/late', { headers: [['x-echo-delay-ms', '3000']] }),
        ]);
        expect(seen(live)).toEqual(alive('/v1/a', 'yes'));
        expect(seen(parts)).toEqual(alive('/a/b'));
        expect(seen(unasked)).toEqual(alive('/other'));
        expect(late).toMatchObject({ status: 504, body: 'upstream request timeout' });
        const key = `${side.side}-second-try`;
        const second = await open(side, stage, '/live/b', {
          headers: [
            ['x-echo-key', key],
            ['x-echo-fail-first', '1'],
          ],
        });
        expect([seen(second), await stage.mesh.count(key)]).toEqual([alive('/v1/b', 'yes'), 2]);
      },
    },
    {
      title:
        'a copy of a websocket is opened too, and a protocol other than websocket is answered with 403 where any route takes it',
      proves: [`${field}.websocket`, `${field}.match.withoutHeaders`],
      run: async (stage) => {
        const key = `${side.side}-copied`;
        expect(seen(await open(side, stage, '/copied', { headers: [['x-echo-key', key]] }))).toEqual(alive('/copied'));
        const counts = () => Promise.all(side.both.map((name) => stage.pod(name).count(key)));
        await eventually('the websocket at the mirror', async () => (await counts()).join() === '1,1');
        for (const path of ['/live', '/other', '/closed']) {
          const ask = side.ask('sockets', `GET ${path}`, asking('raw'));
          const { status } = await stage.send(ask);
          expect([path, status, stage.decide(ask)]).toMatchObject([path, 403, { outcome: 'respond', status: 403 }]);
        }
        const answered = (path: string, status: number, name: string) => ({
          ...side.ask('sockets', `GET ${path}`, asking('websocket')),
          gets: { status, route: `team/sockets/${name}` },
        });
        await stage.gets([
          answered('/closed', 418, 'closed'),
          answered('/shut', 426, 'shut-out'),
          { ...side.ask('sockets', 'GET /shut'), gets: side.to('sockets', 'shut') },
          { ...side.ask('sockets', 'GET /other', asking('h2c')), gets: side.to('sockets', 'unasked') },
        ]);
      },
    },
  ];
}
