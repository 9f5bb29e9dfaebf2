import type { AllowEntry, Internal } from '../../../src/model/traffic.ts';
import type { Route } from '../../../src/model/route.ts';
import {
  adminPort,
  canary,
  dbPort,
  docs,
  external,
  httpPort,
  internal,
  route,
  stable,
  whole,
} from '../translate/models.ts';
import { ask, brief, contract, gateway, served } from './questions.ts';
import type { Asking } from './questions.ts';

const caller = { from: 'orders/api' };
const ports = [adminPort, dbPort, httpPort];
const mtls = (
  mode: 'Strict' | 'Permissive' | 'Disable',
  exceptPorts: readonly number[] = [],
): Pick<Internal, 'mtls'> => ({
  mtls: { at: 'spec.internal.mtls', mode, exceptPorts },
});
const allow = (...entries: readonly Partial<AllowEntry>[]): Pick<Internal, 'allow'> => ({
  allow: { at: 'spec.internal.allow', value: entries.map((entry) => ({ at: '', ...entry })) },
});
const shop = (over: Partial<Internal> = {}, more: object = {}) => served({ ports, internal: internal(over), ...more });
const answer = (over: Partial<Internal>, url = 'http://shop.team/', asking: Asking = caller): string =>
  brief(ask([shop(over)], url, asking));

describe('the name of a Service', () => {
  it.each([
    ['shop.team.svc.cluster.local', 'orders/api'],
    ['shop.team.svc.cluster.local.', 'orders/api'],
    ['SHOP.team.svc:80', 'orders/api'],
    ['shop.team.svc', 'orders/api'],
    ['shop.team', 'orders/api'],
    ['shop', 'team/web'],
  ])('%s is known to %s', (host, from) => {
    expect(brief(ask([shop()], `http://${host}/x`, { from }))).toBe('Service -> app at /x');
  });

  it.each([
    ['shop', 'orders/api', "no app's Service is called shop in orders"],
    ['shop', undefined, "no app's Service is called shop"],
    ['shop.other.svc', 'orders/api', "no app's Service is called shop.other.svc in orders"],
    ['cart.team.svc.cluster.local', 'orders/api', "no app's Service is called cart.team.svc.cluster.local in orders"],
  ])('%s means nothing to %s', (host, from, why) => {
    const asking = from === undefined ? {} : { from };
    expect(ask([shop()], `http://${host}/`, asking)).toEqual({ outcome: 'notFound', candidates: [], why, notes: [] });
  });

  it('is looked for only where no app holds the host outside', () => {
    const both = served({ external: external(['shop.team']), internal: internal({ routes: [] }) });
    expect(brief(ask([both], 'http://shop.team/', caller))).toBe('default -> app at /');
  });

  it('is the Service, whatever the app is called', () => {
    const renamed = shop({}, { service: { name: 'store', type: 'ClusterIP', annotations: {}, at: '' } });
    expect([
      brief(ask([renamed], 'http://store.team/', caller)),
      brief(ask([renamed], 'http://shop.team.svc/', caller)),
    ]).toEqual(['Service -> app at /', 'notFound: no answer']);
  });
});

describe('the port of a Service', () => {
  it.each([
    ['http://shop.team/', 'Service -> app at /'],
    ['http://shop.team:81/', 'Service -> app at /'],
    ['https://shop.team:5432/', 'Service -> app at /'],
    ['http://shop.team:8080/', 'notFound: no answer'],
    ['https://shop.team:80/', 'notFound: no answer'],
    ['https://shop.team/', 'notFound: no answer'],
  ])('%s: %s', (url, expected) => {
    expect(answer({}, url)).toBe(expected);
  });

  it('is told when it is not there, or speaks something else', () => {
    expect(['http://shop.team:8080/', 'https://shop.team:80/'].map((url) => ask([shop()], url, caller).why)).toEqual([
      'Service shop has no port 8080',
      'port 80 of Service shop speaks http, not https',
    ]);
  });
});

