import { claimsOf } from '../../../src/model/claims.ts';
import type { HostClaim } from '../../../src/model/host-claim.ts';
import type { Platform } from '../../../src/model/platform.ts';
import type { Edge, External, Traffic } from '../../../src/model/traffic.ts';
import type { World } from '../../../src/model/world.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { sketch } from '../model/routes.ts';
import type { Sketch } from '../model/routes.ts';
import { external, platform, traffic, world } from './samples.ts';

const ingress = (className: string): Edge => ({ kind: 'Ingress', className, at: 'spec.external.ingressClass' });
const gateway: Edge = { kind: 'NamedGateway', namespace: 'istio-ingress', name: 'public', at: 'spec.external.gateway' };

/** An app of a namespace with hosts, an edge and routes; all requests when no routes are given. */
function app(
  name: string,
  hosts: readonly string[],
  routes: readonly Sketch[] = [{}],
  edge = ingress('nginx'),
): Traffic {
  const [namespace = '', own = ''] = name.split('/');
  const given: External = {
    ...external,
    edge,
    hosts: hosts.map((value, i) => ({ value, at: `spec.external.hosts[${i}]` })),
    routes: routes.map((route, position) => sketch({ ...route, position })),
  };
  return { ...traffic, app: { namespace, name: own }, external: given };
}

type Evidence = Partial<Pick<HostClaim, 'liveRoutes' | 'since' | 'created'>>;

const claims = (given: Traffic, evidence: Evidence = {}): readonly HostClaim[] =>
  claimsOf(given, platform).map((claim) => ({ ...claim, created: '2025-01-01T00:00:00Z', ...evidence }));

/** A world with these claims; gateways and namespaces are not what these tests are about. */
const among = (hosts: readonly HostClaim[], rules: Partial<Platform['hosts']> = {}): World => ({
  ...world,
  assumesPresent: true,
  hosts,
  platform: { ...platform, hosts: { ...platform.hosts, ...rules } },
});

/** What a test of hosts looks at: problems, host states, and per host the routes that are left. */
function outcome(given: Traffic, hosts: readonly HostClaim[], rules: Partial<Platform['hosts']> = {}): object {
  const result = checkPolicy(given, among(hosts, rules));
  const served = claimsOf(result.granted, platform).map((claim) => [claim.host, claim.routes.map(({ name }) => name)]);
  return { problems: result.problems, hosts: result.hosts, served: Object.fromEntries(served) as object };
}

/** An app with listeners and no hosts; the ports are offered. */
function listening(name: string, ports: readonly number[], edge = gateway): Traffic {
  const given = app(name, [], [], edge);
  const tcp = ports.map((listen, i) => ({
    at: `spec.external.tcp[${i}]`,
    listen,
    route: sketch({ name: `tcp-${listen}` }),
  }));
  return { ...given, external: { ...external, edge, hosts: [], routes: [], tcp } };
}

