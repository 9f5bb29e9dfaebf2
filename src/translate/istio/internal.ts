/** `internal`: how calls inside the mesh are routed, encrypted and allowed; Istio's whatever serves `external`. */
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { placementProblems } from '../place.ts';
import type { Translation } from '../target.ts';
import { authorizationPolicy } from './authorization-policy.ts';
import { routeTable } from './features.ts';
import { headlessLimits } from './headless-limits.ts';
import { meshVirtualService } from './mesh-virtual-service.ts';
import { peerAuthentication } from './peer-authentication.ts';
import { unroutablePorts } from './route-ports.ts';
import { websocketPorts } from './websocket-ports.ts';

/** Mesh VirtualService, PeerAuthentication and AuthorizationPolicy, each where `internal` asks for it. */
export function translateIstioInternal(traffic: Traffic, world: World): Translation {
  const { internal } = traffic;
  if (internal === undefined) return { manifests: [], problems: headlessLimits(traffic) };
  const { routes, mtls, allow } = internal;
  return {
    manifests: [
      ...(routes === undefined ? [] : [meshVirtualService(traffic, routes, world)]),
      ...(mtls === undefined ? [] : [peerAuthentication(traffic, mtls)]),
      ...(allow === undefined ? [] : [authorizationPolicy(traffic, allow.value, world)]),
    ],
    problems: [
      ...headlessLimits(traffic),
      ...placementProblems(routeTable, routes ?? [], 'Istio'),
      ...unroutablePorts(routes ?? []),
      ...websocketPorts(routes ?? []),
    ],
  };
}
