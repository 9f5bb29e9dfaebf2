import * as fc from 'fast-check';
import type { Decision } from '../../../src/decide/decision.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { Question } from '../../../src/decide/question.ts';
import type { ServedModel } from '../../../src/model/profile.ts';
import { routeCovers } from '../../../src/model/route-cover.ts';
import { routesOverlap } from '../../../src/model/route-overlap.ts';
import { compareRoutes } from '../../../src/model/route-order.ts';
import type { Route } from '../../../src/model/route.ts';
import type { AllowEntry } from '../../../src/model/traffic.ts';
import { anySketch, matches, requests, sketch } from '../model/routes.ts';
import {
  adminPort,
  dbPort,
  docs,
  external,
  httpPort,
  internal,
  namedGateway,
  route,
  tls,
  whole,
} from '../translate/models.ts';
import { ask, brief, contract, differing, gateway, question, served } from './questions.ts';

const hosts = ['*.x', 'a.x', '*.a.x'];
const someRoutes = fc
  .array(anySketch, { minLength: 1, maxLength: 5 })
  .map((all) => all.map((one, position) => sketch({ ...one, name: `r${position}`, position })));
const anyRequest = fc.constantFrom(...requests.filter(({ host }) => host !== 'z'));

/** The decision for one of the requests that tell routes apart. */
function asked(routes: readonly Route[], { host, path, method, headers, query }: (typeof requests)[number]): Decision {
  const lines = Object.entries(headers).flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
  const asked = query.q === undefined ? '' : `?q=${query.q}`;
  return ask([served({ external: external(hosts, routes) })], `${method} http://${host}${path}${asked}`, {
    headers: lines,
  });
}

