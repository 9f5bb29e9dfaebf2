import { translateDestinationRule } from '../../../src/translate/istio/destination-rule.ts';
import { translateIstioInternal } from '../../../src/translate/istio/internal.ts';
import type { AllowEntry, Internal, Traffic } from '../../../src/model/traffic.ts';
import type { World } from '../../../src/model/world.ts';
import {
  adminPort,
  app,
  canary,
  dbPort,
  docs,
  external,
  httpPort,
  internal,
  metadata,
  namedGateway,
  platform,
  route,
  stable,
  traffic,
  whole,
  world,
} from './models.ts';

const ownHost = 'shop.team.svc.cluster.local';
const render = (inside: Partial<Internal>, over: Partial<Traffic> = {}, where: World = world) =>
  translateIstioInternal(traffic({ internal: internal(inside), ...over }), where);
const toPort = (number: number) => [{ destination: { host: ownHost, port: { number } } }];

describe('routes inside the mesh', () => {
  const http = (inside: Partial<Internal>, over: Partial<Traffic> = {}) =>
    render(inside, over).manifests.map(({ spec }) => (spec as { http: unknown }).http);

  it('become a VirtualService for the Service’s own name, without the header that names routes', () => {
    const routes = [
      route('all'),
      route('beta', { headers: [{ name: 'end-user', value: 'jason' }], forward: whole(canary) }),
    ];
    expect(render({ routes }).manifests).toEqual([
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: metadata('shop'),
        spec: {
          hosts: [ownHost],
          gateways: ['mesh'],
          http: [
            {
              name: 'beta',
              match: [{ uri: { prefix: '/' }, headers: { 'end-user': { exact: 'jason' } } }],
              route: [{ destination: { host: ownHost, subset: 'canary', port: { number: 80 } } }],
            },
            { name: 'all', match: [{ uri: { prefix: '/' } }], route: toPort(80) },
          ],
          exportTo: ['*'],
        },
      },
    ]);
  });

  it('name their port where the Service has several http ports, and the others are handed through', () => {
    const ports = [adminPort, dbPort, httpPort];
    expect(http({ routes: [route('all'), route('api', { prefix: '/api' })] }, { ports })).toEqual([
      [
        { name: '.port-admin', match: [{ port: 81 }], route: toPort(81) },
        {
          name: 'api',
          match: [
            { uri: { exact: '/api' }, port: 80 },
            { uri: { prefix: '/api/' }, port: 80 },
          ],
          route: toPort(80),
        },
        { name: 'all', match: [{ uri: { prefix: '/' }, port: 80 }], route: toPort(80) },
      ],
    ]);
  });

  it('need no port where the Service has other ports that are not http', () => {
    expect(http({ routes: [route('all')] }, { ports: [dbPort, httpPort] })).toEqual([
      [{ name: 'all', match: [{ uri: { prefix: '/' } }], route: toPort(80) }],
    ]);
  });

  it('that are an empty list serve no call', () => {
    expect(http({ routes: [] }, { ports: [adminPort, httpPort] })).toEqual([
      [{ name: '.no-route', directResponse: { status: 404 } }],
    ]);
  });

  it('on a port that is not http are refused', () => {
    expect(render({ routes: [route('db', {}, { port: dbPort })] }, { ports: [dbPort] }).problems).toEqual([
      {
        code: 'AT0701',
        field: 'routes.db',
        message: 'port db is tcp: Istio routes calls inside the mesh on http, http2 and grpc ports only',
        fix: 'name an http, http2 or grpc port in port, or correct the protocol of the port in spec.ports',
      },
    ]);
  });
});

describe('a Headless Service', () => {
  const service = { name: 'shop', type: 'Headless', annotations: {}, at: 'spec.service' } as const;

  it('is warned of where its port is not the container’s, and where a route inside chooses among its pods', () => {
    const routes = [
      route('all', { mirror: { backend: canary, percent: 100 } }),
      route('beta', { forward: whole(canary), mirror: { backend: docs, percent: 100 } }),
      route('docs', { forward: whole(docs) }),
    ];
    expect(render({ routes }, { service, ports: [httpPort, { ...httpPort, port: 8080 }] }).problems).toEqual([
      {
        code: 'AT0702',
        field: httpPort.at,
        message:
          'callers reach the pods of a Headless Service on port 80 itself; port http leads to 8080 only for the gateway',
        fix: 'write port: 8080, or choose another service.type',
      },
      {
        code: 'AT0702',
        field: route('beta', { forward: whole(canary) }).features.forward?.at,
        message: 'callers inside the mesh choose the pod of a Headless Service, so a part of them has no effect there',
        fix: 'choose another service.type, or send routes inside the mesh to Services',
      },
      {
        code: 'AT0702',
        field: 'routes.all.mirror',
        message: 'no pod of a Headless Service gets copies of calls inside the mesh',
        fix: 'choose another service.type, or mirror to a Service',
      },
    ]);
  });
});

