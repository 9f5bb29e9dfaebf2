/** One entry of `allow` as a rule of an AuthorizationPolicy. */
import type {
  AuthorizationPolicyRules,
  AuthorizationPolicyRulesFrom,
  AuthorizationPolicyRulesToOperation,
} from '../../generated/istio/authorization-policy.ts';
import { callerIdentity } from '../../model/caller-identity.ts';
import type { Identity } from '../../model/identity.ts';
import { isHttp } from '../../model/port.ts';
import type { AllowEntry, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';

/** The rule of an entry; none where the entry can match no request (methods or paths without any http port). */
export function allowRule(entry: AllowEntry, traffic: Traffic, world: World): readonly AuthorizationPolicyRules[] {
  const operation = operationOf(entry, traffic);
  if (operation === undefined) return [];
  const from = sourceOf(entry, traffic, world);
  return [
    {
      ...(from === undefined ? {} : { from: [from] }),
      ...(Object.keys(operation).length === 0 ? {} : { to: [{ operation }] }),
    },
  ];
}

/** A workload as a source; `serviceAccounts` needs no trust domain. */
export function fromWorkload({ namespace, serviceAccount }: Identity): AuthorizationPolicyRulesFrom {
  return { source: { serviceAccounts: [`${namespace}/${serviceAccount}`] } };
}

/** Undefined: anyone. */
function sourceOf(entry: AllowEntry, traffic: Traffic, world: World): AuthorizationPolicyRulesFrom | undefined {
  const caller = callerIdentity(entry, traffic, world.siblings);
  if (caller === undefined) return undefined;
  const { namespace, serviceAccount } = caller;
  return serviceAccount === undefined
    ? { source: { namespaces: [namespace] } }
    : fromWorkload({ namespace, serviceAccount });
}

/**
 * What may be called; undefined: nothing. Methods and paths are of http: beside other ports they are limited to the http
 * ports, because Istio would read a rule with them on another port as one that never matches, with a warning.
 */
function operationOf(
  { ports, methods, paths }: AllowEntry,
  traffic: Traffic,
): AuthorizationPolicyRulesToOperation | undefined {
  const needsHttp = methods !== undefined || paths !== undefined;
  const limited = ports ?? (needsHttp && !traffic.ports.every(isHttp) ? httpContainerPorts(traffic) : undefined);
  if (limited?.length === 0) return undefined;
  return {
    ...(methods === undefined ? {} : { methods }),
    ...(paths === undefined ? {} : { paths: [...new Set(paths.flatMap(pathForms))] }),
    ...(limited === undefined ? {} : { ports: limited.map(String) }),
  };
}

function httpContainerPorts({ ports }: Traffic): readonly number[] {
  return [...new Set(ports.filter(isHttp).map(({ targetPort }) => targetPort))].sort((a, b) => a - b);
}

/** `/x/*` is /x and all below; Istio's `/x/*` is only what begins with `/x/`. */
function pathForms(path: string): readonly string[] {
  return path.endsWith('/*') && path !== '/*' ? [path.slice(0, -2), path] : [path];
}
