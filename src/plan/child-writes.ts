/** The writes that one child needs, by phase. */
import { keyText } from '../kube/object-key.ts';
import type { Change } from './change.ts';
import type { DesiredChild } from './desired-child.ts';
import { remedyFor } from './difference.ts';
import { isRouteKind } from './edge.ts';
import type { Extract } from './extract.ts';
import type { LiveChild } from './live-child.ts';
import type { Surveyed } from './survey.ts';
import { covers, hasSameItems, unionWith } from './union.ts';
import type { RoutesKept } from './union.ts';

/** The writes of one child; none in a phase: empty. `needs` is filled in by plan. */
export type ChildWrites = {
  readonly expand: readonly Change[];
  readonly switch: readonly Change[];
  readonly contract: readonly Change[];
};

/** Routes that run before routes switch, and those that still run after. */
export type RoutesInTransition = { readonly before: RoutesKept; readonly after: RoutesKept };

const none: ChildWrites = { expand: [], switch: [], contract: [] };

/** What makes the child as desired; `wasInSync`: it was so before, under this very desire, so that a write is a repair. */
export function writesOf({ child, live }: Surveyed, routes: RoutesInTransition, wasInSync: boolean): ChildWrites {
  const phase = isRouteKind(child.key.kind) ? 'switch' : 'expand';
  if (live === undefined) return { ...none, [phase]: [creation(child, wasInSync)] };
  if (live.hash === child.hash) return none;
  const { whole } = live;
  if (whole === undefined) return { ...none, [phase]: [application(child, live, wasInSync)] };
  const found = { ...live, whole };
  if (changesHostInUse(child, live, routes.before.routes)) {
    return { ...none, switch: remedies(child, found, wasInSync) };
  }
  const union = unionWith(child, whole, routes.before);
  if (union === child) return { ...none, [phase]: remedies(child, found, wasInSync) };
  const rest = unionWith(child, whole, routes.after);
  if (covers(whole, child)) {
    return hasSameItems(whole, rest) ? none : { ...none, contract: remedies(rest, found, wasInSync) };
  }
  const expand = remedies(union, found, wasInSync);
  // After that the live object is another one than `whole`: an apply is all that narrowing takes.
  const contract = rest.hash === union.hash ? [] : [application(rest, live, false)];
  return { ...none, expand, contract };
}

/** A DestinationRule speaks of one host only: when that changes, rule and routes change one right after the other. */
function changesHostInUse({ extract }: DesiredChild, live: LiveChild, routes: readonly Extract[]): boolean {
  if (extract.kind !== 'DestinationRule' || live.extract.kind !== 'DestinationRule') return false;
  const { host } = live.extract;
  if (host === extract.host) return false;
  return routes.some((route) => route.kind === 'VirtualService' && route.destinations.some((to) => to.host === host));
}

function creation(child: DesiredChild, repair: boolean): Change {
  const { manifest, key, hash } = child;
  const metadata = { ...manifest.metadata, resourceVersion: '1' };
  return { op: 'create', key, repair, needs: [], hash, manifest: { ...manifest, metadata } };
}

function application(child: DesiredChild, { uid }: LiveChild, repair: boolean): Change {
  const { manifest, key, hash } = child;
  return {
    op: 'apply',
    key,
    repair,
    needs: [],
    hash,
    manifest: { ...manifest, metadata: { ...manifest.metadata, uid } },
  };
}

function remedies(
  child: DesiredChild,
  live: LiveChild & Required<Pick<LiveChild, 'whole'>>,
  repair: boolean,
): readonly Change[] {
  const { apply, strip } = remedyFor(child.manifest, live.whole);
  const { key, hash } = child;
  return [
    // What somebody else added is always somebody else's doing.
    ...(strip.length === 0 ? [] : [{ op: 'strip', key, repair: true, needs: [], patch: strip, hash } as const]),
    ...(apply ? [application(child, live, repair)] : []),
  ];
}

/** The deletion of a child that is no longer desired. */
export function deletion({ key, uid }: LiveChild): Change {
  return { op: 'delete', key, repair: false, needs: [], uid };
}

/** Orders the changes of a phase: policies first (deleted: last), then by kind as requests pass them. */
export function orderInPhase(changes: readonly Change[]): readonly Change[] {
  const rank = ({ op, key }: Change): number => (op === 'delete' ? 100 - ranks[key.kind] : ranks[key.kind]);
  return [...changes].sort((a, b) => rank(a) - rank(b) || (keyText(a.key) < keyText(b.key) ? -1 : 1));
}

const ranks = {
  AuthorizationPolicy: 0,
  PeerAuthentication: 1,
  Service: 2,
  DestinationRule: 3,
  VirtualService: 4,
  Gateway: 5,
  Ingress: 6,
} as const;
