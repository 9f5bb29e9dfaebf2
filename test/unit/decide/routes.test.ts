import { app, canary, dbPort, docs, external, namedGateway, route, stable, whole } from '../translate/models.ts';
import { ask, brief, differing, gateway, served } from './questions.ts';

const ref = { namespace: 'team', name: 'shop' };
const first = (url: string, ...routes: readonly ReturnType<typeof route>[]): string =>
  brief(ask([served({ external: external(['x.example', '*.w.example'], routes) })], `http://${url}`)).split(' ')[0] ??
  '';

describe('the route of a request, whatever the order of the list', () => {
  const beta = { headers: [{ name: 'x-beta', value: '1' }] };
  it.each([
    [
      'a named host before any path',
      'a.w.example/api',
      route('host', { host: 'a.w.example' }),
      route('exact', { exact: '/api' }),
    ],
    [
      'an exact host before a wildcard',
      'a.w.example/',
      route('exact', { host: 'a.w.example' }),
      route('wildcard', { host: '*.w.example', exact: '/' }),
    ],
    [
      'an exact path before a prefix',
      'x.example/api',
      route('exact', { exact: '/api' }),
      route('prefix', { prefix: '/api', methods: ['GET'] }),
    ],
    [
      'a longer prefix before conditions on a shorter one',
      'x.example/api/v1',
      route('longer', { prefix: '/api/v1' }),
      route('shorter', { prefix: '/api', methods: ['GET'] }),
    ],
    [
      'an exact path before a regular expression',
      'x.example/api',
      route('exact', { exact: '/api' }),
      route('regex', { regex: '/api', methods: ['GET'] }),
    ],
    [
      'a regular expression before a longer prefix',
      'x.example/api/v1/x',
      route('regex', { regex: '/api/v[0-9]/.*' }),
      route('longer', { prefix: '/api/v1/x', methods: ['GET'] }),
    ],
    ['methods before none', 'x.example/', route('methods', { methods: ['GET'] }), route('none')],
    [
      'the list where all else is equal',
      'x.example/',
      route('one', { methods: ['GET'] }),
      route('two', { methods: ['GET', 'POST'] }, { position: 1 }),
    ],
  ])('is %s', (_, url, winner, loser) => {
    expect([first(url, winner, loser), first(url, loser, winner)]).toEqual([winner.name, winner.name]);
  });

  it('has its methods before header conditions, and more header conditions before fewer', () => {
    const routes = [route('none'), route('beta', beta), route('methods', { methods: ['GET'] })];
    const app = served({ external: external(['x.example'], routes) });
    const many = served({
      external: external(
        ['x.example'],
        [route('one', beta), route('two', { headers: [...beta.headers, { name: 'k', value: 'v' }] })],
      ),
    });
    expect([
      brief(ask([app], 'http://x.example/', { headers: ['x-beta: 1'] })),
      brief(ask([app], 'POST http://x.example/', { headers: ['x-beta: 1'] })),
      brief(ask([many], 'http://x.example/', { headers: ['x-beta: 1', 'k: v'] })),
    ]).toEqual(['methods -> app at /', 'beta -> app at /', 'two -> app at /']);
  });
});

describe('a route that answers by itself', () => {
  it.each([[{ status: 503, body: 'back at ten' }], [{ status: 204 }]])(
    'gives its status and its body: %j',
    (respond) => {
      const app = served({ external: external(['x.example'], [route('closed', { respond })]) });
      expect(ask([app], 'http://x.example/a')).toMatchObject({
        app: ref,
        outcome: 'respond',
        route: 'closed',
        ...respond,
        why: 'route closed answers by itself',
      });
    },
  );
});

describe('lines of a repeated header', () => {
  it.each([
    ['are compared one by one', 'x-beta', '200'],
    ['are one value where Envoy keeps them as one', 'accept', '404'],
  ])('%s', (_, name, expected) => {
    const app = served({ external: external(['x.example'], [route('r', { headers: [{ name, value: 'b' }] })]) });
    const { outcome } = ask([app], 'http://x.example/', { headers: [`${name}: a`, `${name}: b`] });
    expect(outcome).toBe(expected === '200' ? 'route' : 'notFound');
  });
});

