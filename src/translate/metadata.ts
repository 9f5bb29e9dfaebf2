/** The metadata that every child has: where it lives, and the labels under which it is ours (kube/identity). */
import { childLabels } from '../kube/identity.ts';
import type { StringMap } from '../kube/manifest.ts';
import type { AppRef } from '../model/traffic.ts';

/** metadata of a child, without ownerReferences: plan adds them. */
export type ChildMetadata = {
  readonly name: string;
  readonly namespace: string;
  readonly labels: StringMap;
};

/** The metadata of the child called `name`, in the app's namespace. */
export function childMetadata(app: AppRef, name: string): ChildMetadata {
  return { name, namespace: app.namespace, labels: childLabels(app.name) };
}
