/** What tests of the operator look at, in short texts that a whole list can be compared in: writes, children, conditions. */
import { apiVersionOf, childKinds, kinds } from '../../src/kube/gvk.ts';
import { childSelector } from '../../src/kube/identity.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { field } from '../testbed/kube-object.ts';
import type { Condition, KubeObject } from '../testbed/kube-object.ts';
import type { Exchange, Mark } from '../testbed/proxy/exchange-log.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';

/** A write as `apply services shop`; `apptraffics/status` for a subresource; with the status code where it was refused. */
export function writeText({ verb, resource, subresource, name, status = 0 }: Exchange): string {
  const what = `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`} ${name}`;
  return status >= 400 ? `${what} -> ${status}` : what;
}

/** The writes in a namespace since a mark, in the order in which they arrived. */
export function writesIn(proxy: Proxy, namespace: string, since: Mark): readonly Exchange[] {
  return proxy.writes(since).filter((write) => write.namespace === namespace);
}

/** The same as texts. */
export function writeTexts(proxy: Proxy, namespace: string, since: Mark): readonly string[] {
  return writesIn(proxy, namespace, since).map(writeText);
}

/**
 * The texts in steps of these sizes, each step sorted: what the operator writes side by side arrives in any order. What is
 * left over is one more step.
 */
export function inSteps(texts: readonly string[], sizes: readonly number[]): readonly (readonly string[])[] {
  const [size, ...others] = sizes;
  if (size === undefined) return texts.length === 0 ? [] : [[...texts].sort()];
  return [texts.slice(0, size).sort(), ...inSteps(texts.slice(size), others)];
}

/** Everything in the namespace that carries the operator's label, by kind and name. */
export async function childrenIn(plane: ControlPlane, namespace: string): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    childKinds.map((kind) =>
      plane.api.list({ apiVersion: apiVersionOf(kinds[kind]), kind, namespace, labelSelector: childSelector }),
    ),
  );
  return lists.flat().sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** An object as `Service shop`. */
export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`;
}

/** What changes when somebody writes the object: `Service shop` to uid and resourceVersion. */
export function versionsOf(objects: readonly KubeObject[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    objects.map((object) => [nameOf(object), `${object.metadata.uid} ${object.metadata.resourceVersion}`]),
  );
}

/** Every condition as `False Pending: why`. */
export function conditionsOf(app: KubeObject): Readonly<Record<string, string>> {
  const all = (field(app, 'status', 'conditions') ?? []) as readonly Condition[];
  return Object.fromEntries(all.map(({ type, status, reason, message }) => [type, `${status} ${reason}: ${message}`]));
}

/** status.children as `Service shop` to `Draining: why`. */
export function childStatesOf(app: KubeObject): Readonly<Record<string, string>> {
  const all = (field(app, 'status', 'children') ?? []) as readonly Readonly<Record<string, string>>[];
  return Object.fromEntries(
    all.map(({ kind, name, state, reason }) => [
      `${kind} ${name}`,
      reason === undefined ? state : `${state}: ${reason}`,
    ]),
  ) as Readonly<Record<string, string>>;
}
