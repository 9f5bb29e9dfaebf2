/** Whether the proxies of Istio have a way to the app's pods. */
import { reachesOwnPods } from './backends-of.ts';
import type { Route } from './route.ts';
import type { Traffic } from './traffic.ts';

/** The routes that Istio serves, those of listeners among them: inside the mesh, and outside unless an ingress controller does. */
export function istioRoutes({ external, internal }: Pick<Traffic, 'external' | 'internal'>): readonly Route[] {
  const served = external === undefined || external.edge.kind === 'Ingress' ? undefined : external;
  return [
    ...(served === undefined || served.hosts.length === 0 ? [] : served.routes),
    ...(served?.tcp ?? []).map(({ route }) => route),
    ...(internal?.routes ?? []),
  ];
}

/** Whether proxies of Istio are told how to connect to the app's pods: where its routes lead there, or `internal` is given. */
export function tellsProxies(traffic: Pick<Traffic, 'external' | 'internal'>): boolean {
  return traffic.internal !== undefined || istioRoutes(traffic).some(reachesOwnPods);
}