describe('conditions on methods and headers', () => {
  const methods = [route('read', { methods: ['GET', 'OPTIONS'] })];
  const headers = [route('beta', { headers: [{ name: 'x-beta', value: '1' }] })];

  it.each([
    ['GET', 'read'],
    ['OPTIONS', 'read'],
    ['HEAD', '404'],
    ['POST', '404'],
    ['get', '400'],
    ['PURGE', '404'],
    ['BREW', '400'],
    ['CONNECT', '404'],
  ])('%s: %s', (method, expected) => {
    expect(first(`x.example/`, ...methods)).toBe('read');
    expect(
      brief(ask([served({ external: external(['x.example'], methods) })], `${method} http://x.example/`)).split(' ')[0],
    ).toBe(expected);
  });

  it.each([
    ['the value', ['x-beta: 1'], 'beta'],
    ['the name in other case', ['X-BETA: 1'], 'beta'],
    ['one of several occurrences', ['x-beta: 2', 'X-Beta: 1'], 'beta'],
    ['blanks around it', ['x-beta:   1  '], 'beta'],
    ['another value', ['x-beta: 2'], '404'],
    ['a list in one line', ['x-beta: 1, 2'], '404'],
    ['a longer value', ['x-beta: 11'], '404'],
    ['another header', ['x-alpha: 1'], '404'],
    ['none', [], '404'],
  ])('a header with %s', (_, given, expected) => {
    const decision = ask([served({ external: external(['x.example'], headers) })], 'http://x.example/', {
      headers: given,
    });
    expect(brief(decision).split(' ')[0]).toBe(expected);
  });
});

describe('the routes that did not get a request', () => {
  const routes = [
    route('a-host', { host: 'a.w.example' }),
    route('exact', { exact: '/x' }),
    route('write', { prefix: '/api', methods: ['POST', 'PUT'] }),
    route('beta', { prefix: '/api', headers: [{ name: 'x-beta', value: '1' }] }),
    route('alpha', { prefix: '/api', headers: [{ name: 'x-alpha', value: '1' }] }),
    route('api', { prefix: '/api' }),
    route('other', { prefix: '/other' }),
    route('refused', { exact: '/api' }, { refusedOn: ['x.example'] }),
    route('all'),
  ];

  it('are told, each with the first condition that it failed', () => {
    const shop = served({ external: external(['x.example', '*.w.example'], routes) });
    expect(ask([shop], 'http://x.example/api', { headers: ['x-beta: 2', 'x-beta: 3'] }).candidates).toEqual(
      [
        ['a-host', 'noMatch', 'match.host is a.w.example, the request is for x.example'],
        ['refused', 'noMatch', 'it is left out on x.example, where another app holds its requests'],
        ['exact', 'noMatch', 'match.exact is /x, the path is /api'],
        ['other', 'noMatch', 'match.prefix is /other, the path is /api'],
        ['write', 'noMatch', 'match.methods is POST, PUT, the method is GET'],
        ['beta', 'noMatch', 'match.headers wants x-beta: 1, the request has 2 and 3'],
        ['alpha', 'noMatch', 'match.headers wants x-alpha: 1, the request has none'],
        ['api', 'wins', 'it matches: prefix /api'],
        ['all', 'loses', 'it matches too, but api comes first: it has a longer prefix'],
      ].map(([name, verdict, reason]) => ({ app: ref, route: name, at: `routes.${name}`, verdict, reason })),
    );
  });

  it.each([
    ['names the host', { host: 'a.w.example' }, {}],
    ['names the host', { host: 'a.w.example' }, { host: '*.w.example' }],
    ['has an exact path', { exact: '/api' }, { prefix: '/api' }],
    ['has an exact path', { exact: '/api' }, { regex: '/a.*' }],
    ['has a regular expression', { regex: '/a.*' }, { prefix: '/api', methods: ['GET'] as const }],
    ['has more header and cookie conditions', { regex: '/a.*', withoutHeaders: ['x'] }, { regex: '/.*' }],
    ['stands first in the list', { regex: '/z?api' }, { regex: '/a.*' }],
    ['has a longer prefix', { prefix: '/api' }, { prefix: '/' }],
    ['has methods', { prefix: '/api', methods: ['GET'] as const }, { prefix: '/api' }],
    ['has more header and cookie conditions', { headers: [{ name: 'k', value: 'v' }] }, {}],
    ['has more header and cookie conditions', { withoutHeaders: ['x'] }, { query: [{ name: 'v', value: '2' }] }],
    ['has more query conditions', { query: [{ name: 'v', value: '2' }] }, {}],
    ['stands first in the list', {}, {}],
  ])('are told why another comes first: it %s', (says, one, two) => {
    const shop = served({
      external: external(['*.w.example'], [route('one', one), route('two', two, { position: 1 })]),
    });
    const [, loser] = ask([shop], 'http://a.w.example/api?v=2', { headers: ['k: v'] }).candidates;
    expect(loser).toEqual({
      app: ref,
      route: 'two',
      at: 'routes.two',
      verdict: 'loses',
      reason: `it matches too, but one comes first: it ${says}`,
    });
  });

  it('says of the winner all that it asks for', () => {
    const shop = served({
      external: external(
        ['a.x'],
        [route('r', { host: 'a.x', exact: '/p', methods: ['GET', 'POST'], headers: [{ name: 'k', value: 'v' }] })],
      ),
    });
    expect(ask([shop], 'http://a.x/p', { headers: ['k: v'] }).candidates).toEqual([
      {
        app: ref,
        route: 'r',
        at: 'routes.r',
        verdict: 'wins',
        reason: 'it matches: host a.x, exact path /p, methods GET, POST, header k: v',
      },
    ]);
  });
});

