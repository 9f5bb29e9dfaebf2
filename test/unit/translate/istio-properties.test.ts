import * as fc from 'fast-check';
import type { Gateway } from '../../../src/generated/istio/gateway.ts';
import { hostCovers } from '../../../src/model/host.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import type { VirtualService, VirtualServiceHttp } from '../../../src/generated/istio/virtual-service.ts';
import { routeOfEntry } from '../../../src/translate/istio/entry-name.ts';
import { istioKinds, translateIstio } from '../../../src/translate/istio/index.ts';
import { translateService } from '../../../src/translate/service/service.ts';
import {
  adminPort,
  app,
  canary,
  docs,
  external,
  httpPort,
  internal,
  namedGateway,
  route,
  stable,
  tls,
  traffic,
  whole,
  world,
} from './models.ts';

const hosts = ['a.example.com', 'b.example.com', '*.shop.example.com', 'x.y.shop.example.com', '*.y.shop.example.com'];
const matchHosts = [...hosts, 'preview.shop.example.com'];
const paths = ['/', '/api', '/api/v1', '/a.b', '/old'];

const action = fc.oneof(
  fc.constantFrom(app, canary, docs).map((backend) => ({ forward: whole(backend) })),
  fc.constant({
    forward: [
      { backend: canary, weight: 10 },
      { backend: stable, weight: 90 },
    ],
    timeout: 1500,
  }),
  fc.constant({ redirect: { prefix: '/new', code: 308 } } as const),
  fc.constant({ redirect: { host: 'c.example.com', code: 302 } } as const),
  fc.constant({ unavailable: true } as const),
  fc.constant({ forward: whole(app), fault: { abort: { status: 503, percent: 5 } } }),
  fc.constantFrom(1_500, undefined).map((ttlMs) => ({
    forward: whole(app),
    sticky: { cookie: 'side', ...(ttlMs === undefined ? {} : { ttlMs }) },
  })),
  fc.constant({ forward: whole(app), mirror: { backend: canary, percent: 20 } }),
  fc.constantFrom('/', '/v1').map((rewritePrefix) => ({ forward: whole(app), rewritePrefix })),
);
const condition = fc.record(
  {
    host: fc.constantFrom(...matchHosts),
    methods: fc.constantFrom(['GET'] as const, ['GET', 'POST'] as const),
    headers: fc.constantFrom(
      [{ name: 'x-a', value: '1' }],
      [
        { name: 'x-a', value: '1' },
        { name: 'x-b', value: '2' },
      ],
    ),
  },
  { requiredKeys: [] },
);
const path = fc.oneof(
  fc.constantFrom(...paths).map((prefix) => ({ prefix })),
  fc.constantFrom(...paths).map((exact) => ({ exact })),
);
const port = fc.constantFrom(httpPort, adminPort);

/** Routes with positions as in a list, each different from the others in what it matches. */
const routes = (withHost: boolean): fc.Arbitrary<readonly Route[]> =>
  fc
    .uniqueArray(fc.tuple(condition, path, action, port), {
      maxLength: 12,
      selector: ([{ host, ...rest }, where]) => JSON.stringify([withHost ? host : '', rest, where]),
    })
    .map((parts) =>
      parts.map(([{ host, ...rest }, where, what, port], position) =>
        route(
          `r${position}`,
          { ...(withHost && host !== undefined ? { host } : {}), ...rest, ...where, ...what },
          { position, port },
        ),
      ),
    );

const apps: fc.Arbitrary<Traffic> = fc
  .record({
    outside: routes(true),
    inside: fc.option(routes(false), { nil: undefined }),
    names: fc.subarray(hosts, { minLength: 1 }),
    edge: fc.constantFrom({}, tls, namedGateway),
    ports: fc.constantFrom([httpPort], [adminPort, httpPort]),
  })
  .map(({ outside, inside, names, edge, ports }) =>
    traffic({
      ports,
      backends: [app, canary, docs, stable],
      external: external(names, outside, edge),
      internal: internal({
        ...(inside === undefined ? {} : { routes: inside }),
        mtls: { at: 'mtls', mode: 'Strict', exceptPorts: [] },
        allow: { at: 'allow', value: [] },
      }),
    }),
  );

