/** The claims that one app makes by its spec, without the evidence that only the cluster has. */
import type { GatewayPods, HostClaim } from './host-claim.ts';
import { workloadOf } from './gateway-workload.ts';
import type { Platform } from './platform.ts';
import { distinctHosts, routesForHost } from './routes-for-host.ts';
import { listenerKey } from './tcp-listener.ts';
import { redirectsToHttps, servesTls, servingEntryOf } from './tls-served.ts';
import type { AppRef, Edge, External, Traffic } from './traffic.ts';

/** A claim without its evidence. */
export type SpecClaim = Omit<HostClaim, 'liveRoutes' | 'since' | 'created' | 'standing'>;

/**
 * One claim for each host that the app needs a route list for: its hosts, and every `match.host` below one of its
 * wildcards; sorted by host. Then one for each listener, where gateway pods are known that could have it. Empty without
 * `external`.
 */
export function claimsOf({ app, external }: Traffic, platform: Pick<Platform, 'gateways'>): readonly SpecClaim[] {
  if (external === undefined) return [];
  const { edge, hosts, routes } = external;
  const names = distinctHosts(
    hosts.map(({ value }) => value),
    routes,
  );
  const gatewayPods = gatewayPodsOf(external, platform);
  const claims = names.map((host): SpecClaim => ({
    app,
    host,
    edge: edgeText(edge),
    httpsRedirect: redirectsToHttps(external, platform),
    ...(gatewayPods === undefined ? {} : { gatewayPods }),
    routes: routesForHost(routes, host),
  }));
  return [...claims, ...(gatewayPods === undefined ? [] : listenerClaims(app, external, gatewayPods))];
}

/** TLS and redirects are not for listeners. */
function listenerClaims(app: AppRef, { edge, tcp }: External, { workload }: GatewayPods): readonly SpecClaim[] {
  return tcp.map(({ listen, route }) => ({
    app,
    host: listenerKey(listen),
    edge: edgeText(edge),
    httpsRedirect: false,
    gatewayPods: { workload, tls: false },
    routes: [route],
  }));
}

/** An edge as a claim spells it; equal text means the same gateway or class. */
export function edgeText(edge: Edge): string {
  if (edge.kind === 'GeneratedGateway') return 'generated';
  return edge.kind === 'Ingress' ? `ingress/${edge.className ?? ''}` : `gateway/${edge.namespace}/${edge.name}`;
}

function gatewayPodsOf(external: External, platform: Pick<Platform, 'gateways'>): GatewayPods | undefined {
  const entry = servingEntryOf(external.edge, platform);
  if (entry === undefined) return undefined;
  return { workload: workloadOf(entry), tls: servesTls(external, platform) };
}
