/** What a user sees of an app: its status in lines to compare as a whole, its live objects, its events. */
import { kinds, childKinds, apiVersionOf } from '../../src/kube/gvk.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { field } from '../testbed/kube-object.ts';
import type { Condition, KubeObject } from '../testbed/kube-object.ts';
import type { Exchange } from '../testbed/proxy/exchange-log.ts';
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
export async function childrenOf(plane: ControlPlane, namespace: string, app: string): Promise<readonly KubeObject[]> {
  const lists = childKinds.map((kind) =>
    plane.api.list({
      apiVersion: apiVersionOf(kinds[kind]),
      kind,
      namespace,
      labelSelector: `apptraffic.dev/app=${app}`,
    }),
  );
  return (await Promise.all(lists)).flat();
}

/** The same as `Kind name`. */
export async function childNames(plane: ControlPlane, namespace: string, app: string): Promise<readonly string[]> {
  return (await childrenOf(plane, namespace, app)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
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
export function writeText({ verb, resource, subresource, namespace, name }: Exchange): string {
  return `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`} ${namespace}/${name}`;
}
