/** The container ports of an app's pods that requests from outside reach. */
import { backendsOf } from './backends-of.ts';
import { isOwnPods } from './backend.ts';
import type { Backend } from './backend.ts';
import type { Route } from './route.ts';
import type { Traffic } from './traffic.ts';

/** The ports that routes and listeners of `external` lead to, ascending, each once. */
export function reachedPorts(traffic: Traffic): readonly number[] {
  const { routes = [], tcp = [] } = traffic.external ?? {};
  const reached = [...routes, ...tcp.map(({ route }) => route)].flatMap((route) =>
    backendsOf(route).flatMap((backend) => containerPort(backend, route, traffic) ?? []),
  );
  return [...new Set(reached)].sort((a, b) => a - b);
}

/** The port of the app's pods that a backend means; undefined: other pods. */
function containerPort(backend: Backend, route: Route, { app, service, ports }: Traffic): number | undefined {
  if (isOwnPods(backend)) return route.port.targetPort;
  if (backend.kind !== 'Service') return undefined;
  const isOwn = backend.namespace === app.namespace && backend.service === service.name;
  return isOwn ? ports.find(({ port }) => port === backend.port)?.targetPort : undefined;
}
