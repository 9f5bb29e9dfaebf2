/** The identity under which requests from outside reach the app's pods. */
import type { Identity } from './identity.ts';
import { ingressClassNameOf } from './ingress-class.ts';
import { servingEntryOf } from './tls-served.ts';
import type { Edge, Traffic } from './traffic.ts';
import type { World } from './world.ts';

type Known = Pick<World, 'platform' | 'ingressClasses'>;

/** Who serves `external`: the gateway's workload, or an ingress controller that the platform lists as part of the mesh. */
export function servingIdentity({ external }: Pick<Traffic, 'external'>, known: Known): Identity | undefined {
  if (external === undefined || external.hosts.length + external.tcp.length === 0) return undefined;
  if (external.edge.kind === 'Ingress') return controllerIdentity(external.edge, known);
  const entry = servingEntryOf(external.edge, known.platform);
  return entry === undefined ? undefined : { namespace: entry.namespace, serviceAccount: entry.serviceAccount };
}

function controllerIdentity(edge: Edge, known: Known): Identity | undefined {
  const className = ingressClassNameOf(edge, known);
  const entry = known.platform.ingressClasses.find(({ name }) => name === className);
  if (entry?.inMesh !== true || entry.namespace === undefined || entry.serviceAccount === undefined) return undefined;
  return { namespace: entry.namespace, serviceAccount: entry.serviceAccount };
}