describe('a port of a gateway', () => {
  const offering = (hosts: readonly HostClaim[], rules: Partial<Platform['hosts']> = {}): World => {
    const world = among(hosts, rules);
    const gateways = world.platform.gateways.map((entry) => ({ ...entry, tcpPorts: [5432, 6379] }));
    const twin = gateways.map((entry) => ({ ...entry, name: 'twin' }));
    const elsewhere = gateways.map((entry) => ({ ...entry, name: 'elsewhere', selector: { istio: 'elsewhere' } }));
    return { ...world, platform: { ...world.platform, gateways: [...gateways, ...twin, ...elsewhere] } };
  };
  const judged = (given: Traffic, world: World): object => {
    const { problems, hosts, granted } = checkPolicy(given, world);
    return { problems, hosts, left: granted.external?.tcp.map(({ listen }) => listen) };
  };
  const named = (name: string): Edge => ({ ...gateway, name });
  const conflict = (holder: string): object => ({
    code: 'AT0307',
    field: 'spec.external.tcp[0]',
    message: `port 5432 of the gateway is held by ${holder}`,
    fix: 'listen on another port, or name another gateway in external.gateway',
  });
  const lost = (holder: string): object => ({
    problems: [conflict(holder)],
    hosts: [
      { host: ':5432', state: 'Conflicted' },
      { host: ':6379', state: 'Granted' },
    ],
    left: [6379],
  });
  const kept = { problems: [], hosts: [{ host: ':5432', state: 'Granted' }], left: [5432] };
  const claimed = (given: Traffic, evidence: Evidence = {}): readonly HostClaim[] => {
    const { gateways } = offering([]).platform;
    return claimsOf(given, { gateways }).map((claim) => ({ ...claim, created: '2025-01-01T00:00:00Z', ...evidence }));
  };

  test.each([
    ['of the same Gateway', gateway],
    ['of another Gateway on the same pods', named('twin')],
  ])('belongs to the app that came first, also one %s; the rest of the later one is served', (_, edge) => {
    const later = listening('shop/web', [5432, 6379]);
    expect([
      judged(later, offering(claimed(listening('shop/db', [5432], edge)))),
      judged(later, offering(claimed(listening('blog/secret', [5432], edge)))),
    ]).toEqual([lost('app db'), lost('another namespace')]);
  });

  test('stays with who holds it, is free on other pods, and is none of the hosts that a platform hands out', () => {
    const own = listening('shop/web', [5432]);
    const young = claimed(listening('blog/db', [5432]), { created: '2026-12-01T00:00:00Z' });
    expect([
      judged(own, offering(young)),
      judged(own, offering(claimed(listening('blog/db', [5432], named('elsewhere'))))),
      judged(own, offering([], { policy: 'Delegated' })),
    ]).toEqual([kept, kept, kept]);
  });

  test('that only live objects still lead to another app is held too, on the pods of their Gateway', () => {
    const own = listening('shop/web', [5432, 6379]);
    const standing = (namespace: string, edge: string): readonly HostClaim[] =>
      claimed(listening(`${namespace}/db`, [5432])).map(({ app: of, host, httpsRedirect, routes, created }) => ({
        app: of,
        host,
        edge,
        httpsRedirect,
        routes,
        created,
        standing: true,
        liveRoutes: ['tcp-5432'],
      }));
    const told = { code: 'AT0307', field: 'spec.external.tcp[0]' };
    expect([
      judged(own, offering(standing('blog', 'gateway/istio-ingress/twin'))),
      judged(own, offering(standing('shop', 'gateway/istio-ingress/public'))),
      judged(own, offering(standing('shop', 'gateway/istio-ingress/elsewhere'))),
      judged(own, offering(standing('shop', 'gateway/istio-ingress/no-longer-offered'))),
    ]).toMatchObject([
      lost('another namespace'),
      {
        problems: [
          {
            ...told,
            message:
              'port 5432 of the gateway still leads to app db, which is refused, paused or moving to another gateway or class',
          },
        ],
      },
      { problems: [], left: [5432, 6379] },
      { problems: [], left: [5432, 6379] },
    ]);
  });
});

