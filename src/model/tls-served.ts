/** Whether the outside is served over TLS, and what plain http gets there (api.md §3, plain http). */
import type { GatewayEntry, Platform } from './platform.ts';
import type { Edge, External } from './traffic.ts';

/** The platform's entry for a named gateway; undefined for any other edge and for a gateway that is not offered. */
export function gatewayEntryOf(edge: Edge, platform: Pick<Platform, 'gateways'>): GatewayEntry | undefined {
  if (edge.kind !== 'NamedGateway') return undefined;
  return platform.gateways.find(({ namespace, name }) => namespace === edge.namespace && name === edge.name);
}

/** The platform's entry for the gateway that serves the edge; a generated Gateway runs on the workload of the default one (api.md §9). */
export function servingEntryOf(edge: Edge, platform: Pick<Platform, 'gateways'>): GatewayEntry | undefined {
  if (edge.kind === 'GeneratedGateway') return platform.gateways.find((entry) => entry.default);
  return gatewayEntryOf(edge, platform);
}

/** Whether https is served: with the app's own certificate, on a named gateway that has one, or by the pods themselves. */
export function servesTls(
  external: Pick<External, 'tls' | 'passthrough' | 'edge'>,
  platform: Pick<Platform, 'gateways'>,
): boolean {
  if (external.tls !== undefined || external.passthrough !== undefined) return true;
  return gatewayEntryOf(external.edge, platform)?.tls === true;
}

/** Whether plain http is redirected to https: what the user said, else where TLS is served. */
export function redirectsToHttps(
  external: Pick<External, 'tls' | 'passthrough' | 'edge' | 'httpsRedirect'>,
  platform: Pick<Platform, 'gateways'>,
): boolean {
  return external.httpsRedirect?.value ?? servesTls(external, platform);
}
