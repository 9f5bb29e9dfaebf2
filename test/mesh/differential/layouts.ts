/** Layouts: the ways in which apps of one world stand to each other. One row for each. */
import * as fc from 'fast-check';
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import type { External } from '../../../src/api/v1alpha1/external.ts';
import { appOf, backendNames, coreOf, httpPortNames, internalOf, portsOfApp, resilience } from './app-features.ts';
import type { AppScope, Core } from './app-features.ts';
import {
  gatewayNamespace,
  outside,
  secureSuffix,
  sharedPods,
  slotAccount,
  slotPods,
  strangerService,
  tlsPort,
} from './ground.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { entries, guardedWhereItMay } from './entries.ts';
import { bodySizes, limitedWhereItMay, rates } from './limits.ts';
import { corsValues, routesIn, splitOver } from './route-features.ts';
import type { World } from './world.ts';

type Edge = Pick<External, 'gateway' | 'tls' | 'httpsRedirect' | 'ingressClass' | 'provider'>;

/** The namespaces of apps; the second one is for those that have nothing to do with slots. */
const [blue, green] = ['blue', 'green'] as const;

const publicGateway = `${gatewayNamespace}/public`;
const secureGateway = `${gatewayNamespace}/secure`;

/** A Gateway of the app's own, with and without TLS. */
const ownEdges: readonly Edge[] = [
  {},
  { provider: 'Istio' },
  { tls: { secretName: 'blue-tls' } },
  { tls: { secretName: 'blue-tls' }, httpsRedirect: true },
  { tls: { secretName: 'blue-tls' }, httpsRedirect: false },
  { tls: { secretName: 'blue-tls', minVersion: '1.2' } },
  { tls: { secretName: 'blue-tls', minVersion: '1.3' }, httpsRedirect: false },
];

/** A Gateway of the platform's; the suffix is what its servers demand of hosts. */
const namedEdges: readonly { readonly edge: Edge; readonly suffix: string }[] = [
  { edge: { gateway: publicGateway }, suffix: 'test' },
  { edge: { gateway: publicGateway, httpsRedirect: false }, suffix: 'test' },
  { edge: { gateway: secureGateway }, suffix: secureSuffix },
  { edge: { gateway: secureGateway, httpsRedirect: false }, suffix: secureSuffix },
];

const anyEdge = fc.oneof(
  fc.constantFrom(...ownEdges).map((edge) => ({ edge, suffix: 'test' })),
  fc.constantFrom(...namedEdges),
);

/** Hosts of one app: exact, wildcard, a wildcard below it, and a preview host. */
function hostsBelow(domain: string): fc.Arbitrary<readonly string[]> {
  return fc.subarray([domain, `a.${domain}`, `*.${domain}`, `*.b.${domain}`, `c.b.${domain}`], {
    minLength: 1,
    maxLength: 3,
  });
}

/** Hosts that `match.host` may name: those of the app, and some below its wildcards. */
function matchHosts(hosts: readonly string[]): readonly string[] {
  const below = hosts.flatMap((host) =>
    host.startsWith('*.') ? ['pr-1', 'e.pr-2'].map((label) => `${label}${host.slice(1)}`) : [],
  );
  return [...new Set([...hosts, ...below])];
}

/** `external` of an app with this core; `root`: the segment below which its paths are. */
function externalOf(
  core: Core,
  given: { readonly hosts: readonly string[]; readonly edge: Edge; readonly root?: string; readonly preview?: boolean },
): fc.Arbitrary<External> {
  const { hosts, edge, root = '/', preview = true } = given;
  const scope = {
    root,
    hosts: preview ? matchHosts(hosts) : [],
    backends: backendNames(core),
    ports: httpPortNames(core),
    isOutside: true,
  };
  return fc
    .oneof(
      { weight: root === '/' ? 1 : 0, arbitrary: fc.constant(undefined) },
      { weight: root === '/' ? 1 : 0, arbitrary: fc.constant([]) },
      { weight: 12, arbitrary: routesIn(scope) },
    )
    .chain((routes) =>
      fc.option(corsValues, { nil: undefined, freq: 4 }).map((cors) => ({
        ...edge,
        hosts: [...hosts],
        ...(cors === undefined ? {} : { cors }),
        ...(routes === undefined ? {} : { routes: [...routes] }),
      })),
    );
}

/** Core and `external` of one app. */
function outsideApp(scope: AppScope, given: Parameters<typeof externalOf>[1]): fc.Arbitrary<AppTraffic> {
  return coreOf(scope).chain((core) => externalOf(core, given).map((external) => appOf(scope, { ...core, external })));
}