describe('a host of another namespace', () => {
  const later = app('shop/web', ['a.x.org', 'b.x.org']);
  const conflict = {
    code: 'AT0302',
    field: 'spec.external.hosts[0]',
    message: 'host a.x.org is held by another namespace',
    fix: 'use another host, or ask the platform team to let both namespaces share it (hosts.shared)',
  };

  test('is refused without naming who holds it, and the other hosts are served', () => {
    const held = claims(app('blog/secret', ['a.x.org']));
    expect(outcome(later, held)).toEqual({
      problems: [conflict],
      hosts: [
        { host: 'a.x.org', state: 'Conflicted' },
        { host: 'b.x.org', state: 'Granted' },
      ],
      served: { 'b.x.org': ['web'] },
    });
  });

  test('leaves an app without external when no other host is left; internal stays', () => {
    const internal = { at: 'spec.internal' };
    const result = checkPolicy(
      { ...app('shop/web', ['a.x.org']), internal },
      among(claims(app('blog/b', ['a.x.org']))),
    );
    const { external: _, ...rest } = app('shop/web', ['a.x.org']);
    expect(result).toEqual({
      problems: [conflict],
      granted: { ...rest, internal },
      hosts: [{ host: 'a.x.org', state: 'Conflicted' }],
      assumed: ['IngressClass nginx (its controller unknown, so plain Ingress)'],
    });
  });

  test.each([
    ['a wildcard above a held host', '*.x.org', 'a.x.org'],
    ['a host below a held wildcard', 'b.a.x.org', '*.x.org'],
  ])('blocks %s', (_, wanted, held) => {
    expect(outcome(app('shop/web', [wanted]), claims(app('blog/b', [held])))).toEqual({
      problems: [{ ...conflict, message: `host ${wanted} overlaps with a host that another namespace holds` }],
      hosts: [{ host: wanted, state: 'Conflicted' }],
      served: {},
    });
  });

  test('does not block when its own claim is blocked by a third', () => {
    const first = claims(app('one/first', ['c.x.org']), { created: '2024-01-01T00:00:00Z' });
    const blocked = claims(app('two/second', ['*.x.org']));
    expect(outcome(app('shop/web', ['a.x.org']), [...blocked, ...first])).toEqual({
      problems: [],
      hosts: [{ host: 'a.x.org', state: 'Granted' }],
      served: { 'a.x.org': ['web'] },
    });
  });

  test('is shared by path where the platform says so, still without naming objects', () => {
    const held = claims(app('blog/b', ['a.x.org'], [{ name: 'posts', prefix: '/posts' }]));
    const wanting = app(
      'shop/web',
      ['a.x.org'],
      [
        { name: 'one', prefix: '/posts/1' },
        { name: 'shop', prefix: '/shop' },
      ],
    );
    expect(outcome(wanting, held, { shared: [{ host: 'a.x.org', namespaces: ['blog', 'shop'] }] })).toEqual({
      problems: [
        {
          code: 'AT0303',
          field: 'spec.external.routes[0]',
          message: 'route one (prefix /posts/1) matches requests for a.x.org that another namespace holds',
          fix: 'narrow the match of route one until no request matches both, or use another host',
        },
      ],
      hosts: [{ host: 'a.x.org', state: 'Granted' }],
      served: { 'a.x.org': ['shop'] },
    });
  });
});

describe('who came first', () => {
  const rival = (evidence: Evidence): readonly HostClaim[] => claims(app('blog/b', ['a.x.org']), evidence);
  const own = app('shop/web', ['a.x.org']);
  const wins = (mine: Evidence, theirs: Evidence): boolean =>
    checkPolicy(own, among([...claims(own, mine), ...rival(theirs)])).granted.external !== undefined;
  const [early, late] = ['2024-01-01T00:00:00Z', '2026-01-01T00:00:00Z'];

  test('is told by live routes, then since, then creation, then namespace and name', () => {
    expect({
      live: wins({ liveRoutes: ['web'], created: late }, { since: early, created: early }),
      liveHostUnderAnotherRouteName: wins({ liveRoutes: ['old'], created: late }, { since: early, created: early }),
      since: wins({ since: late, created: late }, { created: early }),
      earlierSince: wins({ since: early, created: late }, { since: late, created: early }),
      created: wins({ created: early }, { created: late }),
      name: wins({ created: early }, { created: early }),
    }).toEqual({
      live: true,
      liveHostUnderAnotherRouteName: true,
      since: true,
      earlierSince: true,
      created: true,
      name: false,
    });
  });

  test('is told by World.created when no claim of the app is known', () => {
    const given = (created: string): World => ({ ...among(rival({ created: '2025-01-01T00:00:00Z' })), created });
    expect([checkPolicy(own, given(early)).hosts, checkPolicy(own, given(late)).hosts]).toEqual([
      [{ host: 'a.x.org', state: 'Granted' }],
      [{ host: 'a.x.org', state: 'Conflicted' }],
    ]);
  });
});

