/**
 * What requests from outside must meet at the app's own sidecars (api.md §4): a RequestAuthentication that reads tokens, an
 * AuthorizationPolicy that refuses, and one that asks a provider. All of them know such a request by the header that the
 * gateway sets, and but for the last by who sends it.
 */
import type {
  AuthorizationPolicy,
  AuthorizationPolicyRules,
  AuthorizationPolicyRulesFromSource,
  AuthorizationPolicyRulesWhen,
} from '../../generated/istio/authorization-policy.ts';
import { childName } from '../../kube/identity.ts';
import type { ClaimCondition } from '../../model/auth.ts';
import { entryPolicyOf } from '../../model/entry-policy.ts';
import type { EntryPolicy } from '../../model/entry-policy.ts';
import type { Identity } from '../../model/identity.ts';
import { reachedPorts } from '../../model/reached-ports.ts';
import type { Route } from '../../model/route.ts';
import { servingIdentity } from '../../model/serving-identity.ts';
import type { AppRef, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';
import { entryPolicyProblems } from './entry-policy-problems.ts';
import { routeHeader } from './features.ts';
import { requestAuthentication } from './request-authentication.ts';

/** The role of the policy that refuses, and of the one that asks somebody else. */
const refusing = 'external';
const asking = 'external-auth';

/** Nothing where Istio does not serve the hosts, or where nothing must be met. */
export function translateEntryPolicy(traffic: Traffic, world: World): Translation {
  const { external } = traffic;
  const policy = entryPolicyOf(external);
  if (external === undefined || policy === undefined) return { manifests: [], problems: [] };
  const gateway = servingIdentity(traffic, world);
  const problems = entryPolicyProblems(policy, external, traffic);
  if (gateway === undefined) return { manifests: [], problems };
  return {
    manifests: [
      ...(policy.jwt === undefined ? [] : [requestAuthentication(traffic, policy.jwt.value)]),
      ...refusingPolicy(traffic, policy, gateway),
      ...askingPolicy(traffic, policy),
    ],
    problems,
  };
}

function refusingPolicy(traffic: Traffic, policy: EntryPolicy, gateway: Identity): readonly AuthorizationPolicy[] {
  const ports = reachedPorts(traffic).map(String);
  const rules = [...addressRules(policy, traffic.app), ...tokenRules(policy, traffic.app)];
  if (rules.length === 0 || ports.length === 0) return [];
  return [
    {
      ...ofPods(traffic, refusing),
      spec: {
        selector: { matchLabels: traffic.selector },
        action: 'DENY',
        rules: rules.map(({ source, when }): AuthorizationPolicyRules => ({
          from: comers(gateway).map((comer) => ({ source: { ...comer, ...source } })),
          // Conditions on requests mean nothing on other ports: Istio would refuse all that comes there.
          to: [{ operation: { ports } }],
          when,
        })),
      },
    },
  ];
}

/** Its rules cannot tell who sends a request (pkg/config/validation): whoever sets the header himself is asked about too. */
function askingPolicy(traffic: Traffic, { provider, routes }: EntryPolicy): readonly AuthorizationPolicy[] {
  const ports = reachedPorts(traffic).map(String);
  const asked = routes.filter(({ features: { auth } }) => auth?.value.provider !== undefined);
  if (provider === undefined || asked.length === 0 || ports.length === 0) return [];
  return [
    {
      ...ofPods(traffic, asking),
      spec: {
        selector: { matchLabels: traffic.selector },
        action: 'CUSTOM',
        provider: { name: provider.value },
        rules: [{ to: [{ operation: { ports } }], when: [through(asked, traffic.app)] }],
      },
    },
  ];
}

function ofPods({ app }: Traffic, role: string): Pick<AuthorizationPolicy, 'apiVersion' | 'kind' | 'metadata'> {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: childMetadata(app, childName('AuthorizationPolicy', app.name, [role])),
  };
}

/** The gateway, and whoever has no identity: should the gateway speak plaintext to the pods, nothing gets by. */
function comers({ namespace, serviceAccount }: Identity): readonly AuthorizationPolicyRulesFromSource[] {
  return [{ serviceAccounts: [`${namespace}/${serviceAccount}`] }, { notPrincipals: ['*'] }];
}

/** What is refused: requests of these, of which all conditions hold. */
type Refused = {
  readonly source: AuthorizationPolicyRulesFromSource;
  readonly when: readonly AuthorizationPolicyRulesWhen[];
};

function addressRules({ allowCIDRs, denyCIDRs }: EntryPolicy, { namespace, name }: AppRef): readonly Refused[] {
  const when = [{ key: routeKey, values: [`${namespace}/${name}/*`] }];
  return [
    ...(denyCIDRs === undefined ? [] : [{ source: { remoteIpBlocks: denyCIDRs.value }, when }]),
    ...(allowCIDRs === undefined ? [] : [{ source: { notRemoteIpBlocks: allowCIDRs.value }, when }]),
  ];
}

/** Routes that need the same share a rule. */
function tokenRules({ jwt, routes }: EntryPolicy, app: AppRef): readonly Refused[] {
  const needing = routes.filter(({ features: { auth } }) => (auth?.value.issuers.length ?? 0) > 0);
  if (jwt === undefined || needing.length === 0) return [];
  const issuers = jwt.value.map(({ issuer }) => issuer);
  const claims = needing.flatMap(({ features: { auth } }) => auth?.value.claims ?? []);
  const distinct = new Map(claims.map((claim) => [JSON.stringify(claim), claim]));
  return [
    { source: {}, when: [through(needing, app), { key: claimKey(['iss']), notValues: issuers }] },
    ...[...distinct.entries()].map(([text, claim]) => ({
      source: {},
      when: [
        through(
          needing.filter(({ features: { auth } }) => auth?.value.claims.some((one) => JSON.stringify(one) === text)),
          app,
        ),
        lacks(claim),
      ],
    })),
  ];
}

const routeKey = `request.headers[${routeHeader}]`;

function through(routes: readonly Route[], { namespace, name }: AppRef): AuthorizationPolicyRulesWhen {
  return { key: routeKey, values: routes.map((route) => `${namespace}/${name}/${route.name}`).sort() };
}

function lacks({ path, values }: ClaimCondition): AuthorizationPolicyRulesWhen {
  return { key: claimKey(path), notValues: values };
}

function claimKey(path: readonly string[]): string {
  return `request.auth.claims${path.map((name) => `[${name}]`).join('')}`;
}
