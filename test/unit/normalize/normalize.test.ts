import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import type { Platform } from '../../../src/model/platform.ts';
import { normalize } from '../../../src/normalize/normalize.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';

const platform = builtInPlatform();

function modelOf(spec: unknown, over: Partial<Platform> = {}) {
  const parsed = parseAppTraffic({
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { name: 'shop', namespace: 'team' },
    spec,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return normalize(parsed.value, { ...platform, ...over });
}

const http = { name: 'http', port: 80, targetPort: 8080, protocol: 'http', at: 'spec.port' };
const app = { kind: 'App', name: 'app' };

describe('normalize', () => {
  it('gives the shortest spec its Service, selector, identity and nothing else', () => {
    expect(modelOf({ port: 8080 })).toEqual({
      app: { namespace: 'team', name: 'shop' },
      selector: { app: 'shop' },
      serviceAccount: 'shop',
      service: { name: 'shop', type: 'ClusterIP', annotations: {}, at: 'spec.service' },
      ports: [http],
      backends: [app],
      split: [{ backend: app, weight: 100 }],
      connections: { given: {}, effective: {} },
    });
  });

  it('makes an absent list of routes one route for all requests, and an empty list none', () => {
    expect(modelOf({ port: 8080, external: { hosts: ['a.example.com'] } }).external?.routes).toEqual([
      {
        name: 'default',
        at: 'spec.external.routes',
        position: 0,
        port: http,
        features: {
          prefix: { value: '/', at: 'spec.external.routes' },
          forward: { value: [{ backend: app, weight: 100 }], at: 'spec' },
        },
      },
    ]);
    expect(modelOf({ port: 8080, external: { hosts: ['a.example.com'], routes: [] } }).external?.routes).toEqual([]);
  });

  it('orders routes by precedence and keeps the place where each feature was written', () => {
    const { external } = modelOf({
      port: 8080,
      backends: { v2: { labels: { version: 'v2' } } },
      external: {
        hosts: ['a.example.com'],
        routes: [
          { name: 'all' },
          {
            name: 'beta',
            match: { prefix: '/api/', methods: ['POST', 'GET'], headers: { 'X-Beta': '1' } },
            to: 'v2',
            mirror: { to: 'app' },
            fault: { delay: '2s', abort: 503, abortPercent: 5, until: '2030-01-01T00:00:00Z' },
            timeout: '1m30s',
            retries: { attempts: 2, perTry: '250ms' },
          },
        ],
      },
    });
    const at = 'spec.external.routes[1]';
    const v2 = { kind: 'Subset', name: 'v2', labels: { version: 'v2' }, at: 'spec.backends.v2' };
    expect(external?.routes.map(({ name }) => name)).toEqual(['beta', 'all']);
    expect(external?.routes[0]?.features).toEqual({
      prefix: { value: '/api', at: `${at}.match.prefix` },
      methods: { value: ['GET', 'POST'], at: `${at}.match.methods` },
      headers: { value: [{ name: 'x-beta', value: '1' }], at: `${at}.match.headers` },
      forward: { value: [{ backend: v2, weight: 100 }], at: `${at}.to` },
      mirror: { value: { backend: app, percent: 100 }, at: `${at}.mirror` },
      fault: {
        value: {
          delay: { ms: 2_000, percent: 100 },
          abort: { status: 503, percent: 5 },
          untilMs: Date.UTC(2030, 0),
        },
        at: `${at}.fault`,
      },
      timeout: { value: 90_000, at: `${at}.timeout` },
      retries: { value: { attempts: 2, perTryMs: 250 }, at: `${at}.retries` },
    });
  });

  it('gives routes that forward what the app says of resilience, else the platform, each default by itself', () => {
    const given = {
      port: 8080,
      external: {
        hosts: ['a.example.com'],
        routes: [
          { name: 'own', match: { prefix: '/own' }, timeout: '1s', retries: { attempts: 0 } },
          { name: 'moved', match: { prefix: '/old' }, redirect: { path: '/new' } },
          { name: 'rest' },
        ],
      },
      resilience: { timeout: '15s' },
    };
    const resilience = { timeout: 1, retries: { attempts: 1 } };
    const extras = (external: object) =>
      modelOf({ ...given, external: { ...given.external, ...external } }, { resilience }).external?.routes.map(
        ({ name, features: { timeout, retries } }) => [name, timeout, retries],
      );
    const at = 'spec.external.routes[0]';
    const timeout = { value: 15_000, at: 'spec.resilience.timeout' };
    const own = ['own', { value: 1000, at: `${at}.timeout` }, { value: { attempts: 0 }, at: `${at}.retries` }];
    expect(extras({})).toEqual([
      ['moved', undefined, undefined],
      own,
      ['rest', timeout, { value: { attempts: 1 }, at: 'spec' }],
    ]);
    // What the platform gives to all apps is not for an ingress controller to refuse.
    expect(extras({ provider: 'Ingress' })).toEqual([
      ['moved', undefined, undefined],
      own,
      ['rest', timeout, undefined],
    ]);
  });

  describe('regions in an order', () => {
    const failover = [{ from: 'eu', to: 'us' }];
    const platforms = { loadBalancing: { warmup: 1000, locality: { failover } } };
    const eject = { after: 5 };
    const effective = (spec: object, resilience: object) =>
      modelOf({ port: 8080, internal: {}, ...spec }, { resilience }).connections.effective;

    it('hold for apps whose failing pods are left out, whoever says so', () => {
      const inOrder = { locality: { value: { failover }, at: 'spec' } };
      expect(effective({}, { ...platforms, circuitBreaker: { eject } })).toMatchObject(inOrder);
      expect(effective({ resilience: { circuitBreaker: { eject } } }, platforms)).toMatchObject(inOrder);
    });

    it('are left out of what the platform gives where no pod ever is', () => {
      const warmup = { value: 1000, at: 'spec' };
      expect(effective({}, platforms)).toEqual({ warmup });
      const limits = { resilience: { circuitBreaker: { maxRequests: 1 } } };
      expect(effective(limits, { ...platforms, circuitBreaker: { eject } })).toEqual({
        warmup,
        maxRequests: { value: 1, at: 'spec.resilience.circuitBreaker.maxRequests' },
      });
    });

    it('stay where the app itself says so, for policy to refuse', () => {
      const own = { resilience: { loadBalancing: { locality: { failover } } } };
      expect(effective(own, {})).toEqual({
        locality: { value: { failover }, at: 'spec.resilience.loadBalancing.locality' },
      });
    });
  });

  it('has shares of localities sorted, without ejection too, and none for a server elsewhere', () => {
    const resilience = { loadBalancing: { locality: { distribute: [{ from: 'eu', to: { us: 10, eu: 90 } }] } } };
    const shares = [
      { locality: 'eu', percent: 90 },
      { locality: 'us', percent: 10 },
    ];
    const where = { value: { distribute: [{ from: 'eu', to: shares }] }, at: 'spec.resilience.loadBalancing.locality' };
    const own = { port: 8080, internal: {}, resilience };
    expect(modelOf(own).connections).toEqual({ given: { locality: where }, effective: { locality: where } });
    const service = { type: 'ExternalName', externalName: 'a.example.net' };
    expect(modelOf({ port: 8080, service, resilience }).connections).toEqual({
      given: { locality: where },
      effective: {},
    });
  });

  it('has a route inside where resilience is set and a port speaks http', () => {
    const http8080 = { port: 8080 };
    const db = { ports: [{ name: 'db', port: 5432, protocol: 'tcp' }] };
    const names = (ports: object, resilience: object) =>
      modelOf({ ...ports, internal: {}, resilience }).internal?.routes?.map(({ name }) => name);
    const timeout = { timeout: '15s' };
    expect([names(http8080, timeout), names(http8080, {}), names(db, timeout)]).toEqual([
      ['default'],
      undefined,
      undefined,
    ]);
  });

  it('writes prefixes without a slash at the end, matched or replaced', () => {
    const { external } = modelOf({
      port: 8080,
      external: {
        hosts: ['a.example.com'],
        routes: [
          { name: 'moved', match: { prefix: '/old/' }, redirect: { prefix: '/new/' } },
          { name: 'served', match: { prefix: '/api/' }, rewrite: { prefix: '/v1/' } },
        ],
      },
    });
    expect(
      external?.routes.map(({ features: { prefix, redirect, rewritePrefix } }) => [
        prefix?.value,
        redirect?.value.prefix ?? rewritePrefix?.value,
      ]),
    ).toEqual([
      ['/api', '/v1'],
      ['/old', '/new'],
    ]);
  });

  it('leaves a side with weight 0 out of a split', () => {
    const { split } = modelOf({
      port: 8080,
      backends: { blue: { labels: { v: 'b' } }, green: { labels: { v: 'g' } } },
      split: { blue: 100, green: 0 },
    });
    expect(split.map(({ backend, weight }) => [backend.name, weight])).toEqual([['blue', 100]]);
  });

  it('keeps visitors where requests are drawn: by the cookie of the route, else of the app', () => {
    const routes = [
      { name: 'own', match: { exact: '/own' }, split: { app: 100 }, sticky: { cookie: 'own', ttl: '1m' } },
      { name: 'shared', match: { exact: '/shared' }, split: { app: 100 } },
      { name: 'to', match: { exact: '/to' }, to: 'app' },
      { name: 'moved', match: { exact: '/x' }, redirect: { path: '/' } },
      { name: 'rest' },
    ];
    const stickyOf = (more: object) =>
      Object.fromEntries(
        modelOf({
          port: 8080,
          sticky: { cookie: 'side' },
          external: { hosts: ['a.example.com'], routes },
          ...more,
        }).external?.routes.map(({ name, features: { sticky } }) => [name, sticky]) ?? [],
      );
    const side = { value: { cookie: 'side' }, at: 'spec.sticky' };
    const own = { value: { cookie: 'own', ttlMs: 60_000 }, at: 'spec.external.routes[0].sticky' };
    const none = { to: undefined, moved: undefined };
    expect(stickyOf({})).toEqual({ own, shared: side, rest: undefined, ...none });
    expect(stickyOf({ split: { app: 100 } })).toEqual({ own, shared: side, rest: side, ...none });
  });

  it('chooses the edge: a named gateway or class, then the provider of the spec, then the platform', () => {
    const edge = (external: object, over: Partial<Platform> = {}) =>
      modelOf({ port: 8080, external: { hosts: ['a.example.com'], ...external } }, over).external?.edge;
    const named = { ...platform.gateways[0], name: 'public', namespace: 'edge' } as Platform['gateways'][number];
    expect(edge({})).toEqual({ kind: 'GeneratedGateway' });
    expect(edge({}, { provider: 'Ingress' })).toEqual({ kind: 'Ingress', at: 'spec.external' });
    expect(edge({ ingressClass: 'nginx' })).toEqual({
      kind: 'Ingress',
      className: 'nginx',
      at: 'spec.external.ingressClass',
    });
    expect(edge({ gateway: 'edge/public' })).toEqual({
      kind: 'NamedGateway',
      namespace: 'edge',
      name: 'public',
      at: 'spec.external.gateway',
    });
    expect(edge({}, { gateways: [named] })).toEqual({
      kind: 'NamedGateway',
      namespace: 'edge',
      name: 'public',
      at: 'spec.external',
    });
    expect(edge({ tls: { secretName: 'team-tls' } }, { gateways: [named] })).toEqual({ kind: 'GeneratedGateway' });
    expect(edge({ tls: { mode: 'Passthrough' } }, { gateways: [named] })).toEqual({ kind: 'GeneratedGateway' });
  });

  it('routes inside the mesh only where internal.routes or split asks for it', () => {
    const backends = { v1: { labels: { v: '1' } } };
    expect(modelOf({ port: 8080, internal: {} }).internal).toEqual({ at: 'spec.internal' });
    expect(modelOf({ port: 8080, backends, split: { v1: 100 } }).internal).toBeUndefined();
    expect(modelOf({ port: 8080, backends, split: { v1: 100 }, internal: {} }).internal?.routes).toHaveLength(1);
  });

  it('gives an allow entry its own namespace where it names a workload without one', () => {
    const { internal } = modelOf({
      port: 8080,
      internal: { allow: [{ app: 'checkout' }, { namespace: 'ops', ports: [9090, 9090, 80] }, { ports: [1] }] },
    });
    expect(internal?.allow?.value).toEqual([
      { at: 'spec.internal.allow[0]', app: 'checkout', namespace: 'team' },
      { at: 'spec.internal.allow[1]', namespace: 'ops', ports: [80, 9090] },
      { at: 'spec.internal.allow[2]', ports: [1] },
    ]);
  });

  it('takes the protocol of a port from its name where none is given, as Istio does', () => {
    const { ports } = modelOf({
      ports: [
        { name: 'grpc-admin', port: 9000 },
        { name: 'db', port: 5432 },
      ],
    });
    expect(ports.map(({ name, targetPort, protocol }) => [name, targetPort, protocol])).toEqual([
      ['db', 5432, 'tcp'],
      ['grpc-admin', 9000, 'grpc'],
    ]);
  });
});
