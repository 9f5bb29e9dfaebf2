/** The VirtualServices that bring requests from a gateway to the app. */
import type { VirtualService, VirtualServiceHttp } from '../../generated/istio/virtual-service.ts';
import { judgesAddresses } from '../../model/entry-policy.ts';
import { redirectsToHttps, servesTls } from '../../model/tls-served.ts';
import type { External, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import type { Route } from '../../model/route.ts';
import { childMetadata } from '../metadata.ts';
import { httpsRedirectEntry, noRoute } from './entry-name.ts';
import { hostGroups } from './host-groups.ts';
import type { HostGroup } from './host-groups.ts';
import { spellings } from './host-spellings.ts';
import { httpEntries } from './http-entries.ts';
import type { RouteContext, TlsSeen } from './route-piece.ts';
import type { ServingGateway } from './serving-gateway.ts';
import { tlsEntries } from './tls-entries.ts';

/** One VirtualService for each group of hosts, seen only by the gateway's namespace. */
export function gatewayVirtualServices(
  traffic: Traffic,
  external: External,
  serving: ServingGateway,
  world: World,
): readonly VirtualService[] {
  const { platform } = world;
  const isRedirected = servesTls(external, platform) && redirectsToHttps(external, platform);
  const redirect = isRedirected ? [httpsRedirect(serving.entry.ports.http)] : [];
  const tls = tlsSeen(external, serving, platform);
  const tellsClient = serving.entry.trustedHops > 0 && judgesAddresses(external);
  const groups = hostGroups(external).flatMap((group) => withoutSharedVoid(group, traffic, world));
  return groups.map(({ hosts, routes, own }) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: childMetadata(traffic.app, serving.nameOf('VirtualService', own)),
    spec: {
      hosts: spellings(hosts),
      gateways: [serving.reference],
      ...(external.passthrough === undefined
        ? { http: httpOf(routes, redirect, { traffic, platform, tls, tellsClient }) }
        : { http: hiddenHttpOf(routes, redirect), ...tlsEntries(hosts, routes, { traffic, platform, tls }) }),
      exportTo: [serving.entry.namespace],
    },
  }));
}

/** Over which requests to the gateway TLS protects what is said. */
function tlsSeen(external: External, { entry }: ServingGateway, platform: World['platform']): TlsSeen {
  if (entry.tlsTerminatedBefore) return 'ByHeader';
  if (!servesTls(external, platform)) return 'None';
  return redirectsToHttps(external, platform) ? 'All' : { plainPort: entry.ports.http };
}

function httpOf(
  routes: readonly Route[],
  redirect: readonly VirtualServiceHttp[],
  context: Pick<RouteContext, 'traffic' | 'platform' | 'tls' | 'tellsClient'>,
): readonly VirtualServiceHttp[] {
  if (routes.length === 0) return [noRoute];
  return [...redirect, ...routes.flatMap((route) => httpEntries({ ...context, route, isMarked: true }))];
}

/** Beside TLS that ends at the pods plain http reaches nobody: it is sent to https, where the host has a route. */
function hiddenHttpOf(
  routes: readonly Route[],
  redirect: readonly VirtualServiceHttp[],
): readonly VirtualServiceHttp[] {
  return routes.length === 0 || redirect.length === 0 ? [noRoute] : redirect;
}

/**
 * A group without routes keeps its hosts from the app that holds a wildcard above them: without a VirtualService of their
 * own Istio would serve them by the wildcard's. Where other apps have routes on a host, theirs is enough, and the answer to
 * everything could come before one of them.
 */
function withoutSharedVoid(group: HostGroup, { app }: Traffic, { hosts: claims }: World): readonly HostGroup[] {
  if (group.routes.length > 0) return [group];
  const isOthers = (host: string): boolean =>
    claims.some(
      (claim) =>
        claim.host === host &&
        claim.routes.length > 0 &&
        !(claim.app.namespace === app.namespace && claim.app.name === app.name),
    );
  const hosts = group.hosts.filter((host) => !isOthers(host));
  return hosts.length === 0 ? [] : [{ ...group, hosts }];
}

/**
 * Plain http to https, for requests that came to the gateway's http port. The Gateway's own `httpsRedirect` answers 301,
 * with which clients turn a POST into a GET.
 */
function httpsRedirect(port: number): VirtualServiceHttp {
  return { name: httpsRedirectEntry, match: [{ port }], redirect: { scheme: 'https', redirectCode: 308 } };
}