describe('apps of one namespace', () => {
  const blog = app('shop/blog', ['x.org'], [{ name: 'blog', prefix: '/blog' }]);
  const overlap = {
    code: 'AT0303',
    field: 'spec.external.routes[0]',
    message:
      'route new (prefix /blog/new) matches requests for x.org that route blog (prefix /blog) of app blog matches too',
    fix: 'narrow the match of route new until no request matches both, or use another host',
  };

  test('share a host by path, one of them with everything else', () => {
    const rest = app('shop/rest', ['x.org']);
    const api = app('shop/web', ['x.org'], [{ name: 'api', prefix: '/api/v1' }]);
    expect(outcome(api, [...claims(blog), ...claims(rest)])).toEqual({
      problems: [],
      hosts: [{ host: 'x.org', state: 'Granted' }],
      served: { 'x.org': ['api'] },
    });
  });

  test('lose an overlapping route, with both routes named, and the bare catch-all beside it', () => {
    const wanting = app(
      'shop/web',
      ['x.org', 'y.org'],
      [{ name: 'new', prefix: '/blog/new' }, { name: 'api', prefix: '/api' }, { name: 'all' }],
    );
    expect(outcome(wanting, claims(blog))).toEqual({
      problems: [
        overlap,
        {
          code: 'AT0303',
          field: 'spec.external.routes[2]',
          message: 'route all is left out on x.org, because requests of the refused route new would fall to it',
          fix: 'resolve the conflict of route new, or remove that route',
        },
      ],
      hosts: [
        { host: 'x.org', state: 'Granted' },
        { host: 'y.org', state: 'Granted' },
      ],
      served: { 'x.org': ['api'], 'y.org': ['new', 'api', 'all'] },
    });
  });

  test('pass the catch-all on when its holder has to give it up', () => {
    const faulty = app('shop/faulty', ['x.org'], [{ name: 'new', prefix: '/blog/new' }, { name: 'all' }]);
    const own = app('shop/web', ['x.org']);
    expect(outcome(own, [...claims(blog, { created: '2024-01-01T00:00:00Z' }), ...claims(faulty)])).toEqual({
      problems: [],
      hosts: [{ host: 'x.org', state: 'Granted' }],
      served: { 'x.org': ['web'] },
    });
  });

  test('have one catch-all between them', () => {
    expect(outcome(app('shop/web', ['x.org']), claims(app('shop/rest', ['x.org'])))).toEqual({
      problems: [
        {
          code: 'AT0303',
          field: 'spec.external.routes[0]',
          message: 'route web takes every request for x.org, as does route web (prefix /) of app rest',
          fix: 'give route web a prefix of its own: one app alone can take what no other route matches',
        },
      ],
      hosts: [{ host: 'x.org', state: 'Conflicted' }],
      served: {},
    });
  });

  test('have no sticky catch-all beside a route of another app, since it is more than one entry', () => {
    const sticky = app('shop/web', ['x.org'], [{ sticky: 'side' }]);
    expect(outcome(sticky, claims(blog))).toEqual({
      problems: [
        {
          code: 'AT0303',
          field: 'spec.external.routes[0]',
          message:
            'route web is sticky and takes every request for x.org, which it can do beside no route of another app',
          fix: 'remove sticky from route web, give the route a prefix of its own, or use another host',
        },
      ],
      hosts: [{ host: 'x.org', state: 'Conflicted' }],
      served: {},
    });
    expect(outcome(sticky, [])).toMatchObject({ problems: [], served: { 'x.org': ['web'] } });
  });

  test('keep a live route when an earlier app adds one that overlaps', () => {
    const earlier = app(
      'shop/web',
      ['x.org'],
      [
        { name: 'new', prefix: '/blog/new' },
        { name: 'api', prefix: '/api' },
      ],
    );
    const own = claims(earlier, { created: '2024-01-01T00:00:00Z', liveRoutes: ['api'] });
    expect(outcome(earlier, [...own, ...claims(blog, { liveRoutes: ['blog'] })])).toEqual({
      problems: [overlap],
      hosts: [{ host: 'x.org', state: 'Granted' }],
      served: { 'x.org': ['api'] },
    });
  });

  test('may own a wildcard and a host below it', () => {
    expect(
      outcome(app('shop/web', ['*.x.org']), claims(app('shop/a', ['a.x.org'], [{}], { kind: 'GeneratedGateway' }))),
    ).toEqual({
      problems: [],
      hosts: [{ host: '*.x.org', state: 'Granted' }],
      served: { '*.x.org': ['web'] },
    });
  });

  const edgeOutcome = (edge: Edge, other: Edge, more: Partial<External> = {}): readonly object[] => {
    const own = app('shop/web', ['x.org'], [{ prefix: '/web' }], edge);
    const given = { ...own, external: { ...external, ...own.external, ...more } };
    return checkPolicy(given, among(claims({ ...blog, external: { ...external, ...blog.external, edge: other } })))
      .problems;
  };
  const onHost = (code: string, message: string, fix: string): object => ({
    code,
    field: 'spec.external.hosts[0]',
    message,
    fix,
  });

  test('cannot share the host of a generated Gateway', () => {
    const conflict = onHost(
      'AT0302',
      'host x.org is held by app blog, and a Gateway generated for one app cannot share its hosts',
      'name the same gateway in external.gateway of both apps, or use another host',
    );
    const generated: Edge = { kind: 'GeneratedGateway' };
    expect([edgeOutcome(generated, generated), edgeOutcome(gateway, generated)]).toEqual([[conflict], [conflict]]);
  });

  test('share a host on one gateway or one class only', () => {
    expect([
      edgeOutcome(gateway, gateway),
      edgeOutcome(ingress('nginx'), ingress('nginx')),
      edgeOutcome(ingress('nginx'), gateway),
      edgeOutcome(ingress('nginx'), { kind: 'Ingress', at: 'spec.external' }),
    ]).toEqual([
      [],
      [],
      [
        onHost(
          'AT0303',
          'host x.org is served by app blog through gateway istio-ingress/public, this app uses ingress class nginx',
          'use the same gateway or ingress class as the app that shares the host, or use another host',
        ),
      ],
      [
        onHost(
          'AT0303',
          'host x.org is served by app blog through the default ingress class, this app uses ingress class nginx',
          'use the same gateway or ingress class as the app that shares the host, or use another host',
        ),
      ],
    ]);
  });

  test("share a host when one names the cluster's default class and the other none", () => {
    const own = app('shop/web', ['x.org'], [{ prefix: '/web' }], { kind: 'Ingress', at: 'spec.external' });
    const ingressClasses = [{ name: 'nginx', controller: 'k8s.io/ingress-nginx', isDefault: true }];
    expect(checkPolicy(own, { ...among(claims(blog)), ingressClasses }).problems).toEqual([]);
  });

  test('share a gateway host with one httpsRedirect; on Ingress each keeps its own', () => {
    const off = { httpsRedirect: { value: false, at: 'spec.external.httpsRedirect' } };
    expect([edgeOutcome(gateway, gateway, off), edgeOutcome(ingress('nginx'), ingress('nginx'), off)]).toEqual([
      [
        onHost(
          'AT0303',
          'host x.org is shared with app blog, whose httpsRedirect is true, and all who share it must agree',
          'set external.httpsRedirect to true, or use another host',
        ),
      ],
      [],
    ]);
  });
});

