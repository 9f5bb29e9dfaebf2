import { translateIstioExternal } from '../../../src/translate/istio/external.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import {
  app,
  canary,
  docs,
  external,
  metadata,
  namedGateway,
  platform,
  publicGateway,
  route,
  stable,
  tls,
  traffic,
  world,
} from './models.ts';

const render = (over: Partial<Traffic>, where = world) => translateIstioExternal(traffic(over), where);
const ownHost = 'shop.team.svc.cluster.local';
const marked = (name: string) => ({ request: { set: { 'x-apptraffic-route': `team/shop/${name}` } } });
const toApp = { destination: { host: ownHost, port: { number: 80 } } };
const toHttps = {
  name: '.https-redirect',
  match: [{ port: 80 }],
  redirect: { scheme: 'https', redirectCode: 308 },
};
const defaultEntry = {
  name: 'default',
  match: [{ uri: { prefix: '/' } }],
  route: [toApp],
  headers: marked('default'),
};
const virtualService = (name: string, spec: object) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: metadata(name),
  spec,
});

/** The http entries of the only VirtualService. */
function entriesOf(over: Partial<Traffic>) {
  const specs = render(over).manifests.flatMap(({ kind, spec }) => (kind === 'VirtualService' ? [spec] : []));
  expect(specs).toHaveLength(1);
  return (specs[0] as { http: unknown }).http;
}

describe('a generated Gateway', () => {
  it('has an http server on the workload of the platform’s default gateway, and one VirtualService for exact hosts', () => {
    expect(render({ external: external(['shop.example.com', 'a.example.com']) })).toEqual({
      manifests: [
        {
          apiVersion: 'networking.istio.io/v1',
          kind: 'Gateway',
          metadata: metadata('shop-istio'),
          spec: {
            selector: { istio: 'ingressgateway' },
            servers: [
              {
                port: { number: 80, name: 'http', protocol: 'HTTP' },
                hosts: ['a.example.com', 'a.example.com.', 'shop.example.com', 'shop.example.com.'],
              },
            ],
          },
        },
        virtualService('shop-istio', {
          hosts: ['a.example.com', 'a.example.com.', 'shop.example.com', 'shop.example.com.'],
          gateways: ['team/shop-istio'],
          http: [defaultEntry],
          exportTo: ['istio-system'],
        }),
      ],
      problems: [],
    });
  });

  it('with TLS has an https server too and sends plain http there', () => {
    const hosts = ['shop.example.com', 'shop.example.com.'];
    expect(render({ external: external(['shop.example.com'], undefined, tls) }).manifests).toEqual([
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'Gateway',
        metadata: metadata('shop-istio'),
        spec: {
          selector: { istio: 'ingressgateway' },
          servers: [
            { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts },
            {
              port: { number: 443, name: 'https', protocol: 'HTTPS' },
              hosts,
              tls: { mode: 'SIMPLE', credentialName: 'shop-tls' },
            },
          ],
        },
      },
      virtualService('shop-istio', {
        hosts,
        gateways: ['team/shop-istio'],
        http: [toHttps, defaultEntry],
        exportTo: ['istio-system'],
      }),
    ]);
  });

  it('asks for a version of TLS on the https server alone', () => {
    const minTlsVersion = { value: '1.3', at: 'spec.external.tls.minVersion' } as const;
    const [gateway] = render({ external: external(['a.example.com'], undefined, { ...tls, minTlsVersion }) }).manifests;
    const hosts = ['a.example.com', 'a.example.com.'];
    expect((gateway as { spec?: object } | undefined)?.spec).toEqual({
      selector: { istio: 'ingressgateway' },
      servers: [
        { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts },
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts,
          tls: { mode: 'SIMPLE', credentialName: 'shop-tls', minProtocolVersion: 'TLSV1_3' },
        },
      ],
    });
  });

  it('asks clients for a certificate on the https server alone, by a name that Istio takes for that of authorities', () => {
    const clientCa = { value: 'shop-clients', at: 'spec.external.tls.clientCA' } as const;
    const [gateway] = render({ external: external(['a.example.com'], undefined, { ...tls, clientCa }) }).manifests;
    const hosts = ['a.example.com', 'a.example.com.'];
    expect((gateway as { spec?: object } | undefined)?.spec).toEqual({
      selector: { istio: 'ingressgateway' },
      servers: [
        { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts },
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts,
          tls: { mode: 'MUTUAL', credentialName: 'shop-tls', caCertCredentialName: 'shop-clients-cacert' },
        },
      ],
    });
  });

  it('serves plain http too where httpsRedirect is off', () => {
    const httpsRedirect = { value: false, at: 'spec.external.httpsRedirect' };
    expect(entriesOf({ external: external(['a.example.com'], undefined, { ...tls, httpsRedirect }) })).toEqual([
      defaultEntry,
    ]);
  });

  it('is refused where the platform has no default gateway', () => {
    const gateways = [publicGateway];
    expect(
      render({ external: external(['a.example.com']) }, { ...world, platform: { ...platform, gateways } }),
    ).toEqual({
      manifests: [],
      problems: [
        {
          code: 'AT0204',
          field: 'spec.external',
          message: 'the platform has no default gateway on which a Gateway could be generated',
          fix: "name one of the platform's gateways in external.gateway, or ask the platform team for a default one",
        },
      ],
    });
  });
});

