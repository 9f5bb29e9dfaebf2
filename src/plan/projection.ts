/** Projection: what of a child is the operator's to decide. Two objects with equal projections need no write. */
import { meaningfulAnnotations } from '../kube/dry-run.ts';
import { hashOf } from '../kube/hash.ts';
import { isJsonObject, listAt, valueAt } from '../kube/json.ts';
import type { JsonObject } from '../kube/json.ts';
import { isKeeper } from '../kube/identity.ts';
import { isOwnReference, ownEntries } from '../kube/managed-fields.ts';
import { compareText } from '../kube/object-key.ts';
import type { Manifest, OwnerReference, StringMap } from '../kube/manifest.ts';

/** What is compared. */
export type Projection = {
  readonly labels: StringMap;
  readonly annotations: StringMap;
  /** The controller reference to an AppTraffic, and the one to the namespace where the object outlives it; by uid. */
  readonly ownerReferences: readonly OwnerReference[];
  readonly spec: JsonObject;
};

/** The projection of an object that the operator is about to write. */
export function desiredProjection(manifest: Manifest): Projection {
  const { labels = {}, annotations = {}, ownerReferences = [] } = manifest.metadata;
  return { labels, annotations, ownerReferences: byUid(ownerReferences), spec: projectSpec(manifest) };
}

/**
 * The projection of a live object: of its labels and annotations those that the operator applied (managedFields), and
 * whoever set them, annotations by which an object of this kind means something else.
 */
export function liveProjection(object: Manifest): Projection {
  return {
    labels: ownEntries(object.metadata, 'labels'),
    annotations: { ...meaningfulOf(object), ...ownEntries(object.metadata, 'annotations') },
    ownerReferences: byUid(ownReferences(object)),
    spec: projectSpec(object),
  };
}

function meaningfulOf({ kind, metadata: { annotations = {} } }: Manifest): StringMap {
  const meaningful = meaningfulAnnotations(kind);
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => meaningful.includes(name)));
}

/** The hash of what the operator is about to write. */
export function desiredHash(manifest: Manifest): string {
  return hashOf(desiredProjection(manifest));
}

/** The hash that the store keeps of a live object. */
export function liveHash(object: Manifest): string {
  return hashOf(liveProjection(object));
}

/**
 * The spec without what the API server fills in. Istio's kinds have no server-side defaults: the whole spec is ours
 * (reference: the CRDs of istio.io/istio, which declare none).
 */
export function projectSpec(object: Manifest): JsonObject {
  const spec = isJsonObject(object.spec) ? object.spec : {};
  if (object.kind === 'Service' && object.apiVersion === 'v1') return projectService(spec);
  return object.kind === 'Ingress' && !isSetByManager(object, 'ingressClassName')
    ? withoutFields(spec, ['ingressClassName'])
    : spec;
}

/**
 * Whether somebody set this field of the live spec. The DefaultIngressClass admission plugin fills in
 * `ingressClassName` without a trace in managedFields (measured on kube-apiserver 1.36.3); what a manager set counts.
 */
function isSetByManager({ metadata }: Manifest, field: string): boolean {
  if (metadata.uid === undefined) return true;
  return (metadata.managedFields ?? []).some(({ fieldsV1 }) => valueAt(fieldsV1, 'f:spec', `f:${field}`) !== undefined);
}

/** Fields of a Service that the server, or a cloud's webhook, allocates. */
const allocatedServiceFields = [
  'clusterIPs',
  'ipFamilies',
  'ipFamilyPolicy',
  'healthCheckNodePort',
  'loadBalancerClass',
];

/** Fields of a Service that the server fills in with this value (core/v1 ServiceSpec). */
const serviceDefaults: JsonObject = {
  type: 'ClusterIP',
  sessionAffinity: 'None',
  internalTrafficPolicy: 'Cluster',
  externalTrafficPolicy: 'Cluster',
  allocateLoadBalancerNodePorts: true,
  publishNotReadyAddresses: false,
};

function projectService(spec: JsonObject): JsonObject {
  const own = Object.entries(withoutFields(spec, allocatedServiceFields)).filter(
    ([field, value]) => serviceDefaults[field] !== value && !(field === 'clusterIP' && value !== 'None'),
  );
  const ports = listAt(spec, 'ports').filter(isJsonObject).map(projectPort).sort(comparePorts);
  return { ...Object.fromEntries(own), ports };
}

/** A Service's port without its allocated nodePort and the default protocol (core/v1 ServicePort). */
export function projectPort(port: JsonObject): JsonObject {
  const own = Object.entries(withoutFields(port, ['nodePort'])).filter(
    ([field, value]) => !(field === 'protocol' && value === 'TCP') && !(field === 'targetPort' && value === port.port),
  );
  return Object.fromEntries(own);
}

/** Ports are a map keyed by number and protocol: their order means nothing. */
function comparePorts(a: JsonObject, b: JsonObject): number {
  const keyText = ({ port, protocol = '' }: JsonObject): string =>
    `${String(port).padStart(5, '0')}/${typeof protocol === 'string' ? protocol : ''}`;
  return keyText(a) < keyText(b) ? -1 : 1;
}

function withoutFields(record: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)));
}

function ownReferences({ metadata }: Manifest): readonly OwnerReference[] {
  return (metadata.ownerReferences ?? []).filter(
    (reference) => isAppController(reference) || (isKeeper(reference) && isOwnReference(metadata, reference.uid)),
  );
}

/** Server-side apply keeps them as a map. */
function byUid(references: readonly OwnerReference[]): readonly OwnerReference[] {
  return [...references].sort((a, b) => compareText(a.uid, b.uid));
}

function isAppController(reference: OwnerReference): boolean {
  return reference.controller === true && reference.kind === 'AppTraffic';
}