/** The Service `docs`, in its own app; backends of others name it. */
function docsApp(name: string, namespace: 'blue' | 'green'): AppTraffic {
  return appOf({ name, namespace }, { port: 9090, app: { selector: sharedPods } });
}

type Parts = Pick<World, 'apps'> & Partial<Pick<World, 'grants' | 'mayHave' | 'others'>>;
type Layout = (name: string) => fc.Arbitrary<Parts>;

const alone: Layout = (name) =>
  anyEdge.chain(({ edge, suffix }) =>
    hostsBelow(`${name}.${suffix}`)
      .chain((hosts) => outsideApp({ name, namespace: blue, services: [{ name: `${name}-docs` }] }, { hosts, edge }))
      .map((app) => ({ apps: [app, docsApp(`${name}-docs`, blue)] })),
  );

/** Conditions that leave requests to a bare catch-all of another app although their path is `/`. */
const picky = [
  { name: 'posts', match: { methods: ['POST' as const, 'PUT' as const] } },
  { name: 'beta', match: { prefix: '/', headers: { 'x-beta': '1' } } },
];

/** None of them is a segment-wise prefix of another, but one is a prefix of characters. */
const roots = ['/one', '/onex', '/one-two', '/two'];

/** With sticky a catch-all would not be a bare one. */
function withoutSticky(core: Core): Core {
  const { sticky: _, ...others } = core;
  return others;
}

const sharedByPath: Layout = (name) =>
  fc
    .record({
      at: fc.constantFrom(...namedEdges),
      own: fc.shuffledSubarray(roots, { minLength: 1, maxLength: 3 }),
      hasRest: fc.boolean(),
      isWild: fc.boolean(),
      isPicky: fc.boolean(),
    })
    .chain(({ at: { edge, suffix }, own, hasRest, isWild, isPicky }) => {
      const domain = `${name}.${suffix}`;
      const hosts = isWild ? [domain, `*.${domain}`] : [domain];
      const rest: fc.Arbitrary<readonly AppTraffic[]> = hasRest
        ? coreOf({ name: `${name}-rest`, namespace: blue }).map((core) => [
            appOf(
              { name: `${name}-rest`, namespace: blue },
              { ...withoutSticky(core), external: { ...edge, hosts, routes: [{ name: 'rest' }] } },
            ),
          ])
        : fc.constant([]);
      const pickyApp = appOf(
        { name: `${name}-picky`, namespace: blue },
        {
          port: 8080,
          app: { selector: sharedPods },
          external: { ...edge, hosts, routes: picky },
        },
      );
      if (hasRest && isPicky) return rest.map((last) => ({ apps: [pickyApp, ...last] }));
      const sharers = own.map((root, i) =>
        outsideApp({ name: `${name}-${i}`, namespace: blue }, { hosts, edge, root, preview: false }),
      );
      return fc.tuple(fc.tuple(...sharers), rest).map(([apps, last]) => ({ apps: [...apps, ...last] }));
    });

const exactBesideWildcard: Layout = (name) =>
  fc.constantFrom(...namedEdges).chain(({ edge, suffix }) => {
    const domain = `${name}.${suffix}`;
    const owners = [[`*.${domain}`], [`a.${domain}`], [`*.b.${domain}`, domain]].map((hosts, i) =>
      outsideApp({ name: `${name}-${i}`, namespace: blue }, { hosts, edge, preview: false }),
    );
    return fc.tuple(...owners).map((apps) => ({ apps }));
  });

/** As above, but every app has a Gateway of its own: a host without TLS below a wildcard with TLS is refused. */
const ownGateways: Layout = (name) => {
  const domain = `${name}.test`;
  const owners = [[`*.${domain}`], [`a.${domain}`], [`*.b.${domain}`, domain]].map((hosts, i) =>
    fc
      .constantFrom(...ownEdges)
      .chain((edge) => outsideApp({ name: `${name}-${i}`, namespace: blue }, { hosts, edge, preview: false })),
  );
  return fc.tuple(...owners).map((apps) => ({ apps, mayHave: ['AT0303' as const] }));
};