describe('a host below a wildcard of its namespace, each on a Gateway of its own', () => {
  const generated: Edge = { kind: 'GeneratedGateway' };
  const [workload] = platform.gateways;
  const pods: Platform['gateways'] = workload === undefined ? [] : [workload, { ...workload, default: true }];
  const onOnePod: Platform = { ...platform, gateways: pods };
  const elsewhere = { ...platform, gateways: [...platform.gateways, ...builtInPlatform().gateways] };

  /** An app on a generated Gateway, over TLS or over plain http alone. */
  const own = (name: string, host: string, isTls: boolean): Traffic => {
    const given = app(name, [host], [{}], generated);
    const tls = { value: { secretName: 'shop-tls' }, at: 'spec.external.tls' };
    return isTls && given.external !== undefined ? { ...given, external: { ...given.external, tls } } : given;
  };

  /** The problems of the second app, which came later than the first one. */
  const problemsOf = (first: Traffic, second: Traffic, on = onOnePod): readonly object[] => {
    const held = claimsOf(first, on).map((claim) => ({ ...claim, created: '2025-01-01T00:00:00Z' }));
    return checkPolicy(second, { ...among(held), platform: on }).problems;
  };

  test('is refused over plain http while the wildcard is served over TLS, and the other way round', () => {
    const [wide, narrow] = [own('shop/all', '*.x.org', true), own('shop/one', 'a.x.org', false)];
    expect([problemsOf(wide, narrow), problemsOf(narrow, wide)]).toEqual([
      [
        {
          code: 'AT0303',
          field: 'spec.external.hosts[0]',
          message:
            'https for a.x.org, which this app serves over plain http alone, would get the TLS server of *.x.org, held by app all',
          fix: 'serve a.x.org over TLS too (external.tls, or the gateway of that app), or use another host',
        },
      ],
      [
        {
          code: 'AT0303',
          field: 'spec.external.hosts[0]',
          message: 'https for a.x.org, which app one serves over plain http alone, would get the TLS server of *.x.org',
          fix: 'serve a.x.org over TLS too, or leave TLS away here, or use another host',
        },
      ],
    ]);
  });

  test('is refused below a narrower wildcard too, and beside a wildcard on a named gateway of the same pods', () => {
    const named = app('shop/all', ['*.x.org'], [{}], gateway);
    const codes = [
      problemsOf(own('shop/all', '*.x.org', true), own('shop/one', '*.a.x.org', false)),
      problemsOf(named, own('shop/one', 'a.x.org', false)),
    ].map((problems) => problems.map((problem) => ('code' in problem ? problem.code : '')));
    expect(codes).toEqual([['AT0303'], ['AT0303']]);
  });

  test('is fine where both have TLS or none has, where only the narrower one has, and on other pods', () => {
    const named = app('shop/all', ['*.x.org'], [{}], gateway);
    expect([
      problemsOf(own('shop/all', '*.x.org', true), own('shop/one', 'a.x.org', true)),
      problemsOf(own('shop/all', '*.x.org', false), own('shop/one', 'a.x.org', false)),
      problemsOf(own('shop/all', '*.x.org', false), own('shop/one', 'a.x.org', true)),
      problemsOf(named, own('shop/one', 'a.x.org', false), elsewhere),
    ]).toEqual([[], [], [], []]);
  });
});

