/** How the operator signs what it writes: field manager, labels, lease, child names (docs/reference/identity.md; a change needs a migration). */
import { createHash } from 'node:crypto';
import type { KindName } from './gvk.ts';
import type { OwnerReference, StringMap } from './manifest.ts';

/** The server-side-apply field manager of children and status. */
export const fieldManager = 'apptraffic-controller';

/** The name of the Lease under which one replica leads. */
export const leaseName = 'apptraffic-controller';

/** The label that every child carries with the value {@link managedByValue}. */
export const managedByLabel = 'app.kubernetes.io/managed-by';

/** The value of {@link managedByLabel}. */
export const managedByValue = 'apptraffic';

/** The label that names the AppTraffic a child belongs to. */
export const appLabel = 'apptraffic.dev/app';

/** Beside it, on a child in another namespace: the namespace of the AppTraffic. */
export const appNamespaceLabel = 'apptraffic.dev/app-namespace';

/** Beside it, on a child in another namespace: the uid of the AppTraffic, which stands there for an owner reference. */
export const appUidLabel = 'apptraffic.dev/app-uid';

/** The finalizer of an AppTraffic that has something to do before it goes. */
export const finalizer = 'apptraffic.dev/cleanup';

/** The label selector under which all children are watched. */
export const childSelector = `${managedByLabel}=${managedByValue}`;

/** The domain of names that Istio knows servers elsewhere by; no DNS has it (`internal` is reserved for private use). */
export const hostBackendDomain = 'apptraffic.internal';

/**
 * The name by which Istio knows the server elsewhere that `backend` of an AppTraffic is. Each app has names of its own, so
 * two that lead to one server, or one that claims a server for itself, change nothing for anybody else.
 */
export function hostBackendName(app: { readonly namespace: string; readonly name: string }, backend: string): string {
  return `${backend}.${app.name}.${app.namespace}.${hostBackendDomain}`;
}

/** The labels of every child of the AppTraffic called `app`. */
export function childLabels(app: string): StringMap {
  return { [managedByLabel]: managedByValue, [appLabel]: app };
}

/** The labels of a child in another namespace than that of its AppTraffic, beside the one with the uid. */
export function elsewhereLabels(app: { readonly namespace: string; readonly name: string }): StringMap {
  return { ...childLabels(app.name), [appNamespaceLabel]: app.namespace };
}

/** The controller reference of a child to its AppTraffic (meta/v1 OwnerReference). */
export function ownerReferenceTo(app: { readonly name: string; readonly uid: string }): OwnerReference {
  return {
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    name: app.name,
    uid: app.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/**
 * The second owner of a child that outlives its AppTraffic: the namespace. While an object has an owner that stays, the
 * garbage collector takes only the reference of the one that goes (kube-controller-manager, garbagecollector.go,
 * attemptToDeleteItem), also where the AppTraffic is deleted with foreground propagation.
 */
export function keeperReference(namespace: { readonly name: string; readonly uid: string }): OwnerReference {
  return { apiVersion: 'v1', kind: 'Namespace', name: namespace.name, uid: namespace.uid };
}

/** Whom the labels of a child in another namespace name as its AppTraffic, in the form of a reference; its name is `namespace/name`. */
export function labelledController(labels: StringMap): OwnerReference | undefined {
  const [name, namespace, uid] = [appLabel, appNamespaceLabel, appUidLabel].map((label) => labels[label]);
  if (name === undefined || namespace === undefined || uid === undefined) return undefined;
  return { ...ownerReferenceTo({ name: `${namespace}/${name}`, uid }) };
}

/** Whether the reference is such a second owner. */
export function isKeeper({ apiVersion, kind }: Pick<OwnerReference, 'apiVersion' | 'kind'>): boolean {
  return apiVersion === 'v1' && kind === 'Namespace';
}

const longestName = 63;
const keptOfLongName = 54;

/**
 * The name of a child: `<app>` followed by its role parts, joined with `-`.
 * Above 63 characters, or where a part comes from the user (`userChosen`: it may hold dots, or two could collide once
 * joined), the name keeps 54 characters and ends in 8 hex digits of sha256 over kind, role and full name.
 */
export function childName(kind: KindName, app: string, role: readonly string[], userChosen = false): string {
  const full = [app, ...role].join('-');
  if (!userChosen && full.length <= longestName) return full;
  const hash = createHash('sha256')
    .update([kind, ...role, full].join('\n'))
    .digest('hex')
    .slice(0, 8);
  const readable = full
    .replace(/\*/g, 'any')
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, keptOfLongName)
    .replace(/-+$/, '');
  return `${readable}-${hash}`;
}
