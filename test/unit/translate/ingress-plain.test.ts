import { app, canary, docs, httpPort, route, stable, tls, whole, world } from './models.ts';
import { httpsRedirect, ingress, ofClass, path, plainHttp, refusals, render, served } from './ingress-models.ts';
import type { Port } from '../../../src/model/port.ts';

const refused = (field: string, why: string, fix = 'remove it, or set provider: Istio') => ({
  code: 'AT0701',
  field,
  message: `plain Ingress has no way for it: ${why}`,
  fix,
});

describe('an app without options', () => {
  it('becomes one Ingress with one rule for each host', () => {
    expect(render(served(['shop.example.com', 'a.example.com']))).toEqual({
      manifests: [ingress('shop-ingress', { 'a.example.com': [path('/')], 'shop.example.com': [path('/')] })],
      problems: [],
    });
  });

  it('names the class only where the spec does, and then the Ingress is called after it', () => {
    expect(render(ofClass('traefik', ['a.example.com'])).manifests).toEqual([
      ingress('shop-traefik-67dc615f', { 'a.example.com': [path('/')] }, { ingressClassName: 'traefik' }),
    ]);
  });

  it('is nothing here where a gateway serves it, without `external`, and without a granted host', () => {
    const nothing = { manifests: [], problems: [] };
    expect(render(served(['a.example.com'], [], { edge: { kind: 'GeneratedGateway' } }))).toEqual(nothing);
    expect(render({})).toEqual(nothing);
    expect(render(served([]))).toEqual(nothing);
  });
});

describe('paths', () => {
  it('stand in order of precedence whatever the order of the spec', () => {
    const routes = [
      route('all'),
      route('api', { prefix: '/api' }),
      route('health', { exact: '/api/health' }),
      route('v2', { prefix: '/api/v2' }),
    ];
    expect(render(served(['a.example.com'], routes)).manifests).toEqual([
      ingress('shop-ingress', {
        'a.example.com': [path('/api/health', 'Exact'), path('/api/v2'), path('/api'), path('/')],
      }),
    ]);
  });

  it('lead to the port of the route, or to another Service of the namespace', () => {
    const admin: Port = { ...httpPort, name: 'admin', port: 81 };
    const routes = [
      route('docs', { prefix: '/docs', forward: whole(docs) }),
      route('admin', { prefix: '/admin' }, { port: admin }),
    ];
    expect(render(served(['a.example.com'], routes)).manifests).toEqual([
      ingress('shop-ingress', {
        'a.example.com': [path('/admin', 'Prefix', 'shop', 81), path('/docs', 'Prefix', 'docs', 8000)],
      }),
    ]);
  });

  it('that an earlier route covers are left out, so that the longest path wins where precedence says so', () => {
    const routes = [
      route('preview', { host: 'pr.a.example.com', forward: whole(docs) }, { position: 0 }),
      route('api', { prefix: '/api' }, { position: 1 }),
      route('all', {}, { position: 2 }),
      route('again', { prefix: '/api', forward: whole(docs) }, { position: 3 }),
    ];
    expect(render(served(['*.a.example.com', 'a.example.com'], routes)).manifests).toEqual([
      ingress('shop-ingress', {
        '*.a.example.com': [path('/api'), path('/')],
        'a.example.com': [path('/api'), path('/')],
        'pr.a.example.com': [path('/', 'Prefix', 'docs', 8000)],
      }),
    ]);
  });

  it('of a host that a route names come with the general ones that they leave room for', () => {
    const routes = [
      route('own', { host: 'b.example.com', prefix: '/api/v2', forward: whole(docs) }),
      route('api', { prefix: '/api' }),
    ];
    expect(render(served(['a.example.com', 'b.example.com'], routes)).manifests).toEqual([
      ingress('shop-ingress', {
        'a.example.com': [path('/api')],
        'b.example.com': [path('/api/v2', 'Prefix', 'docs', 8000), path('/api')],
      }),
    ]);
  });

  it('of a host without routes make no rule, and an app without any makes no Ingress', () => {
    const only = route('b', { host: 'b.example.com' });
    expect(render(served(['a.example.com', 'b.example.com'], [only])).manifests).toEqual([
      ingress('shop-ingress', { 'b.example.com': [path('/')] }),
    ]);
    expect(render(served(['a.example.com'], [only])).manifests).toEqual([]);
  });
});