describe('a named gateway', () => {
  const served = { external: external(['shop.example.com'], undefined, namedGateway) };
  const name = 'shop-istio-ingress-public-c50b3cc4';

  it('is referenced, with the redirect on its own http port', () => {
    expect(render(served)).toEqual({
      manifests: [
        virtualService(name, {
          hosts: ['shop.example.com', 'shop.example.com.'],
          gateways: ['istio-ingress/public'],
          http: [{ ...toHttps, match: [{ port: 8080 }] }, defaultEntry],
          exportTo: ['istio-ingress'],
        }),
      ],
      problems: [],
    });
  });

  it('whose servers know the host only without its dot gets a warning', () => {
    const facts = (hosts: readonly string[]) => ({
      ...world,
      gateways: [{ namespace: 'istio-ingress', name: 'public', hosts, tcp: [] }],
    });
    expect(render(served, facts(['*/*.example.com'])).problems).toEqual([
      {
        code: 'AT0702',
        field: 'host shop.example.com',
        message: 'gateway istio-ingress/public answers 404 to shop.example.com. with a trailing dot',
        fix: "ask the platform team to add shop.example.com. to the hosts of the gateway's servers, or ignore it",
      },
    ]);
    expect(render(served, facts(['*.example.com', '*.example.com.'])).problems).toEqual([]);
    expect(render(served, facts(['*'])).problems).toEqual([]);
  });

  it('whose servers name hosts below the app’s wildcard gets a warning, because Istio mixes their routes', () => {
    const gateways = [
      { namespace: 'istio-ingress', name: 'public', hosts: ['*', '*.example.com', 'a.example.com'], tcp: [] },
    ];
    const wildcard = { external: external(['*.example.com'], undefined, namedGateway) };
    expect(render(wildcard, { ...world, gateways }).problems).toEqual([
      {
        code: 'AT0702',
        field: 'host *.example.com',
        message:
          'gateway istio-ingress/public lists hosts below *.example.com by name; requests for them can get routes of *.example.com before their own',
        fix: "ask the platform team to list *.example.com alone on the gateway's servers",
      },
    ]);
  });
});

