import type { ServiceBackend } from '../../../src/model/backend.ts';
import type { Route } from '../../../src/model/route.ts';
import type { GatewayEntry } from '../../../src/model/platform.ts';
import type { Edge, Traffic } from '../../../src/model/traffic.ts';
import type { World } from '../../../src/model/world.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { sketch } from '../model/routes.ts';
import type { Sketch } from '../model/routes.ts';
import { external, internal, platform, traffic, world } from './samples.ts';

const docs: ServiceBackend = {
  kind: 'Service',
  name: 'docs',
  namespace: 'shop',
  service: 'docs',
  port: 80,
  at: 'spec.backends.docs',
};

const toDocs: Sketch = { name: 'docs', prefix: '/docs', headers: { v: '1' } };

/** An app whose route /docs goes to the backend, with a timeout and a rewrite, inside and outside. */
function appWith(backend: ServiceBackend, match: Sketch = toDocs): Traffic {
  const plain = sketch(match);
  const route: Route = {
    ...plain,
    features: {
      ...plain.features,
      forward: { value: [{ backend, weight: 100 }], at: 'spec.external.routes[0].to' },
      rewritePrefix: { value: '/', at: 'spec.external.routes[0].rewrite.prefix' },
      timeout: { value: 1000, at: 'spec.external.routes[0].timeout' },
    },
  };
  const routes = [route, sketch({ position: 1 })];
  return {
    ...traffic,
    backends: [...traffic.backends, backend],
    external: { ...external, routes },
    internal: { ...internal, routes: [route] },
  };
}

describe('backends that are a server elsewhere', () => {
  test.each([
    ['search.wiki.svc.cluster.local', true],
    ['cluster.local', true],
    ['search.wiki.svc', true],
    ['cluster.local.example.net', false],
    ['notcluster.local', false],
    ['legacy.example.net', false],
  ])('are refused below the domain of the cluster: %s', (host, isRefused) => {
    const backend = { kind: 'Host', name: 'old', host, port: 80, tls: false, at: 'spec.backends.old' } as const;
    const { problems } = checkPolicy({ ...traffic, backends: [...traffic.backends, backend] }, world);
    const refused = {
      code: 'AT0213',
      field: 'spec.backends.old',
      message: `backend old names ${host} by host, and names that end in .svc or below cluster.local are those of this cluster's Services`,
      fix: 'name the Service as a backend, under service {name, namespace, port}',
    };
    expect(problems).toEqual(isRefused ? [refused] : []);
  });
});

describe('a Service of type ExternalName', () => {
  const grants = { grants: [{ from: 'shop', to: 'wiki', services: ['search'] }] };
  test.each([
    ['a Service of another namespace', 'docs.wiki.svc.cluster.local', true],
    ['one of the own namespace', 'docs.shop.svc.cluster.local', false],
    ['one that is granted as a backend', 'search.wiki.svc.cluster.local', false],
    ['a name that a search list could complete', 'docs.wiki.svc', true],
    ['a pod', 'web-0.docs.shop.svc.cluster.local', true],
    ['the cluster itself', 'cluster.local', true],
    ['a server elsewhere', 'docs.example.net', false],
  ])('is judged as a backend that stands for %s', (_, externalName, isRefused) => {
    const app: Traffic = { ...traffic, service: { ...traffic.service, type: 'ExternalName', externalName } };
    const refused = {
      code: 'AT0213',
      field: 'spec.service.externalName',
      message: `Service web stands for ${externalName}, and names that end in .svc or below cluster.local are those of this cluster's Services`,
      fix: 'name the Service as a backend, under service {name, namespace, port}',
    };
    const { problems } = checkPolicy(app, { ...world, platform: { ...platform, backends: grants } });
    expect(problems).toEqual(isRefused ? [refused] : []);
  });
});

