import { upgradeOf } from '../../../src/decide/upgrade.ts';
import { external, httpPort, internal, route, tls } from '../translate/models.ts';
import { ask, brief, differing, served } from './questions.ts';

const header = (name: string, value: string) => ({ name, value });
const asking = (protocol: string): readonly string[] => ['Connection: keep-alive, Upgrade', `Upgrade: ${protocol}`];

describe('what a request asks for beside HTTP', () => {
  it.each([
    [
      [
        ['connection', 'Upgrade'],
        ['upgrade', 'websocket'],
      ],
      'websocket',
    ],
    [
      [
        ['CONNECTION', 'x ,UPGRADE'],
        ['UPGRADE', 'WebSocket'],
      ],
      'websocket',
    ],
    [
      [
        ['connection', 'a'],
        ['connection', 'upgrade'],
        ['upgrade', 'websocket'],
      ],
      'websocket',
    ],
    [
      [
        ['connection', 'upgrade'],
        ['upgrade', 'websocket, raw'],
      ],
      'Other',
    ],
    [
      [
        ['connection', 'upgrade'],
        ['upgrade', 'raw'],
      ],
      'Other',
    ],
    [
      [
        ['connection', 'upgrade'],
        ['upgrade', 'H2C'],
      ],
      undefined,
    ],
    [
      [
        ['connection', 'upgrades'],
        ['upgrade', 'websocket'],
      ],
      undefined,
    ],
    [[['upgrade', 'websocket']], undefined],
    [[['connection', 'upgrade']], undefined],
  ] as const)('%j: %s', (lines, expected) => {
    expect(upgradeOf(lines.map(([name, value]) => header(name, value)))).toBe(expected);
  });
});

describe('a request that asks for another protocol', () => {
  const routes = [
    route('live', { prefix: '/live', timeout: 1000 }),
    route('gone', { prefix: '/gone', redirect: { path: '/live', code: 302 } }),
    route('closed', { prefix: '/closed', respond: { status: 418 } }),
  ];
  const app = served({ external: external(['x.example'], routes), internal: internal({ routes }) });
  const callers = [undefined, 'team/web'];
  const asked = (path: string, protocol: string, from?: string) => {
    const base = from === undefined ? 'http://x.example' : 'http://shop.team';
    return ask([app], `${base}${path}`, { headers: asking(protocol), ...(from === undefined ? {} : { from }) });
  };

  it.each(callers)('opens a websocket where a route forwards it, and nowhere else (%j)', (from) => {
    const live = asked('/live', 'websocket', from);
    expect([live.outcome, live.forwarded?.websocket, live.forwarded?.timeoutMs]).toEqual(['route', true, 1000]);
    expect(asked('/live', 'h2c', from).forwarded?.websocket).toBeUndefined();
    expect(['/gone', '/closed', '/else'].map((path) => asked(path, 'websocket', from).status)).toEqual([302, 418, 404]);
  });

  it.each(callers)('is refused by Envoy where any route is found, if it is not a websocket (%j)', (from) => {
    const statuses = ['/live', '/gone', '/closed', '/else'].map((path) => asked(path, 'raw', from).status);
    expect(statuses).toEqual([403, 403, 403, 404]);
    const { outcome, forwarded, location, why } = asked('/live', 'raw', from);
    expect({ outcome, forwarded, location, why }).toEqual({
      outcome: 'respond',
      forwarded: undefined,
      location: undefined,
      why: 'the request asks for another protocol on its connection, and Envoy takes none but websocket',
    });
  });

  it('is refused before plain http is led to https, and where a host has no routes', () => {
    const secure = served({ external: external(['x.example'], [route('a', { prefix: '/a' })], tls) });
    const empty = served({ external: external(['x.example'], []) });
    const unknown = { headers: asking('raw') };
    expect([
      ask([secure], 'http://x.example/else', unknown).status,
      ask([secure], 'https://x.example/else', unknown).status,
    ]).toEqual([403, 404]);
    expect(ask([empty], 'http://x.example/', unknown).status).toBe(403);
  });

  it('breaks on the way to pods that are spoken to in HTTP/2', () => {
    const port = { ...httpPort, protocol: 'http2' as const };
    const two = served({ ports: [port], external: external(['x.example'], [route('two', {}, { port })]) });
    const decision = ask([two], 'http://x.example/', { headers: asking('websocket') });
    expect([decision.outcome, decision.status, decision.forwarded]).toEqual(['respond', 503, undefined]);
    expect(ask([two], 'http://x.example/').outcome).toBe('route');
  });

  it('is for the controller to take where it is not known', () => {
    const plain = served({ external: external(['x.example'], routes) }, differing({ websockets: 'Unknown' }));
    const decision = ask([plain], 'http://x.example/live', { headers: asking('websocket') });
    expect([brief(decision), decision.forwarded?.websocket, decision.notes.length]).toEqual([
      brief(ask([app], 'http://x.example/live')),
      undefined,
      1,
    ]);
    expect(ask([plain], 'http://x.example/live', {}).notes).toEqual([]);
  });
});
