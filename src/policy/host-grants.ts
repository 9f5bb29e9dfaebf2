/** Who holds which route on which host: every stake is judged in the order of its evidence against those already granted. */
import { hostCovers, isWildcard } from '../model/host.ts';
import type { HostClaim } from '../model/host-claim.ts';
import type { Platform } from '../model/platform.ts';
import type { Route } from '../model/route.ts';
import { listenedPort } from '../model/tcp-listener.ts';
import { conflictBetween } from './host-conflict.ts';
import type { ConflictKind, SharingRules } from './host-conflict.ts';
import { isBareCatchAll, stakesInOrder } from './host-stake.ts';
import type { Stake } from './host-stake.ts';

/** Why a stake was refused: by whose stake, or (`OwnRoute`) because a narrower route of the same app was refused there. */
export type Loss =
  { readonly kind: ConflictKind; readonly holder: Stake } | { readonly kind: 'OwnRoute'; readonly refused: Route };

/** The judgement of one stake; without a loss it is granted. */
export type Ruling = { readonly stake: Stake; readonly loss?: Loss };

/** Whether the platform lets the claim's namespace use its host at all; which ports apps may listen on is said beside the gateways. */
export function isHostGranted({ app, host }: Pick<HostClaim, 'app' | 'host'>, hosts: Platform['hosts']): boolean {
  if (hosts.policy === 'FirstCome' || listenedPort(host) !== undefined) return true;
  return hosts.grants.some(
    (grant) => grant.namespace === app.namespace && grant.hosts.some((outer) => hostCovers(outer, host)),
  );
}

/**
 * Judges all stakes of the claims. The outcome depends on the set of claims alone, never on their order or on who asks,
 * and is stable: where what is granted is live and nothing else changes, the same is granted again.
 */
export function ruleOnHosts(claims: readonly HostClaim[], rules: SharingRules): readonly Ruling[] {
  const stakes = stakesInOrder(claims);
  const forfeits = new Map<Stake, Route>();
  // Each round takes at least one catch-all out, so this ends.
  for (;;) {
    const rulings = judge(stakes, forfeits, rules);
    const found = catchAllsBesideRefused(rulings);
    if (found.size === 0) return rulings;
    for (const [stake, refused] of found) forfeits.set(stake, refused);
  }
}

function judge(stakes: readonly Stake[], forfeits: ReadonlyMap<Stake, Route>, rules: SharingRules): readonly Ruling[] {
  const granted: Stake[] = [];
  for (const stake of stakes) {
    if (forfeits.has(stake)) continue;
    if (!granted.some((holder) => conflictBetween(stake, holder, rules) !== undefined)) granted.push(stake);
  }
  const holders = new Set(granted);
  const inTellingOrder = [...granted].sort(compareHolders);
  return stakes.map((stake): Ruling => {
    if (holders.has(stake)) return { stake };
    const refused = forfeits.get(stake);
    return {
      stake,
      loss: refused === undefined ? lossOf(stake, inTellingOrder, rules) : { kind: 'OwnRoute', refused },
    };
  });
}

/** The first of the holders that the stake conflicts with; it lost to one of them. */
function lossOf(stake: Stake, holders: readonly Stake[], rules: SharingRules): Loss {
  for (const holder of holders) {
    const kind = conflictBetween(stake, holder, rules);
    if (kind !== undefined) return { kind, holder };
  }
  throw new Error(`${stake.claim.host} was refused and nobody holds it`);
}

/**
 * In which order holders are told, exact hosts first and what only stands last. It must not follow the evidence: that grows while objects are
 * written, and status would name another holder with each look.
 */
function compareHolders(a: Stake, b: Stake): number {
  const [left, right] = [namesOf(a), namesOf(b)];
  const at = left.findIndex((text, i) => text !== right[i]);
  if (at < 0) return 0;
  return (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}

function namesOf({ claim: { app, host, edge, standing }, route }: Stake): readonly string[] {
  const ranks = [standing === true ? '1' : '0', isWildcard(host) ? '1' : '0'];
  return [...ranks, app.namespace, app.name, host, route?.name ?? '', edge];
}

/**
 * Granted catch-alls of claims that have a refused route, with that route: its requests would silently fall to the
 * broader route, which was never meant for them. What stands serves whatever is decided here.
 */
function catchAllsBesideRefused(rulings: readonly Ruling[]): ReadonlyMap<Stake, Route> {
  const refusedOf = new Map<HostClaim, Route>();
  for (const { stake, loss } of rulings) {
    const isFirst = loss !== undefined && stake.claim.standing !== true && !refusedOf.has(stake.claim);
    if (isFirst && stake.route !== undefined) refusedOf.set(stake.claim, stake.route);
  }
  return new Map(
    rulings.flatMap(({ stake, loss }) => {
      const refused = refusedOf.get(stake.claim);
      const isFallback = loss === undefined && stake.route !== undefined && isBareCatchAll(stake.route);
      return isFallback && refused !== undefined ? [[stake, refused] as const] : [];
    }),
  );
}
