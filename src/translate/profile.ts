/** Profiles: what the feature tables of the target that serves an app declare as different. */
import { servingIdentity } from '../model/serving-identity.ts';
import { contractBehaviours } from '../model/profile.ts';
import type { Behaviours, Profile } from '../model/profile.ts';
import { distinctHosts } from '../model/routes-for-host.ts';
import { servingEntryOf } from '../model/tls-served.ts';
import type { External, Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { dialectFor } from './ingress/choose-dialect.ts';
import type { Dialect } from './ingress/dialect.ts';
import { remarksOn } from './ingress/placed-route.ts';
import { routeTable } from './istio/features.ts';
import { isDotless } from './istio/gateway-limits.ts';

/** A difference as a table declares it. */
type Difference = { readonly how: string; readonly effect: Partial<Behaviours> };

type Row = { readonly support: 'exact' | 'unsupported' } | ({ readonly support: 'differs' } & Difference);

/** What serves the app from outside; an app without `external` is served by Istio, which differs in nothing. */
export function profileOf(traffic: Traffic, world: World): Profile {
  const { external } = traffic;
  const identity = servingIdentity(traffic, world);
  const reachesPodsAs = identity === undefined ? {} : { reachesPodsAs: identity };
  if (external?.edge.kind === 'Ingress') {
    const dialect = dialectFor(external.edge, world);
    const differences = ingressDifferences(traffic, dialect, external);
    const named = { target: dialect.title, dotless: [], methods: 'Any', marksRoutes: false, trustedHops: 0 } as const;
    return { ...differing(differences), ...named, ...reachesPodsAs };
  }
  return {
    ...differing(declared(Object.values(routeTable))),
    target: 'Istio',
    dotless: external === undefined ? [] : dotlessHosts(external, world),
    methods: 'OfEnvoy',
    marksRoutes: true,
    trustedHops: external === undefined ? 0 : hopsBefore(external, world),
    ...reachesPodsAs,
  };
}

function hopsBefore({ edge }: External, { platform }: World): number {
  return servingEntryOf(edge, platform)?.trustedHops ?? 0;
}

function ingressDifferences(traffic: Traffic, dialect: Dialect, { routes }: External): readonly Difference[] {
  return [
    ...declared(Object.values(dialect.routes)),
    ...declared(Object.values(dialect.edge)),
    ...declared(Object.values(dialect.protocols)),
    ...remarksOn(traffic, routes, dialect).map(({ why, effect = {} }) => ({ how: why, effect })),
  ];
}

function declared(rows: readonly Row[]): readonly Difference[] {
  return rows.flatMap((row) => (row.support === 'differs' ? [row] : []));
}

/** Of two differences in one behaviour the first counts. */
function differing(differences: readonly Difference[]): Behaviours & Pick<Profile, 'how'> {
  const inOrder = [...differences].reverse();
  const effects = inOrder.map(({ effect }) => effect);
  const how = inOrder.map((one) => Object.fromEntries(Object.keys(one.effect).map((name) => [name, one.how])));
  return {
    ...contractBehaviours,
    ...(Object.assign({}, ...effects) as Partial<Behaviours>),
    how: Object.assign({}, ...how) as Profile['how'],
  };
}

function dotlessHosts({ edge, hosts, routes }: External, world: World): readonly string[] {
  const names = distinctHosts(
    hosts.map(({ value }) => value),
    routes,
  );
  return names.filter((host) => isDotless(host, edge, world));
}
