/** Every permission that the operator uses, and why; the shipped roles are generated from this table (hack/generate/rbac.ts). */
import { childKinds, gatedKinds, livesElsewhere } from '../kube/gvk.ts';
import type { KindName } from '../kube/gvk.ts';
import type { FeatureGate } from '../model/platform.ts';

/** The verbs of Kubernetes authorization that the operator uses. */
export type AccessVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/**
 * Where the permission is needed: in every namespace whose apps are served (`Watched`), in the namespaces of the
 * gateways (`Gateways`), for the whole cluster (`Cluster`), in the operator's own namespace (`Own`).
 */
export type AccessScope = 'Watched' | 'Gateways' | 'Cluster' | 'Own';

/** One permission. */
export type Access = {
  readonly kind: KindName;
  readonly subresource?: 'status' | 'finalizers';
  readonly verbs: readonly AccessVerb[];
  readonly scope: AccessScope;
  /** The feature gate without which it is not needed, nor granted. */
  readonly gate?: FeatureGate;
  readonly why: string;
};

/** All of them. No Secrets, Pods or Endpoints: what is not read, Ready does not claim. */
export const access: readonly Access[] = [
  { kind: 'AppTraffic', verbs: ['list', 'watch'], scope: 'Watched', why: 'what is wanted' },
  { kind: 'AppTraffic', verbs: ['patch'], scope: 'Watched', why: 'the finalizer, put on and taken off' },
  { kind: 'AppTraffic', subresource: 'status', verbs: ['patch'], scope: 'Watched', why: 'what is' },
  {
    kind: 'AppTraffic',
    subresource: 'finalizers',
    verbs: ['update'],
    scope: 'Watched',
    why: 'ownerReferences with blockOwnerDeletion, where OwnerReferencesPermissionEnforcement is on',
  },
  ...childKinds.map((kind): Access => ({
    kind,
    verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
    scope: livesElsewhere(kind) ? 'Gateways' : 'Watched',
    ...(gatedKinds[kind] === undefined ? {} : { gate: gatedKinds[kind] }),
    why: 'children; create stands behind the first server-side apply',
  })),
  { kind: 'Event', verbs: ['create', 'patch'], scope: 'Watched', why: 'repairs, refusals, conflicts' },
  { kind: 'Gateway', verbs: ['list', 'watch'], scope: 'Gateways', why: 'gateways that apps may name' },
  {
    kind: 'IngressClass',
    verbs: ['list', 'watch'],
    scope: 'Cluster',
    why: 'which controller serves, in which dialect',
  },
  { kind: 'Namespace', verbs: ['list', 'watch'], scope: 'Cluster', why: 'labels: which namespaces are in the mesh' },
  { kind: 'Lease', verbs: ['get', 'create', 'update'], scope: 'Own', why: 'leader election' },
];