describe('TLS', () => {
  it('names all hosts with their certificate, and says that the controller may still redirect', () => {
    expect(render(served(['b.example.com', 'a.example.com'], [route('all')], plainHttp))).toEqual({
      manifests: [
        ingress(
          'shop-ingress',
          { 'a.example.com': [path('/')], 'b.example.com': [path('/')] },
          { tls: [{ hosts: ['a.example.com', 'b.example.com'], secretName: 'shop-tls' }] },
        ),
      ],
      problems: [
        {
          code: 'AT0702',
          field: 'spec.external.httpsRedirect',
          message: 'on plain Ingress plain http may still be redirected to https: that is for the controller to say',
          fix: 'change it where that matters',
        },
      ],
    });
  });

  it('with the redirect, which is the default, is refused with the fix', () => {
    const redirect = (field: string) => ({
      manifests: [],
      problems: [
        refused(
          field,
          'whether plain http is redirected to https depends on the controller, and it is not known',
          'set httpsRedirect: false, or let external.ingressClass name a class whose controller is ingress-nginx',
        ),
      ],
    });
    expect(render(served(['a.example.com'], [route('all')], tls))).toEqual(redirect('spec.external.tls'));
    expect(render(served(['a.example.com'], [route('all')], { ...tls, ...httpsRedirect(true) }))).toEqual(
      redirect('spec.external.httpsRedirect'),
    );
  });
});

describe('what an Ingress cannot say', () => {
  it('is refused, all of it at once', () => {
    const routes = [
      route('all', {
        methods: ['GET'],
        headers: [{ name: 'x-beta', value: '1' }],
        rewritePrefix: '/v1',
        fault: { abort: { status: 503, percent: 1 } },
        sticky: { cookie: 'side' },
        mirror: { backend: app, percent: 100 },
        timeout: 1000,
        retries: { attempts: 1 },
      }),
      route('away', { redirect: { code: 302, path: '/x' } }),
      route('gone', { unavailable: true }),
    ];
    expect(render(served(['a.example.com'], routes))).toEqual({
      manifests: [],
      problems: [
        refused('routes.all.fault', 'an Ingress makes nothing fail on purpose'),
        refused('routes.all.headers', 'an Ingress chooses by host and path, not by header'),
        refused('routes.all.methods', 'an Ingress chooses by host and path, not by method'),
        refused('routes.all.mirror', 'an Ingress path leads to one Service, and none gets copies'),
        refused('routes.all.retries', 'an Ingress has no retries'),
        refused(
          'routes.all.rewritePrefix',
          'an Ingress cannot change the path of a request',
          'let external.ingressClass name a class whose controller is ingress-nginx, or remove the rewrite',
        ),
        refused('routes.all.sticky', 'an Ingress path leads to one Service, so there is no side to keep'),
        refused('routes.all.timeout', 'an Ingress has no timeouts'),
        refused('routes.away.redirect', 'an Ingress path leads to a Service and cannot send the client elsewhere'),
        refused(
          'routes.gone.unavailable',
          'an Ingress cannot answer 503, so the requests of a route that may not be served would fall to another route',
          'correct the backend or remove the route, or set provider: Istio',
        ),
      ],
    });
  });

  it('includes splits, parts of the pods and Services elsewhere', () => {
    const split = [
      { backend: canary, weight: 10 },
      { backend: stable, weight: 90 },
    ];
    const elsewhere = { ...docs, namespace: 'other' };
    const routes = [
      route('split', { prefix: '/split', forward: split }),
      route('part', { prefix: '/part', forward: whole(canary) }),
      route('far', { prefix: '/far', forward: whole(elsewhere) }),
      route('app', { prefix: '/app', forward: whole(app) }),
    ];
    expect(render(served(['a.example.com'], routes))).toEqual({
      manifests: [],
      problems: [
        refused(
          'routes.far.forward',
          "backend docs is in another namespace, and a path leads to a Service of the app's own",
          'use a Service of namespace team, or set provider: Istio',
        ),
        refused(
          'routes.part.forward',
          'backend canary is a part of the pods, and a path leads to a whole Service',
          'lead the route to app, or to a backend with a Service of its own, or set provider: Istio',
        ),
        refused(
          'routes.split.forward',
          'a path leads to one Service, so requests cannot be shared out',
          'lead the route to one backend, or set provider: Istio',
        ),
      ],
    });
  });

  it('is told once where several routes inherit it from the spec', () => {
    const split = {
      value: [
        { backend: canary, weight: 10 },
        { backend: app, weight: 90 },
      ],
      at: 'spec.split',
    };
    const inheriting = (name: string, prefix: string) => {
      const made = route(name, { prefix });
      return { ...made, features: { ...made.features, forward: split } };
    };
    expect(refusals(served(['a.example.com'], [inheriting('a', '/a'), inheriting('b', '/b')]))).toEqual([
      'AT0701 spec.split',
    ]);
  });

  it('includes ports on which the pods expect TLS or gRPC; HTTP/2 differs', () => {
    const on = (protocol: Port['protocol']) =>
      refusals(served(['a.example.com'], [route('all', {}, { port: { ...httpPort, protocol } })]));
    expect(
      (['http', 'tcp', 'http2', 'grpc', 'https', 'tls'] as const).map((protocol) => [protocol, on(protocol)]),
    ).toEqual([
      ['http', []],
      ['tcp', []],
      ['http2', ['AT0702 routes.all']],
      ['grpc', ['AT0701 routes.all']],
      ['https', ['AT0701 routes.all']],
      ['tls', ['AT0701 routes.all']],
    ]);
  });

  it('does not include the port of a route that leads to another Service', () => {
    const grpc: Port = { ...httpPort, protocol: 'grpc' };
    expect(refusals(served(['a.example.com'], [route('docs', { forward: whole(docs) }, { port: grpc })]))).toEqual([]);
  });
});

