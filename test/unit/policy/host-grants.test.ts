import * as fc from 'fast-check';
import { claimsAround, sharesByPath } from '../../../src/model/claim-contention.ts';
import { claimsOf } from '../../../src/model/claims.ts';
import type { HostClaim } from '../../../src/model/host-claim.ts';
import { compareHosts, hostCovers, hostsOverlap } from '../../../src/model/host.ts';
import { takesEverything } from '../../../src/model/route-conditions.ts';
import type { SharedHost } from '../../../src/model/platform.ts';
import type { Edge, Traffic } from '../../../src/model/traffic.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { ruleOnHosts } from '../../../src/policy/host-grants.ts';
import { anySketch, matches, requests, sketch } from '../model/routes.ts';
import { external, platform, traffic, world } from './samples.ts';

/**
 * An app with what the cluster knows of its claims; `live` says which of its routes are live on all its hosts, `standing`
 * which hosts live objects serve besides, on which edge and with which routes.
 */
type Rival = {
  readonly traffic: Traffic;
  readonly created: string;
  readonly since?: string;
  readonly live?: readonly string[];
  readonly standing?: Pick<HostClaim, 'host' | 'edge' | 'routes'>;
};

const hostNames = ['a.x', 'b.a.x', '*.x', '*.a.x', 'z'] as const;
const edges: readonly Edge[] = [
  { kind: 'Ingress', at: '' },
  { kind: 'Ingress', at: '', className: 'nginx' },
  { kind: 'NamedGateway', at: '', namespace: 'istio-ingress', name: 'public' },
  { kind: 'GeneratedGateway' },
];
const times = fc.constantFrom('2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z');

const rival = (name: string): fc.Arbitrary<Rival> =>
  fc
    .record(
      {
        namespace: fc.constantFrom('n1', 'n2', 'n3'),
        hosts: fc.subarray([...hostNames], { minLength: 1, maxLength: 3 }),
        edge: fc.oneof(
          { weight: 3, arbitrary: fc.constant(edges[0]) },
          { weight: 2, arbitrary: fc.constantFrom(...edges) },
        ),
        redirect: fc.boolean(),
        sketches: fc.array(anySketch, { maxLength: 3 }),
        created: times,
        since: times,
        live: fc.subarray(['r0', 'r1', 'r2', 'gone']),
        standing: fc.record({
          host: fc.constantFrom(...hostNames),
          edge: fc.constantFrom('ingress/', 'ingress/nginx', 'generated'),
          routes: fc.array(
            anySketch.map((given) => sketch({ ...given, name: 'old' })),
            { maxLength: 2 },
          ),
        }),
      },
      { requiredKeys: ['namespace', 'hosts', 'edge', 'redirect', 'sketches', 'created'] },
    )
    .map(({ namespace, hosts, edge, redirect, sketches, ...evidence }) => {
      const isReached = (host: string | undefined): boolean =>
        host === undefined || hosts.some((listed) => hostCovers(listed, host));
      const routes = sketches
        .filter(({ host }) => isReached(host))
        .map((given, i) => sketch({ ...given, name: `r${i}`, position: i }));
      return {
        ...evidence,
        traffic: {
          ...traffic,
          app: { namespace, name },
          external: {
            ...external,
            edge: edge ?? { kind: 'GeneratedGateway' },
            hosts: hosts.map((value) => ({ value, at: value })),
            httpsRedirect: { value: redirect, at: '' },
            routes,
          },
        },
      };
    });

const rivals = fc
  .integer({ min: 1, max: 5 })
  .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => rival(`app${i}`))));
const sharing: fc.Arbitrary<readonly SharedHost[]> = fc.constantFrom(
  [],
  [
    { host: '*.x', namespaces: ['n1', 'n2'] },
    { host: '*.a.x', namespaces: ['n1', 'n2', 'n3'] },
  ],
  [
    { host: 'a.x', namespaces: ['n1', 'n2'] },
    { host: 'z', namespaces: ['n1', 'n2', 'n3'] },
  ],
);

function claimsOfAll(all: readonly Rival[]): readonly HostClaim[] {
  return all.flatMap(({ traffic: given, created, since, live, standing }) => [
    ...claimsOf(given, platform).map((claim) => ({
      ...claim,
      created,
      ...(since === undefined ? {} : { since }),
      ...(live === undefined ? {} : { liveRoutes: live }),
    })),
    ...(standing === undefined
      ? []
      : [{ ...standing, app: given.app, created, httpsRedirect: false, standing: true } as const]),
  ]);
}

const stakeText = ({ app, host }: HostClaim, route: string | undefined): string =>
  `${app.namespace}/${app.name} ${host} ${route ?? ''}`;

/** What is granted of what apps ask for, as text, sorted. */
function grants(claims: readonly HostClaim[], shared: readonly SharedHost[]): readonly string[] {
  return ruleOnHosts(claims, { shared })
    .filter(({ stake, loss }) => loss === undefined && stake.claim.standing !== true)
    .map(({ stake }) => stakeText(stake.claim, stake.route?.name))
    .sort();
}

const withoutEvidence = ({ app, host, edge, httpsRedirect, routes, created, standing }: HostClaim): HostClaim => ({
  app,
  host,
  edge,
  httpsRedirect,
  routes,
  created,
  ...(standing === undefined ? {} : { standing }),
});