describe('conditions on headers, cookies and the query', () => {
  const beta = { name: 'ab', value: 'b' };
  const shop = served({
    external: external(
      ['a.x'],
      [
        route('cookies', { cookies: [beta, { name: 'x', value: 'y' }], exact: '/c' }),
        route('query', { query: [{ name: 'v', value: '2' }], exact: '/q' }),
        route('guests', { withoutHeaders: ['authorization'], exact: '/g' }),
        route('staff', { headersRegex: [{ name: 'x-user', value: 'staff\\s[a-c\\s]+|\\S' }], exact: '/s' }),
      ],
    ),
  });
  const failed = (path: string, ...headers: readonly string[]): string | undefined =>
    ask([shop], `http://a.x${path}`, { headers })
      .candidates.filter(({ reason }) => !reason.startsWith('match.exact'))
      .map(({ reason }) => reason)
      .at(0);

  it.each([
    ['/c', ['cookie: x=y;ab=b'], 'it matches: exact path /c, cookie ab=b, cookie x=y'],
    ['/c', ['Cookie: ab=b', 'cookie: z; x=y ;'], 'it matches: exact path /c, cookie ab=b, cookie x=y'],
    ['/c', [], 'match.cookies wants ab=b, the request has none'],
    ['/c', ['cookie: ab=B; xab=b; ab=c'], 'match.cookies wants ab=b, the request has ab=B and ab=c'],
    ['/q?v=2&v=1', [], 'it matches: exact path /q, query v=2'],
    ['/q?x&v=1&v=2', [], 'match.query wants v=2, the request has 1'],
    ['/q', [], 'match.query wants v=2, the request has none'],
    [
      '/s',
      ['X-User: guest', 'x-user: staff a b'],
      'it matches: exact path /s, header x-user like staff\\s[a-c\\s]+|\\S',
    ],
    ['/s', ['x-user: é'], 'it matches: exact path /s, header x-user like staff\\s[a-c\\s]+|\\S'],
    [
      '/s',
      ['x-user: staff\u00a0a'],
      'match.headersRegex wants x-user: staff\\s[a-c\\s]+|\\S, the request has staff\u00a0a',
    ],
    ['/s', [], 'match.headersRegex wants x-user: staff\\s[a-c\\s]+|\\S, the request has none'],
    ['/g', ['x: y'], 'it matches: exact path /g, no header authorization'],
    ['/g', ['Authorization:'], 'match.withoutHeaders has authorization, so has the request'],
  ])('%s with %j: %s', (path, headers, reason) => {
    expect(failed(path, ...headers)).toBe(reason);
  });
});