const acrossNamespaces: Layout = (name) =>
  fc.constantFrom(...namedEdges.slice(0, 2)).chain(({ edge, suffix }) => {
    const [host, shared] = [`${name}.${suffix}`, `shared-${name}.${suffix}`];
    const service = { name: `${name}-docs`, namespace: green };
    const one = outsideApp(
      { name: `${name}-0`, namespace: blue, services: [service] },
      { hosts: [host, shared], edge, root: '/one', preview: false },
    );
    const two = outsideApp(
      { name: `${name}-1`, namespace: green },
      { hosts: [shared], edge, root: '/two', preview: false },
    );
    return fc.tuple(one, two).map((apps) => ({
      apps: [...apps, docsApp(service.name, green)],
      grants: {
        backends: { grants: [{ from: blue, to: green, services: [service.name] }] },
        hosts: { shared: [{ host: shared, namespaces: [blue, green] }] },
      },
    }));
  });

/** TLS ends at the pods: connections are chosen by host alone. */
const passedThrough: Layout = (name) => {
  const domain = `${name}.test`;
  const ports = [
    [{ name: 'https', port: 443, targetPort: tlsPort }],
    [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'sealed', port: 8443, targetPort: tlsPort, protocol: 'tls' as const },
    ],
  ];
  const backends = { stable: { labels: { version: 'v1' } }, canary: { labels: { track: 'canary' } } };
  const split = splitOver(['stable', 'canary']);
  return fc
    .record({
      hosts: hostsBelow(domain),
      port: fc.constantFrom(...ports),
      redirect: fc.constantFrom<Edge>({}, { httpsRedirect: true }, { httpsRedirect: false }, { httpsRedirect: false }),
      all: fc.boolean(),
      does: fc.array(fc.oneof(fc.constantFrom({}, { to: 'app' }, { to: 'canary' }), fc.record({ split })), {
        minLength: 1,
        maxLength: 3,
      }),
      at: fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }),
    })
    .map(({ hosts, port, redirect, all, does, at }) => {
      const names = matchHosts(hosts);
      const routes = does.map((action, i) => ({
        name: `r${i}`,
        ...(i === 0 && all ? {} : { match: { host: names[(at[i] ?? 0) % names.length] ?? domain } }),
        ...action,
      }));
      const external = { ...redirect, hosts: [...hosts], tls: { mode: 'Passthrough' as const }, routes };
      const other = { hosts: [`x.${name}-0.test`], tls: { secretName: 'blue-tls' }, routes: [{ name: 'one' }] };
      return {
        apps: [
          appOf({ name, namespace: blue }, { ports: port, app: { selector: sharedPods }, backends, external }),
          appOf({ name: `${name}-0`, namespace: blue }, { port: 8080, app: { selector: sharedPods }, external: other }),
        ],
      };
    });
};

/** An AppTraffic of callers: its name and its ServiceAccount differ. */
function peerApp(name: string): AppTraffic {
  return appOf(
    { name, namespace: 'orders' },
    { port: 8080, app: { selector: { app: 'caller' }, serviceAccount: 'web' } },
  );
}

const inside: Layout = (name) => {
  const scope = { name, namespace: blue, selector: slotPods(0), services: [{ name: `${name}-docs` }] };
  return coreOf(scope)
    .chain((core) => internalOf(core, `${name}-peer`).map((internal) => appOf(scope, { ...core, internal })))
    .map((app) => ({ apps: [app, peerApp(`${name}-peer`), docsApp(`${name}-docs`, blue)] }));
};

const insideAndOutside: Layout = (name) => {
  const scope = { name, namespace: blue, selector: slotPods(0) };
  return fc.tuple(coreOf(scope), anyEdge).chain(([core, { edge, suffix }]) => {
    const hosts = [`${name}.${suffix}`];
    return fc
      .tuple(internalOf(core, `${name}-peer`), externalOf(core, { hosts, edge }), bodySizes, rates)
      .map(([internal, external, maxBodySize, rate]) => ({
        apps: [
          limitedWhereItMay(appOf(scope, { ...core, internal, external }), { maxBodySize, ...rate }),
          peerApp(`${name}-peer`),
        ],
      }));
  });
};

/** Without backends that are not the app's own pods, which nobody would guard. */
function ownPodsOnly(core: Core): Core {
  const { backends, split: _, sticky: __, weightsManagedBy: ___, ...others } = core;
  const own = Object.entries(backends ?? {}).filter(([, { labels }]) => labels !== undefined);
  return own.length === 0 ? others : { ...others, backends: Object.fromEntries(own) };
}

/** An app that says who comes in. */
const comingIn: Layout = (name) => {
  const scope = { name, namespace: blue, selector: slotPods(0) };
  return fc.tuple(coreOf(scope).map(ownPodsOnly), anyEdge).chain(([core, { edge, suffix }]) => {
    const hosts = [`${name}.${suffix}`];
    return fc
      .tuple(internalOf(core, `${name}-peer`), externalOf(core, { hosts, edge }), entries)
      .map(([internal, external, entry]) => ({
        apps: [guardedWhereItMay(appOf(scope, { ...core, internal, external }), entry), peerApp(`${name}-peer`)],
      }));
  });
};