describe('a decision', () => {
  it('is a route that matches, or 404 where none does; every candidate is told', () => {
    fc.assert(
      fc.property(someRoutes, anyRequest, (routes, request) => {
        const { route: name, status, candidates } = asked(routes, request);
        const winner = routes.find((one) => one.name === name);
        expect(candidates.map((one) => one.route).sort()).toEqual(routes.map((one) => one.name).sort());
        expect(candidates.filter(({ verdict }) => verdict === 'wins').map((one) => one.route)).toEqual(
          name === undefined ? [] : [name],
        );
        if (winner === undefined)
          expect([status, routes.filter((one) => one.features.host === undefined && matches(one, request))]).toEqual([
            404,
            [],
          ]);
        else expect(matches(winner, request)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never goes to a route that one before it covers', () => {
    fc.assert(
      fc.property(someRoutes, anyRequest, (routes, request) => {
        const winner = asked(routes, request).route;
        const hidden = routes.filter((inner) =>
          routes.some((outer) => compareRoutes(outer, inner) < 0 && routeCovers(outer, inner, hosts)),
        );
        expect(hidden.map(({ name }) => name)).not.toContain(winner);
      }),
      { numRuns: 300 },
    );
  });

  it('names as losing only routes that overlap with the winner', () => {
    fc.assert(
      fc.property(someRoutes, anyRequest, (routes, request) => {
        const { route: name, candidates } = asked(routes, request);
        const byName = (wanted: string): Route | undefined => routes.find((one) => one.name === wanted);
        const winner = name === undefined ? undefined : byName(name);
        const losers = candidates
          .filter(({ verdict }) => verdict === 'loses')
          .flatMap((one) => byName(one.route) ?? []);
        expect(losers.filter((loser) => winner === undefined || !routesOverlap(winner, loser))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

const entry: fc.Arbitrary<AllowEntry> = fc.record(
  {
    at: fc.constant(''),
    namespace: fc.constantFrom('orders', 'team'),
    serviceAccount: fc.constantFrom('api', 'web'),
    ports: fc.constantFrom([8080], [9090], [5432]),
    methods: fc.constantFrom(['GET'], ['POST']),
    paths: fc.constantFrom(['/a'], ['/a/*'], ['/*']),
  },
  { requiredKeys: ['at'] },
);

const anyProfile = fc.constantFrom(
  contract,
  differing({
    wildcardLabels: 'One',
    hostWithoutRoutes: 'Wildcard',
    trailingDot: 'NotFound',
    comparedPath: 'Decoded',
    backendPath: 'AsSent',
    missingSlash: 'Redirect301',
    pathCase: 'IgnoredBesideRewrites',
    methods: 'Any',
    marksRoutes: false,
  }),
  differing({ comparedPath: 'Unknown', plainHttp: 'Unknown' }),
  differing({ dotless: ['a.x'] }),
);

const actions: readonly Parameters<typeof route>[1][] = [
  {},
  { redirect: { path: '/new', code: 302 } },
  { unavailable: true },
  { forward: whole(docs) },
];
const acting = fc
  .tuple(anySketch, fc.constantFrom(...actions), fc.constantFrom(httpPort, adminPort), fc.boolean())
  .map(([given, action, port, rewrites]): Route => {
    const { forward, ...match } = sketch(given).features;
    const { prefix: _, ...features } = route('', action).features;
    const acts = { ...(features.forward === undefined ? {} : { forward }), ...features, ...match };
    const rewrite = rewrites && match.prefix !== undefined ? { rewritePrefix: { value: '/v1', at: '' } } : {};
    return { ...sketch(given), port, features: { ...acts, ...rewrite } };
  });
const named = (routes: readonly Route[], prefix: string): readonly Route[] =>
  routes.map((one, position) => ({ ...one, position, name: `${prefix}${position}` }));

/** A route as it can be inside the mesh. */
function withoutHost(one: Route): Route {
  const { host: _, ...features } = one.features;
  return { ...one, features };
}

const anyApp = (name: string): fc.Arbitrary<ServedModel> =>
  fc
    .record({
      profile: anyProfile,
      hosts: fc.subarray(hosts, { minLength: 1 }),
      outside: fc.array(acting, { maxLength: 4 }),
      inside: fc.option(fc.array(acting, { maxLength: 3 }), { nil: undefined }),
      allow: fc.option(fc.array(entry, { maxLength: 2 }), { nil: undefined }),
      mode: fc.constantFrom(undefined, 'Strict' as const, 'Permissive' as const, 'Disable' as const),
      tls: fc.constantFrom({}, tls, { ...tls, httpsRedirect: { value: false, at: '' } }),
      isNamed: fc.boolean(),
    })
    .map((given) => {
      const { profile, outside, inside, allow, mode, isNamed } = given;
      return served(
        {
          app: { namespace: 'team', name },
          service: { name, type: 'ClusterIP', annotations: {}, at: '' },
          ports: [httpPort, adminPort, dbPort],
          external: external(given.hosts, named(outside, 'r'), isNamed ? namedGateway : given.tls),
          internal: internal({
            ...(inside === undefined
              ? {}
              : {
                  routes: named(inside, 'i').map(withoutHost),
                }),
            ...(allow === undefined ? {} : { allow: { at: '', value: allow } }),
            ...(mode === undefined ? {} : { mtls: { at: '', mode, exceptPorts: mode === 'Strict' ? [9090] : [] } }),
          }),
        },
        profile,
      );
    });

const anyQuestion: fc.Arbitrary<Question> = fc
  .record({
    apps: fc.tuple(anyApp('shop'), anyApp('docs')),
    url: fc
      .tuple(
        fc.constantFrom('http', 'https'),
        fc.constantFrom(
          'a.x',
          'A.x.',
          'b.a.x:80',
          'c.b.a.x',
          'z',
          'shop.team',
          'shop.team:80',
          'shop.team:81',
          'shop.team:5432',
          'docs.team.svc.',
          'docs',
          'shop.team:99',
        ),
        fc.constantFrom('/', '/a', '/a/', '/A/b', '/a%2Fb', '/a//b', '/ab', '/b/../a', '/%00', '/a?q=/'),
      )
      .map(([scheme, host, path]) => `${scheme}://${host}${path}`),
    method: fc.constantFrom('GET', 'HEAD', 'POST'),
    headers: fc.subarray(['h: 1', 'H: 2', 'k: 1']),
    from: fc.constantFrom(undefined, 'orders/api', 'team/web', `${gateway.namespace}/${gateway.serviceAccount}`),
  })
  .map(({ apps, url, method, headers, from }) =>
    question(apps, `${method} ${url}`, { headers, ...(from === undefined ? {} : { from }) }),
  );

function shuffled({ apps, accounts, ...rest }: Question): Question {
  const turned = (routes: readonly Route[]): readonly Route[] => [...routes].reverse();
  return {
    ...rest,
    accounts: [...accounts].reverse(),
    apps: [...apps].reverse().map(({ traffic, profile }) => {
      const { external: outside, internal: inside } = traffic;
      return {
        profile,
        traffic: {
          ...traffic,
          ports: [...traffic.ports].reverse(),
          ...(outside === undefined
            ? {}
            : { external: { ...outside, hosts: [...outside.hosts].reverse(), routes: turned(outside.routes) } }),
          ...(inside === undefined
            ? {}
            : {
                internal: {
                  ...inside,
                  ...(inside.routes === undefined ? {} : { routes: turned(inside.routes) }),
                  ...(inside.allow === undefined
                    ? {}
                    : { allow: { at: '', value: [...inside.allow.value].reverse() } }),
                },
              }),
        },
      };
    }),
  };
}

/** Everything that can decide, as a look at the decision; each must come true and come false. */
const branches: readonly (readonly [name: string, holds: (decision: Decision, question: Question) => boolean])[] = [
  ...(['route', 'redirect', 'respond', 'deny', 'notFound'] as const).map(
    (outcome) => [`outcome ${outcome}`, (decision: Decision) => decision.outcome === outcome] as const,
  ),
  ...([301, 302, 308, 400, 403, 404, 503, undefined] as const).map(
    (status) => [`status ${status}`, (decision: Decision) => decision.status === status] as const,
  ),
  ...(['wins', 'loses', 'noMatch'] as const).map(
    (verdict) =>
      [
        `a route that ${verdict}`,
        ({ candidates }: Decision) => candidates.some((one) => one.verdict === verdict),
      ] as const,
  ),
  ...['match.host', 'match.prefix', 'match.exact', 'match.methods', 'match.headers', 'plain http', 'no TLS'].map(
    (words) =>
      [
        `a route that failed by ${words}`,
        ({ candidates }: Decision) => candidates.some(({ reason }) => reason.startsWith(words)),
      ] as const,
  ),
  ...[
    'no app holds the host',
    'no TLS is served',
    'no route is for',
    'no route for',
    'plain http is sent',
    'other leads',
    'no server takes',
    "no app's Service",
    'Service shop has no port',
    'port 80 of Service',
    'there are no routes inside',
    'no route means port',
    'routes hold for callers',
    'port db is tcp',
    'no route of internal.routes',
    'no entry of allow',
    'port 8080 of team/shop takes mutual TLS',
  ].map((words) => [`why: ${words}`, ({ why }: Decision) => why.startsWith(words)] as const),
  ['two apps meet', ({ candidates }) => new Set(candidates.map(({ app }) => app.name)).size === 2],
  ['nobody alone is meant', ({ app, candidates }) => app === undefined && candidates.length > 0],
  ['a prefix is replaced', ({ forwarded }) => forwarded?.path?.startsWith('/v1') === true],
  ['the route is named to the pods', ({ forwarded }) => Object.keys(forwarded?.setHeaders ?? {}).length > 0],
  ['a provider differs', ({ notes }) => notes.some((note) => note.startsWith('on other'))],
  ['the mesh decides on plaintext', ({ notes }) => notes.some((note) => note.startsWith('internal.mtls'))],
];

describe('every question', () => {
  const sampled = fc
    .sample(anyQuestion, { numRuns: 4000, seed: 4 })
    .map((one) => ({ question: one, decision: decide(one) }));

  it('has the same answer in whatever order apps, hosts, routes, ports, entries and accounts stand', () => {
    const other = sampled.filter(
      ({ question: one, decision }) => JSON.stringify(decide(shuffled(one))) !== JSON.stringify(decision),
    );
    expect(other.map(({ question: one, decision }) => [brief(decision), brief(decide(shuffled(one)))])).toEqual([]);
  });

  it('goes both ways at every branch', () => {
    const oneWay = branches.filter(
      ([, holds]) => new Set(sampled.map(({ question: one, decision }) => holds(decision, one))).size < 2,
    );
    expect(oneWay.map(([name]) => name)).toEqual([]);
  });

  it('has an answer that holds together', () => {
    const wrong = sampled.filter(({ decision: { outcome, status, location, forwarded, route: name, app } }) => {
      const isSent = outcome === 'route';
      return (
        isSent !== (forwarded !== undefined) ||
        (isSent && status !== undefined) ||
        (outcome === 'redirect') !== (location !== undefined) ||
        (name !== undefined && app === undefined)
      );
    });
    expect(wrong.map(({ decision }) => decision)).toEqual([]);
  });
});
