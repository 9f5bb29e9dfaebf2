/** The DestinationRule of the app's Service: the subsets of its pods, and how proxies connect to them. */
import type { DestinationRule, DestinationRuleTrafficPolicy } from '../../generated/istio/destination-rule.ts';
import { childName } from '../../kube/identity.ts';
import { reachesOwnPods } from '../../model/backends-of.ts';
import { istioRoutes, tellsProxies } from '../../model/reached-pods.ts';
import type { Platform } from '../../model/platform.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';
import { connectionLimits } from './connection-limits.ts';
import { nameElsewhere } from './server-elsewhere.ts';
import { ownHost } from './service-host.ts';
import { trafficPolicy } from './traffic-policy.ts';

/**
 * One DestinationRule: every subset that the app declares, when Istio routes requests to the app's Service, and what
 * resilience says of connections; none where there is neither. Istio takes one for each host, and joins or ignores
 * further ones, so there is none for the Service of another app: how its pods are reached is that app's to say.
 */
export function translateDestinationRule(traffic: Traffic, { platform }: World): Translation {
  const { app } = traffic;
  const subsets = istioRoutes(traffic).some(reachesOwnPods) ? subsetsOf(traffic) : [];
  const policy = ownPolicy(traffic, platform);
  const problems = connectionLimits(traffic, platform);
  if (subsets.length === 0 && policy === undefined) return { manifests: [], problems };
  const manifest: DestinationRule = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: childMetadata(app, childName('DestinationRule', app.name, [])),
    spec: {
      host: ownHost(traffic, platform),
      ...(policy === undefined ? {} : { trafficPolicy: policy }),
      ...(subsets.length === 0 ? {} : { subsets }),
      exportTo: ['*'],
    },
  };
  return { manifests: [manifest], problems };
}

/** What proxies are told of connections to the app's Service; undefined: nothing. */
export function ownPolicy(traffic: Traffic, platform: Platform): DestinationRuleTrafficPolicy | undefined {
  const { service, ports, connections } = traffic;
  const isTold = tellsProxies(traffic) && nameElsewhere(service, platform) === undefined;
  return isTold ? trafficPolicy(connections.effective, { ports }) : undefined;
}

function subsetsOf({ backends }: Traffic): NonNullable<DestinationRule['spec']['subsets']> {
  return backends
    .flatMap((backend) => (backend.kind === 'Subset' ? [{ name: backend.name, labels: backend.labels }] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