describe('backends that are another Service', () => {
  test('in another namespace without a grant: the routes keep their match and answer 503', () => {
    const app = appWith({ ...docs, namespace: 'wiki' });
    const outcome = checkPolicy(app, world);
    const refused = {
      ...sketch({ name: 'docs', prefix: '/docs', headers: { v: '1' } }),
      features: {
        prefix: { value: '/docs', at: 'spec.external.routes[0].match.prefix' },
        headers: { value: [{ name: 'v', value: '1' }], at: 'spec.external.routes[0].match.headers' },
        unavailable: { value: true, at: 'spec.external.routes[0].to' },
      },
    };
    expect(outcome).toEqual({
      problems: [
        {
          code: 'AT0209',
          field: 'spec.backends.docs',
          message: 'backend docs is Service docs of namespace wiki, which shop is not granted: route docs answers 503',
          fix: 'use a Service of namespace shop, or ask the platform team for backends.grants {from: shop, to: wiki, services: [docs]}',
        },
      ],
      granted: {
        ...app,
        external: { ...external, routes: [refused, sketch({ position: 1 })] },
        internal: { ...internal, routes: [refused] },
      },
      hosts: [{ host: 'shop.example.com', state: 'Granted' }],
      assumed: [],
    });
  });

  test('in another namespace without a grant: every condition of the match is kept', () => {
    const match = {
      host: 'a.example.com',
      exact: '/a',
      methods: ['GET'],
      headers: { a: '1' },
      withoutHeaders: ['b'],
      cookies: { c: '2' },
      query: { d: '3' },
    } as const;
    const { forward: _, ...conditions } = sketch(match).features;
    const app = appWith({ ...docs, namespace: 'wiki' }, match);
    const at = 'spec.external.routes[0].to';
    expect(checkPolicy(app, world).granted.internal?.routes?.map(({ features }) => features)).toEqual([
      { ...conditions, unavailable: { value: true, at } },
    ]);
  });

  test('in another namespace without a grant: it gets no copies, and the route that mirrors is served', () => {
    const backend: ServiceBackend = { ...docs, namespace: 'wiki' };
    const copying = (name: string): Route => {
      const plain = sketch({ name, prefix: `/${name}` });
      return { ...plain, features: { ...plain.features, mirror: { value: { backend, percent: 20 }, at: 'mirror' } } };
    };
    const app: Traffic = {
      ...traffic,
      backends: [...traffic.backends, backend],
      external: { ...external, routes: [copying('a'), copying('b')] },
    };
    const { problems, granted } = checkPolicy(app, world);
    expect([problems.map(({ message }) => message), granted.external?.routes]).toEqual([
      ['backend docs is Service docs of namespace wiki, which shop is not granted: routes a, b send no copies'],
      [sketch({ name: 'a', prefix: '/a' }), sketch({ name: 'b', prefix: '/b' })],
    ]);
  });

  test('in another namespace with a grant: looked up like any other', () => {
    const app = appWith({ ...docs, namespace: 'wiki' });
    const granting: World = {
      ...world,
      platform: { ...platform, backends: { grants: [{ from: 'shop', to: 'wiki', services: ['docs'] }] } },
      services: [{ namespace: 'wiki', name: 'docs', type: 'ClusterIP', ports: [{ port: 80 }] }],
    };
    expect(checkPolicy(app, granting)).toEqual({
      problems: [],
      granted: app,
      hosts: [{ host: 'shop.example.com', state: 'Granted' }],
      assumed: [],
    });
  });

  test('that does not exist: told, and the route stays as it is', () => {
    const app = appWith(docs);
    const { problems, granted } = checkPolicy(app, world);
    expect({ problems, granted }).toEqual({
      problems: [
        {
          code: 'AT0201',
          field: 'spec.backends.docs',
          message: 'backend docs names Service shop/docs, which does not exist',
          fix: 'create the Service, or correct its name; the route starts to work by itself',
        },
      ],
      granted: app,
    });
  });

  test('in a namespace that is not watched: served, with a warning that claims nothing of it', () => {
    const app = appWith({ ...docs, namespace: 'wiki' });
    const watching: World = {
      ...world,
      platform: { ...platform, backends: { grants: [{ from: 'shop', to: 'wiki', services: ['docs'] }] } },
      watchedNamespaces: ['shop'],
    };
    expect(checkPolicy(app, watching)).toEqual({
      problems: [
        {
          code: 'AT0211',
          field: 'spec.backends.docs',
          message:
            'backend docs names Service wiki/docs, and namespace wiki is not watched: whether the Service is there and has port 80 is not known',
          fix: 'ask the platform team to add wiki to --watch-namespaces; if the Service is there, the route works all the same',
        },
      ],
      granted: app,
      hosts: [{ host: 'shop.example.com', state: 'Granted' }],
      assumed: [],
    });
    expect(checkPolicy(app, { ...watching, watchedNamespaces: ['shop', 'wiki'] }).problems).toMatchObject([
      { code: 'AT0201', message: 'backend docs names Service wiki/docs, which does not exist' },
    ]);
  });

  test('without the port: told with the ports it has', () => {
    const services = [{ namespace: 'shop', name: 'docs', type: 'ClusterIP', ports: [{ port: 8443 }, { port: 8080 }] }];
    expect(checkPolicy(appWith(docs), { ...world, services }).problems).toEqual([
      {
        code: 'AT0202',
        field: 'spec.backends.docs',
        message: 'Service shop/docs has no port 80',
        fix: 'use one of its ports: 8080, 8443',
      },
    ]);
  });

  test('that is this very app: not looked up, it is there after the first apply', () => {
    expect(checkPolicy(appWith({ ...docs, service: 'web' }), world).problems).toEqual([]);
  });

  test('not given offline: assumed, once', () => {
    const app = appWith(docs);
    const twice = { ...app, backends: [...app.backends, { ...docs, name: 'more' }] };
    const { problems, assumed } = checkPolicy(twice, { ...world, assumesPresent: true });
    expect({ problems, assumed }).toEqual({ problems: [], assumed: ['Service shop/docs'] });
  });
});