describe('several apps that share a host by path', () => {
  const named = (name: string, ...routes: readonly ReturnType<typeof route>[]) =>
    served({ app: { namespace: 'team', name }, external: external(['x.example'], routes, namedGateway) });
  const blog = named('blog', route('blog', { prefix: '/blog' }));
  const rest = named('rest', route('rest', { host: 'x.example' }), route('never', { prefix: '/never' }));

  it.each([
    ['/blog/1', 'blog/blog -> app at /blog/1'],
    ['/other', 'rest/rest -> app at /other'],
  ])('%s goes to %s', (path, expected) => {
    expect([
      brief(ask([blog, rest], `https://x.example${path}`)),
      brief(ask([rest, blog], `https://x.example${path}`)),
    ]).toEqual([expected, expected]);
  });

  it('leave to the one that takes everything only what no other takes', () => {
    expect(
      ask([rest, blog], 'https://x.example/blog').candidates.map(({ app, verdict, reason }) => [
        app.name,
        verdict,
        reason,
      ]),
    ).toEqual([
      ['blog', 'wins', 'it matches: prefix /blog'],
      ['rest', 'loses', 'it matches too, but takes only what no route of another app matches'],
      ['rest', 'noMatch', 'match.prefix is /never, the path is /blog'],
    ]);
  });

  it('have no app where no route matches', () => {
    const stats = named('stats', route('stats', { prefix: '/stats' }));
    const decision = ask([blog, stats], 'https://x.example/');
    expect([decision.app, decision.status, decision.why, ask([blog], 'https://x.example/').app]).toEqual([
      undefined,
      404,
      'no route for x.example matches',
      { namespace: 'team', name: 'blog' },
    ]);
  });
});

