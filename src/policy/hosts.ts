/** Hosts, routes and listeners: what of its claims an app holds, and what is left out (api.md §6). */
import { claimsAround } from '../model/claim-contention.ts';
import { claimsOf } from '../model/claims.ts';
import type { HostClaim } from '../model/host-claim.ts';
import { withWorkload } from '../model/gateway-workload.ts';
import { distinctHosts, routesForHost } from '../model/routes-for-host.ts';
import { listenerKey } from '../model/tcp-listener.ts';
import type { External, Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { isHostGranted, ruleOnHosts } from './host-grants.ts';
import type { Ruling } from './host-grants.ts';
import { hostNotGranted, hostProblems } from './host-problems.ts';
import { isSameApp } from './host-stake.ts';
import { defaultIngressClass } from '../model/ingress-class.ts';
import type { HostVerdict, Policy } from './policy.ts';

/** Grants what the app may hold among all claims; refused hosts, routes and listeners are left out of the traffic. */
export const hosts: Policy = (traffic, world) => {
  const { external } = traffic;
  if (external === undefined) return { problems: [] };
  const own = ownClaims(traffic, world);
  const rulings = rulingsFor(traffic, own, world);
  const held = new Set(rulings.flatMap(({ stake, loss }) => (loss === undefined ? [stake.claim.host] : [])));
  return {
    problems: [
      ...own
        .filter((claim) => !isHostGranted(claim, world.platform.hosts))
        .map((claim) => hostNotGranted(external, claim)),
      ...hostProblems(external, rulings),
    ],
    hosts: own.map((claim) => ({ host: claim.host, state: stateOf(claim, held, world) })),
    narrow: (given) => leaveOut(given, { held, lost: lostBy(own, held), rulings }),
  };
};

function stateOf(claim: HostClaim, held: ReadonlySet<string>, { platform }: World): HostVerdict['state'] {
  if (held.has(claim.host)) return 'Granted';
  return isHostGranted(claim, platform.hosts) ? 'Conflicted' : 'NotPermitted';
}

/** This app's claims by its present spec, with the evidence that the cluster has of them. */
function ownClaims(traffic: Traffic, { hosts: claims, created, platform }: World): readonly HostClaim[] {
  return claimsOf(traffic, platform).map((claim) => {
    const known = claims.find(
      ({ app, host, standing }) => isSameApp(app, claim.app) && host === claim.host && standing !== true,
    );
    return {
      ...claim,
      created: known?.created ?? created,
      ...(known?.since === undefined ? {} : { since: known.since }),
      ...(known?.liveRoutes === undefined ? {} : { liveRoutes: known.liveRoutes }),
    };
  });
}

/** The judgement of this app's stakes, reached together with all claims that have to do with them. */
function rulingsFor({ app }: Traffic, own: readonly HostClaim[], world: World): readonly Ruling[] {
  const { shared } = world.platform.hosts;
  const others = world.hosts
    .filter((claim) => claim.standing === true || !isSameApp(claim.app, app))
    .map((claim) => withWorkload(claim, world.platform));
  const allowed = [...others, ...own].filter((claim) => isHostGranted(claim, world.platform.hosts));
  const ingressClass = defaultIngressClass(world);
  const rules = { shared, ...(ingressClass === undefined ? {} : { defaultIngressClass: ingressClass }) };
  return ruleOnHosts(claimsAround(allowed, app, shared), rules).filter(
    ({ stake: { claim } }) => isSameApp(claim.app, app) && claim.standing !== true,
  );
}

function lostBy(own: readonly HostClaim[], held: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(own.flatMap(({ host }) => (held.has(host) ? [] : [host])));
}

/** Which of the claimed hosts and listeners the app holds, and which it does not. */
type Outcome = {
  readonly held: ReadonlySet<string>;
  readonly lost: ReadonlySet<string>;
  readonly rulings: readonly Ruling[];
};

function leaveOut(traffic: Traffic, outcome: Outcome): Traffic {
  const { external, ...rest } = traffic;
  if (external === undefined) return traffic;
  const granted = grantedExternal(external, outcome);
  return outcome.held.size + granted.tcp.length === 0 ? rest : { ...rest, external: granted };
}

function grantedExternal(external: External, { held, lost, rulings }: Outcome): External {
  const granted = new Set(
    rulings.flatMap(({ stake, loss }) =>
      loss === undefined && stake.route !== undefined ? [stakeKey(stake.claim.host, stake.route.name)] : [],
    ),
  );
  const listed = external.hosts.map(({ value }) => value);
  const names = distinctHosts(listed, external.routes);
  const routes = external.routes.flatMap((route) => {
    const reached = names.filter((host) => routesForHost([route], host).length > 0);
    const refused = reached.filter((host) => !granted.has(stakeKey(host, route.name)));
    if (refused.length > 0 && refused.length === reached.length) return [];
    // A host that is not held has no route list; a route that names it must not ask for one.
    const refusedOn = refused.filter((host) => held.has(host) || host === route.features.host?.value);
    return [refusedOn.length === 0 ? route : { ...route, refusedOn }];
  });
  const kept = external.hosts.filter(({ value }) => held.has(value));
  return {
    ...external,
    hosts: [...kept, ...impliedHosts(external, held, { kept, routes })],
    routes,
    // Where no gateway is known that could have it, nobody claims a listener, and others say what is wrong with it.
    tcp: external.tcp.filter(({ listen }) => !lost.has(listenerKey(listen))),
  };
}

/**
 * Hosts that the app holds although neither a host nor a route that was kept says so: a `match.host` whose wildcard, or
 * whose own routes, were refused. They get route lists of their own.
 */
function impliedHosts(
  external: External,
  held: ReadonlySet<string>,
  granted: { readonly kept: External['hosts']; readonly routes: External['routes'] },
): External['hosts'] {
  const said = new Set(
    distinctHosts(
      granted.kept.map(({ value }) => value),
      granted.routes,
    ),
  );
  return external.routes
    .flatMap(({ features }) => (features.host === undefined ? [] : [features.host]))
    .filter(
      ({ value }, i, all) => held.has(value) && !said.has(value) && all.findIndex((h) => h.value === value) === i,
    );
}

function stakeKey(host: string, route: string): string {
  return `${host} ${route}`;
}