describe('a host that a route names below a wildcard', () => {
  const own = app(
    'shop/web',
    ['*.x.org'],
    [
      { name: 'preview', host: 'p.x.org' },
      { name: 'api', prefix: '/api' },
    ],
  );

  test('is claimed like a host of the list', () => {
    expect(outcome(own, [])).toEqual({
      problems: [],
      hosts: [
        { host: '*.x.org', state: 'Granted' },
        { host: 'p.x.org', state: 'Granted' },
      ],
      served: { '*.x.org': ['api'], 'p.x.org': ['preview', 'api'] },
    });
  });

  test('keeps the routes that are left on it when the route that names it is refused', () => {
    const held = claims(app('shop/p', ['p.x.org'], [{}]));
    expect(outcome(own, held)).toEqual({
      problems: [
        {
          code: 'AT0303',
          field: 'spec.external.routes[0]',
          message: 'route preview takes every request for p.x.org, as does route web (prefix /) of app p',
          fix: 'give route preview a prefix of its own: one app alone can take what no other route matches',
        },
      ],
      hosts: [
        { host: '*.x.org', state: 'Granted' },
        { host: 'p.x.org', state: 'Granted' },
      ],
      served: { '*.x.org': ['api'], 'p.x.org': ['api'] },
    });
  });

  test('gets no route list when it is refused and the route that names it is left below it', () => {
    const nested = app(
      'shop/web',
      ['*.x.org'],
      [
        { name: 'below', host: '*.p.x.org', prefix: '/a' },
        { name: 'deep', host: 'd.p.x.org', prefix: '/b' },
      ],
    );
    const held = claims(app('shop/p', ['*.p.x.org'], [{ prefix: '/a/b' }]));
    expect(outcome(nested, held)).toEqual({
      problems: [
        {
          code: 'AT0303',
          field: 'spec.external.routes[0]',
          message:
            'route below (prefix /a) matches requests for *.p.x.org that route web (prefix /a/b) of app p matches too',
          fix: 'narrow the match of route below until no request matches both, or use another host',
        },
      ],
      hosts: [
        { host: '*.p.x.org', state: 'Conflicted' },
        { host: '*.x.org', state: 'Granted' },
        { host: 'd.p.x.org', state: 'Granted' },
      ],
      served: { '*.x.org': [], 'd.p.x.org': ['below', 'deep'] },
    });
  });
});

