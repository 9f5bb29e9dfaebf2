/** The VirtualService that routes calls inside the mesh to the app's Service. */
import type { VirtualService, VirtualServiceHttp } from '../../generated/istio/virtual-service.ts';
import { childName } from '../../kube/identity.ts';
import { isHttp } from '../../model/port.ts';
import type { Port } from '../../model/port.ts';
import { compareRoutes } from '../../model/route-order.ts';
import type { Route } from '../../model/route.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import { noRoute, portEntry } from './entry-name.ts';
import { untilCatchAll } from './host-groups.ts';
import { httpEntries } from './http-entries.ts';
import { ownHost } from './service-host.ts';

/** The mesh VirtualService with `routes`, for the Service's own name, seen by all namespaces. */
export function meshVirtualService(traffic: Traffic, routes: readonly Route[], world: World): VirtualService {
  const { app } = traffic;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: childMetadata(app, childName('VirtualService', app.name, [])),
    spec: {
      hosts: [ownHost(traffic, world.platform)],
      gateways: ['mesh'],
      http: entries(traffic, routes, world),
      exportTo: ['*'],
    },
  };
}

/**
 * The entries of a VirtualService hold for every http port of the Service. With one such port that is what the routes
 * mean; with several each entry names its port, and a port that no route means is handed through, lest it answer 404.
 * An empty list means that no call is served; without an entry Istio would serve them all.
 */
function entries(traffic: Traffic, routes: readonly Route[], { platform }: World): readonly VirtualServiceHttp[] {
  const ports = traffic.ports.filter(isHttp).sort((a, b) => (a.name < b.name ? -1 : 1));
  const ordered = (isHeadless(traffic) ? routes.map(withoutSticky) : routes).toSorted(compareRoutes);
  const routed = (some: readonly Route[], port?: Port): readonly VirtualServiceHttp[] =>
    untilCatchAll(some).flatMap((route) =>
      httpEntries({ traffic, platform, route, isMarked: false, tls: 'None' }, port?.port),
    );
  if (ordered.length === 0) return [noRoute];
  if (ports.length <= 1) return routed(ordered);
  return ports.flatMap((port) => {
    const meant = ordered.filter((route) => route.port.name === port.name);
    return meant.length > 0 ? routed(meant, port) : [passThrough(port, ownHost(traffic, platform))];
  });
}

/** Nobody keeps a part of the pods where every caller chooses the pod. */
function withoutSticky(route: Route): Route {
  const { sticky: _, ...features } = route.features;
  return { ...route, features };
}

function isHeadless({ service }: Traffic): boolean {
  return service.type === 'Headless';
}

function passThrough({ name, port }: Port, host: string): VirtualServiceHttp {
  return { name: portEntry(name), match: [{ port }], route: [{ destination: { host, port: { number: port } } }] };
}