describe('a wildcard', () => {
  it('is one label, which a warning says', () => {
    expect(render(served(['*.a.example.com']))).toEqual({
      manifests: [ingress('shop-ingress', { '*.a.example.com': [path('/')] })],
      problems: [
        {
          code: 'AT0702',
          field: 'host *.a.example.com',
          message:
            'on plain Ingress the wildcard stands for exactly one label: a name two labels below it is answered with 404',
          fix: 'change it where that matters',
        },
      ],
    });
  });
});

describe('the class', () => {
  it('that is named and does not exist is reported, and the Ingress is written for it', () => {
    const online = { ...world, assumesPresent: false };
    expect(render(ofClass('traefik', ['a.example.com']), online).problems).toEqual([
      {
        code: 'AT0205',
        field: 'spec.external.ingressClass',
        message: 'IngressClass traefik does not exist, so no controller serves the hosts',
        fix: 'create the IngressClass, or correct its name',
      },
    ]);
    expect(render(ofClass('traefik', ['a.example.com']), online).manifests).toHaveLength(1);
  });

  it('whose controller we do not know gets plain Ingress', () => {
    const known = { ...world, ingressClasses: [{ name: 'x', controller: 'example.com/x', isDefault: true }] };
    expect(render(served(['a.example.com']), known)).toEqual(render(served(['a.example.com'])));
  });
});

describe('texts that could mean more than themselves', () => {
  const long = ['1025 characters', `/${'a'.repeat(1024)}`] as const;
  const texts = [
    '/a b',
    '/a"',
    '/a;b',
    '/a{2}',
    '/a$1',
    '/a\n',
    '/%2f',
    '/a`',
    '/a#',
    'a',
    '/a(b)',
    '/\u2028',
    '//a',
    '/a/..',
    '/./a',
  ];
  const bad = [long, ...texts.map((text) => [JSON.stringify(text), text] as const)];

  it.each(bad)('path %s is refused', (_, text) => {
    expect(refusals(served(['a.example.com'], [route('all', { prefix: text })]))).toEqual(['AT0701 routes.all.prefix']);
    expect(refusals(served(['a.example.com'], [route('all', { exact: text })]))).toEqual(['AT0701 routes.all.exact']);
  });

  it('hosts, classes, Services and Secrets are names or refused', () => {
    const routes = [route('all', { host: 'b;.example.com' })];
    const over = ofClass('a"b', ['a b.example.com'], routes, {
      ...httpsRedirect(false),
      tls: { value: { secretName: '../x' }, at: 'spec.external.tls' },
    });
    const service = { name: 'shop}', type: 'ClusterIP', annotations: {}, at: 'spec.service' } as const;
    const backends = [app, { ...docs, service: 'docs\n' }];
    expect(render({ ...over, service, backends }).problems.filter(({ code }) => code === 'AT0701')).toEqual(
      [
        ['host a b.example.com', '"a b.example.com"'],
        ['routes.all.host', '"b;.example.com"'],
        ['spec.backends.docs', '"docs\\n"'],
        ['spec.external.ingressClass', '"a\\"b"'],
        ['spec.external.tls', '"../x"'],
        ['spec.service', '"shop}"'],
      ].map(([field, text]) => ({
        code: 'AT0701',
        field,
        message: `${text} is not a DNS name`,
        fix: 'use lower-case letters, digits, dashes and dots',
      })),
    );
  });
});