describe('a named gateway', () => {
  const bound = (name: string): Traffic => ({
    ...traffic,
    external: {
      ...external,
      edge: { kind: 'NamedGateway', namespace: 'istio-ingress', name, at: 'spec.external.gateway' },
    },
  });
  const live = [{ namespace: 'istio-ingress', name: 'public', hosts: ['*'], tcp: [] }];

  test('that the platform does not offer refuses the app, whether it exists or not', () => {
    expect(checkPolicy(bound('private'), { ...world, assumesPresent: true }).problems).toEqual([
      {
        code: 'AT0204',
        field: 'spec.external.gateway',
        message: "gateway istio-ingress/private is not one of the platform's gateways",
        fix: 'use one of istio-ingress/public, or leave gateway out',
      },
    ]);
  });

  test('that is offered and live is fine', () => {
    const { problems, assumed } = checkPolicy(bound('public'), { ...world, gateways: live });
    expect({ problems, assumed }).toEqual({ problems: [], assumed: [] });
  });

  test('that is offered but not live is told; without the kind Gateway it is not told twice', () => {
    const missing = checkPolicy(bound('public'), world).problems;
    const withoutKind = checkPolicy(bound('public'), { ...world, availableKinds: ['/Service'] }).problems;
    expect({ missing, withoutKind }).toEqual({
      missing: [
        {
          code: 'AT0203',
          field: 'spec.external.gateway',
          message: 'gateway istio-ingress/public does not exist in the cluster',
          fix: 'ask the platform team to create the Gateway, or name another one',
        },
      ],
      withoutKind: [],
    });
  });

  test('that is offered and not given offline is assumed', () => {
    const { problems, assumed } = checkPolicy(bound('public'), { ...world, assumesPresent: true });
    expect({ problems, assumed }).toEqual({ problems: [], assumed: ['Gateway istio-ingress/public'] });
  });
});

