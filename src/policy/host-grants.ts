/** Who holds which route on which host: every stake is judged in the order of its evidence against those already granted. */
import { hostCovers } from '../model/host.ts';
import type { HostClaim } from '../model/host-claim.ts';
import type { Platform } from '../model/platform.ts';
import type { Route } from '../model/route.ts';
import { conflictBetween } from './host-conflict.ts';
import type { ConflictKind, SharingRules } from './host-conflict.ts';
import { isBareCatchAll, stakesInOrder } from './host-stake.ts';
import type { Stake } from './host-stake.ts';

/** Why a stake was refused: by whose stake, or (`OwnRoute`) because a narrower route of the same app was refused there. */
export type Loss =
  { readonly kind: ConflictKind; readonly holder: Stake } | { readonly kind: 'OwnRoute'; readonly refused: Route };

/** The judgement of one stake; without a loss it is granted. */
export type Ruling = { readonly stake: Stake; readonly loss?: Loss };

/** Whether the platform lets the claim's namespace use its host at all. */
export function isHostGranted({ app, host }: Pick<HostClaim, 'app' | 'host'>, hosts: Platform['hosts']): boolean {
  if (hosts.policy === 'FirstCome') return true;
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
  return stakes.map((stake): Ruling => {
    const refused = forfeits.get(stake);
    if (refused !== undefined) return { stake, loss: { kind: 'OwnRoute', refused } };
    for (const holder of granted) {
      const kind = conflictBetween(stake, holder, rules);
      if (kind !== undefined) return { stake, loss: { kind, holder } };
    }
    granted.push(stake);
    return { stake };
  });
}

/**
 * Granted catch-alls of claims that have a refused route, with that route: its requests would silently fall to the
 * broader route, which was never meant for them.
 */
function catchAllsBesideRefused(rulings: readonly Ruling[]): ReadonlyMap<Stake, Route> {
  const refusedOf = new Map<HostClaim, Route>();
  for (const { stake, loss } of rulings) {
    const isFirst = loss !== undefined && !refusedOf.has(stake.claim);
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
