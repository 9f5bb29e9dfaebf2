/** The identity under which requests from outside reach the app's pods, and the container ports they reach. */
import type { Backend } from '../../model/backend.ts';
import { ingressClassNameOf } from '../../model/ingress-class.ts';
import type { Route } from '../../model/route.ts';
import type { Edge, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { servingGateway } from './serving-gateway.ts';

/** A workload's identity in the mesh. */
export type Identity = { readonly namespace: string; readonly serviceAccount: string };

/** Who serves `external`: the gateway's workload, or an ingress controller that the platform lists as part of the mesh. */
export function servingIdentity(traffic: Traffic, world: World): Identity | undefined {
  const { external } = traffic;
  if (external === undefined || external.hosts.length === 0) return undefined;
  if (external.edge.kind === 'Ingress') return controllerIdentity(external.edge, world);
  const entry = servingGateway(traffic, world.platform)?.entry;
  return entry === undefined ? undefined : { namespace: entry.namespace, serviceAccount: entry.serviceAccount };
}

function controllerIdentity(edge: Edge, world: World): Identity | undefined {
  const className = ingressClassNameOf(edge, world);
  const entry = world.platform.ingressClasses.find(({ name }) => name === className);
  if (entry?.inMesh !== true || entry.namespace === undefined || entry.serviceAccount === undefined) return undefined;
  return { namespace: entry.namespace, serviceAccount: entry.serviceAccount };
}

/** The container ports of the app's pods that routes from outside reach, ascending. */
export function reachedPorts(traffic: Traffic): readonly number[] {
  const reached = (traffic.external?.routes ?? []).flatMap((route) =>
    (route.features.forward?.value ?? []).flatMap(({ backend }) => containerPort(backend, route, traffic) ?? []),
  );
  return [...new Set(reached)].sort((a, b) => a - b);
}

/** The port of the app's pods that a backend means; undefined: other pods. */
function containerPort(backend: Backend, route: Route, { app, service, ports }: Traffic): number | undefined {
  if (backend.kind !== 'Service') return route.port.targetPort;
  const isOwn = backend.namespace === app.namespace && backend.service === service.name;
  return isOwn ? ports.find(({ port }) => port === backend.port)?.targetPort : undefined;
}
