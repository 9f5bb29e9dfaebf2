/** What others do to the children of an app, and the writes that put it right. */
import { apiVersionOf, kinds } from '../../src/kube/gvk.ts';
import type { ChildKind } from '../../src/kube/gvk.ts';
import { childName } from '../../src/kube/identity.ts';
import { ApiFailure } from '../testbed/api-client.ts';
import type { ApiClient } from '../testbed/api-client.ts';
import type { KubeObject, Ref } from '../testbed/kube-object.ts';

/** Does something to a child. */
export type Meddling = (api: ApiClient, child: Ref) => Promise<unknown>;

/** The reference to a child. */
export function childRef(kind: ChildKind, namespace: string, name: string): Ref {
  return { apiVersion: apiVersionOf(kinds[kind]), kind, namespace, name };
}

/** The object as it is now; throws when there is none. */
export async function liveOf(api: ApiClient, ref: Ref | KubeObject): Promise<KubeObject> {
  const found = await api.get(ref);
  if (found === undefined) throw new Error(`${JSON.stringify(ref)} is not there`);
  return found;
}

/** As kubectl edit does it: reads, changes spec, and writes the whole object; again when somebody was faster. */
export function edited(more: object): Meddling {
  const edit: Meddling = async (api, child) => {
    const object = await liveOf(api, child);
    const path = `${await api.pathOf(child)}?fieldManager=kubectl-edit`;
    const body = { ...object, spec: { ...(object.spec as object), ...more } };
    const answer = await api.request({ method: 'PUT', path, body });
    if (answer.status === 409) return edit(api, child);
    if (answer.status !== 200) throw new ApiFailure(`PUT ${path}`, answer);
    return answer.body;
  };
  return edit;
}

/** A merge patch. */
export function merged(patch: object): Meddling {
  return (api, child) => api.patch(child, patch, { fieldManager: 'kubectl-patch' });
}

/** A JSON patch. */
export function patched(...operations: readonly object[]): Meddling {
  return (api, child) => api.patch(child, operations, { type: 'json', fieldManager: 'kubectl-patch' });
}

/** A forced server-side apply of parts of the spec. */
export function applied(spec: object, fieldManager = 'gitops'): Meddling {
  return (api, { apiVersion, kind, namespace = '', name }) =>
    api.apply({ apiVersion, kind, metadata: { namespace, name }, spec }, { fieldManager, force: true });
}

/** One way to drift; each has an app of its own. */
export type Drift = {
  readonly what: string;
  readonly app: string;
  readonly kind: ChildKind;
  /** The name of the child, where it is more than the app's: what comes after that, or the whole. */
  readonly suffix?: string;
  readonly name?: string;
  readonly by: Meddling;
  /** What the operator does about it. */
  readonly writes: readonly string[];
  /** What the app is, if not the usual one. */
  readonly spec?: 'ingress' | 'elsewhere' | 'limited' | 'guarded' | 'rated' | 'calling';
};

const tls = { trafficPolicy: { tls: { mode: 'DISABLE' } } };
const anyone = { from: [{ source: { notNamespaces: ['nowhere'] } }] };