/** The claims after everything that was granted has been written, and nothing else. */
function written(claims: readonly HostClaim[], shared: readonly SharedHost[]): readonly HostClaim[] {
  const granted = grants(claims, shared);
  return claims.map(withoutEvidence).map((claim) => {
    if (claim.standing === true) return claim;
    const names = claim.routes.map(({ name }) => name).filter((name) => granted.includes(stakeText(claim, name)));
    const isHeld = names.length > 0 || granted.includes(stakeText(claim, undefined));
    return isHeld ? { ...claim, liveRoutes: names, since: '2026-01-01T00:00:00Z' } : claim;
  });
}

/** What each app, asked alone, says that it may serve. */
function grantedTraffic(all: readonly Rival[], shared: readonly SharedHost[]): readonly Traffic[] {
  const claims = claimsOfAll(all);
  return all.map(({ traffic: given, created }) => {
    const seen = claimsAround([...claims].reverse(), given.app, shared);
    const rules = { ...platform, hosts: { ...platform.hosts, shared } };
    return checkPolicy(given, { ...world, platform: rules, created, hosts: seen, assumesPresent: true }).granted;
  });
}

const runs = { numRuns: 300 };

describe('who holds which route on which host', () => {
  test('each app alone comes to the same as all together', () => {
    fc.assert(
      fc.property(rivals, sharing, (all, shared) => {
        const apart = grantedTraffic(all, shared).flatMap((given) =>
          claimsOf(given, platform).flatMap((claim) =>
            claim.routes.length === 0
              ? [stakeText({ ...claim, created: '' }, undefined)]
              : claim.routes.map(({ name }) => stakeText({ ...claim, created: '' }, name)),
          ),
        );
        expect([...apart].sort()).toEqual(grants(claimsOfAll(all), shared));
      }),
      runs,
    );
  });

  test('no request has two holders, and no two namespaces hold overlapping hosts that they do not share', () => {
    fc.assert(
      fc.property(rivals, sharing, (all, shared) => {
        const claims = grantedTraffic(all, shared).flatMap((given) => claimsOf(given, platform));
        const foreign = claims.flatMap((a) =>
          claims.filter((b) => hostsOverlap(a.host, b.host) && !sharesByPath(a, b, shared)).map((b) => [a, b]),
        );
        const contested = requests.filter((request) => {
          const host = claims
            .map((claim) => claim.host)
            .sort(compareHosts)
            .find((name) => hostCovers(name, request.host));
          const matching = claims
            .filter((claim) => claim.host === host)
            .flatMap(({ app, routes }) =>
              routes.filter((route) => matches(route, request)).map((route) => ({ app, route })),
            );
          const narrow = matching.filter(({ route }) => !takesEverything(route.features));
          return new Set((narrow.length > 0 ? narrow : matching).map(({ app }) => app.name)).size > 1;
        });
        expect({ foreign, contested }).toEqual({ foreign: [], contested: [] });
      }),
      { numRuns: 150 },
    );
  });

  test('the order of the claims does not count', () => {
    fc.assert(
      fc.property(
        rivals.chain((all) =>
          fc.tuple(
            fc.constant(claimsOfAll(all)),
            fc.shuffledSubarray([...claimsOfAll(all)], { minLength: claimsOfAll(all).length }),
          ),
        ),
        sharing,
        ([claims, shuffled], shared) => {
          expect(grants(shuffled, shared)).toEqual(grants(claims, shared));
        },
      ),
      runs,
    );
  });

  test('what is granted and live stays, whoever comes, however old the newcomer is', () => {
    fc.assert(
      fc.property(rivals, rival('newcomer'), sharing, (all, newcomer, shared) => {
        const before = written(claimsOfAll(all), shared);
        const late = claimsOfAll([newcomer])
          .filter(({ standing }) => standing !== true)
          .map(withoutEvidence)
          .map((claim) => ({ ...claim, created: '2000-01-01T00:00:00Z' }));
        const kept = grants([...before, ...late], shared).filter((text) => !text.includes('/newcomer '));
        expect([grants(before, shared), kept]).toEqual([grants(claimsOfAll(all), shared), grants(before, shared)]);
      }),
      runs,
    );
  });

  test('what stands takes nothing from what is live', () => {
    fc.assert(
      fc.property(rivals, sharing, (all, shared) => {
        const claims = claimsOfAll(all);
        const asked = claims.filter((claim) => claim.standing !== true);
        const isLive = (text: string): boolean =>
          asked.some(({ liveRoutes = [], ...claim }) => liveRoutes.some((name) => text === stakeText(claim, name)));
        const beside = grants(claims, shared);
        expect(grants(asked, shared).filter((text) => isLive(text) && !beside.includes(text))).toEqual([]);
      }),
      runs,
    );
  });

  test('nothing is refused but by a stake that is granted, so who goes makes room for the next', () => {
    fc.assert(
      fc.property(rivals, sharing, (all, shared) => {
        const rulings = ruleOnHosts(claimsOfAll(all), { shared });
        const granted = new Set(rulings.flatMap(({ stake, loss }) => (loss === undefined ? [stake] : [])));
        const unfounded = rulings.filter(
          ({ loss }) => loss !== undefined && loss.kind !== 'OwnRoute' && !granted.has(loss.holder),
        );
        expect(unfounded).toEqual([]);
      }),
      runs,
    );
  });

  test('the next in line takes over when the holder is gone', () => {
    const next = { traffic: { ...traffic, external }, created: '2025-01-01T00:00:00Z' };
    const holder = {
      traffic: { ...traffic, app: { namespace: 'blog', name: 'b' }, external },
      created: '2024-01-01T00:00:00Z',
    };
    expect([grants(claimsOfAll([next, holder]), []), grants(claimsOfAll([next]), [])]).toEqual([
      ['blog/b shop.example.com web'],
      ['shop/web shop.example.com web'],
    ]);
  });
});