describe('routes inside the mesh', () => {
  const routes: readonly Route[] = [
    route('jason', { headers: [{ name: 'end-user', value: 'jason' }], forward: whole(canary) }),
    route('everyone', { prefix: '/api', rewritePrefix: '/v1', forward: whole(stable), timeout: 1000 }),
  ];

  it('choose as outside, set no route header, and rewrite', () => {
    expect([
      brief(ask([shop({ routes })], 'http://shop.team/x', { ...caller, headers: ['End-User: jason'] })),
      ask([shop({ routes })], 'http://shop.team/%61pi/x?q', caller).forwarded,
      brief(ask([shop({ routes })], 'http://shop.team/x', caller)),
    ]).toEqual([
      'jason -> canary at /x',
      {
        backends: [{ name: 'stable', weight: 100 }],
        path: '/v1/x',
        setHeaders: {},
        addHeaders: {},
        removeHeaders: [],
        timeoutMs: 1000,
      },
      '404',
    ]);
  });

  it('answer 404 to every call when the list is empty', () => {
    expect([answer({ routes: [] }), answer({ routes: [] }, 'http://shop.team:81/')]).toEqual(['404', '404']);
  });

  it('hold for the port that they mean; a port that none means is handed through', () => {
    const admin = [route('admin', { prefix: '/admin' }, { port: adminPort })];
    expect([
      answer({ routes: admin }, 'http://shop.team:81/admin'),
      answer({ routes: admin }, 'http://shop.team:81/'),
      answer({ routes: admin }, 'http://shop.team/'),
    ]).toEqual(['admin -> app at /admin', '404', 'Service -> app at /']);
  });

  it('hold for the only http port, whatever port they name', () => {
    const one = served({
      ports: [dbPort, httpPort],
      internal: internal({ routes: [route('r', {}, { port: adminPort })] }),
    });
    expect(brief(ask([one], 'http://shop.team/', caller))).toBe('r -> app at /');
  });

  const plain = 'http://shop.team/';
  it.each([
    ['are absent', {}, [plain, caller], 'there are no routes inside the mesh, so the plain Service takes it'],
    [
      'look into no tcp port',
      { routes },
      ['http://shop.team:5432/', caller],
      'port db is tcp, which no route looks into',
    ],
    [
      'hold not for callers without a sidecar',
      { routes },
      [plain, {}],
      'routes hold for callers with a sidecar, so the plain Service takes it',
    ],
    [
      'mean other ports',
      { routes: [route('a', {}, { port: adminPort })] },
      [plain, caller],
      'no route means port http, so the plain Service takes it',
    ],
  ] as const)('%s: the plain Service takes the call', (_, over, [url, asking], why) => {
    expect(ask([shop(over)], url, asking)).toMatchObject({
      outcome: 'route',
      why,
      candidates: [],
      forwarded: { backends: [{ name: 'app', weight: 100 }], setHeaders: {} },
    });
  });

  it('leave split to the outside where internal is absent', () => {
    const split = [
      { backend: canary, weight: 10 },
      { backend: stable, weight: 90 },
    ];
    const app = served({ split, external: external(['x.example'], [route('default', { forward: split })]) });
    expect([brief(ask([app], 'http://x.example/')), brief(ask([app], 'http://shop.team/', caller))]).toEqual([
      'default -> canary 10, stable 90 at /',
      'Service -> app at /',
    ]);
  });

  it('redirect and answer 503 as outside', () => {
    const acting = [
      route('old', { prefix: '/old', redirect: { path: '/new', code: 301 } }),
      route('gone', { prefix: '/gone', unavailable: true }),
    ];
    expect([
      answer({ routes: acting }, 'http://shop.team/old?q'),
      answer({ routes: acting }, 'http://shop.team/gone'),
    ]).toEqual(['301 http://shop.team/new?q', '503']);
  });

  it('take no path that no server takes', () => {
    expect(answer({}, 'http://shop.team/%00')).toBe('400');
  });

  it('see no path on a port that is not http', () => {
    expect(answer({}, 'http://shop.team:5432/a/../%61')).toBe('Service -> app at /a/../%61');
  });
});

describe('a Headless Service', () => {
  const own = { ...httpPort, port: 8080 };
  const headless = (some: readonly Route[]) =>
    shop(
      { routes: some },
      { ports: [own], service: { name: 'shop', type: 'Headless', annotations: {}, at: 'spec.service' } },
    );
  const routes = [
    route('beta', { prefix: '/beta', forward: whole(canary) }),
    route('docs', { prefix: '/docs', forward: whole(docs) }),
  ];

  it.each([
    ['http://shop.team:8080/beta', caller, 'beta -> app at /beta'],
    ['http://shop.team:8080/docs', caller, 'docs -> docs at /docs'],
    ['http://shop.team:8080/beta', {}, 'Service -> app at /beta'],
  ])('%s reaches the pod whose address the caller has', (url, asking, expected) => {
    expect(brief(ask([headless(routes)], url, asking))).toBe(expected);
  });

  it('gives no pod a copy: nobody dialed it', () => {
    const copies = [
      route('pods', { prefix: '/pods', mirror: { backend: canary, percent: 100 } }),
      route('docs', { prefix: '/docs', mirror: { backend: docs, percent: 50 } }),
    ];
    const mirrorOf = (path: string) =>
      ask([headless(copies)], `http://shop.team:8080${path}`, caller).forwarded?.mirror;
    expect([mirrorOf('/pods'), mirrorOf('/docs')]).toEqual([undefined, { to: 'docs', percent: 50 }]);
  });

  it('has its pods called on its own port, where a container must be', () => {
    const mapped = shop({}, { service: { name: 'shop', type: 'Headless', annotations: {}, at: 'spec.service' } });
    const asked = ['http://shop.team/', 'http://shop.team:5432/'].flatMap((url) => [
      brief(ask([mapped], url, caller)),
      brief(ask([mapped], url)),
    ]);
    expect(asked).toEqual(['503', 'notFound: no answer', 'Service -> app at /', 'Service -> app at /']);
    expect(ask([mapped], 'http://shop.team/', caller).why).toBe(
      'Service shop is headless, so its pods are called on port 80 itself, and no container has it',
    );
  });
});

