/** Which of the hosts that apps hold a request is for, and which apps hold it (api.md §3, host; §6). */
import { compareHosts, hostCovers, isWildcard } from '../model/host.ts';
import type { Profile, ServedModel } from '../model/profile.ts';
import { distinctHosts, routesForHost } from '../model/routes-for-host.ts';
import type { External } from '../model/traffic.ts';
import type { Authority } from './authority.ts';
import { noteOf } from './note.ts';

/** An app that serves something outside. */
export type Holder = ServedModel & { readonly external: External };

type Claim = { readonly host: string; readonly holder: Holder };

/** A host and who holds it; with several holders they share it by path. */
export type HeldHost = {
  readonly host: string;
  readonly holders: readonly Holder[];
  /** Differences that the answer is owed to, or that leave the request out; sentences. */
  readonly notes: readonly string[];
};

/** The most specific host that takes the request: exact before wildcard, longer wildcard before shorter. */
export function heldHost(apps: readonly ServedModel[], asked: Authority): HeldHost {
  const holders = apps.flatMap(({ traffic, profile }): readonly Holder[] =>
    traffic.external === undefined ? [] : [{ traffic, profile, external: traffic.external }],
  );
  const claims = holders.flatMap((holder) => hostsOf(holder).map((host): Claim => ({ host, holder })));
  const named = claims.filter(({ host }) => covers(host, asked));
  const covering = named.filter((claim) => !isVoid(claim));
  const [best] = covering.map(({ host }) => host).sort(compareHosts);
  const voids = named
    .filter((claim) => isVoid(claim) && (best === undefined || compareHosts(claim.host, best) < 0))
    .map(({ holder }) => noteOf(holder.profile, 'hostWithoutRoutes'));
  if (best === undefined) return { host: asked.host, holders: [], notes: voids };
  const own = covering.filter(({ host }) => host === best).map(({ holder }) => holder);
  const served = own.filter(({ profile }) => leavesOut(best, asked, profile) === undefined);
  return {
    host: served.length > 0 ? best : asked.host,
    holders: served,
    notes: [...voids, ...own.flatMap(({ profile }) => leavesOut(best, asked, profile) ?? [])],
  };
}

/** Every host that the app has routes of its own for, or none at all. */
function hostsOf({ external: { hosts, routes } }: Holder): readonly string[] {
  return distinctHosts(
    hosts.map(({ value }) => value),
    routes,
  );
}

/** Whether the holder's provider does not know the host, as it has no route there. */
function isVoid({ host, holder: { profile, external } }: Claim): boolean {
  return profile.hostWithoutRoutes === 'Wildcard' && routesForHost(external.routes, host).length === 0;
}

/** A wildcard stands for at least one character beside the dot: `.example.com` is not below `*.example.com`. */
function covers(host: string, { host: asked }: Authority): boolean {
  return hostCovers(host, asked) && asked !== host.slice(1);
}

/** Why the provider does not take the request for a host of the contract; undefined: it does. */
function leavesOut(host: string, asked: Authority, profile: Profile): string | undefined {
  const { dotless, trailingDot, wildcardLabels } = profile;
  if (asked.isDotted && trailingDot === 'NotFound') return noteOf(profile, 'trailingDot');
  if (asked.isDotted && dotless.includes(host)) return `the gateway answers 404 to ${host}. with a trailing dot`;
  const below = asked.host.slice(0, -host.length + 1);
  const isDeep = isWildcard(host) && below.includes('.');
  return isDeep && wildcardLabels === 'One' ? noteOf(profile, 'wildcardLabels') : undefined;
}
