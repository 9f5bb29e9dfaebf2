/** One entry of `allow` as a rule of an AuthorizationPolicy. */
import type {
  AuthorizationPolicyRules,
  AuthorizationPolicyRulesFrom,
  AuthorizationPolicyRulesToOperation,
} from '../../generated/istio/authorization-policy.ts';
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
  const { app, serviceAccount } = entry;
  const namespace = entry.namespace ?? traffic.app.namespace;
  if (app !== undefined) {
    return fromWorkload({ namespace, serviceAccount: accountOf({ namespace, name: app }, traffic, world) });
  }
  if (serviceAccount !== undefined) return fromWorkload({ namespace, serviceAccount });
  return entry.namespace === undefined ? undefined : { source: { namespaces: [entry.namespace] } };
}

/** The ServiceAccount of an AppTraffic; where there is none of that name, the ServiceAccount of that name. */
function accountOf(app: { readonly namespace: string; readonly name: string }, own: Traffic, world: World): string {
  const named = [own, ...world.siblings].find(
    (known) => known.app.namespace === app.namespace && known.app.name === app.name,
  );
  return named?.serviceAccount ?? app.name;
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