describe('the hosts of an app', () => {
  const api = route('api', { prefix: '/api' });
  const preview = route('preview', { host: 'preview.shop.example.com', forward: [{ backend: canary, weight: 100 }] });
  const all = route('all');

  it('get a VirtualService of their own where a route names them, and each wildcard has one', () => {
    const hosts = ['*.shop.example.com', 'a.example.com', 'b.example.com'];
    const manifests = render({ external: external(hosts, [all, preview, api]) }).manifests;
    const routed = manifests.flatMap(({ kind, metadata: { name }, spec }) => {
      const { hosts, http } = spec as { hosts: unknown; http: { name: string }[] };
      return kind === 'VirtualService' ? [{ name, hosts, routes: http.map((entry) => entry.name) }] : [];
    });
    expect(routed).toEqual([
      {
        name: 'shop-istio',
        hosts: ['a.example.com', 'a.example.com.', 'b.example.com', 'b.example.com.'],
        routes: ['api', 'all'],
      },
      {
        name: 'shop-istio-any-shop-example-com-f6572a73',
        hosts: ['*.shop.example.com', '*.shop.example.com.'],
        routes: ['api', 'all'],
      },
      {
        name: 'shop-istio-preview-shop-example-com-d0ab606a',
        hosts: ['preview.shop.example.com', 'preview.shop.example.com.'],
        routes: ['preview'],
      },
    ]);
  });

  it('on which a route was refused get a list without it', () => {
    const refused = route('api', { prefix: '/api' }, { refusedOn: ['b.example.com'] });
    const manifests = render({ external: external(['a.example.com', 'b.example.com'], [refused, all]) }).manifests;
    const routed = manifests.flatMap(({ kind, spec }) => {
      const { hosts, http } = spec as { hosts: string[]; http: { name: string }[] };
      return kind === 'VirtualService' ? [{ host: hosts[0], routes: http.map((entry) => entry.name) }] : [];
    });
    expect(routed).toEqual([
      { host: 'a.example.com', routes: ['api', 'all'] },
      { host: 'b.example.com', routes: ['all'] },
    ]);
  });

  it('that were all refused leave nothing', () => {
    expect(render({ external: external([]) })).toEqual({ manifests: [], problems: [] });
  });
});

