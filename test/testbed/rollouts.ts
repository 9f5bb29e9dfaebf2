/**
 * A stand-in for Argo Rollouts: it writes into a VirtualService and a DestinationRule what Argo Rollouts writes there, by plain
 * Update of the whole object that it has read (argoproj/argo-rollouts, rollout/trafficrouting/istio/istio.go: SetWeight,
 * UpdateHash). Like its reconcile loop it reads again when somebody was faster.
 */
import { isJsonObject, listAt, textAt, valueAt } from '../../src/kube/json.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import { ApiFailure } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { field } from './kube-object.ts';
import type { KubeObject, Ref } from './kube-object.ts';

const label = 'rollouts-pod-template-hash';
const istio = 'networking.istio.io/v1';

/** The two subsets of a rollout. */
export type RolloutSubsets = { readonly canary: string; readonly stable: string };

/** What a rollout is told: its VirtualService with the routes that it moves, its DestinationRule, and the subsets there. */
export type Rollout = {
  readonly namespace: string;
  readonly virtualService: string;
  readonly routes: readonly string[];
  readonly destinationRule: string;
  readonly subsets?: RolloutSubsets;
};

/** The stand-in. Each call resolves when its one Update was accepted, or nothing was to be changed. */
export type RolloutsController = {
  /** Gives the canary this weight in percent, and the rest to stable. Throws where a route lacks one of the two. */
  readonly setWeight: (canary: number) => Promise<void>;
  /** Labels the subsets with the hashes of their pods; without a hash a subset loses the label. Other subsets go. */
  readonly updateHash: (hashes: Partial<RolloutSubsets>) => Promise<void>;
};

/** Makes the stand-in for one rollout. */
export function rolloutsController(api: ApiClient, rollout: Rollout): RolloutsController {
  const { namespace, subsets = { canary: 'canary', stable: 'stable' } } = rollout;
  return {
    setWeight: (canary) => {
      const weights = new Map([
        [subsets.canary, canary],
        [subsets.stable, 100 - canary],
      ]);
      const target = { apiVersion: istio, kind: 'VirtualService', namespace, name: rollout.virtualService };
      return update(api, target, (object) => withWeights(object, rollout.routes, weights));
    },
    updateHash: (hashes) => {
      const wanted = new Map([
        [subsets.canary, hashes.canary],
        [subsets.stable, hashes.stable],
      ]);
      const target = { apiVersion: istio, kind: 'DestinationRule', namespace, name: rollout.destinationRule };
      return update(api, target, (object) => withHashes(object, wanted));
    },
  };
}

/** Reads, changes and writes the whole object. */
async function update(api: ApiClient, target: Ref, change: (object: KubeObject) => KubeObject): Promise<void> {
  const read = await api.get(target);
  if (read === undefined) throw new Error(`${target.kind} ${target.name} not found`);
  const body = change(read);
  if (JSON.stringify(body) === JSON.stringify(read)) return undefined;
  const path = `${await api.pathOf(target)}?fieldManager=rollouts-controller`;
  const answer = await api.request({ method: 'PUT', path, body });
  if (answer.status === 409) return update(api, target, change);
  if (answer.status !== 200) throw new ApiFailure(`PUT ${path}`, answer);
  return undefined;
}

function withWeights(object: KubeObject, routes: readonly string[], weights: ReadonlyMap<string, number>): KubeObject {
  const http = listAt(object.spec, 'http').filter(isJsonObject);
  for (const name of routes) {
    const found = http.find((entry) => entry.name === name);
    if (found === undefined) throw new Error(`HTTP Route '${name}' is not found in the defined Virtual Service.`);
    const there = listAt(found, 'route').map((to) => textAt(to, 'destination', 'subset'));
    const missing = [...weights.keys()].find((subset) => !there.includes(subset));
    if (missing !== undefined) throw new Error(`DestinationRule subset '${missing}' not found in route`);
  }
  const moved = http.map((entry) =>
    routes.includes(String(entry.name))
      ? {
          ...entry,
          route: listAt(entry, 'route')
            .filter(isJsonObject)
            .flatMap((to) => moveTo(to, weights)),
        }
      : entry,
  );
  return { ...object, spec: { ...(object.spec as JsonObject), http: moved } };
}

/** A destination of neither subset that has a weight is taken away. */
function moveTo(to: JsonObject, weights: ReadonlyMap<string, number>): readonly JsonObject[] {
  const weight = weights.get(textAt(to, 'destination', 'subset') ?? '');
  if (weight === undefined) return (to.weight ?? 0) === 0 ? [to] : [];
  return (to.weight ?? 0) === weight ? [to] : [{ ...to, weight }];
}

function withHashes(object: KubeObject, hashes: ReadonlyMap<string, string | undefined>): KubeObject {
  const subsets = listAt(object.spec, 'subsets')
    .filter(isJsonObject)
    .filter(({ name }) => hashes.has(String(name)))
    .map((subset) => {
      const { [label]: _, ...labels } = (valueAt(subset, 'labels') ?? {}) as JsonObject;
      const hash = hashes.get(String(subset.name));
      return { ...subset, labels: { ...labels, ...(hash === undefined ? {} : { [label]: hash }) } };
    });
  const annotations = {
    ...(field(object, 'metadata', 'annotations') as object | undefined),
    'rollouts.argoproj.io/managed-by-rollouts': 'rollout',
  };
  return {
    ...object,
    metadata: { ...object.metadata, annotations },
    spec: { ...(object.spec as JsonObject), subsets },
  };
}
