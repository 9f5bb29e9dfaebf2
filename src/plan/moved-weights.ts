/**
 * What Argo Rollouts sets in children that are ours: the weights of routes with several destinations, and a label of subsets
 * (argoproj/argo-rollouts, rollout/trafficrouting/istio: SetWeight, UpdateHash). It writes them by plain Update.
 */
import { hashOf } from '../kube/hash.ts';
import { isJsonObject, listAt, textAt } from '../kube/json.ts';
import type { JsonObject } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { sharedOutBy } from './destinations.ts';
import type { Destination } from './destinations.ts';
import { podTemplateHash } from './extract.ts';
import type { Extract } from './extract.ts';
import { desiredProjection } from './projection.ts';

/**
 * The manifest with what the first of `sources` that knows it has set: what is live, then what was live before. A route's
 * weights are taken over together, and only where it leads to the same destinations and they add up to 100.
 */
export function withMovedWeights(manifest: Manifest, sources: readonly Extract[]): Manifest {
  return mapped(manifest, {
    split: (wanted, name) =>
      takenOver(
        wanted,
        sources.flatMap((source) => splitsNamed(source, name)),
      ),
    subset: (wanted, name) => {
      const known = sources.find((source) => source.kind === 'DestinationRule' && source.subsets.includes(name));
      if (known?.kind !== 'DestinationRule') return wanted;
      return withHash(wanted, known.hashes?.[name]);
    },
  });
}

/** What the manifest asks for beside what is moved, as a hash; undefined: nothing of it can be moved. */
export function askedBesideMoved(manifest: Manifest): string | undefined {
  let isMoved = false;
  const rest = mapped(manifest, {
    split: (wanted) => {
      isMoved = true;
      return wanted.map(withoutWeight);
    },
    subset: (wanted) => {
      isMoved = true;
      return withHash(wanted, undefined);
    },
  });
  return isMoved ? hashOf({ ...desiredProjection(rest), moved: true }) : undefined;
}

type Split = readonly JsonObject[];

/** What becomes of each split of a VirtualService, and of each subset of a DestinationRule. */
type Mapping = {
  readonly split: (wanted: Split, route: string) => Split;
  readonly subset: (wanted: JsonObject, name: string) => JsonObject;
};

function mapped(manifest: Manifest, { split, subset }: Mapping): Manifest {
  const { spec } = manifest;
  if (!isJsonObject(spec)) return manifest;
  if (manifest.kind === 'VirtualService' && spec.http !== undefined) {
    const http = listAt(spec, 'http').map((entry) => {
      const wanted = listAt(entry, 'route').filter(isJsonObject);
      if (!isJsonObject(entry) || wanted.length < 2) return entry;
      return { ...entry, route: split(wanted, textAt(entry, 'name') ?? '') };
    });
    return { ...manifest, spec: { ...spec, http } };
  }
  if (manifest.kind === 'DestinationRule' && spec.subsets !== undefined) {
    const subsets = listAt(spec, 'subsets').map((one) =>
      isJsonObject(one) ? subset(one, textAt(one, 'name') ?? '') : one,
    );
    return { ...manifest, spec: { ...spec, subsets } };
  }
  return manifest;
}

/** The splits of the routes of this name: one, unless somebody else wrote a second. */
function splitsNamed(source: Extract, name: string): readonly (readonly Destination[])[] {
  if (source.kind !== 'VirtualService') return [];
  const named = source.routes.filter((route) => route.name === name);
  return named.length === 1 ? named.flatMap(({ split }) => (split === undefined ? [] : [split])) : [];
}

function takenOver(wanted: Split, splits: readonly (readonly Destination[])[]): Split {
  const places = sharedOutBy(wanted).map(placeText);
  const weights = splits
    .map((split) => new Map(split.map((to) => [placeText(to), to.weight])))
    .find((found) => found.size === places.length && places.every((place) => found.has(place)) && isSane(found));
  if (weights === undefined) return wanted;
  return wanted.map((to, at) => {
    const weight = weights.get(places[at] ?? '');
    return { ...withoutWeight(to), ...(weight === undefined ? {} : { weight }) };
  });
}

function placeText({ host, subset, port }: Destination): string {
  return JSON.stringify([host, subset, port]);
}

/** Without a weight Istio takes 0. */
function isSane(weights: ReadonlyMap<string, number | undefined>): boolean {
  const all = [...weights.values()].map((weight) => weight ?? 0);
  return all.every((weight) => weight >= 0) && all.reduce((sum, weight) => sum + weight, 0) === 100;
}

function withoutWeight(to: JsonObject): JsonObject {
  const { weight: _, ...rest } = to;
  return rest;
}

function withHash(subset: JsonObject, hash: string | undefined): JsonObject {
  const { [podTemplateHash]: _, ...labels } = isJsonObject(subset.labels) ? subset.labels : {};
  return { ...subset, labels: { ...labels, ...(hash === undefined ? {} : { [podTemplateHash]: hash }) } };
}