describe('a route on a gateway', () => {
  const entries = (...routes: Parameters<typeof route>[]) =>
    entriesOf({
      external: external(
        ['a.example.com'],
        routes.map((one) => route(...one)),
      ),
    });

  it('matches whole segments of a prefix, methods and headers, and a preflight by the method that it asks for', () => {
    const header = { 'x-beta': { exact: '1' } };
    const asking = (asked: object) => ({ Origin: { regex: '.+' }, 'Access-Control-Request-Method': asked });
    const some = { regex: 'GET|POST' };
    const ofMany = (uri: object) => [
      { uri, method: some, headers: header },
      { uri, method: { exact: 'OPTIONS' }, headers: { ...header, ...asking(some) } },
    ];
    expect(
      entries(
        ['many', { prefix: '/api', methods: ['GET', 'POST'], headers: [{ name: 'x-beta', value: '1' }] }],
        ['one', { exact: '/login', methods: ['POST'] }],
      ),
    ).toEqual([
      {
        name: 'one',
        match: [
          { uri: { exact: '/login' }, method: { exact: 'POST' } },
          { uri: { exact: '/login' }, method: { exact: 'OPTIONS' }, headers: asking({ exact: 'POST' }) },
        ],
        route: [toApp],
        headers: marked('one'),
      },
      {
        name: 'many',
        match: [...ofMany({ exact: '/api' }), ...ofMany({ prefix: '/api/' })],
        route: [toApp],
        headers: marked('many'),
      },
    ]);
  });

  it('forwards to subsets and other Services by weight', () => {
    const forward = [
      { backend: app, weight: 20 },
      { backend: canary, weight: 10 },
      { backend: docs, weight: 5 },
      { backend: stable, weight: 65 },
    ];
    expect(entries(['split', { forward }])).toEqual([
      {
        name: 'split',
        match: [{ uri: { prefix: '/' } }],
        route: [
          { destination: { host: ownHost, port: { number: 80 } }, weight: 20 },
          { destination: { host: ownHost, subset: 'canary', port: { number: 80 } }, weight: 10 },
          { destination: { host: 'docs.team.svc.cluster.local', port: { number: 8000 } }, weight: 5 },
          { destination: { host: ownHost, subset: 'stable', port: { number: 80 } }, weight: 65 },
        ],
        headers: marked('split'),
      },
    ]);
  });

  it('replaces a prefix so that it joins with one slash: the prefix itself, then all below', () => {
    expect(entries(['api', { prefix: '/api', rewritePrefix: '/v1', timeout: 1500 }])).toEqual([
      {
        name: 'api',
        match: [{ uri: { exact: '/api' } }],
        route: [toApp],
        rewrite: { uri: '/v1' },
        timeout: '1500ms',
        headers: marked('api'),
      },
      {
        name: 'api.below',
        match: [{ uri: { prefix: '/api/' } }],
        route: [toApp],
        rewrite: { uri: '/v1/' },
        timeout: '1500ms',
        headers: marked('api'),
      },
    ]);
  });

  it.each([
    ['/api', '/', ['/', '/']],
    ['/', '/v1', ['/v1/']],
    ['/', '/', ['/']],
  ])('rewrites %s to %s', (prefix, rewritePrefix, uris) => {
    const found = entries(['r', { prefix, rewritePrefix }]) as { rewrite: { uri: string } }[];
    expect(found.map(({ rewrite }) => rewrite.uri)).toEqual(uris);
  });

  it('has timeout and retries only where given, and zero attempts stand alone', () => {
    const retryOn = ['connect-failure', '5xx'];
    const found = entries(
      ['a', { prefix: '/a/b', timeout: 15_000, retries: { attempts: 2, perTryMs: 1000, backoffMs: 100, retryOn } }],
      ['b', { exact: '/b', retries: { attempts: 0, perTryMs: 1000 } }],
    ) as { name: string; timeout?: string; retries?: unknown }[];
    expect(found.map(({ name, timeout, retries }) => ({ name, timeout, retries }))).toEqual([
      { name: 'b', timeout: undefined, retries: { attempts: 0 } },
      {
        name: 'a',
        timeout: '15s',
        retries: { attempts: 2, perTryTimeout: '1s', retryOn: 'connect-failure,5xx', backoff: '100ms' },
      },
    ]);
  });

  it('mirrors to the backend on the port of the route, its percent of the requests', () => {
    const found = entries(
      ['a', { prefix: '/a', rewritePrefix: '/', mirror: { backend: canary, percent: 20 } }],
      ['b', { prefix: '/b', mirror: { backend: docs, percent: 100 } }],
      ['c', { prefix: '/c', unavailable: true, mirror: { backend: docs, percent: 100 } }],
    ) as { name: string; mirrors?: unknown }[];
    const toCanary = [
      { destination: { host: ownHost, subset: 'canary', port: { number: 80 } }, percentage: { value: 20 } },
    ];
    const toDocs = [
      { destination: { host: 'docs.team.svc.cluster.local', port: { number: 8000 } }, percentage: { value: 100 } },
    ];
    expect(found.map(({ name, mirrors }) => [name, mirrors])).toEqual([
      ['a', toCanary],
      ['a.below', toCanary],
      ['b', toDocs],
      ['c', undefined],
    ]);
  });

  it('injects delays and aborts, each with its own percent', () => {
    const found = entries(
      [
        'a',
        { prefix: '/', fault: { delay: { ms: 1500, percent: 10 }, abort: { status: 503, percent: 1 }, untilMs: 1 } },
      ],
      ['b', { exact: '/b', fault: { delay: { ms: 2000, percent: 100 } } }],
      ['c', { exact: '/c', fault: { abort: { status: 418, percent: 100 } } }],
      ['d', { exact: '/d', unavailable: true, fault: { abort: { status: 418, percent: 100 } } }],
    ) as { name: string; fault?: unknown }[];
    expect(Object.fromEntries(found.map(({ name, fault }) => [name, fault]))).toEqual({
      a: {
        delay: { fixedDelay: '1500ms', percentage: { value: 10 } },
        abort: { httpStatus: 503, percentage: { value: 1 } },
      },
      b: { delay: { fixedDelay: '2s', percentage: { value: 100 } } },
      c: { abort: { httpStatus: 418, percentage: { value: 100 } } },
      d: undefined,
    });
  });

  it('keeps visitors by an entry for each side before the draw, in a spelling of cookie that no condition has', () => {
    const cookies = [{ name: 'ab', value: 'b' }];
    const found = entries(['all', { prefix: '/', cookies, sticky: { cookie: 'side', ttlMs: 1 } }]);
    const wanted = String.raw`(?:.*;)?\s*ab=b\s*(?:;.*)?`;
    const match = { uri: { prefix: '/' } };
    expect(found).toEqual([
      {
        name: 'all.keep-app',
        match: [
          { ...match, headers: { cookie: { regex: wanted }, Cookie: { regex: wanted.replace('ab=b', 'side=app') } } },
        ],
        route: [toApp],
        headers: marked('all'),
      },
      {
        name: 'all',
        match: [{ ...match, headers: { cookie: { regex: wanted } } }],
        route: [
          {
            ...toApp,
            headers: { response: { add: { 'Set-Cookie': 'side=app; Path=/; Max-Age=1; HttpOnly; SameSite=Lax' } } },
          },
        ],
        headers: marked('all'),
      },
    ]);
  });

  it('edits what the app answers before a side is told, so that no edit takes the cookie of the side away', () => {
    const responseHeaders = { set: [], add: [{ name: 'set-cookie', value: 'a=1' }], remove: ['x-powered-by'] };
    const edits = { add: { 'set-cookie': 'a=1' }, remove: ['x-powered-by'] };
    const line = 'side=app; Path=/; HttpOnly; SameSite=Lax';
    const uri = { prefix: '/' };
    expect(entries(['all', { prefix: '/', responseHeaders, sticky: { cookie: 'side' } }])).toEqual([
      {
        name: 'all.keep-app',
        match: [{ uri, headers: { cookie: { regex: String.raw`(?:.*;)?\s*side=app\s*(?:;.*)?` } } }],
        route: [toApp],
        headers: { ...marked('all'), response: edits },
      },
      {
        name: 'all',
        match: [{ uri }],
        route: [{ ...toApp, headers: { response: { ...edits, add: { 'set-cookie': 'a=1', 'Set-Cookie': line } } } }],
        headers: marked('all'),
      },
    ]);
  });

  it('redirects', () => {
    expect(
      entries(
        ['all', { redirect: { scheme: 'https', host: 'new.example.com', port: 8443, path: '/x', code: 301 } }],
        ['host', { exact: '/h', redirect: { host: 'new.example.com', code: 302 } }],
        ['prefix', { prefix: '/old', redirect: { prefix: '/new', code: 308 } }],
      ),
    ).toEqual([
      {
        name: 'host',
        match: [{ uri: { exact: '/h' } }],
        redirect: { authority: 'new.example.com', redirectCode: 302 },
      },
      { name: 'prefix', match: [{ uri: { exact: '/old' } }], redirect: { uri: '/new', redirectCode: 308 } },
      {
        name: 'prefix.below',
        match: [{ uri: { prefix: '/old/' } }],
        redirect: { prefixRewrite: '/new/', redirectCode: 308 },
      },
      {
        name: 'all',
        match: [{ uri: { prefix: '/' } }],
        redirect: { uri: '/x', authority: 'new.example.com', port: 8443, scheme: 'https', redirectCode: 301 },
      },
    ]);
  });

  it('that cannot be served keeps its match and answers 503, whatever else it asks for', () => {
    expect(entries(['api', { prefix: '/api', unavailable: true, rewritePrefix: '/v1', timeout: 1000 }])).toEqual([
      {
        name: 'api',
        match: [{ uri: { exact: '/api' } }, { uri: { prefix: '/api/' } }],
        directResponse: { status: 503 },
      },
    ]);
  });

  it('to a port on which the pods take TLS themselves is refused', () => {
    const port = { name: 'secure', port: 443, targetPort: 8443, protocol: 'https', at: 'spec.ports[0]' } as const;
    expect(render({ external: external(['a.example.com'], [route('default', {}, { port })]) }).problems).toEqual([
      {
        code: 'AT0701',
        field: 'routes.default',
        message: 'port secure is https: Istio sends plain http to the pods, which expect TLS there',
        fix: 'name an http, http2 or grpc port in port, or correct the protocol of the port in spec.ports',
      },
    ]);
  });
});
