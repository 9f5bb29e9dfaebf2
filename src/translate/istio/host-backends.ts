/** Backends that are servers elsewhere: one ServiceEntry for each, and a DestinationRule where TLS is spoken or connections are asked for. */
import type { DestinationRule, DestinationRuleTrafficPolicy } from '../../generated/istio/destination-rule.ts';
import type { ServiceEntry } from '../../generated/istio/service-entry.ts';
import { childName, hostBackendName } from '../../kube/identity.ts';
import type { KindName } from '../../kube/gvk.ts';
import type { HostBackend } from '../../model/backend.ts';
import { backendsOf } from '../../model/backends-of.ts';
import type { Port } from '../../model/port.ts';
import { istioRoutes } from '../../model/reached-pods.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';
import { hostBackendPort } from './destinations.ts';
import { servingGateway } from './serving-gateway.ts';
import { trafficPolicy } from './traffic-policy.ts';

/**
 * What Istio is told of the servers that the app's routes lead to. It knows each by a name of the app's own: under the
 * server's name two apps would be told how the other one reaches it, and all calls to it in the mesh would follow.
 */
export function translateHostBackends(traffic: Traffic, { platform }: World): Translation {
  const used = istioRoutes(traffic)
    .flatMap(backendsOf)
    .flatMap((backend) => (backend.kind === 'Host' ? [backend] : []));
  const backends = [...new Map(used.map((backend) => [backend.name, backend])).values()];
  const isInside = (traffic.internal?.routes ?? []).flatMap(backendsOf).some(({ kind }) => kind === 'Host');
  const entry = servingGateway(traffic, platform)?.entry;
  const exportTo = isInside || entry === undefined ? ['*'] : [entry.namespace];
  const manifests = backends
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((backend) => [serviceEntry(traffic, backend, exportTo), ...destinationRule(traffic, backend, exportTo)]);
  return { manifests, problems: [] };
}

/**
 * The port that Istio knows has the number that it is told to use for TLS that a proxy begins: a listener for http on 443
 * would take the TLS of all other calls. The address ends in a dot, lest a search list of the proxies complete it to a Service.
 */
function serviceEntry({ app }: Traffic, { name, host, port }: HostBackend, exportTo: readonly string[]): ServiceEntry {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: childMetadata(app, nameOf('ServiceEntry', app.name, name)),
    spec: {
      hosts: [hostBackendName(app, name)],
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      ports: [{ number: hostBackendPort, name: 'http', protocol: 'HTTP', targetPort: port }],
      endpoints: [{ address: `${host}.` }],
      exportTo,
    },
  };
}

const http: Port = { name: 'http', port: hostBackendPort, targetPort: hostBackendPort, protocol: 'http', at: '' };

/** Without certificates of its own Istio takes those of the operating system; the server must have one for its name. */
function destinationRule(
  { app, connections }: Traffic,
  { name, host, tls }: HostBackend,
  exportTo: readonly string[],
): readonly DestinationRule[] {
  const asked = trafficPolicy(connections.effective, { ports: [http] });
  if (asked === undefined && !tls) return [];
  const policy: DestinationRuleTrafficPolicy = {
    ...asked,
    ...(tls ? { tls: { mode: 'SIMPLE', sni: host, subjectAltNames: [host] } } : {}),
  };
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: childMetadata(app, nameOf('DestinationRule', app.name, name)),
      spec: { host: hostBackendName(app, name), trafficPolicy: policy, exportTo },
    },
  ];
}

function nameOf(kind: KindName, app: string, backend: string): string {
  return childName(kind, app, ['backend', backend], true);
}