/** One app sends to the Service of another, whose `allow` may leave its gateway or its callers out. */
const throughAnother: Layout = (name) => {
  const behind = { name: `${name}-docs`, namespace: blue, selector: slotPods(0) };
  const front = { name, namespace: blue, selector: slotPods(1), services: [{ name: behind.name }] };
  return fc.tuple(coreOf(front), fc.constantFrom(...ownEdges)).chain(([core, edge]) => {
    const backed = {
      ...core,
      port: 8080,
      backends: { ...core.backends, docs: { service: { name: behind.name, port: 80 } } },
    };
    const { ports: _, ...frontCore } = backed;
    return fc
      .tuple(
        internalOf({ port: 8080 }, `${name}-peer`),
        internalOf(frontCore, `${name}-peer`),
        externalOf(frontCore, { hosts: [`${name}.test`], edge }),
      )
      .map(([behindInternal, frontInternal, external]) => ({
        apps: [
          appOf(behind, { port: 8080, app: { selector: behind.selector }, internal: behindInternal }),
          appOf(front, { ...frontCore, internal: frontInternal, external }),
          peerApp(`${name}-peer`),
        ],
      }));
  });
};

/** The app with one more route, which leads to this Service. */
function alsoTo(service: { readonly name: string; readonly namespace: string }, app: AppTraffic): AppTraffic {
  const { spec } = app;
  const { external = { hosts: [] }, backends = {} } = spec;
  const route = { name: 'denied', match: { prefix: '/denied' }, to: 'denied' };
  return {
    ...app,
    spec: {
      ...spec,
      backends: { ...backends, denied: { service: { ...service, port: 80 } } },
      external: { ...external, routes: [...(external.routes ?? []), route] },
    },
  };
}

/** A backend of another namespace without a grant: its routes answer 503. */
/** An app with a list of calls, and what it may call or not: apps of its namespace and of another one, and one with routes inside. */
const calling: Layout = (name) => {
  const [near, far, routed] = [`${name}-near`, `${name}-far`, `${name}-routed`];
  const listed = [
    { app: near },
    { app: far, namespace: green },
    { app: routed },
    { app: name },
    { app: strangerService },
    { app: `${name}-nobody` },
    { host: outside.host, port: 80 },
    { host: outside.host, port: outside.tlsPort },
    { preset: 'KubeAPI' as const },
  ];
  const scope = { name: routed, namespace: blue, selector: slotPods(1) };
  return fc
    .record({
      calls: fc.subarray(listed),
      others: fc.tuple(portsOfApp, portsOfApp),
      core: coreOf(scope),
      own: portsOfApp,
    })
    .chain(({ calls, others: [nearPorts, farPorts], core, own }) =>
      internalOf(core, `${name}-peer`).map((internal) => ({
        apps: [
          appOf(
            { name, namespace: blue },
            {
              ...own,
              app: { selector: slotPods(0), serviceAccount: slotAccount(0) },
              internal: { calls },
            },
          ),
          appOf({ name: near, namespace: blue }, { ...nearPorts, app: { selector: sharedPods } }),
          appOf({ name: far, namespace: green }, { ...farPorts, app: { selector: sharedPods } }),
          appOf(scope, { ...core, internal }),
        ],
      })),
    );
};

const notGranted: Layout = (name) => {
  const service = { name: `${name}-docs`, namespace: green };
  return anyEdge.chain(({ edge, suffix }) =>
    outsideApp({ name, namespace: blue, services: [service] }, { hosts: [`${name}.${suffix}`], edge }).map((app) => ({
      apps: [alsoTo(service, app), docsApp(service.name, green)],
      mayHave: ['AT0209' as const],
    })),
  );
};

/** Apps that want the same requests: what the later one is refused must not change what the first one gets. */
const contended: Layout = (name) =>
  fc.constantFrom(...namedEdges).chain(({ edge, suffix }) => {
    const domain = `${name}.${suffix}`;
    const hosts = [domain, `*.${domain}`];
    const apps = [0, 1, 2].map((i) =>
      outsideApp(
        { name: `${name}-${i}`, namespace: i === 2 ? green : blue },
        { hosts: hosts.slice(0, 1 + (i % 2)), edge },
      ),
    );
    return fc.tuple(...apps).map((all) => ({ apps: all, mayHave: ['AT0302' as const, 'AT0303' as const] }));
  });