describe('a port for TCP connections', () => {
  const listener = (listen: number, i: number) => ({
    at: `spec.external.tcp[${i}]`,
    listen,
    route: sketch({ name: `tcp-${listen}` }),
  });
  const named: Edge = { kind: 'NamedGateway', namespace: 'istio-ingress', name: 'public', at: 'spec.external.gateway' };
  const app = (edge: Edge, ports: readonly number[]): Traffic => ({
    ...traffic,
    external: { ...external, edge, hosts: [], routes: [], tcp: ports.map(listener) },
  });
  const offering = (tcpPorts: readonly number[], more: Partial<GatewayEntry> = {}): World => ({
    ...world,
    platform: { ...platform, gateways: platform.gateways.map((entry) => ({ ...entry, tcpPorts, ...more })) },
  });
  const unnamed = (tcpPorts: readonly number[]): World => {
    const gateways = builtInPlatform().gateways.map((entry) => ({ ...entry, tcpPorts }));
    return { ...world, platform: { ...platform, gateways } };
  };
  const live = (tcp: World['gateways'][number]['tcp']): Pick<World, 'gateways'> => ({
    gateways: [{ namespace: 'istio-ingress', name: 'public', hosts: ['*'], tcp }],
  });
  const texts = (given: Traffic, at: World): readonly string[] =>
    checkPolicy(given, at).problems.map(({ code, field, message, fix }) => `${code} ${field}: ${message}. ${fix}`);

  test('must be one that the platform offers on that gateway', () => {
    expect([
      texts(app({ kind: 'GeneratedGateway' }, [5432]), unnamed([])),
      texts(app({ kind: 'GeneratedGateway' }, [5432, 6379]), unnamed([6379])),
      texts(app(named, [5432]), { ...offering([6379]), ...live([]) }),
      texts(app({ kind: 'GeneratedGateway' }, [6379]), offering([6379], { default: true })),
    ]).toEqual([
      [
        'AT0214 spec.external.tcp[0]: the default gateway offers no port 5432 for TCP connections. ask the platform team to add 5432 to gateways[].tcpPorts of that gateway',
      ],
      [
        'AT0214 spec.external.tcp[0]: the default gateway offers no port 5432 for TCP connections. listen on one of 6379, or ask the platform team to add 5432 to gateways[].tcpPorts of that gateway',
      ],
      [
        'AT0214 spec.external.tcp[0]: gateway istio-ingress/public offers no port 5432 for TCP connections. listen on one of 6379, or ask the platform team to add 5432 to gateways[].tcpPorts of istio-ingress/public',
      ],
      [
        "AT0214 spec.external.tcp[0]: port 6379 is not offered beside a certificate of the app's own: the ports for TCP connections are those of gateway istio-ingress/public. remove external.tls, or give the ports an AppTraffic of their own",
      ],
    ]);
  });

  test('that leads to a Service of another namespace without a grant takes no connections, and the others do', () => {
    const backend = { ...docs, namespace: 'other' };
    const value = [{ backend, weight: 100 }];
    const [first, second] = [listener(5432, 0), listener(6379, 1)];
    const toOther = { ...first, route: { ...first.route, features: { forward: { value, at: '' } } } };
    const edge = named;
    const given: Traffic = {
      ...traffic,
      backends: [...traffic.backends, backend],
      external: { ...external, edge, hosts: [], routes: [], tcp: [toOther, second] },
    };
    const { problems, granted } = checkPolicy(given, { ...offering([5432, 6379]), assumesPresent: true });
    expect({ problems, left: granted.external?.tcp }).toMatchObject({
      problems: [
        {
          code: 'AT0209',
          message:
            'backend docs is Service docs of namespace other, which shop is not granted: port 5432 takes no connections',
        },
      ],
      left: [second],
    });
  });

  test.each([
    ['every namespace', ['*'], true],
    ['every namespace, in words', ['*/*'], true],
    ["the app's namespace", ['other/*', 'shop/db.example.com'], true],
    ["the Gateway's namespace", ['./*'], false],
    ['another namespace', ['other/*'], false],
    ['nobody', [], false],
  ])('of a named Gateway whose server is for %s', (_, hosts, isServed) => {
    const found = texts(app(named, [5432]), { ...offering([5432]), ...live([{ port: 5432, hosts }]) });
    expect(found.map((text) => text.slice(0, 6))).toEqual(isServed ? [] : ['AT0215']);
  });

  test('without a server on the named Gateway is told; a Gateway that is not there is told of itself', () => {
    expect([
      texts(app(named, [5432]), { ...offering([5432]), ...live([{ port: 6379, hosts: ['*'] }]) }),
      texts(app(named, [5432]), offering([5432])).map((text) => text.slice(0, 6)),
    ]).toEqual([
      [
        "AT0215 spec.external.tcp[0]: gateway istio-ingress/public has no server of protocol TCP on port 5432 for this namespace. ask the platform team to add a server {port: {number: 5432, name: tcp-5432, protocol: TCP}, hosts: ['*']} to the Gateway",
      ],
      ['AT0203'],
    ]);
  });
});

