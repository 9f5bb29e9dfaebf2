/** Admission policies by which the API server itself keeps teams to the hosts that the platform grants them. */
import type { Manifest, StringMap } from '../../kube/manifest.ts';
import type { Platform } from '../../model/platform.ts';
import { hostKinds } from './host-kinds.ts';
import type { HostKind } from './host-kinds.ts';

/** Whom the policies do not bind, beside the namespaces of gateways. */
export type Exemptions = {
  /** User names, as the API server knows them. */
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly namespaces: readonly string[];
};

/** The name of the grants and the beginning of the names of all policies. */
export const policyName = 'apptraffic-hosts';

const labels = { 'app.kubernetes.io/name': 'apptraffic' };
const admission = 'admissionregistration.k8s.io/v1';

/**
 * The grants of the settings as a ConfigMap in `namespace`, and for each kind by which a namespace can take a host a
 * ValidatingAdmissionPolicy with its binding. They say what the operator says with `hosts.policy: Delegated`.
 */
export function hostPolicies(platform: Platform, namespace: string, exempt: Exemptions): readonly Manifest[] {
  const gateways = platform.gateways.map((entry) => entry.namespace);
  const free = [...new Set([...exempt.namespaces, ...gateways, namespace])].sort();
  return [
    grantsOf(platform, namespace),
    ...hostKinds.flatMap((kind) => policyFor(kind, platform, { namespace, exempt: { ...exempt, namespaces: free } })),
  ];
}

/** One key for each namespace, its hosts in the value, separated by blanks. */
function grantsOf({ hosts }: Platform, namespace: string): Manifest & { readonly data: StringMap } {
  const namespaces = [...new Set(hosts.grants.map((grant) => grant.namespace))].sort();
  const hostsOf = (of: string): string =>
    [...new Set(hosts.grants.flatMap((grant) => (grant.namespace === of ? grant.hosts : [])))].sort().join(' ');
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: policyName, namespace, labels },
    data: Object.fromEntries(namespaces.map((of) => [of, hostsOf(of)])),
  };
}

type Scope = { readonly namespace: string; readonly exempt: Exemptions };

function policyFor(kind: HostKind, platform: Platform, { namespace, exempt }: Scope): readonly Manifest[] {
  const name = `${policyName}-${kind.resource}.${kind.group}`;
  return [
    {
      apiVersion: admission,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, labels },
      spec: {
        failurePolicy: 'Fail',
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConstraints: matchConstraints(kind, exempt),
        matchConditions: matchConditions(exempt),
        variables: [
          { name: 'hosts', expression: kind.hosts },
          { name: 'granted', expression: grantedExpression },
          { name: 'others', expression: othersExpression(kind, platform) },
        ],
        validations: [
          { expression: 'variables.others.size() == 0', reason: 'Forbidden', messageExpression: refusalExpression },
        ],
      },
    },
    {
      apiVersion: admission,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name, labels },
      spec: {
        policyName: name,
        paramRef: { name: policyName, namespace, parameterNotFoundAction: 'Deny' },
        validationActions: ['Deny'],
      },
    },
  ];
}

/** The kind in all versions, in every namespace that is not free. */
function matchConstraints({ group, versions, resource }: HostKind, { namespaces }: Exemptions): object {
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: namespaces }],
    },
    resourceRules: [
      {
        apiGroups: [group],
        apiVersions: versions,
        operations: ['CREATE', 'UPDATE'],
        resources: [resource],
        scope: 'Namespaced',
      },
    ],
  };
}

/** Only changes of the spec, by users who are bound. */
function matchConditions({ users, groups }: Exemptions): readonly object[] {
  const isExempt = `request.userInfo.groups.exists(group, group in ${textList(groups)})`;
  return [
    { name: 'changes-the-spec', expression: 'oldObject == null || object.spec != oldObject.spec' },
    { name: 'is-not-an-exempt-user', expression: `!(request.userInfo.username in ${textList(users)})` },
    { name: 'is-not-in-an-exempt-group', expression: `!has(request.userInfo.groups) || !${isExempt}` },
  ];
}

const grantedExpression =
  "has(params.data) && request.namespace in params.data ? params.data[request.namespace].split(' ') : []";

const refusalExpression = [
  "'the platform grants namespace ' + request.namespace + ' no such host: ' + variables.others.join(', ')",
  "+ '; use a host that is granted, or ask the platform team for hosts.grants'",
].join(' ');

/** The hosts that no grant covers: a grant covers itself, and `*.x` every name below x. */
function othersExpression({ group }: HostKind, platform: Platform): string {
  const isCovered =
    "variables.granted.exists(one, one == host || (one.startsWith('*.') && host.endsWith(one.substring(1))))";
  const isKnown = group === 'networking.istio.io' ? `${isCovered} || ${ownServiceName(platform)}` : isCovered;
  return `variables.hosts.map(some, some.filter(host, !(${isKnown})).join(', ')).filter(text, text != '')`;
}

/**
 * A name of a Service of the namespace itself, which no client outside asks for. `name.namespace` is none: it may be a
 * domain, where a namespace is called `dev` or `com`.
 */
function ownServiceName({ clusterDomain }: Platform): string {
  const domain = clusterDomain.replaceAll('.', '[.]');
  return `host.matches('^[a-z0-9-]+$') || host.matches('^[a-z0-9-]+[.]' + request.namespace + '[.]svc([.]${domain})?$')`;
}

/** A list of texts in CEL, which reads the escapes of JSON. */
function textList(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
}