/** A Service that is a name outside the mesh: the app has no pods of its own. */
const nameOutside: Layout = (name) =>
  fc
    .record({
      at: anyEdge,
      given: fc.constantFrom<Pick<Core, 'port' | 'ports'>>(
        { port: outside.port },
        {
          ports: [
            { name: 'http', port: outside.port },
            { name: 'closed', port: 8099, protocol: 'http' },
          ],
        },
      ),
      defaults: resilience,
    })
    .chain(({ at: { edge, suffix }, given, defaults }) => {
      const core: Core = {
        ...given,
        service: { type: 'ExternalName', externalName: outside.host },
        backends: { stranger: { service: { name: strangerService, port: 80 } } },
        ...(defaults === undefined ? {} : { resilience: defaults }),
      };
      return externalOf(core, { hosts: [`${name}.${suffix}`], edge }).map((external) => ({
        apps: [appOf({ name, namespace: blue }, { ...core, external })],
      }));
    });

/** Every layout that the mesh serves, with how many of a hundred worlds have it. */
export const layouts = {
  nameOutside: { odds: 4, draw: nameOutside },
  alone: { odds: 26, draw: alone },
  sharedByPath: { odds: 15, draw: sharedByPath },
  exactBesideWildcard: { odds: 10, draw: exactBesideWildcard },
  ownGateways: { odds: 5, draw: ownGateways },
  acrossNamespaces: { odds: 5, draw: acrossNamespaces },
  inside: { odds: 18, draw: inside },
  insideAndOutside: { odds: 8, draw: insideAndOutside },
  comingIn: { odds: 8, draw: comingIn },
  throughAnother: { odds: 5, draw: throughAnother },
  calling: { odds: 8, draw: calling },
  notGranted: { odds: 6, draw: notGranted },
  contended: { odds: 5, draw: contended },
  passedThrough: { odds: 6, draw: passedThrough },
} satisfies Readonly<Record<string, { readonly odds: number; readonly draw: Layout }>>;

/** A world of this name, in one of the layouts. */
export function worldNamed(name: string): fc.Arbitrary<World> {
  return fc.oneof(
    ...Object.entries(layouts).map(([layout, { odds, draw }]) => ({
      weight: odds,
      arbitrary: draw(name).map((parts): World => ({ name, layout, grants: {}, mayHave: [], ...parts })),
    })),
  );
}

const ingressClass = (name: string, controller: string): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name },
  spec: { controller },
});

const plainPath = fc.constantFrom('/', '/a', '/a/b', '/b', '/b/', '/A');

/** Routes that every Ingress dialect takes, and now and then a rewrite. */
const ingressRoutes = fc
  .uniqueArray(
    fc.record({
      match: fc.oneof(fc.record({ prefix: plainPath }), fc.record({ exact: plainPath })),
      rewrite: fc.constantFrom(undefined, undefined, '/v1', '/a'),
    }),
    { minLength: 1, maxLength: 4, selector: ({ match }) => JSON.stringify(match) },
  )
  .map((all) =>
    all.map(({ match, rewrite }, i) => ({
      name: `r${i}`,
      match,
      ...(rewrite === undefined || !('prefix' in match) ? {} : { rewrite: { prefix: rewrite } }),
    })),
  );

/**
 * Worlds of providers that do not run beside the mesh: what `decide` says of them is not compared, but they take the
 * branches that are theirs alone.
 */
export function elsewhereNamed(name: string): fc.Arbitrary<World> {
  return fc
    .record({
      ingressClass: fc.constantFrom('nginx', 'unknown'),
      edge: fc.constantFrom<Edge>(
        {},
        { tls: { secretName: 'cert' } },
        { tls: { secretName: 'cert' }, httpsRedirect: false },
      ),
      hosts: hostsBelow(`${name}.test`),
      routes: ingressRoutes,
      maxBodySize: bodySizes,
    })
    .map(({ ingressClass: named, edge, hosts, routes, maxBodySize }) => ({
      name,
      layout: 'elsewhere',
      apps: [
        appOf(
          { name, namespace: blue },
          {
            port: 8080,
            app: { selector: sharedPods },
            external: {
              ...edge,
              ingressClass: named,
              hosts: [...hosts],
              routes,
              ...(maxBodySize === undefined ? {} : { maxBodySize }),
            },
          },
        ),
      ],
      grants: {},
      mayHave: ['AT0701'],
      others: [ingressClass('nginx', 'k8s.io/ingress-nginx'), ingressClass('unknown', 'example.com/unknown')],
    }));
}