describe('allow', () => {
  it.each([
    ['nobody is restricted without it', undefined, 'Service'],
    ['an empty list lets nobody in', [], '403'],
    ['an app by its ServiceAccount', [{ app: 'api', namespace: 'orders' }], 'Service'],
    ['an app of its own namespace only', [{ app: 'api', namespace: 'team' }], '403'],
    ['a ServiceAccount', [{ serviceAccount: 'api', namespace: 'orders' }], 'Service'],
    ['another ServiceAccount', [{ serviceAccount: 'web', namespace: 'orders' }], '403'],
    ['a namespace', [{ namespace: 'orders' }], 'Service'],
    ['another namespace', [{ namespace: 'team' }], '403'],
    ['a port, for anyone', [{ ports: [8080] }], 'Service'],
    ['a Service port is none', [{ ports: [80] }], '403'],
    ['a method', [{ namespace: 'orders', methods: ['GET'] }], 'Service'],
    ['another method: HEAD is not GET', [{ namespace: 'orders', methods: ['HEAD'] }], '403'],
    ['an exact path', [{ namespace: 'orders', paths: ['/a/b'] }], 'Service'],
    ['no longer path', [{ namespace: 'orders', paths: ['/a'] }], '403'],
    ['no path with a slash more', [{ namespace: 'orders', paths: ['/a/b/'] }], '403'],
    ['a path and all below, itself', [{ namespace: 'orders', paths: ['/a/b/*'] }], 'Service'],
    ['a path and all below', [{ namespace: 'orders', paths: ['/a/*'] }], 'Service'],
    ['every path', [{ namespace: 'orders', paths: ['/*'] }], 'Service'],
    ['a path that only starts alike', [{ namespace: 'orders', paths: ['/a/bb/*'] }], '403'],
    ['all fields of one entry', [{ namespace: 'orders', ports: [8080], methods: ['GET'], paths: ['/a/*'] }], 'Service'],
    [
      'not the caller of one entry with the path of another',
      [
        { namespace: 'orders', paths: ['/x'] },
        { namespace: 'team', paths: ['/a/*'] },
      ],
      '403',
    ],
    ['any of several entries', [{ namespace: 'team' }, { namespace: 'orders' }], 'Service'],
  ] as const)('%s', (_, entries, expected) => {
    const over = entries === undefined ? {} : allow(...entries);
    expect(answer({ ...mtls('Strict'), ...over }, 'http://shop.team/a/b').split(' ')[0]).toBe(expected);
  });

  it('names an app by the serviceAccount of its AppTraffic, and by its own name where there is none', () => {
    const given = {
      ...caller,
      accounts: [{ app: { namespace: 'orders', name: 'front' }, serviceAccount: 'api', service: 'front' }],
    };
    const byApp = (name: string) => allow({ app: name, namespace: 'orders' });
    expect([
      answer(byApp('front'), 'http://shop.team/', given),
      answer(byApp('api'), 'http://shop.team/', given),
    ]).toEqual(['Service -> app at /', 'Service -> app at /']);
    const taken = {
      ...caller,
      accounts: [{ app: { namespace: 'orders', name: 'api' }, serviceAccount: 'other', service: 'api' }],
    };
    expect(answer(byApp('api'), 'http://shop.team/', taken)).toBe('403');
  });

  it('is judged after rewrite, on the path as it is normalized', () => {
    const routes = [route('r', { prefix: '/api', rewritePrefix: '/v1' }), route('all')];
    const over = { routes, ...allow({ namespace: 'orders', paths: ['/v1/*'] }) };
    expect([
      answer(over, 'http://shop.team/api/x'),
      answer(over, 'http://shop.team/v1/x'),
      answer(over, 'http://shop.team/v1/../x'),
    ]).toEqual(['r -> app at /v1/x', 'all -> app at /v1/x', '403']);
  });

  it('holds methods and paths on http ports only', () => {
    const url = 'http://shop.team:5432/';
    expect([
      answer(allow({ namespace: 'orders', methods: ['GET'] }), url),
      answer(allow({ namespace: 'orders', paths: ['/*'], ports: [5432] }), url),
      answer(allow({ namespace: 'orders', ports: [5432] }), url),
    ]).toEqual(['deny: no answer', 'deny: no answer', 'Service -> app at /']);
  });

  it('lets in the gateway that serves the app, on the ports that routes from outside reach', () => {
    const from = `${gateway.namespace}/${gateway.serviceAccount}`;
    const app = served({ ports, external: external(['x.example']), internal: internal(allow()) });
    const { reachesPodsAs: _, ...nobody } = contract;
    const unserved = served({ ports, external: external(['x.example']), internal: internal(allow()) }, nobody);
    expect([
      brief(ask([app], 'http://shop.team/', { from })),
      brief(ask([app], 'http://shop.team:81/', { from })),
      brief(ask([unserved], 'http://shop.team/', { from })),
    ]).toEqual(['Service -> app at /', '403', '403']);
  });

  it('says whom it refused, and what', () => {
    expect(ask([shop(allow())], 'POST http://shop.team/x', caller)).toEqual({
      app: { namespace: 'team', name: 'shop' },
      outcome: 'deny',
      status: 403,
      candidates: [],
      why: 'no entry of allow of team/shop lets orders/api call POST /x on port 8080',
      notes: [],
    });
  });

  it('holds for copies too, which change nothing for the client', () => {
    const behind = served({
      app: { namespace: 'team', name: 'docs' },
      service: { name: 'docs', type: 'ClusterIP', annotations: {}, at: 'spec.service' },
      ports: [{ ...httpPort, port: 8000 }],
      internal: internal(allow()),
    });
    const copying = shop({ routes: [route('r', { mirror: { backend: docs, percent: 100 } })] });
    const { outcome, notes } = ask([copying, behind], 'http://shop.team/', caller);
    expect([outcome, notes]).toEqual([
      'route',
      ['backend docs refuses the copies: no entry of allow of team/docs lets orders/api call GET / on port 8080'],
    ]);
  });

  it('refuses nobody while it is only audited, and a note says whom it would refuse', () => {
    const audited = { ...allow({ namespace: 'partner' }), audit: { value: true as const, at: '' } };
    const { outcome, notes } = ask([shop(audited)], 'POST http://shop.team/x', caller);
    expect([outcome, notes]).toEqual([
      'route',
      [
        'the call is only let in because enforcement is Audit: no entry of allow of team/shop lets orders/api call POST /x on port 8080',
      ],
    ]);
    const listed = { ...allow({ namespace: 'orders' }), audit: { value: true as const, at: '' } };
    expect(ask([shop(listed)], 'POST http://shop.team/x', caller).notes).toEqual([]);
  });

  it('names the route that the refused call was on', () => {
    const { route: name, candidates } = ask([shop({ routes: [route('r')], ...allow() })], 'http://shop.team/', caller);
    expect([name, candidates.map(({ verdict }) => verdict)]).toEqual(['r', ['wins']]);
  });
});