/** Numbers by which a list is put into another order. */
const ranks = fc.array(fc.nat(), { minLength: 16, maxLength: 16 });
function shuffle<T>(list: readonly T[], order: readonly number[]): readonly T[] {
  return list
    .map((value, i) => ({ value, rank: order[i] ?? 0 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}

/** Host and path of a route: two routes that differ in these and win alike never match the same request. */
const placeOf = ({ features: { host, exact, prefix } }: Route): string =>
  [host?.value, exact?.value, prefix?.value].join(' ');

const render = (traffic: Traffic) => [
  ...translateService(traffic, world).manifests,
  ...translateIstio(traffic, world).manifests,
];
const virtualServices = (traffic: Traffic): readonly VirtualService[] =>
  render(traffic).filter((manifest) => manifest.kind === 'VirtualService') as unknown as readonly VirtualService[];

/** The virtual hosts that Istio makes of a server's and a VirtualService's hosts (pkg/config/host, Names.Intersection). */
function meeting(served: readonly string[], bound: readonly string[]): readonly string[] {
  const pairs = served.flatMap((a) => bound.map((b) => ({ a, b })));
  return [...new Set(pairs.flatMap(({ a, b }) => (hostCovers(b, a) ? [a] : hostCovers(a, b) ? [b] : [])))];
}

/** Whether an entry takes every request that reaches it on some port. */
const takesAll = ({ match }: VirtualServiceHttp): boolean =>
  (match ?? []).some(
    ({ uri, method, headers }) => uri?.prefix === '/' && method === undefined && headers === undefined,
  );

describe('whatever routes an app has, Istio', () => {
  it('gets objects of the declared kinds, with valid names of which no two are equal', () => {
    fc.assert(
      fc.property(apps, (traffic) => {
        const manifests = render(traffic);
        const keys = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const { kind, metadata } of manifests) {
          expect(metadata.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
          expect([...istioKinds, 'Service']).toContain(kind);
        }
      }),
    );
  });

  it('gets in each VirtualService at most one entry per port that takes everything, as the last one', () => {
    fc.assert(
      fc.property(apps, (traffic) => {
        for (const { spec } of virtualServices(traffic)) {
          const http = spec.http ?? [];
          expect(http.length).toBeGreaterThan(0);
          const portsOf = new Map<string, readonly VirtualServiceHttp[]>();
          for (const entry of http) {
            const key = String(entry.match?.[0]?.port ?? '');
            portsOf.set(key, [...(portsOf.get(key) ?? []), entry]);
          }
          for (const entries of portsOf.values()) {
            expect(entries.slice(0, -1).filter(takesAll)).toEqual([]);
          }
        }
      }),
    );
  });

  it('gets no host in two VirtualServices of a gateway, and none that overlaps with another of its own', () => {
    fc.assert(
      fc.property(apps, (traffic) => {
        const served = virtualServices(traffic).filter(({ spec }) => spec.gateways?.[0] !== 'mesh');
        const all = served.flatMap(({ spec }) => spec.hosts ?? []);
        expect(new Set(all).size).toBe(all.length);
        for (const { spec } of served) {
          const wild = (spec.hosts ?? []).filter((host) => host.startsWith('*'));
          expect(wild.length === 0 || spec.hosts?.length === 2).toBe(true);
        }
      }),
    );
  });

  it('serves every host by the routes of one VirtualService', () => {
    fc.assert(
      fc.property(apps, (traffic) => {
        const gateway = render(traffic).find(({ kind }) => kind === 'Gateway') as Gateway | undefined;
        const bound = virtualServices(traffic).filter(({ spec }) => spec.gateways?.[0] !== 'mesh');
        for (const { hosts } of gateway?.spec.servers ?? []) {
          const served = bound.flatMap(({ spec }) => meeting(hosts, spec.hosts ?? []));
          expect(new Set(served).size).toBe(served.length);
          expect([...served].sort()).toEqual(bound.flatMap(({ spec }) => spec.hosts ?? []).sort());
        }
      }),
    );
  });

  it('gets the same objects whatever the order of the lists in the model', () => {
    fc.assert(
      fc.property(apps, ranks, (traffic, order) => {
        const { external: outside = external([]), internal: inside = internal({}) } = traffic;
        const shuffled: Traffic = {
          ...traffic,
          ports: shuffle(traffic.ports, order),
          backends: shuffle(traffic.backends, order),
          external: { ...outside, hosts: shuffle(outside.hosts, order), routes: shuffle(outside.routes, order) },
          internal: { ...inside, ...(inside.routes === undefined ? {} : { routes: shuffle(inside.routes, order) }) },
        };
        expect(JSON.stringify(render(shuffled))).toBe(JSON.stringify(render(traffic)));
      }),
    );
  });

  it('gets the same objects when routes that cannot meet change places in the spec', () => {
    fc.assert(
      fc.property(apps, ranks, (traffic, order) => {
        const { external: outside = external([]) } = traffic;
        const apart = outside.routes.filter(
          (one, i) => outside.routes.findIndex((other) => placeOf(other) === placeOf(one)) === i,
        );
        const inOrder = (list: readonly Route[]): Traffic => ({
          ...traffic,
          external: { ...outside, routes: list.map((one, position) => ({ ...one, position })) },
        });
        expect(JSON.stringify(render(inOrder(shuffle(apart, order))))).toBe(JSON.stringify(render(inOrder(apart))));
      }),
    );
  });

  it('gets entries whose names lead back to the routes', () => {
    fc.assert(
      fc.property(apps, (traffic) => {
        const names = new Set(
          [...(traffic.external?.routes ?? []), ...(traffic.internal?.routes ?? [])].map(({ name }) => name),
        );
        for (const { spec } of virtualServices(traffic)) {
          for (const { name = '' } of spec.http ?? []) {
            const owner = routeOfEntry(name);
            expect(owner === undefined ? name.startsWith('.') : names.has(owner)).toBe(true);
          }
        }
      }),
    );
  });
});
