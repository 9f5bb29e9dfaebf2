/** Calls to a Headless Service: its name stands for the addresses of the pods, so the caller has chosen one of them (api.md §4). */
import { appBackend, isOwnPods } from '../model/backend.ts';
import type { WeightedBackend } from '../model/backend.ts';
import { splitBackends } from '../model/backends-of.ts';
import type { Port } from '../model/port.ts';
import type { Route } from '../model/route.ts';
import type { Traffic } from '../model/traffic.ts';

/** Whether callers inside the mesh reach the app's pods by their own addresses. */
export function isHeadless({ service }: Pick<Traffic, 'service'>): boolean {
  return service.type === 'Headless';
}

/** Why no pod takes the call: the Service's port is not the container's; undefined: one does. */
export function unheardPort({ service, ports }: Pick<Traffic, 'service' | 'ports'>, port: Port): string | undefined {
  if (ports.some(({ targetPort }) => targetPort === port.port)) return undefined;
  return `Service ${service.name} is headless, so its pods are called on port ${port.port} itself, and no container has it`;
}

/** The port that is reached: the one that was dialed, whatever container port the Service names for it. */
export function dialedPort(port: Port): Port {
  return { ...port, targetPort: port.port };
}

/** The route as it works: what it says of parts of the app's pods has no effect on a call that is for one of them, and nobody keeps one. */
export function dialedRoute(route: Route, port: Port): Route {
  const { forward } = route.features;
  if (forward === undefined) return route;
  const { mirror, sticky: _, weightsManagedBy, ...others } = route.features;
  // A copy is for no pod that anybody dialed.
  const copies = mirror === undefined || isOwnPods(mirror.value.backend) ? {} : { mirror };
  const dialed = { forward: { ...forward, value: dialedSplit(forward.value) } };
  const moved = weightsManagedBy === undefined || splitBackends(route).every(isOwnPods) ? {} : { weightsManagedBy };
  return { ...route, port: dialedPort(port), features: { ...others, ...copies, ...moved, ...dialed } };
}

function dialedSplit(split: readonly WeightedBackend[]): readonly WeightedBackend[] {
  const others = split.filter(({ backend }) => !isOwnPods(backend));
  const weight = 100 - others.reduce((sum, other) => sum + other.weight, 0);
  return weight === 0 ? others : [{ backend: { kind: 'App', name: appBackend }, weight }, ...others];
}
