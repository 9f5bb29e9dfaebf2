/** The AuthorizationPolicy of the app's pods: who may call them. */
import type { AuthorizationPolicy, AuthorizationPolicyRules } from '../../generated/istio/authorization-policy.ts';
import { dryRunAnnotation } from '../../kube/dry-run.ts';
import { childName } from '../../kube/identity.ts';
import { reachedPorts } from '../../model/reached-ports.ts';
import { servingIdentity } from '../../model/serving-identity.ts';
import type { AllowEntry, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import { allowRule, fromWorkload } from './allow-rule.ts';

/**
 * One ALLOW policy: a rule for every entry, in the user's order, then one for whoever serves `external`. A policy
 * without rules lets nobody in. With `audit` it lets everybody in, and sidecars log whom it would refuse.
 */
export function authorizationPolicy(traffic: Traffic, allow: readonly AllowEntry[], world: World): AuthorizationPolicy {
  const { app, selector, internal } = traffic;
  const metadata = childMetadata(app, childName('AuthorizationPolicy', app.name, []));
  const rules = [...allow.flatMap((entry) => allowRule(entry, traffic, world)), ...servingRule(traffic, world)];
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: internal?.audit === undefined ? metadata : { ...metadata, annotations: { [dryRunAnnotation]: 'true' } },
    spec: {
      selector: { matchLabels: selector },
      action: 'ALLOW',
      ...(rules.length === 0 ? {} : { rules }),
    },
  };
}

/** The gateway (or ingress controller) reaches the ports that routes lead to, and no others. */
function servingRule(traffic: Traffic, world: World): readonly AuthorizationPolicyRules[] {
  const identity = servingIdentity(traffic, world);
  const ports = reachedPorts(traffic);
  if (identity === undefined || ports.length === 0) return [];
  return [{ from: [fromWorkload(identity)], to: [{ operation: { ports: ports.map(String) } }] }];
}