describe('what a route does', () => {
  it('sends requests on, by weight, with the name of the route, timeout and retries', () => {
    const split = [
      { backend: canary, weight: 10 },
      { backend: stable, weight: 90 },
    ];
    const retries = { attempts: 2, perTryMs: 1000, retryOn: ['5xx'] };
    const shop = served({
      external: external(
        ['x.example'],
        [route('api', { forward: split, mirror: { backend: canary, percent: 20 }, timeout: 5000, retries })],
      ),
    });
    expect(ask([shop], 'http://x.example/a?b=c')).toEqual({
      app: ref,
      outcome: 'route',
      route: 'api',
      forwarded: {
        backends: [
          { name: 'canary', weight: 10 },
          { name: 'stable', weight: 90 },
        ],
        path: '/a',
        setHeaders: { 'x-apptraffic-route': 'team/shop/api' },
        addHeaders: {},
        removeHeaders: [],
        mirror: { to: 'canary', percent: 20 },
        timeoutMs: 5000,
        retries,
      },
      candidates: [{ app: ref, route: 'api', at: 'routes.api', verdict: 'wins', reason: 'it matches: prefix /' }],
      why: 'route api sends it on',
      notes: [],
    });
  });

  it('tells what a fault does, and answers by itself where all requests are aborted', () => {
    const delay = { ms: 2000, percent: 10 };
    const shop = served({
      external: external(
        ['x.example'],
        [
          route('some', { prefix: '/some', fault: { delay, abort: { status: 503, percent: 99 }, untilMs: 1 } }),
          route('all', { prefix: '/all', fault: { delay, abort: { status: 418, percent: 100 } } }),
        ],
      ),
    });
    const some = ask([shop], 'http://x.example/some');
    expect([brief(some), some.fault]).toEqual(['some -> app at /some', { delay, abort: { status: 503, percent: 99 } }]);
    const { candidates: _, ...all } = ask([shop], 'http://x.example/all');
    expect(all).toEqual({
      app: ref,
      outcome: 'respond',
      status: 418,
      route: 'all',
      fault: { delay, abort: { status: 418, percent: 100 } },
      why: 'the fault of route all aborts every request',
      notes: [],
    });
  });

  describe('for pages of other origins', () => {
    const given = {
      origins: ['https://*.a.example', 'https://b.example'],
      methods: ['POST' as const],
      headers: ['x-a'],
      exposeHeaders: ['x-b'],
      credentials: true,
      maxAgeSeconds: 60,
    };
    const shop = served({
      external: external(
        ['x.example'],
        [route('writes', { cors: given, methods: ['POST'] }), route('rest', { methods: ['OPTIONS'] })],
      ),
    });
    const asking = (method: string, origin: string, asked?: string) =>
      ask([shop], `${method} http://x.example/`, {
        headers: [`Origin: ${origin}`, ...(asked === undefined ? [] : [`Access-Control-Request-Method: ${asked}`])],
      });
    const lines = (headers: Readonly<Record<string, string>>) =>
      Object.entries(headers).map(([name, value]) => ({ name: `access-control-${name}`, value }));
    const exposed = { 'allow-credentials': 'true', 'expose-headers': 'x-b' };
    const told = { 'allow-headers': 'x-a', 'allow-methods': 'POST', 'max-age': '60' };

    it.each([
      ['https://x.y.a.example', { ...exposed, ...told, 'allow-origin': 'https://x.y.a.example' }],
      ['https://b.example', { ...exposed, ...told, 'allow-origin': 'https://b.example' }],
      ['https://a.example', { 'allow-credentials': 'true', ...told }],
      ['https://x.a.example.evil', { 'allow-credentials': 'true', ...told }],
      ['https://.a.example', { 'allow-credentials': 'true', ...told }],
    ])('answers the preflight of %s by the route that takes the method asked for', (origin, headers) => {
      const { status, outcome, route: name, responseHeaders } = asking('OPTIONS', origin, 'POST');
      expect({ status, outcome, name, responseHeaders }).toEqual({
        status: 200,
        outcome: 'respond',
        name: 'writes',
        responseHeaders: {
          set: lines(headers).sort((a, b) => (a.name < b.name ? -1 : 1)),
          add: [],
          remove: [],
        },
      });
    });

    it('names the origin in answers of backends where it is allowed', () => {
      expect(asking('POST', 'https://b.example').responseHeaders?.set).toEqual(
        lines({ 'allow-credentials': 'true', 'allow-origin': 'https://b.example', 'expose-headers': 'x-b' }),
      );
      expect(asking('POST', 'https://c.example').responseHeaders).toBeUndefined();
    });

    it('takes an OPTIONS request for a preflight only where it asks for a method', () => {
      expect(asking('OPTIONS', 'https://b.example').route).toBe('rest');
      expect(asking('OPTIONS', '', 'POST').route).toBe('rest');
      expect(asking('OPTIONS', 'https://b.example', 'PUT').outcome).toBe('notFound');
    });
  });

  it('edits headers on the way to the backend and on the way back', () => {
    const requestHeaders = {
      set: [{ name: 'x-a', value: '100%' }],
      add: [{ name: 'x-b', value: 'b' }],
      remove: ['x-c'],
    };
    const responseHeaders = { set: [{ name: 'server', value: 'shop' }], add: [], remove: ['x-powered-by'] };
    const shop = served({ external: external(['x.example'], [route('api', { requestHeaders, responseHeaders })]) });
    expect(ask([shop], 'http://x.example/')).toMatchObject({
      forwarded: {
        setHeaders: { 'x-a': '100%', 'x-apptraffic-route': 'team/shop/api' },
        addHeaders: { 'x-b': 'b' },
        removeHeaders: ['x-c'],
      },
      responseHeaders,
    });
  });

  it.each([
    ['a redirect', { redirect: { path: '/b', code: 302 } as const }],
    ['a fixed answer', { respond: { status: 200 } }],
  ])('edits the headers of %s', (_, action) => {
    const responseHeaders = { set: [], add: [{ name: 'x-a', value: '1' }], remove: [] };
    const shop = served({ external: external(['x.example'], [route('own', { ...action, responseHeaders })]) });
    expect(ask([shop], 'http://x.example/')).toMatchObject({ responseHeaders });
  });

  it('gives a visitor the live side that his cookie names, and tells anybody else which one was drawn', () => {
    const split = [
      { backend: { kind: 'App', name: 'app' } as const, weight: 90 },
      { backend: { kind: 'Subset', name: 'canary', labels: {}, at: '' } as const, weight: 10 },
    ];
    const routes = [route('all', { prefix: '/', forward: split, sticky: { cookie: 'side', ttlMs: 1_001 } })];
    const shop = served({ external: external(['x.example'], routes) });
    const asked = (cookie: string) => {
      const { forwarded } = ask([shop], 'http://x.example/', { headers: [`Cookie: ${cookie}`] });
      return { backends: forwarded?.backends.map(({ name }) => name), sticky: forwarded?.sticky };
    };
    const drawn = {
      backends: ['app', 'canary'],
      sticky: {
        cookie: 'side',
        sets: {
          app: 'side=app; Path=/; Max-Age=2; HttpOnly; SameSite=Lax',
          canary: 'side=canary; Path=/; Max-Age=2; HttpOnly; SameSite=Lax',
        },
      },
    };
    expect(asked('a=b; side=canary')).toEqual({ backends: ['canary'], sticky: { cookie: 'side', kept: 'canary' } });
    expect(asked('side=canary; side=app')).toEqual({ backends: ['app'], sticky: { cookie: 'side', kept: 'app' } });
    expect(['side=gone', 'Side=app', 'a=b'].map(asked)).toEqual([drawn, drawn, drawn]);
  });

  it('leaves the header out where the provider sets none', () => {
    const shop = served({ external: external(['x.example']) }, differing({ marksRoutes: false }));
    expect(ask([shop], 'http://x.example/').forwarded?.setHeaders).toEqual({});
  });

  it('answers 503 where it may not be served, and lets its requests fall to no other route', () => {
    const shop = served({
      external: external(['x.example'], [route('docs', { prefix: '/docs', unavailable: true }), route('all')]),
    });
    expect(ask([shop], 'http://x.example/docs')).toMatchObject({
      outcome: 'respond',
      status: 503,
      route: 'docs',
      why: 'route docs may not be served and answers 503',
    });
  });
});

