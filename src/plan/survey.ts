/** Survey: for every child, desired or live, what stands in the way of writing it; the ground that a plan is made on. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import { keyText } from '../kube/object-key.ts';
import { adoptionOf } from './adoption.ts';
import { contenders } from './contenders.ts';
import type { DesiredChild } from './desired-child.ts';
import { isOfFormer, isOwnedBy, notOwnedText } from './app-owner.ts';
import type { LiveChild } from './live-child.ts';
import { fightRepairs, recentRepairs } from './memory.ts';
import type { PlanInput } from './plan-input.ts';

/** The field manager of Argo Rollouts. */
const rolloutsManager = 'rollouts-controller';

/** Why a child cannot be written. */
export type Obstacle = Pick<ChildOutcome, 'state' | 'message' | 'fix'>;

/** A desired child beside its live object; `obstacle`: why it cannot be written. */
export type Surveyed = {
  readonly child: DesiredChild;
  /** The live object, when it is ours. */
  readonly live?: LiveChild;
  /** The live object, when it is nobody's and taken over. */
  readonly takes?: LiveChild;
  readonly obstacle?: Obstacle;
};

/** Looks at one desired child. */
export function survey(child: DesiredChild, live: LiveChild | undefined, input: PlanInput): Surveyed {
  if (live !== undefined && !isOwnedBy(live, input.app)) return { child, ...stranger(child, live, input) };
  const obstacle =
    unavailable(child, input) ?? (live === undefined ? knownStranger(child, input) : obstacleOf(child, live, input));
  return { child, ...(live === undefined ? {} : { live }), ...(obstacle === undefined ? {} : { obstacle }) };
}

function unavailable({ key }: DesiredChild, input: PlanInput): Obstacle | undefined {
  if (!input.unavailableKinds.includes(key.kind)) return undefined;
  return { state: 'KindUnavailable', message: `the cluster does not serve ${key.kind}` };
}

/** No watch tells of an object without our label: until it is time to look again, it counts as being there. */
function knownStranger({ key }: DesiredChild, { memory, now }: PlanInput): Obstacle | undefined {
  const known = memory.strangers[keyText(key)];
  return known !== undefined && known.lookAt > now ? { state: 'NotOwned', message: known.message } : undefined;
}

function stranger(child: DesiredChild, live: LiveChild, input: PlanInput): Pick<Surveyed, 'takes' | 'obstacle'> {
  const adoption = input.adopts === true ? adoptionOf(child, live) : undefined;
  if (adoption === undefined) return { obstacle: strangerOf(live, input) };
  return adoption.takes ? { takes: live } : { obstacle: { state: 'NotOwned', ...adoption.refusal } };
}

function strangerOf(live: LiveChild, { app }: PlanInput): Obstacle {
  return { state: isOfFormer(live.controller, app) ? 'Pending' : 'NotOwned', message: notOwnedText(live, app) };
}

function obstacleOf(child: DesiredChild, live: LiveChild, input: PlanInput): Obstacle | undefined {
  if (live.deleting) {
    return { state: 'Pending', message: 'the live object is being deleted; it is made anew once it is gone' };
  }
  if (live.hash === child.hash) return undefined;
  if (changesClusterIP(child, live)) {
    return {
      state: 'ImmutableField',
      message: 'Kubernetes does not let a Service become headless, or cease to be, in place',
    };
  }
  return fightOf(child, live, input);
}

/**
 * Headless to ClusterIP is accepted and changes nothing, the other ways are answered with 422; by way of ExternalName
 * everything is allowed (measured on kube-apiserver 1.36.3 for all pairs of types).
 */
function changesClusterIP({ extract: wanted }: DesiredChild, { extract: found }: LiveChild): boolean {
  if (wanted.kind !== 'Service' || found.kind !== 'Service') return false;
  return wanted.headless !== found.headless && wanted.type !== 'ExternalName' && found.type !== 'ExternalName';
}

function fightOf(
  child: DesiredChild,
  live: LiveChild,
  { memory, now, weightsManagedBy }: PlanInput,
): Obstacle | undefined {
  if (recentRepairs(memory.repairs[keyText(live.key)], now).length < fightRepairs) return undefined;
  const others = live.whole === undefined ? [] : contenders(child.manifest, live.whole);
  const who = others.length === 0 ? 'somebody' : others.join(', ');
  // Where its weights are not left to it already, that is most likely what is meant.
  const hint =
    others.includes(rolloutsManager) && weightsManagedBy === undefined
      ? ' (spec.weightsManagedBy: ArgoRollouts leaves the weights to it)'
      : '';
  return {
    state: 'FieldFight',
    message: `${who} keeps changing it back; the operator stopped writing it for a while${hint}`,
  };
}