/** All of them. */
export const drifts: readonly Drift[] = [
  {
    what: 'a field changed by kubectl edit',
    app: 'changed',
    kind: 'PeerAuthentication',
    by: edited({ mtls: { mode: 'PERMISSIVE' } }),
    writes: ['apply peerauthentications changed'],
  },
  {
    what: 'a field taken over by a forced apply',
    app: 'taken',
    kind: 'AuthorizationPolicy',
    by: applied({ action: 'AUDIT' }),
    writes: ['apply authorizationpolicies taken'],
  },
  {
    what: 'a field removed by a merge patch',
    app: 'removed',
    kind: 'VirtualService',
    by: merged({ spec: { exportTo: null } }),
    writes: ['apply virtualservices removed'],
  },
  {
    what: 'a trafficPolicy.tls slipped in by kubectl edit',
    app: 'tls-edit',
    kind: 'DestinationRule',
    by: edited(tls),
    writes: ['patch destinationrules tls-edit'],
  },
  {
    what: 'a trafficPolicy.tls slipped in by a merge patch',
    app: 'tls-merge',
    kind: 'DestinationRule',
    by: merged({ spec: tls }),
    writes: ['patch destinationrules tls-merge'],
  },
  {
    what: 'a trafficPolicy.tls slipped in by a forced apply',
    app: 'tls-apply',
    kind: 'DestinationRule',
    by: applied(tls),
    writes: ['patch destinationrules tls-apply'],
  },
  {
    what: 'a trafficPolicy.tls slipped into one subset',
    app: 'tls-subset',
    kind: 'DestinationRule',
    by: patched({ op: 'add', path: '/spec/subsets/0/trafficPolicy', value: tls.trafficPolicy }),
    writes: ['apply destinationrules tls-subset'],
  },
  {
    what: 'a field changed and another added at once',
    app: 'both',
    kind: 'DestinationRule',
    by: edited({ host: 'elsewhere.example.com', ...tls }),
    writes: ['patch destinationrules both', 'apply destinationrules both'],
  },
  {
    what: 'a rule added to the atomic list of an allow-list',
    app: 'rule',
    kind: 'AuthorizationPolicy',
    by: patched({ op: 'add', path: '/spec/rules/-', value: anyone }),
    writes: ['apply authorizationpolicies rule'],
  },
  {
    what: 'an annotation by which a policy refuses nobody',
    app: 'dry-run',
    kind: 'AuthorizationPolicy',
    by: merged({ metadata: { annotations: { 'istio.io/dry-run': 'true' } } }),
    writes: ['patch authorizationpolicies dry-run'],
  },
  {
    what: 'a host added to the atomic list of a server',
    app: 'host',
    kind: 'Gateway',
    suffix: '-istio',
    by: patched({ op: 'add', path: '/spec/servers/0/hosts/-', value: 'stolen.example.com' }),
    writes: ['apply gateways host-istio'],
  },
  {
    what: 'a route put first in the atomic list of routes',
    app: 'route',
    kind: 'VirtualService',
    suffix: '-istio',
    by: patched({ op: 'add', path: '/spec/http/0', value: { name: 'stolen', directResponse: { status: 200 } } }),
    writes: ['apply virtualservices route-istio'],
  },
  {
    what: 'a port added to the Service',
    app: 'port',
    kind: 'Service',
    by: patched({ op: 'add', path: '/spec/ports/-', value: { name: 'debug', port: 6060 } }),
    writes: ['patch services port'],
  },
  {
    what: 'a Service opened on the nodes',
    app: 'nodes',
    kind: 'Service',
    by: merged({ spec: { type: 'NodePort' } }),
    writes: ['patch services nodes'],
  },
  {
    what: 'a Service pointed at other pods',
    app: 'pods',
    kind: 'Service',
    by: merged({ spec: { selector: { app: 'stolen' } } }),
    writes: ['apply services pods'],
  },
  {
    what: 'a rule added to the atomic list of an Ingress',
    app: 'path',
    kind: 'Ingress',
    suffix: '-ingress',
    by: patched({ op: 'add', path: '/spec/rules/-', value: { host: 'stolen.example.com' } }),
    writes: ['apply ingresses path-ingress'],
    spec: 'ingress',
  },
  {
    what: 'a server elsewhere replaced by another one',
    app: 'server',
    kind: 'ServiceEntry',
    name: childName('ServiceEntry', 'server', ['backend', 'legacy'], true),
    by: patched({ op: 'replace', path: '/spec/endpoints/0/address', value: 'stolen.example.com.' }),
    writes: ['apply serviceentries server-backend-legacy-9dc1713a'],
    spec: 'elsewhere',
  },
  {
    what: 'a Telemetry that was told to log nothing',
    app: 'log',
    kind: 'Telemetry',
    by: patched({ op: 'add', path: '/spec/accessLogging/0/disabled', value: true }),
    writes: ['apply telemetries log'],
    spec: 'elsewhere',
  },
  {
    what: 'a Sidecar that was told to let everything out',
    app: 'frugal',
    kind: 'Sidecar',
    by: patched({ op: 'replace', path: '/spec/outboundTrafficPolicy/mode', value: 'ALLOW_ANY' }),
    writes: ['apply sidecars frugal'],
    spec: 'calling',
  },
  {
    what: 'a host added to what a Sidecar lists',
    app: 'thrifty',
    kind: 'Sidecar',
    by: patched({ op: 'add', path: '/spec/egress/0/hosts/-', value: '*/*' }),
    writes: ['apply sidecars thrifty'],
    spec: 'calling',
  },
  {
    what: 'an EnvoyFilter that was given another limit',
    app: 'sized',
    kind: 'EnvoyFilter',
    by: patched({
      op: 'replace',
      path: '/spec/configPatches/0/patch/value/typed_config/extension_config/typed_config/max_request_bytes',
      value: 1,
    }),
    writes: ['apply envoyfilters sized'],
    spec: 'limited',
  },
  {
    what: 'a range added to those from which clients may come',
    app: 'guarded',
    kind: 'AuthorizationPolicy',
    suffix: '-external',
    by: patched({ op: 'add', path: '/spec/rules/0/from/0/source/notRemoteIpBlocks/-', value: '0.0.0.0/0' }),
    writes: ['apply authorizationpolicies guarded-external'],
    spec: 'guarded',
  },
  {
    what: 'a provider that says yes to everybody',
    app: 'asked',
    kind: 'AuthorizationPolicy',
    suffix: '-external-auth',
    by: merged({ spec: { provider: { name: 'yes' } } }),
    writes: ['apply authorizationpolicies asked-external-auth'],
    spec: 'guarded',
  },
  {
    what: 'an issuer whose tokens nobody wanted',
    app: 'issued',
    kind: 'RequestAuthentication',
    by: patched({ op: 'add', path: '/spec/jwtRules/-', value: { issuer: 'stranger' } }),
    writes: ['apply requestauthentications issued'],
    spec: 'guarded',
  },
  {
    what: 'an EnvoyFilter without the limit of a route',
    app: 'rated',
    kind: 'EnvoyFilter',
    suffix: '-rate-limit',
    by: patched({
      op: 'replace',
      path: '/spec/configPatches/0/patch/value/typed_config/extension_config/typed_config/descriptors',
      value: [],
    }),
    writes: ['apply envoyfilters rated-rate-limit'],
    spec: 'rated',
  },
  {
    what: 'our labels stripped',
    app: 'labels',
    kind: 'Gateway',
    suffix: '-istio',
    by: patched({ op: 'remove', path: '/metadata/labels' }),
    writes: ['apply gateways labels-istio'],
  },
  {
    what: 'our label pointed at another app',
    app: 'label',
    kind: 'Service',
    by: merged({ metadata: { labels: { 'apptraffic.dev/app': 'other' } } }),
    writes: ['apply services label'],
  },
  {
    what: 'our ownerReference stripped',
    app: 'owner',
    kind: 'DestinationRule',
    by: patched({ op: 'remove', path: '/metadata/ownerReferences' }),
    writes: ['apply destinationrules owner'],
  },
  {
    what: 'our ownerReference no longer the controller',
    app: 'controller',
    kind: 'Service',
    by: patched({ op: 'replace', path: '/metadata/ownerReferences/0/controller', value: false }),
    writes: ['apply services controller'],
  },
  {
    what: 'labels and ownerReference stripped together',
    app: 'disowned',
    kind: 'VirtualService',
    by: patched({ op: 'remove', path: '/metadata/labels' }, { op: 'remove', path: '/metadata/ownerReferences' }),
    writes: ['apply virtualservices disowned'],
  },
  {
    what: 'managedFields wiped, and our label with them',
    app: 'managers',
    kind: 'Service',
    by: merged({ metadata: { managedFields: [{}], labels: { 'app.kubernetes.io/managed-by': null } } }),
    writes: ['apply services managers'],
  },
  {
    what: 'the child deleted',
    app: 'deleted',
    kind: 'VirtualService',
    suffix: '-istio',
    by: (api, child) => api.delete(child),
    // Status names the uid of each child.
    writes: ['apply virtualservices deleted-istio', 'apply apptraffics/status deleted'],
  },
];
