/** What a set of routes relies on: the subsets and the Service ports that they send requests to. */
import { hostBackendDomain } from '../kube/identity.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import type { Extract } from './extract.ts';

/** The subsets of `host` that the routes name. */
export function subsetsInUse(routes: readonly Extract[], host: string): ReadonlySet<string> {
  const named = routes.flatMap((route) =>
    route.kind === 'VirtualService'
      ? route.destinations.flatMap((to) => (to.host === host && to.subset !== undefined ? [to.subset] : []))
      : [],
  );
  return new Set(named);
}

/** The port numbers of the Service that the routes name. */
export function portsInUse(routes: readonly Extract[], service: ObjectKey): ReadonlySet<number> {
  const named = routes.flatMap((route) => {
    if (route.kind === 'VirtualService') {
      return route.destinations.flatMap((to) => (isHostOf(to.host, service) ? (to.port ?? []) : []));
    }
    if (route.kind !== 'Ingress') return [];
    return route.paths.flatMap(({ service: name, port }) =>
      name === service.name && typeof port === 'number' ? [port] : [],
    );
  });
  return new Set(named);
}

/** Whether one of the routes is bound to the Gateway. */
export function isGatewayInUse(routes: readonly Extract[], { namespace, name }: ObjectKey): boolean {
  return routes.some(
    (route) =>
      route.kind === 'VirtualService' &&
      (route.gateways.includes(name) || route.gateways.includes(`${namespace}/${name}`)),
  );
}

/** Whether one of the routes sends requests to what the object is, or describes: a Service, a server elsewhere, or a DestinationRule's host; or what the pods' sidecars do with requests from a gateway. */
export function isInUse(routes: readonly Extract[], key: ObjectKey, extract: Extract): boolean {
  if (extract.kind === 'DestinationRule') {
    return subsetsInUse(routes, extract.host).size > 0 || isElsewhereInUse(routes, extract.host);
  }
  if (extract.kind === 'ServiceEntry') return extract.hosts.some((host) => isElsewhereInUse(routes, host));
  if (extract.kind === 'EnvoyFilter' || guardsEntry(extract)) return routes.some(isOnGateway);
  if (extract.kind !== 'Service') return false;
  return routes.some((route) => {
    if (route.kind === 'Ingress') return route.paths.some(({ service }) => service === key.name);
    return route.kind === 'VirtualService' && route.destinations.some(({ host }) => isHostOf(host, key));
  });
}

/** Whether the object says what requests from outside must meet at the app's pods. */
export function guardsEntry(extract: Extract): boolean {
  if (extract.kind === 'RequestAuthentication') return true;
  return extract.kind === 'AuthorizationPolicy' && ['DENY', 'CUSTOM'].includes(extract.action);
}

/** Whether the route takes requests from outside. */
export function isOnGateway(route: Extract): boolean {
  return route.kind === 'VirtualService' && route.gateways.some((gateway) => gateway !== 'mesh');
}

/** Whether the host is the name of a server elsewhere, and one of the routes leads there. */
function isElsewhereInUse(routes: readonly Extract[], host: string): boolean {
  if (!host.endsWith(`.${hostBackendDomain}`)) return false;
  return routes.some((route) => route.kind === 'VirtualService' && route.destinations.some((to) => to.host === host));
}

/** Whether the DNS name is the Service's: its full name in any cluster domain (routes are rendered with full names). */
function isHostOf(host: string, { name, namespace }: ObjectKey): boolean {
  return host.startsWith(`${name}.${namespace}.svc.`);
}