describe('a Service of type Existing', () => {
  const app: Traffic = { ...traffic, service: { ...traffic.service, type: 'Existing' } };
  const live = { namespace: 'shop', name: 'web', type: 'ClusterIP', selector: { app: 'web' }, ports: [{ port: 80 }] };

  test('that is as the spec says is fine', () => {
    expect(checkPolicy(app, { ...world, services: [live] }).problems).toEqual([]);
  });

  test("that is the app's own is refused: it would be deleted", () => {
    const own = { ...live, madeBy: traffic.app.name };
    expect(checkPolicy(app, { ...world, services: [own] }).problems).toEqual([
      {
        code: 'AT0210',
        field: 'spec.service',
        message: 'Service web is made by this AppTraffic, and type Existing would delete it',
        fix: 'name a Service that is made elsewhere; to keep this one, remove its ownerReference and its label apptraffic.dev/app',
      },
    ]);
    expect(checkPolicy(app, { ...world, services: [{ ...live, madeBy: 'other' }] }).problems).toEqual([]);
  });

  test('that is missing is told; offline it is assumed', () => {
    const offline = checkPolicy(app, { ...world, assumesPresent: true });
    expect([checkPolicy(app, world).problems, offline.problems, offline.assumed]).toEqual([
      [
        {
          code: 'AT0206',
          field: 'spec.service',
          message: 'Service web does not exist in namespace shop',
          fix: 'create it, correct service.name, or use another service.type to have it generated',
        },
      ],
      [],
      ['Service shop/web'],
    ]);
  });

  test('with another selector or without the port is told', () => {
    const other = { ...live, selector: { app: 'web', tier: 'front' }, ports: [{ port: 8080 }] };
    expect(checkPolicy(app, { ...world, services: [other] }).problems).toEqual([
      {
        code: 'AT0202',
        field: 'spec.port',
        message: 'Service web has no port 80',
        fix: 'list the ports of the Service under ports: 8080',
      },
      {
        code: 'AT0207',
        field: 'spec.service',
        message: 'Service web selects app=web,tier=front, app.selector is app=web',
        fix: 'give the Service and app.selector the same labels',
      },
    ]);
  });
});

describe('a TLS Secret', () => {
  const secured = (secretName: string): Traffic => ({
    ...traffic,
    external: { ...external, tls: { value: { secretName }, at: 'spec.external.tls' } },
  });

  test("on Istio must carry the namespace's prefix or be granted", () => {
    const granting: World = {
      ...world,
      platform: { ...platform, secrets: { grants: [{ namespace: 'shop', names: ['wildcard'] }] } },
    };
    expect([
      checkPolicy(secured('shop-tls'), world).problems,
      checkPolicy(secured('wildcard'), granting).problems,
      checkPolicy(secured('wildcard'), world).problems,
    ]).toEqual([
      [],
      [],
      [
        {
          code: 'AT0208',
          field: 'spec.external.tls',
          message: "Secret wildcard lives in the gateway's namespace and namespace shop may not use it there",
          fix: 'name the Secret shop-wildcard, or ask the platform team for secrets.grants {namespace: shop, names: [wildcard]}',
        },
      ],
    ]);
  });

  test('on Ingress lives in the namespace of the app and may have any name', () => {
    const app = secured('wildcard');
    const edge = { kind: 'Ingress', at: 'spec.external' } as const;
    expect(checkPolicy({ ...app, external: { ...external, ...app.external, edge } }, world).problems).toEqual([]);
  });
});

