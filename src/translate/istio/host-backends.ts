/** Servers elsewhere that routes lead to: one ServiceEntry for each, and a DestinationRule where TLS is spoken or connections are asked for. */
import type { DestinationRule, DestinationRuleTrafficPolicy } from '../../generated/istio/destination-rule.ts';
import type { ServiceEntry } from '../../generated/istio/service-entry.ts';
import { childName } from '../../kube/identity.ts';
import type { KindName } from '../../kube/gvk.ts';
import { backendsOf } from '../../model/backends-of.ts';
import { withoutLocality } from '../../model/connections.ts';
import type { Port } from '../../model/port.ts';
import { istioRoutes } from '../../model/reached-pods.ts';
import type { Route } from '../../model/route.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';
import { knownHost, knownPort, serverElsewhere } from './server-elsewhere.ts';
import type { ServerElsewhere } from './server-elsewhere.ts';
import { servingGateway } from './serving-gateway.ts';
import { trafficPolicy } from './traffic-policy.ts';

/**
 * What Istio is told of the servers that the app's routes lead to. It knows each by a name of the app's own: under the
 * server's name two apps would be told how the other one reaches it, and all calls to it in the mesh would follow.
 */
export function translateHostBackends(traffic: Traffic, { platform }: World): Translation {
  const serversOf = (route: Route): readonly ServerElsewhere[] =>
    backendsOf(route).flatMap((backend) => serverElsewhere(backend, route, { traffic, platform }) ?? []);
  const used = istioRoutes(traffic).flatMap(serversOf);
  const servers = [...new Map(used.map((server) => [server.name, server])).values()];
  const isInside = (traffic.internal?.routes ?? []).some((route) => serversOf(route).length > 0);
  const entry = servingGateway(traffic, platform)?.entry;
  const exportTo = isInside || entry === undefined ? ['*'] : [entry.namespace];
  const manifests = servers
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((server) => [serviceEntry(traffic, server, exportTo), ...destinationRule(traffic, server, exportTo)]);
  return { manifests, problems: [] };
}

/**
 * The port that Istio knows has the number that it is told to use for TLS that a proxy begins: a listener for http on 443
 * would take the TLS of all other calls. The address ends in a dot, lest a search list of the proxies complete it to a Service.
 */
function serviceEntry(traffic: Traffic, server: ServerElsewhere, exportTo: readonly string[]): ServiceEntry {
  const { app } = traffic;
  const { name, host, port } = server;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: childMetadata(app, nameOf('ServiceEntry', app.name, name)),
    spec: {
      hosts: [knownHost(traffic, server)],
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      ports: [{ number: knownPort, name: 'http', protocol: 'HTTP', targetPort: port }],
      endpoints: [{ address: `${host}.` }],
      exportTo,
    },
  };
}

const http: Port = { name: 'http', port: knownPort, targetPort: knownPort, protocol: 'http', at: '' };

/** The authorities that the operating system of a proxy trusts (istio.io/istio pilot/pkg/networking/core/cluster_tls.go). */
const systemAuthorities = 'system';

/** The server must have a certificate for its name. */
function destinationRule(
  traffic: Traffic,
  server: ServerElsewhere,
  exportTo: readonly string[],
): readonly DestinationRule[] {
  const { app, connections } = traffic;
  const { name, host, tls } = server;
  const asked = trafficPolicy(withoutLocality(connections.effective), { ports: [http] });
  if (asked === undefined && !tls) return [];
  const policy: DestinationRuleTrafficPolicy = {
    ...asked,
    ...(tls ? { tls: { mode: 'SIMPLE', caCertificates: systemAuthorities, sni: host, subjectAltNames: [host] } } : {}),
  };
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: childMetadata(app, nameOf('DestinationRule', app.name, name)),
      spec: { host: knownHost(traffic, server), trafficPolicy: policy, exportTo },
    },
  ];
}

function nameOf(kind: KindName, app: string, backend: string): string {
  return childName(kind, app, ['backend', backend], true);
}
