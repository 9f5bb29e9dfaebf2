/** The writes that one child needs, by phase. */
import type { Manifest } from '../kube/manifest.ts';
import { compareText, keyText } from '../kube/object-key.ts';
import type { Change } from './change.ts';
import type { DesiredChild } from './desired-child.ts';
import { remedyFor } from './difference.ts';
import { isRouteKind } from './edge.ts';
import type { Extract } from './extract.ts';
import type { LiveChild } from './live-child.ts';
import { policyStep } from './policy-step.ts';
import { holdsPortsAlone } from './service-ports.ts';
import type { Surveyed } from './survey.ts';
import { covers, hasSameItems, opensPort, unionWith } from './union.ts';
import type { RoutesKept } from './union.ts';

/** The writes of one child; none in a phase: empty. `needs` is filled in by plan. */
export type ChildWrites = {
  readonly expand: readonly Change[];
  readonly switch: readonly Change[];
  readonly contract: readonly Change[];
};

/** Routes that run before routes switch, and those that still run after. */
export type RoutesInTransition = {
  readonly before: RoutesKept;
  readonly after: RoutesKept;
  /** Routes were changed less than `settle` ago: proxies may still follow the old ones. */
  readonly settling: boolean;
  /** This plan changes some. */
  readonly change: boolean;
  /** Routes of the desired ones lead in from outside. */
  readonly isServed: boolean;
};

const none: ChildWrites = { expand: [], switch: [], contract: [] };

/**
 * What is remembered of a child. `wasInSync`: it was as desired before, under this very desire, so that a write is a repair;
 * `isUntouched`: it is as an earlier desire left it, so that whatever differs follows from the spec.
 */
export type Before = { readonly wasInSync: boolean; readonly isUntouched: boolean };

/** What makes the child as desired. */
export function writesOf({ child, live, takes }: Surveyed, routes: RoutesInTransition, before: Before): ChildWrites {
  const phase = isRouteKind(child.key.kind) ? 'switch' : 'expand';
  const how: How = { repair: before.wasInSync, completes: true, isUntouched: before.isUntouched };
  if (takes !== undefined) return { ...none, [phase]: [adoption(child, takes)] };
  if (live === undefined) return { ...none, [phase]: [creation(child, how)] };
  if (live.hash === child.hash) return none;
  const { whole } = live;
  if (whole === undefined) return { ...none, [phase]: [application(child, live, how)] };
  if (changesHostInUse(child, live, routes.before.routes)) {
    return { ...none, switch: remedies(child, { ...live, whole }, how) };
  }
  const seen = { child, live: { ...live, whole }, routes, how };
  return steppedWrites(seen) ?? unionWrites(seen, phase);
}

type Seen = {
  readonly child: DesiredChild;
  readonly live: WholeChild;
  readonly routes: RoutesInTransition;
  readonly how: How;
};

/** Policies go their own way while routes change, but for a move: then the old edge keeps its rule until it has gone. */
function steppedWrites({ child, live, routes, how }: Seen): ChildWrites | undefined {
  if (!(routes.change || routes.settling) || routes.before.oldEdge) return undefined;
  const step = policyStep(child, live.whole, routes.isServed);
  if (step === undefined) return undefined;
  const last = { ...how, repair: false };
  if (step.isLive) return { ...none, contract: remedies(child, live, last) };
  const expand = remedies(step.child, live, { ...how, completes: false });
  return { ...none, expand, contract: [application(child, live, last)] };
}

function unionWrites({ child, live, routes, how }: Seen, phase: 'switch' | 'expand'): ChildWrites {
  const { whole } = live;
  const union = unionWith(child, whole, routes.before);
  if (union !== child) return { ...none, ...narrowingWrites({ child, union, live }, routes, how) };
  // What only takes away keeps waiting for routes that an earlier plan has switched; a list that narrows does not.
  const isLate = routes.settling && covers(whole, child) && !(routes.change && isPolicy(child));
  // A redirect to https must not come before what answers there.
  const isEarly = opensPort(child, whole);
  const when = isLate ? 'contract' : isEarly ? 'expand' : phase;
  return { ...none, [when]: remedies(child, live, how) };
}

function isPolicy({ key }: DesiredChild): boolean {
  return key.kind === 'AuthorizationPolicy';
}

/** Whether a write is a repair, and whether the child is as desired after it. */
type How = Pick<Change, 'repair' | 'completes'> & Pick<Before, 'isUntouched'>;

type WholeChild = LiveChild & Required<Pick<LiveChild, 'whole'>>;

type Widened = { readonly child: DesiredChild; readonly union: DesiredChild; readonly live: WholeChild };

