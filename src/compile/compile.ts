/** compile = normalize + policy + translate: the one pure function behind operator, CLI and tests. */
import type { AppTraffic } from '../api/v1alpha1/app-traffic.ts';
import { apiVersionOf, childKindOf, childKinds, kinds } from '../kube/gvk.ts';
import type { ChildKind } from '../kube/gvk.ts';
import type { Manifest } from '../kube/manifest.ts';
import { compareKeys } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { callersOf } from '../model/caller-identity.ts';
import { callsOf } from '../model/calls.ts';
import { compareProblems, refuses } from '../model/problem.ts';
import type { Problem } from '../model/problem.ts';
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { normalize } from '../normalize/normalize.ts';
import type { Compiled } from './compiled.ts';
import { judge, modelOf } from './judge.ts';
import { askedProbe, probeProblems } from './probe.ts';
import { summarize } from './summarize.ts';

/**
 * Turns one AppTraffic, already accepted by the schema, into the objects it becomes and the problems it has. Pure: the
 * same input gives the same output, byte for byte, whatever the order of lists in World.
 */
export function compile(input: AppTraffic, world: World): Compiled {
  const { traffic, policy, translation } = judge(input, world);
  const unavailable = unavailableKinds(translation.manifests, world);
  const summary = summarize(traffic, policy.granted, world.platform);
  const probe = askedProbe(traffic, summary.url);
  const problems = [
    ...policy.problems,
    ...translation.problems,
    ...unavailable.map(kindUnavailable),
    ...probeProblems(probe, modelOf(policy.granted, world), world),
  ];
  const accepted = !problems.some(refuses);
  const callers = callersOf(policy.granted, world.siblings);
  const calls = callsOf(policy.granted, world);
  return {
    accepted,
    manifests: accepted ? [...translation.manifests].sort((a, b) => compareKeys(keyOf(a), keyOf(b))) : [],
    problems: [...problems].sort(compareProblems),
    hosts: policy.hosts,
    ...(callers === undefined ? {} : { callers }),
    ...(calls === undefined ? {} : { calls }),
    summary,
    ...(probe === undefined ? {} : { probe }),
    assumed: policy.assumed,
    unavailableKinds: unavailable,
    ...(traffic.weightsManagedBy === undefined ? {} : { weightsManagedBy: traffic.weightsManagedBy.value.by }),
    ...(traffic.held === undefined ? {} : { held: traffic.held }),
    ...(policy.recheckAt === undefined ? {} : { recheckAt: policy.recheckAt }),
  };
}

/** The key of a manifest that a target rendered. Throws on a kind that AppTraffic never writes: a bug, not user input. */
export function keyOf(manifest: Manifest): ObjectKey {
  const kind = childKindOf(manifest.apiVersion, manifest.kind);
  if (kind === undefined) throw new Error(`not a child kind: ${manifest.apiVersion} ${manifest.kind}`);
  return { kind, namespace: manifest.metadata.namespace ?? '', name: manifest.metadata.name };
}

/** The kinds that the app needs and the cluster does not serve, in the order of child kinds. */
function unavailableKinds(manifests: readonly Manifest[], { availableKinds }: World): readonly ChildKind[] {
  if (availableKinds === undefined) return [];
  const needed = new Set(manifests.map((manifest) => keyOf(manifest).kind));
  return childKinds.filter((kind) => needed.has(kind) && !availableKinds.includes(`${kinds[kind].group}/${kind}`));
}

function kindUnavailable(kind: ChildKind): Problem {
  return {
    code: 'AT0401',
    field: 'spec',
    message: `this cluster does not serve ${kind} (${apiVersionOf(kinds[kind])})`,
    fix: 'install its CRDs; the operator picks them up by itself',
  };
}

/** The model of an app as its spec says, before anything is granted: for the index of apps and the offline World. */
export function trafficOf(input: AppTraffic, world: Pick<World, 'platform'>): Traffic {
  return normalize(input, world.platform);
}