describe('where a redirect leads', () => {
  const to = (url: string, redirect: object, match: Parameters<typeof route>[1] = {}): string => {
    const shop = served({
      external: external(['x.example'], [route('r', { ...match, redirect: { code: 302, ...redirect } })]),
    });
    return brief(ask([shop], url));
  };

  it.each([
    [
      'a scheme, and the port of the old one goes',
      'http://x.example:80/a?q=1',
      { scheme: 'https' },
      '302 https://x.example/a?q=1',
    ],
    [
      'a scheme, and another port stays',
      'http://x.example:8080/a',
      { scheme: 'https' },
      '302 https://x.example:8080/a',
    ],
    [
      'the scheme it has, and its port stays',
      'http://x.example:80/a',
      { scheme: 'http', code: 301 },
      '301 http://x.example:80/a',
    ],
    ['a host, without the port', 'http://x.example:8080/a?q', { host: 'new.example' }, '302 http://new.example/a?q'],
    ['a port', 'http://x.example:8080/a', { port: 8443 }, '302 http://x.example:8443/a'],
    ['a port where there was none', 'http://x.example/a', { port: 8443 }, '302 http://x.example:8443/a'],
    ['host and port', 'http://x.example/a', { host: 'new.example', port: 81 }, '302 http://new.example:81/a'],
    [
      "the scheme's own port, which is not written and replaces none",
      'http://x.example:8080/a',
      { port: 80 },
      '302 http://x.example:8080/a',
    ],
    ["the new scheme's own port", 'http://x.example:80/a', { scheme: 'https', port: 443 }, '302 https://x.example/a'],
    ['a path, with the query', 'http://x.example/a/b?q=1', { path: '/new' }, '302 http://x.example/new?q=1'],
  ])('%s', (_, url, redirect, expected) => {
    expect(to(url, redirect)).toBe(expected);
  });

  it.each([
    ['/old', '/new', '/old?q', '/new?q'],
    ['/old', '/new', '/old/', '/new/'],
    ['/old', '/new', '/old/%78/y', '/new/x/y'],
    ['/old', '/', '/old', '/'],
    ['/old', '/', '/old/x', '/x'],
    ['/', '/new', '/x', '/new/x'],
  ])('prefix %s -> %s makes of %s: %s', (prefix, replacement, path, expected) => {
    expect(to(`http://x.example${path}`, { prefix: replacement }, { prefix })).toBe(`302 http://x.example${expected}`);
  });

  it('keeps https', () => {
    const tls = { tls: { value: { secretName: 's' }, at: '' } };
    const shop = served({
      external: external(['x.example'], [route('r', { redirect: { path: '/b', code: 307 } })], tls),
    });
    expect([brief(ask([shop], 'https://x.example/a')), brief(ask([shop], 'https://x.example:443/a'))]).toEqual([
      '307 https://x.example/b',
      '307 https://x.example:443/b',
    ]);
  });
});