describe('mutual TLS', () => {
  it('is a PeerAuthentication of the app’s pods', () => {
    const mtls = { at: 'spec.internal.mtls', mode: 'Permissive', exceptPorts: [] } as const;
    expect(render({ mtls })).toEqual({
      manifests: [
        {
          apiVersion: 'security.istio.io/v1',
          kind: 'PeerAuthentication',
          metadata: metadata('shop'),
          spec: { selector: { matchLabels: { app: 'shop' } }, mtls: { mode: 'PERMISSIVE' } },
        },
      ],
      problems: [],
    });
  });

  it('leaves the excepted container ports open to plaintext', () => {
    const mtls = { at: 'spec.internal.mtls', mode: 'Strict', exceptPorts: [9090, 9091] } as const;
    expect(render({ mtls }).manifests.map(({ spec }) => spec)).toEqual([
      {
        selector: { matchLabels: { app: 'shop' } },
        mtls: { mode: 'STRICT' },
        portLevelMtls: { '9090': { mode: 'PERMISSIVE' }, '9091': { mode: 'PERMISSIVE' } },
      },
    ]);
  });
});

describe('allow', () => {
  const entry = (over: Partial<AllowEntry>): AllowEntry => ({ at: 'spec.internal.allow', ...over });
  const policy = (entries: readonly AllowEntry[], over: Partial<Traffic> = {}, where: World = world) =>
    render({ allow: { value: entries, at: 'spec.internal.allow' } }, over, where).manifests;
  const rules = (...given: Parameters<typeof policy>) =>
    policy(...given).map(({ spec }) => (spec as { rules?: unknown }).rules);
  const from = (account: string) => ({ from: [{ source: { serviceAccounts: [account] } }] });

  it('is one policy with a rule for every entry, in the order as written', () => {
    const entries = [
      entry({ app: 'checkout', namespace: 'team' }),
      entry({ app: 'billing', namespace: 'payments', ports: [8080] }),
      entry({ serviceAccount: 'robot', namespace: 'team', methods: ['GET', 'HEAD'], paths: ['/x', '/x/*', '/*'] }),
      entry({ namespace: 'monitoring' }),
      entry({ ports: [9090] }),
    ];
    expect(policy(entries)).toEqual([
      {
        apiVersion: 'security.istio.io/v1',
        kind: 'AuthorizationPolicy',
        metadata: metadata('shop'),
        spec: {
          selector: { matchLabels: { app: 'shop' } },
          action: 'ALLOW',
          rules: [
            from('team/checkout'),
            { ...from('payments/billing'), to: [{ operation: { ports: ['8080'] } }] },
            { ...from('team/robot'), to: [{ operation: { methods: ['GET', 'HEAD'], paths: ['/x', '/x/*', '/*'] } }] },
            { from: [{ source: { namespaces: ['monitoring'] } }] },
            { to: [{ operation: { ports: ['9090'] } }] },
          ],
        },
      },
    ]);
  });

  it('means the serviceAccount of the AppTraffic that an entry names', () => {
    const siblings = [
      {
        app: { namespace: 'team', name: 'checkout' },
        selector: {},
        serviceAccount: 'checkout-sa',
        configuresPods: false,
        created: '2026-01-01T00:00:00Z',
      },
    ];
    const entries = [entry({ app: 'checkout', namespace: 'team' }), entry({ app: 'shop', namespace: 'team' })];
    expect(rules(entries, { serviceAccount: 'own' }, { ...world, siblings })).toEqual([
      [from('team/checkout-sa'), from('team/own')],
    ]);
  });

  it('limits methods and paths to the http ports where there are others', () => {
    const entries = [
      entry({ namespace: 'a', methods: ['GET'] }),
      entry({ namespace: 'a', paths: ['/x'], ports: [5432] }),
    ];
    const source = { from: [{ source: { namespaces: ['a'] } }] };
    expect(rules(entries, { ports: [adminPort, dbPort, httpPort] })).toEqual([
      [
        { ...source, to: [{ operation: { methods: ['GET'], ports: ['8080', '9090'] } }] },
        { ...source, to: [{ operation: { paths: ['/x'], ports: ['5432'] } }] },
      ],
    ]);
    expect(rules([entry({ namespace: 'a', methods: ['GET'] })], { ports: [dbPort] })).toEqual([undefined]);
  });

  it('that is empty lets in only the gateway, on the container ports that its routes reach', () => {
    const routes = [
      route('all', { forward: whole(canary) }),
      route('admin', { prefix: '/admin' }, { port: adminPort }),
      route('docs', { prefix: '/docs', forward: whole(docs) }, { port: dbPort }),
    ];
    const ports = { to: [{ operation: { ports: ['8080', '9090'] } }] };
    expect(rules([], { external: external(['a.example.com'], routes) })).toEqual([
      [{ ...from('istio-system/istio-ingressgateway-service-account'), ...ports }],
    ]);
    expect(rules([], { external: external(['a.example.com'], routes, namedGateway) })).toEqual([
      [{ ...from('istio-ingress/public'), ...ports }],
    ]);
  });

  it('that is empty without anything served outside lets nobody in', () => {
    expect(rules([])).toEqual([undefined]);
    expect(rules([], { external: external([]) })).toEqual([undefined]);
    expect(rules([], { external: external(['a.example.com'], [route('docs', { forward: whole(docs) })]) })).toEqual([
      undefined,
    ]);
  });

  it('lets in an ingress controller that the platform lists as part of the mesh, and no other', () => {
    const ingressClasses = [
      { name: 'nginx', inMesh: true, namespace: 'ingress-nginx', serviceAccount: 'nginx' },
      { name: 'traefik', inMesh: false },
    ];
    const where: World = {
      ...world,
      platform: { ...platform, ingressClasses },
      ingressClasses: [{ name: 'nginx', controller: 'k8s.io/ingress-nginx', isDefault: true }],
    };
    const over = (className?: string): Partial<Traffic> => ({
      external: external(['a.example.com'], undefined, {
        edge: { kind: 'Ingress', at: 'spec.external', ...(className === undefined ? {} : { className }) },
      }),
    });
    const rule = { ...from('ingress-nginx/nginx'), to: [{ operation: { ports: ['8080'] } }] };
    expect([rules([], over(), where), rules([], over('nginx'), where), rules([], over('traefik'), where)]).toEqual([
      [[rule]],
      [[rule]],
      [undefined],
    ]);
  });
});

