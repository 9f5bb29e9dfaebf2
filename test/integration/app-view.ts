/** What is to be seen of an app, in short texts that are compared as a whole: its status, its live objects, writes, events. */
import { kinds, childKinds, apiVersionOf } from '../../src/kube/gvk.ts';
import { appLabel, childSelector } from '../../src/kube/identity.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { field } from '../testbed/kube-object.ts';
import type { Condition, KubeObject } from '../testbed/kube-object.ts';
import type { Exchange, Mark } from '../testbed/proxy/exchange-log.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';
import { isAboutApp } from './stage.ts';

/** An entry of status.problems. */
type ProblemEntry = Readonly<Record<'code' | 'severity' | 'field' | 'message' | 'fix', string>>;

/** An entry of status.hosts. */
type HostEntry = { readonly host: string; readonly state: string; readonly since?: string };

const listIn = (app: KubeObject, name: string): readonly unknown[] =>
  (field(app, 'status', name) ?? []) as readonly unknown[];

/** Each condition as `type status reason`, in the order of status; one that speaks of another generation says so. */
export function conditionsOf(app: KubeObject): readonly string[] {
  const conditions = listIn(app, 'conditions') as readonly Condition[];
  return conditions.map(({ type, status, reason, observedGeneration }) => {
    const stale = observedGeneration === app.metadata.generation ? '' : ` of generation ${observedGeneration}`;
    return `${type} ${status} ${reason}${stale}`;
  });
}

/** Every condition with its message: `Ready` to `False Pending: why`. */
export function conditionTextsOf(app: KubeObject): Readonly<Record<string, string>> {
  const conditions = listIn(app, 'conditions') as readonly Condition[];
  return Object.fromEntries(
    conditions.map(({ type, status, reason, message }) => [type, `${status} ${reason}: ${message}`]),
  );
}

/** An entry of status.children. */
type ChildEntry = Readonly<Record<'kind' | 'name' | 'state', string>> & { readonly reason?: string };

/** status.children as `Service shop` to `Draining: why`. */
export function childStatesOf(app: KubeObject): Readonly<Record<string, string>> {
  const children = listIn(app, 'children') as readonly ChildEntry[];
  return Object.fromEntries(
    children.map(({ kind, name, state, reason }) => [
      `${kind} ${name}`,
      reason === undefined ? state : `${state}: ${reason}`,
    ]),
  );
}

/** Each problem as `code severity field: message; fix`. */
export function problemsOf(app: KubeObject): readonly string[] {
  const problems = listIn(app, 'problems') as readonly ProblemEntry[];
  return problems.map(({ code, severity, field: at, message, fix }) => `${code} ${severity} ${at}: ${message}; ${fix}`);
}

/** Each host as `host state`; a granted one has a time. */
export function hostsOf(app: KubeObject): readonly string[] {
  const hosts = listIn(app, 'hosts') as readonly HostEntry[];
  return hosts.map(({ host, state, since }) => {
    const told = since === undefined ? state !== 'Granted' : state === 'Granted';
    return `${host} ${state}${told ? '' : ', which its time contradicts'}`;
  });
}

/** The conditions of an app that is Ready. */
export const readyConditions = [
  'Ready True Ready',
  'Accepted True Accepted',
  'ResolvedRefs True ResolvedRefs',
  'Programmed True Programmed',
];

/** The conditions of an app whose whole spec is refused for `reason`. */
export const refusedConditions = (reason: string): readonly string[] => [
  `Ready False ${reason}`,
  `Accepted False ${reason}`,
  'ResolvedRefs True ResolvedRefs',
  'Programmed False NotAccepted',
  `Stalled True ${reason}`,
];

/** The conditions of an app that is served but for what others hold. */
export const conflictedConditions = (reason: string): readonly string[] => [
  `Ready False ${reason}`,
  'Accepted True Accepted',
  'ResolvedRefs True ResolvedRefs',
  'Programmed True Programmed',
  `Stalled True ${reason}`,
  `Conflicted True ${reason}`,
];

/** The live objects with the app's label, sorted by kind as status sorts them and then by name. */
export function childrenOf(plane: ControlPlane, namespace: string, app: string): Promise<readonly KubeObject[]> {
  return labelled(plane, namespace, `${appLabel}=${app}`);
}

/** Everything in the namespace that carries the operator's label, by kind and name. */
export async function childrenIn(plane: ControlPlane, namespace: string): Promise<readonly KubeObject[]> {
  const children = await labelled(plane, namespace, childSelector);
  return [...children].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

async function labelled(plane: ControlPlane, namespace: string, labelSelector: string): Promise<readonly KubeObject[]> {
  // A Certificate lies beside the gateway, and not every cluster of these tests knows the kind.
  const lists = childKinds
    .filter((kind) => kind !== 'Certificate')
    .map((kind) => plane.api.list({ apiVersion: apiVersionOf(kinds[kind]), kind, namespace, labelSelector }));
  return (await Promise.all(lists)).flat();
}

/** An object as `Service shop`. */
export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`;
}

/** The children of the app, so. */
export async function childNames(plane: ControlPlane, namespace: string, app: string): Promise<readonly string[]> {
  return (await childrenOf(plane, namespace, app)).map(nameOf);
}

/** What changes when somebody writes the object: `Service shop` to uid and resourceVersion. */
export function versionsOf(objects: readonly KubeObject[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    objects.map((object) => [nameOf(object), `${object.metadata.uid} ${object.metadata.resourceVersion}`]),
  );
}

/** The events about the app, as `type reason: note`, by time, once there are `count` of them or more; events are sent beside the work. */
export async function eventsOf(
  plane: ControlPlane,
  namespace: string,
  app: string,
  count: number,
): Promise<readonly string[]> {
  const about = (events: readonly KubeObject[]): readonly KubeObject[] =>
    events.filter((event) => isAboutApp(event, app));
  const selection = { apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace };
  const events = await plane.api.waitForList(selection, (all) => about(all).length >= count);
  return [...about(events)]
    .sort((a, b) => (String(a.eventTime) < String(b.eventTime) ? -1 : 1))
    .map(({ type, reason, note }) => `${String(type)} ${String(reason)}: ${String(note)}`);
}

/** A write as `verb resource[/subresource] namespace/name`. */
export function writeText(write: Exchange): string {
  return textOf(write, `${write.namespace}/${write.name}`);
}

/** A write in a namespace that goes without saying, as `apply services shop`; with the status code where it was refused. */
export function localWriteText(write: Exchange): string {
  const { name, status = 0 } = write;
  return status >= 400 ? `${textOf(write, name)} -> ${status}` : textOf(write, name);
}

function textOf({ verb, resource, subresource }: Exchange, name: string): string {
  return `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`} ${name}`;
}

/** The writes in a namespace since a mark, in the order in which they arrived. */
export function writesIn(proxy: Proxy, namespace: string, since: Mark): readonly Exchange[] {
  return proxy.writes(since).filter((write) => write.namespace === namespace);
}

/** The same as texts. */
export function writeTexts(proxy: Proxy, namespace: string, since: Mark): readonly string[] {
  return writesIn(proxy, namespace, since).map(localWriteText);
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
