/** The identity under which requests from outside reach the app's pods. */
import type { Identity } from '../../model/identity.ts';
import { ingressClassNameOf } from '../../model/ingress-class.ts';
import type { Edge, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { servingGateway } from './serving-gateway.ts';

/** Who serves `external`: the gateway's workload, or an ingress controller that the platform lists as part of the mesh. */
export function servingIdentity(traffic: Traffic, world: World): Identity | undefined {
  const { external } = traffic;
  if (external === undefined || external.hosts.length + external.tcp.length === 0) return undefined;
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