describe('the pods behind a route from outside', () => {
  const strict = {
    at: 'spec.internal',
    mtls: { at: '', mode: 'Strict', exceptPorts: [] },
    allow: { at: '', value: [] },
  } as const;
  const { reachesPodsAs: _, ...unknown } = differing({});

  it('take the gateway that serves the app, whomever else they allow', () => {
    const shop = served({ external: external(['x.example']), internal: strict });
    expect(brief(ask([shop], 'http://x.example/'))).toBe('default -> app at /');
  });

  it('reset a controller without an identity where they are Strict', () => {
    const shop = served({ external: external(['x.example']), internal: strict }, unknown);
    const { why, ...decision } = ask([shop], 'http://x.example/');
    expect([brief({ why, ...decision }), why]).toEqual([
      'deny: no answer',
      'port 8080 of team/shop takes mutual TLS only, and the caller speaks plaintext: the connection is reset',
    ]);
  });

  const docsApp = (over: object) =>
    served(
      {
        app: { namespace: 'team', name: 'docs' },
        service: { name: 'docs', type: 'ClusterIP', annotations: {}, at: '' },
        ports: [{ name: 'http', port: 8000, targetPort: 8001, protocol: 'http', at: '' }],
        internal: { at: '', allow: { at: '', value: [] }, ...over },
      },
      unknown,
    );

  it('of another app judge by the allow of that app', () => {
    const shop = served({ external: external(['x.example'], [route('docs', { forward: whole(docs) })]) });
    const forGateway = { allow: { at: '', value: [{ at: '', ...gateway }] } };
    expect([
      brief(ask([shop, docsApp({})], 'http://x.example/')),
      ask([shop, docsApp({})], 'http://x.example/').why,
      brief(ask([shop, docsApp(forGateway)], 'http://x.example/')),
      brief(ask([shop], 'http://x.example/')),
    ]).toEqual([
      '403',
      'no entry of allow of team/docs lets istio-system/gateway call GET / on port 8001',
      'docs -> docs at /',
      'docs -> docs at /',
    ]);
  });

  it('of a part of the split refuse their share alone', () => {
    const half = [
      { backend: app, weight: 50 },
      { backend: docs, weight: 50 },
    ];
    const shop = served({ external: external(['x.example'], [route('half', { forward: half })]) });
    const decision = ask([shop, docsApp({})], 'http://x.example/');
    expect([brief(decision), decision.notes]).toEqual([
      'half -> app 50, docs 50 at /',
      [
        'backend docs refuses its share: no entry of allow of team/docs lets istio-system/gateway call GET / on port 8001',
      ],
    ]);
  });

  it('of a port that the other Service does not have are nobodys', () => {
    const noPort = { kind: 'Service', name: 'docs', namespace: 'team', service: 'docs', port: 1, at: '' } as const;
    const shop = served({
      external: external(['x.example'], [route('docs', { forward: whole(noPort) }, { port: dbPort })]),
    });
    expect(brief(ask([shop, docsApp({})], 'http://x.example/'))).toBe('docs -> docs at /');
  });
});

describe('a backend that is a server elsewhere', () => {
  const legacy = {
    kind: 'Host',
    name: 'legacy',
    host: 'legacy.example.net',
    port: 443,
    tls: true,
    at: 'spec.backends.legacy',
  } as const;

  it('gets the request as any other, and connections as the app says', () => {
    const connectTimeout = { value: 2000, at: 'spec.resilience.connectTimeout' };
    const routes = [route('old', { prefix: '/old', forward: whole(legacy), rewritePrefix: '/' }), route('rest')];
    const own = served({
      external: external(['x.example'], routes),
      connections: { given: { connectTimeout }, effective: { connectTimeout } },
    });
    expect(ask([own], 'http://x.example/old/a').forwarded).toEqual({
      backends: [{ name: 'legacy', weight: 100 }],
      path: '/a',
      setHeaders: { 'x-apptraffic-route': 'team/shop/old' },
      addHeaders: {},
      removeHeaders: [],
      connections: { connectTimeout: 2000 },
    });
  });
});
