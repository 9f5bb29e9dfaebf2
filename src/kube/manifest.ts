/** The shape every Kubernetes object has, as plain JSON; nothing more is assumed of an object that somebody else defined. */

/** Labels or annotations: key to value. */
export type StringMap = Readonly<Record<string, string>>;

/** A reference from a child to the object that owns it (meta/v1 OwnerReference). */
export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
};

/** Who set which fields (meta/v1 ManagedFieldsEntry); `fieldsV1` is a tree of `f:name` and `k:{…}` keys. */
export type ManagedFieldsEntry = {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly subresource?: string;
  readonly fieldsV1?: unknown;
};

/** meta/v1 ObjectMeta as far as this project reads or writes it. */
export type ObjectMeta = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
};

/** A Kubernetes object: what it is, who it is, and the rest as its kind defines it. */
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
};