describe('the DestinationRule', () => {
  const backends = [app, canary, stable];
  const rendered = (over: Partial<Traffic>) =>
    translateDestinationRule(traffic({ backends, ...over }), world).manifests;
  const ingress = { edge: { kind: 'Ingress', at: 'spec.external' } } as const;

  it('names every subset where Istio routes to the Service', () => {
    const expected = [
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'DestinationRule',
        metadata: metadata('shop'),
        spec: {
          host: ownHost,
          subsets: [
            { name: 'canary', labels: { version: 'v2' } },
            { name: 'stable', labels: { version: 'v1' } },
          ],
          exportTo: ['*'],
        },
      },
    ];
    expect(rendered({ external: external(['a.example.com']) })).toEqual(expected);
    expect(
      rendered({
        external: external(['a.example.com'], undefined, ingress),
        internal: internal({ routes: [route('all')] }),
      }),
    ).toEqual(expected);
  });

  it('is not needed without subsets, or where Istio routes nothing to the Service', () => {
    expect(rendered({ backends: [app], external: external(['a.example.com']) })).toEqual([]);
    expect(rendered({ external: external(['a.example.com'], undefined, ingress) })).toEqual([]);
    expect(rendered({ external: external(['a.example.com'], [route('docs', { forward: whole(docs) })]) })).toEqual([]);
    expect(rendered({ external: external([]) })).toEqual([]);
    expect(rendered({})).toEqual([]);
  });
});
