/** Kubernetes objects as the tests see them: plain JSON, read by path. */

/** metadata as far as tests read it by name. */
export type Metadata = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[];
  readonly managedFields?: readonly Readonly<Record<string, unknown>>[];
};

/** Any Kubernetes object. */
export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
};

/** Which kind of object. */
export type Kind = { readonly apiVersion: string; readonly kind: string };

/** Which object; without a namespace `default`, where its kind has namespaces. */
export type Ref = Kind & { readonly namespace?: string; readonly name: string };

/** metav1.Condition as found in status.conditions. */
export type Condition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string;
};

/** The reference to an object; a reference stays as it is. */
export function refOf(target: Ref | KubeObject): Ref {
  if (!('metadata' in target)) return target;
  const { apiVersion, kind, metadata } = target;
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The value at a path of keys and indexes, e.g. `field(route, 'spec', 'http', 0, 'timeout')`; undefined where the path ends early. */
export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[key];
  }
  return current;
}

/** The condition of that type in status.conditions. */
export function condition(object: KubeObject, type: string): Condition | undefined {
  const all = (field(object, 'status', 'conditions') ?? []) as readonly Condition[];
  return all.find((one) => one.type === type);
}
