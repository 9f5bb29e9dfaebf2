/** The VirtualServices that bring requests from a gateway to the app. */
import type { VirtualService, VirtualServiceHttp } from '../../generated/istio/virtual-service.ts';
import { redirectsToHttps, servesTls } from '../../model/tls-served.ts';
import type { External, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import { httpsRedirectEntry } from './entry-name.ts';
import { hostGroups } from './host-groups.ts';
import { spellings } from './host-spellings.ts';
import { httpEntries } from './http-entries.ts';
import type { ServingGateway } from './serving-gateway.ts';

/** One VirtualService for each group of hosts, seen only by the gateway's namespace. */
export function gatewayVirtualServices(
  traffic: Traffic,
  external: External,
  serving: ServingGateway,
  { platform }: World,
): readonly VirtualService[] {
  const isRedirected = servesTls(external, platform) && redirectsToHttps(external, platform);
  const redirect = isRedirected ? [httpsRedirect(serving.entry.ports.http)] : [];
  return hostGroups(external).map(({ hosts, routes, own }) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: childMetadata(traffic.app, serving.nameOf('VirtualService', own)),
    spec: {
      hosts: spellings(hosts),
      gateways: [serving.reference],
      http: [...redirect, ...routes.flatMap((route) => httpEntries({ traffic, platform, route, isMarked: true }))],
      exportTo: [serving.entry.namespace],
    },
  }));
}

/**
 * Plain http to https, for requests that came to the gateway's http port. The Gateway's own `httpsRedirect` answers 301,
 * with which clients turn a POST into a GET.
 */
function httpsRedirect(port: number): VirtualServiceHttp {
  return { name: httpsRedirectEntry, match: [{ port }], redirect: { scheme: 'https', redirectCode: 308 } };
}