/** The union before routes switch, unless the live object already has it all; what kept routes leave of it after. */
function narrowingWrites(
  { child, union, live }: Widened,
  routes: RoutesInTransition,
  how: How,
): Pick<ChildWrites, 'expand' | 'contract'> {
  const rest = unionWith(child, live.whole, routes.after);
  const last = { ...how, repair: false, completes: rest === child };
  if (covers(live.whole, child)) {
    const isThere = hasSameItems(live.whole, rest);
    return { expand: [], contract: isThere ? [] : remedies(rest, live, { ...how, completes: last.completes }) };
  }
  const expand = remedies(union, live, { ...how, completes: false });
  // After that the live object is another one than `whole`. An apply narrows it, but for ports that others hold too:
  // the server would refuse what is left of them, so the next plan removes them.
  const isLater = child.key.kind === 'Service' && !holdsPortsAlone(live.whole);
  return { expand, contract: rest.hash === union.hash || isLater ? [] : [application(rest, live, last)] };
}

/** A DestinationRule speaks of one host only: when that changes, rule and routes change one right after the other. */
function changesHostInUse({ extract }: DesiredChild, live: LiveChild, routes: readonly Extract[]): boolean {
  if (extract.kind !== 'DestinationRule' || live.extract.kind !== 'DestinationRule') return false;
  const { host } = live.extract;
  if (host === extract.host) return false;
  return routes.some((route) => route.kind === 'VirtualService' && route.destinations.some((to) => to.host === host));
}

function creation(child: DesiredChild, { repair, completes }: How): Change {
  return { op: 'create', repair, completes, needs: [], ...written(child), manifest: child.manifest };
}

function application(child: DesiredChild, live: LiveChild, { repair, completes }: How): Change {
  return { op: 'apply', repair, completes, needs: [], ...written(child), manifest: overLive(child, live) };
}

/** Takes the object over as it was seen: whoever changes it meanwhile is not overruled. */
function adoption(child: DesiredChild, live: LiveChild): Change {
  const { metadata, ...rest } = overLive(child, live);
  const manifest = { ...rest, metadata: { ...metadata, resourceVersion: live.resourceVersion } };
  return { op: 'apply', repair: false, completes: true, needs: [], ...written(child), manifest, adopts: true };
}

function written({ key, hash, asked }: DesiredChild): Pick<Change & { op: 'apply' }, 'key' | 'hash' | 'asked'> {
  return { key, hash, ...(asked === undefined ? {} : { asked }) };
}

function remedies(child: DesiredChild, live: WholeChild, how: How): readonly Change[] {
  const { apply, strip } = remedyFor(child.manifest, live.whole);
  if (strip.length === 0) return apply ? [application(child, live, how)] : [];
  const manifest = apply ? { manifest: overLive(child, live) } : {};
  // What somebody else added is somebody else's doing, but for what was desired and others hold too.
  const { completes, isUntouched } = how;
  return [{ op: 'strip', repair: !isUntouched, completes, needs: [], patch: strip, ...manifest, ...written(child) }];
}

/** The manifest for the live object and no other; where somebody else edits it too, for this version of it alone. */
function overLive({ manifest, asked }: DesiredChild, { uid, resourceVersion }: LiveChild): Manifest {
  const version = asked === undefined ? {} : { resourceVersion };
  return { ...manifest, metadata: { ...manifest.metadata, uid, ...version } };
}

/** The deletion of a child that is no longer desired. */
export function deletion({ key, uid, resourceVersion }: LiveChild): Change {
  return { op: 'delete', key, repair: false, completes: true, needs: [], uid, resourceVersion };
}

/**
 * Orders the changes of a phase: policies first (deleted: last), then by kind as requests pass them; a new
 * VirtualService before those that hand hosts over to it, and what goes after what takes its place.
 */
export function orderInPhase(changes: readonly Change[]): readonly Change[] {
  const rank = ({ op, key }: Change): number => {
    if (op === 'delete') return 100 - ranks[key.kind];
    return op === 'create' && key.kind === 'VirtualService' ? ranks[key.kind] - 0.5 : ranks[key.kind];
  };
  return [...changes].sort((a, b) => rank(a) - rank(b) || compareText(keyText(a.key), keyText(b.key)));
}

const ranks = {
  Certificate: -1,
  RequestAuthentication: 0,
  AuthorizationPolicy: 0.1,
  EnvoyFilter: 0.25,
  PeerAuthentication: 1,
  Service: 2,
  ServiceEntry: 3,
  DestinationRule: 4,
  VirtualService: 5,
  Gateway: 6,
  Ingress: 7,
  Telemetry: 8,
  Sidecar: 9,
} as const;
