/** Plan: desired and live children -> the writes that lead from one to the other, in phases that no request notices. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import type { ChildKind } from '../kube/gvk.ts';
import { compareKeys, keyText } from '../kube/object-key.ts';
import { certificateBefore } from './certificate-first.ts';
import type { Change, Phase, Plan } from './change.ts';
import { orderInPhase, writesOf } from './child-writes.ts';
import type { RoutesInTransition } from './child-writes.ts';
import { gatewaysOf, needing, supportsOf } from './dependencies.ts';
import { desiredChildren } from './desired-child.ts';
import type { DesiredChild } from './desired-child.ts';
import { edgesOf, isRouteKind, oldEdgeOf } from './edge.ts';
import type { OldEdge } from './edge.ts';
import { leavingChild } from './leaving.ts';
import type { Leaving } from './leaving.ts';
import { isOwnedBy } from './app-owner.ts';
import type { LiveChild } from './live-child.ts';
import { withFindings } from './memory.ts';
import type { PlanInput } from './plan-input.ts';
import { isSynced, plannedOutcome } from './planned-child.ts';
import type { PlannedChild } from './planned-child.ts';
import { recheckTime } from './recheck.ts';
import { survey } from './survey.ts';
import type { Surveyed } from './survey.ts';
import { tokensFirst } from './tokens-first.ts';

/**
 * Plans one app. Applying the phases in order and planning again gives a plan without phases; `children` says what
 * drains, waits, or stands in the way.
 */
export function plan(input: PlanInput): Plan {
  const { app, hold, live, memory, now } = input;
  if (hold === 'Deleting') return { phases: [], children: [], memory };
  const own = live.filter((child) => isOwnedBy(child, app));
  if (hold === 'NotAccepted') return { phases: [], children: sorted(own.map(kept)), memory };
  const byKey = new Map(live.map((child) => [keyText(child.key), child]));
  const surveyed = withWaits(
    desiredChildren(input).map((child) => survey(child, byKey.get(keyText(child.key)), input)),
  );
  const desired = surveyed.map(({ child }) => child);
  const edge = oldEdgeOf({ ...input, desired, own, completeAt: memory.edgeCompleteAt });
  const settling = now < memory.routesAt + input.settleMs;
  const routes: RoutesInTransition = { ...routesInTransition(own, surveyed, edge), settling };
  const planned = surveyed.map((one) => withWrites(one, routes, input));
  const desiredKeys = new Set(desired.map(({ key }) => keyText(key)));
  const leaving = own
    .filter(({ key }) => !desiredKeys.has(keyText(key)))
    .map((child) => leavingChild(child, edge, { routes: routes.after.routes, hold }));
  const recheckAt = recheckTime(surveyed, edge, input);
  return {
    phases: hold === undefined ? phasesOf(planned, leaving, own.length === 0) : [],
    children: sorted([...planned.map(plannedOutcome), ...leaving.map(({ outcome }) => outcome)]),
    ...(edge.drain === undefined ? {} : { drain: edge.drain }),
    ...(recheckAt === undefined ? {} : { recheckAt }),
    memory: withFindings(memory, {
      now,
      edgeCompleteAt: edge.completeAt,
      desired: desiredKeys,
      inSync: planned.filter(isSynced).map(({ child }) => [keyText(child.key), child.asked ?? child.hash]),
      moved: planned.flatMap((one) =>
        one.child.asked === undefined
          ? []
          : [[keyText(one.child.key), isSynced(one) ? one.live?.extract : undefined] as const],
      ),
    }),
  };
}

/** Routes wait for policies and DestinationRules that cannot be written, and with their Gateway for a certificate that it does not serve yet. */
function withWaits(surveyed: readonly Surveyed[]): readonly Surveyed[] {
  const desired = surveyed.map(({ child }) => child);
  const stuck = new Set(
    surveyed.filter(({ obstacle }) => obstacle !== undefined).map(({ child }) => keyText(child.key)),
  );
  return surveyed.map((one) => {
    const missing = supportsOf(one.child, desired).find((key) => stuck.has(keyText(key)));
    const waitsFor = missing ?? certificateBefore(one.child, surveyed);
    if (waitsFor === undefined || one.obstacle !== undefined || one.live?.hash === one.child.hash) return one;
    return { ...one, obstacle: { state: 'Pending', message: `waits for ${waitsFor.kind} ${waitsFor.name}` } };
  });
}