describe('what live objects serve although the spec of their app no longer asks for it', () => {
  const standing = (name: string, route: Sketch, edge = 'ingress/nginx'): HostClaim => ({
    app: { namespace: name.split('/')[0] ?? '', name: name.split('/')[1] ?? '' },
    host: 'a.x.org',
    edge,
    httpsRedirect: false,
    routes: [sketch(route)],
    created: '2030-01-01T00:00:00Z',
    standing: true,
  });

  test('keeps the host from other namespaces, however old their claims are', () => {
    const late = standing('blog/b', {});
    expect(outcome(app('shop/web', ['a.x.org']), [late])).toEqual({
      problems: [
        {
          code: 'AT0302',
          field: 'spec.external.hosts[0]',
          message: 'host a.x.org is held by another namespace',
          fix: 'use another host, or ask the platform team to let both namespaces share it (hosts.shared)',
        },
      ],
      hosts: [{ host: 'a.x.org', state: 'Conflicted' }],
      served: {},
    });
  });

  test('keeps the host of a generated Gateway, and says what helps', () => {
    const late = standing('shop/b', {}, 'generated');
    expect(outcome(app('shop/web', ['a.x.org']), [late])).toMatchObject({
      problems: [
        {
          code: 'AT0302',
          message:
            'host a.x.org is still served by objects of app b, which is refused, paused or moving to another gateway or class',
          fix: 'put the spec of app b right, resume it, or wait until it has moved; or use another host',
        },
      ],
      served: {},
    });
  });

  test('keeps its routes on a shared host', () => {
    const late = standing('shop/b', { name: 'old', prefix: '/old' });
    const wanting = app(
      'shop/web',
      ['a.x.org'],
      [
        { name: 'x', prefix: '/old/x' },
        { name: 'y', prefix: '/y' },
      ],
    );
    expect(outcome(wanting, [late])).toEqual({
      problems: [
        {
          code: 'AT0303',
          field: 'spec.external.routes[0]',
          message:
            'route x (prefix /old/x) matches requests for a.x.org that live route old (prefix /old) of app b matches too',
          fix: 'narrow the match of route x until no request matches both, or use another host',
        },
      ],
      hosts: [{ host: 'a.x.org', state: 'Granted' }],
      served: { 'a.x.org': ['y'] },
    });
  });

  test('does not stand in the way of its own app, nor of what is live and asked for', () => {
    const own = standing('shop/web', { name: 'old', prefix: '/' });
    const served = { problems: [], hosts: [{ host: 'a.x.org', state: 'Granted' }], served: { 'a.x.org': ['web'] } };
    const wanting = app('shop/web', ['a.x.org']);
    expect(outcome(wanting, [own])).toEqual(served);
    expect(outcome(wanting, [standing('blog/b', {}), ...claims(wanting, { liveRoutes: ['web'] })])).toEqual(served);
  });
});

describe('delegated hosts', () => {
  const rules = { policy: 'Delegated', grants: [{ namespace: 'shop', hosts: ['*.shop.org'] }] } as const;

  test('need a grant; a claim without one holds nothing against others', () => {
    const own = app('shop/web', ['a.shop.org', 'b.org']);
    const squatter = claims(app('blog/b', ['a.shop.org']), { created: '2024-01-01T00:00:00Z' });
    expect(outcome(own, squatter, rules)).toEqual({
      problems: [
        {
          code: 'AT0304',
          field: 'spec.external.hosts[1]',
          message: 'host b.org is not granted to namespace shop',
          fix: 'use a granted host, or ask the platform team for hosts.grants {namespace: shop, hosts: [b.org]}',
        },
      ],
      hosts: [
        { host: 'a.shop.org', state: 'Granted' },
        { host: 'b.org', state: 'NotPermitted' },
      ],
      served: { 'a.shop.org': ['web'] },
    });
  });
});

describe('a host without routes', () => {
  test('is held all the same', () => {
    const empty = claims(app('blog/b', ['x.org'], []));
    expect([
      outcome(app('blog/b', ['x.org'], []), empty),
      checkPolicy(app('shop/web', ['x.org']), among(empty)).hosts,
    ]).toEqual([
      { problems: [], hosts: [{ host: 'x.org', state: 'Granted' }], served: { 'x.org': [] } },
      [{ host: 'x.org', state: 'Conflicted' }],
    ]);
  });
});
