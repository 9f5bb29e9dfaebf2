/** Every version that objects went through, seen by watches of their own: what a status claimed can be held against what was there. */
import { createInterface } from 'node:readline';
import { apiVersionOf, childKinds, kinds } from '../../src/kube/gvk.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { open } from '../testbed/http.ts';
import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { nameOf } from './app-view.ts';

/** One version of an object; the revision orders the versions of all objects (they share one etcd). */
export type Version = { readonly revision: number; readonly object: KubeObject; readonly isDeleted: boolean };

/** The versions seen so far, in order. */
export type History = { readonly versions: () => readonly Version[]; readonly stop: () => void };

type Event = { readonly type: string; readonly object: KubeObject };

/** Follows all AppTraffics and children of a namespace from now on. */
export async function startHistory(plane: ControlPlane, namespace: string): Promise<History> {
  const seen: Version[] = [];
  const answers = await Promise.all(
    (['AppTraffic', ...childKinds] as const).map(async (kind) => {
      const any = await plane.api.pathOf({ apiVersion: apiVersionOf(kinds[kind]), kind, namespace, name: 'any' });
      const path = `${any.slice(0, any.lastIndexOf('/'))}?watch=true&resourceVersion=0`;
      const answer = await open(plane.api.endpoint, { method: 'GET', path, agent: false });
      const lines = createInterface({ input: answer });
      lines.on('line', (line) => {
        const { type, object } = JSON.parse(line) as Event;
        const revision = Number(object.metadata.resourceVersion);
        seen.push({ revision, object, isDeleted: type === 'DELETED' });
      });
      // It ends with the API server at the latest; what is missing then shows in the number of claims.
      for (const emitter of [answer, lines]) emitter.on('error', () => undefined);
      return answer;
    }),
  );
  return {
    versions: () => seen.toSorted((a, b) => a.revision - b.revision),
    stop: () => answers.forEach((answer) => answer.destroy()),
  };
}

/** What of an object the operator answers for: comparable between versions, and with the object made in its place. */
export function shapeOf({ apiVersion, kind, metadata, spec }: KubeObject): object {
  const { name, namespace, labels, ownerReferences, deletionTimestamp } = metadata;
  return {
    apiVersion,
    kind,
    name,
    namespace,
    labels,
    ownerReferences,
    deletionTimestamp,
    spec,
  };
}

/** A claim: a version of an AppTraffic that brought a new status which says Ready of the generation it belongs to. */
type Claim = { readonly app: KubeObject; readonly revision: number };

function claimsIn(versions: readonly Version[]): readonly Claim[] {
  const last = new Map<string, string>();
  return versions.flatMap(({ object: app, revision }): readonly Claim[] => {
    if (app.kind !== 'AppTraffic') return [];
    const status = JSON.stringify(app.status);
    const isNew = last.get(app.metadata.name) !== status;
    last.set(app.metadata.name, status);
    const ready = condition(app, 'Ready');
    const isReady = ready?.status === 'True' && ready.observedGeneration === app.metadata.generation;
    return isNew && isReady ? [{ app, revision }] : [];
  });
}

/**
 * Holds every claim against the children at that revision: `shapes` says for an app (`shop 2`: name and generation) how
 * each child (`Service shop`) has to be. Returns how many claims there were, and the false ones.
 */
export function judgeClaims(
  versions: readonly Version[],
  shapes: ReadonlyMap<string, ReadonlyMap<string, object>>,
): { readonly claims: number; readonly lies: readonly string[] } {
  const claims = claimsIn(versions);
  const lies = claims.flatMap(({ app, revision }) => {
    const what = `${app.metadata.name} ${app.metadata.generation}`;
    const wanted = shapes.get(what) ?? new Map<string, object>();
    const told = (field(app, 'status', 'children') ?? []) as readonly {
      readonly kind: string;
      readonly name: string;
    }[];
    const names = told.map(({ kind, name }) => `${kind} ${name}`).toSorted();
    if (names.join() !== [...wanted.keys()].toSorted().join()) return [`${what}: children are ${names.join(', ')}`];
    return names.flatMap((child) => {
      const then = versions.findLast((one) => one.revision <= revision && nameOf(one.object) === child);
      const isSo =
        then !== undefined &&
        !then.isDeleted &&
        JSON.stringify(shapeOf(then.object)) === JSON.stringify(wanted.get(child));
      return isSo ? [] : [`${what}: ${child} was not so`];
    });
  });
  return { claims: claims.length, lies };
}