/** Before routes switch, all live ones run; after, those of an old edge that drains and those that cannot be written. */
function routesInTransition(
  own: readonly LiveChild[],
  surveyed: readonly Surveyed[],
  edge: OldEdge,
): Omit<RoutesInTransition, 'settling'> {
  const stuck = surveyed.filter(({ obstacle }) => obstacle !== undefined).map(({ live }) => live);
  const routes = surveyed.filter(({ child, obstacle }) => isRouteKind(child.key.kind) && obstacle === undefined);
  const wanted = new Set(surveyed.map(({ child }) => keyText(child.key)));
  const isLeaving = own.some(({ key }) => isRouteKind(key.kind) && !wanted.has(keyText(key)));
  const staying = [...(edge.drain === undefined ? [] : edge.objects), ...stuck].filter((child) => child !== undefined);
  return {
    before: {
      routes: own.filter(({ key }) => isRouteKind(key.kind)).map(({ extract }) => extract),
      oldEdge: edge.objects.length > 0,
    },
    after: { routes: staying.map(({ extract }) => extract), oldEdge: edge.drain !== undefined },
    change: isLeaving || routes.some(({ child, live }) => live?.hash !== child.hash),
    isServed: surveyed.some(({ child }) => edgesOf(child.key, child.extract).length > 0),
  };
}

function withWrites(one: Surveyed, routes: RoutesInTransition, { memory, hold }: PlanInput): PlannedChild {
  const known = memory.inSync[keyText(one.child.key)];
  const wasInSync = known === (one.child.asked ?? one.child.hash);
  const before = { wasInSync, isUntouched: !wasInSync && known !== undefined && known === one.live?.hash };
  const writes = one.obstacle === undefined ? writesOf(one, routes, before) : { expand: [], switch: [], contract: [] };
  return { ...one, writes, hold };
}

/** Kinds that say who may call the pods, and with what: they are in force before anybody can. */
const guards = ['AuthorizationPolicy', 'RequestAuthentication', 'EnvoyFilter'] as const;

/** `isNew`: nothing of the app is live, so nobody calls the Service that it is about to get. */
function phasesOf(planned: readonly PlannedChild[], leaving: readonly Leaving[], isNew: boolean): readonly Phase[] {
  const desired = planned.map(({ child }) => child);
  const leavingIn = (phase: Leaving['phase']) =>
    leaving.flatMap((child) => (child.phase === phase && child.deletion !== undefined ? [child.deletion] : []));
  const early = planned.flatMap(({ writes }) => writes.expand);
  const sidecars = awaitsServers(desired) ? early.filter(isSidecar) : [];
  const expand = tokensFirst(orderInPhase(early.filter((change) => !sidecars.includes(change))));
  // A DestinationRule whose host changes goes side by side with its routes: waiting would only lengthen the gap.
  const rules = planned.flatMap(({ child, writes }) => (isRouteKind(child.key.kind) ? [] : writes.switch));
  const routes = planned.flatMap(({ child, writes }) =>
    isRouteKind(child.key.kind)
      ? needing(writes.switch, expand, [...supportsOf(child, desired), ...gatewaysOf(child, desired)])
      : [],
  );
  const servers = desired.flatMap(({ key }) => (key.kind === 'ServiceEntry' ? [key] : []));
  const switching = orderInPhase([...rules, ...routes, ...needing(sidecars, expand, servers), ...leavingIn('switch')]);
  const contract = orderInPhase([...planned.flatMap(({ writes }) => writes.contract), ...leavingIn('contract')]);
  const kinds = new Set<ChildKind>(desired.map(({ key }) => key.kind));
  const isGuarded = guards.some((kind) => kinds.has(kind));
  const isUncalled = isNew && kinds.has('Service') && !isGuarded;
  const phases: readonly Phase[] = [
    { name: 'expand', changes: expand, startAfterSettle: false },
    { name: 'switch', changes: switching, startAfterSettle: (routes.length > 0 && !isUncalled) || sidecars.length > 0 },
    { name: 'contract', changes: tokensFirst(needing(contract, switching)), startAfterSettle: true },
  ];
  return phases.filter(({ changes }) => changes.length > 0);
}

/** A Sidecar that lists a server elsewhere goes when proxies know that server: else they would refuse it at first. */
function awaitsServers(desired: readonly DesiredChild[]): boolean {
  return desired.some(({ key }) => key.kind === 'ServiceEntry');
}

function isSidecar({ key }: Change): boolean {
  return key.kind === 'Sidecar';
}

function kept({ key, uid }: LiveChild): ChildOutcome {
  return { key, uid, state: 'Kept', message: 'stands as it is while the spec is refused' };
}

function sorted(outcomes: readonly ChildOutcome[]): readonly ChildOutcome[] {
  return [...outcomes].sort((a, b) => compareKeys(a.key, b.key));
}
