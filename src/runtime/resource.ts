/** Where the API server serves a kind: names and paths. */
import { apiVersionOf } from '../kube/gvk.ts';
import type { Kind } from '../kube/gvk.ts';
import { isJsonObject, textAt } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { ApiError } from './api-error.ts';

/** A kind and the plural under which the API server serves it; `group` is empty for the core group. */
export type Resource = Kind;

/** An object as the API server sent it: a manifest whose further fields nobody has looked at. */
export type KubeObject = Manifest & { readonly [field: string]: unknown };

/** Which object of a resource; `namespace` is absent for cluster-scoped kinds. */
export type ObjectName = { readonly namespace?: string; readonly name: string };

/** The name under which logs and metrics speak of a resource: `plural.group`, or `plural` in the core group. */
export function resourceName(resource: Pick<Resource, 'group' | 'plural'>): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** The key of an object within its resource: `namespace/name`, or `name` when it has no namespace. */
export function keyOf(object: ObjectName): string {
  return object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
}

/** Undoes {@link keyOf}. */
export function parseKey(key: string): ObjectName {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The path of the group and version: /api/v1 or /apis/group/version. */
export function groupVersionPath(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
}

/** The path of a collection, within one namespace when one is given. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${groupVersionPath(resource)}${scope}/${resource.plural}`;
}

/** The path of one object, or of its subresource. */
export function objectPath(resource: Resource, name: ObjectName, subresource?: string): string {
  const path = `${collectionPath(resource, name.namespace)}/${encodeURIComponent(name.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** An object out of an answer, with the apiVersion and kind that lists leave out; anything else is an ApiError. */
export function parseObject(value: unknown, resource: Resource): KubeObject {
  if (!isJsonObject(value) || textAt(value, 'metadata', 'name') === undefined) {
    const message = `the API server sent something that is no ${resource.kind}`;
    throw new ApiError({ reason: 'InvalidResponse', message });
  }
  const object =
    value.kind === resource.kind ? value : { ...value, apiVersion: apiVersionOf(resource), kind: resource.kind };
  // Checked above as far as anybody relies on it; the server's schema vouches for the rest.
  return object as KubeObject;
}