describe('annotations of the Service', () => {
  test('are refused one by one when the platform does not list them', () => {
    const annotations = { 'b.io/x': '1', 'a.io/y': '2', 'c.io/z': '3' };
    const allowing = { ...world, platform: { ...platform, service: { allowedAnnotations: ['c.io/z'] } } };
    const app = { ...traffic, service: { ...traffic.service, annotations } };
    const refused = (key: string): object => ({
      code: 'AT0103',
      field: 'spec.service',
      message: `the annotation ${key} is not on the platform's allow-list`,
      fix: 'remove it, or use one of c.io/z',
    });
    expect(checkPolicy(app, allowing).problems).toEqual([refused('a.io/y'), refused('b.io/x')]);
  });
});

describe('httpsRedirect', () => {
  const redirecting = { value: true, at: 'spec.external.httpsRedirect' };
  const named = (tls: boolean): World => ({
    ...world,
    assumesPresent: true,
    platform: { ...platform, gateways: platform.gateways.map((entry) => ({ ...entry, tls })) },
  });
  const onNamed = {
    ...external,
    edge: { kind: 'NamedGateway', namespace: 'istio-ingress', name: 'public', at: 'spec.external.gateway' },
    httpsRedirect: redirecting,
  } as const;

  test('is refused where nothing serves TLS', () => {
    expect([
      checkPolicy({ ...traffic, external: { ...external, httpsRedirect: redirecting } }, world).problems,
      checkPolicy({ ...traffic, external: onNamed }, named(false)).problems,
      checkPolicy({ ...traffic, external: onNamed }, named(true)).problems,
    ]).toEqual([
      [
        {
          code: 'AT0102',
          field: 'spec.external.httpsRedirect',
          message: 'httpsRedirect is true, but the hosts are not served over TLS',
          fix: 'add external.tls.secretName, or set httpsRedirect to false',
        },
      ],
      [
        {
          code: 'AT0102',
          field: 'spec.external.httpsRedirect',
          message: 'httpsRedirect is true, but the hosts are not served over TLS',
          fix: 'name a gateway that serves TLS, or set httpsRedirect to false',
        },
      ],
      [],
    ]);
  });
});

describe('routes that can never win', () => {
  const shadowed = (route: string, winner: string, field: string): object => ({
    code: 'AT0301',
    field,
    message: `route ${route} never gets a request: route ${winner} matches all of them first`,
    fix: `remove route ${route}, or make its match narrower than that of ${winner}`,
  });

  test('are told outside and inside', () => {
    const routes = [
      sketch({ name: 'read', prefix: '/a', methods: ['GET', 'HEAD'] }),
      sketch({ name: 'get', prefix: '/a', methods: ['GET'], position: 1 }),
      sketch({ name: 'rest', position: 2 }),
    ];
    const inside = [sketch({ name: 'one', position: 3 }), sketch({ name: 'two', position: 4 })];
    const app = { ...traffic, external: { ...external, routes }, internal: { ...internal, routes: inside } };
    const { problems, granted } = checkPolicy(app, world);
    expect({ problems, granted }).toEqual({
      problems: [shadowed('get', 'read', 'spec.external.routes[1]'), shadowed('two', 'one', 'spec.external.routes[4]')],
      granted: app,
    });
  });

  test('are told where a route names a wildcard above all hosts of the app', () => {
    const hosts = ['*.example.com', 'a.example.com'].map((value, i) => ({ value, at: `spec.external.hosts[${i}]` }));
    const routes = [
      sketch({ name: 'preview', host: 'p.example.com' }),
      sketch({ name: 'all', host: '*.example.com', position: 1 }),
      sketch({ name: 'api', prefix: '/api', position: 2 }),
    ];
    expect(checkPolicy({ ...traffic, external: { ...external, hosts, routes } }, world).problems).toEqual([
      shadowed('api', 'all', 'spec.external.routes[2]'),
    ]);
  });
});