describe('callers that speak plaintext', () => {
  it.each([
    ['Strict', mtls('Strict'), 'http://shop.team/', 'deny: no answer'],
    ['Strict with the container port excepted', mtls('Strict', [8080]), 'http://shop.team/', 'Service -> app at /'],
    ['Strict with another port excepted', mtls('Strict', [9090]), 'http://shop.team/', 'deny: no answer'],
    ['Permissive', mtls('Permissive'), 'http://shop.team/', 'Service -> app at /'],
    ['Disable', mtls('Disable'), 'http://shop.team/', 'Service -> app at /'],
    [
      'Permissive and an entry for them',
      { ...mtls('Permissive'), ...allow({ namespace: 'orders' }) },
      'http://shop.team/',
      '403',
    ],
    [
      'Permissive and a port for anyone',
      { ...mtls('Permissive'), ...allow({ ports: [8080] }) },
      'http://shop.team/',
      'Service -> app at /',
    ],
    [
      'an excepted port under allow',
      { ...mtls('Strict', [8080]), ...allow({ namespace: 'orders' }) },
      'http://shop.team/',
      '403',
    ],
    [
      'an excepted port for anyone',
      { ...mtls('Strict', [8080]), ...allow({ ports: [8080] }) },
      'http://shop.team/',
      'Service -> app at /',
    ],
  ])('%s', (_, over, url, expected) => {
    expect(answer(over, url, {})).toBe(expected);
  });

  it('are told that the mesh decides where mtls is absent', () => {
    expect([
      ask([shop()], 'http://shop.team/').notes,
      ask([shop()], 'http://shop.team/', caller).notes,
      ask([served({})], 'http://shop.team/').notes,
    ]).toEqual([["internal.mtls is absent: whether plaintext is taken is the mesh's own to say"], [], []]);
  });

  it('have no identity to be allowed by', () => {
    const model = shop(allow({ namespace: 'orders' }));
    expect(ask([model], 'http://shop.team/', {}).why).toBe(
      'no entry of allow of team/shop lets a caller without an identity call GET / on port 8080',
    );
  });
});
