/** Destinations: where an http entry forwards to. */
import type { VirtualServiceHttpRoute } from '../../generated/istio/virtual-service.ts';
import type { Backend, WeightedBackend } from '../../model/backend.ts';
import type { MovedWeights } from '../../model/moved-weights.ts';
import type { RouteContext } from './route-piece.ts';
import { knownHost, knownPort, serverElsewhere } from './server-elsewhere.ts';
import { ownHost, serviceHost } from './service-host.ts';

/**
 * The destinations of a split. The port is always given: without one Istio takes the listener's (reference: a missing
 * cluster). A single destination has no weight.
 */
export function destinations(
  split: readonly WeightedBackend[],
  context: RouteContext,
): readonly VirtualServiceHttpRoute[] {
  return split.map(({ backend, weight }) => ({
    destination: destination(backend, context),
    ...(split.length === 1 ? {} : { weight }),
  }));
}

/** The same where somebody else moves the weights: backends without a weight of the spec stand beside the others. */
export function movedDestinations(
  split: readonly WeightedBackend[],
  { idle }: MovedWeights,
  context: RouteContext,
): readonly VirtualServiceHttpRoute[] {
  const all = [...split, ...idle.map((backend) => ({ backend, weight: 0 }))];
  return destinations(
    all.sort((a, b) => (a.backend.name < b.backend.name ? -1 : 1)),
    context,
  );
}

/** A destination: the app's own Service, a subset of its pods, another Service, or a server elsewhere. */
export function destination(
  backend: Backend,
  { traffic, platform, route }: Pick<RouteContext, 'traffic' | 'platform' | 'route'>,
): VirtualServiceHttpRoute['destination'] {
  if (backend.kind === 'Service') {
    const host = serviceHost({ namespace: backend.namespace, name: backend.service }, platform);
    return { host, port: { number: backend.port } };
  }
  const server = serverElsewhere(backend, route, { traffic, platform });
  if (server !== undefined) return { host: knownHost(traffic, server), port: { number: knownPort } };
  return {
    host: ownHost(traffic, platform),
    ...(backend.kind === 'Subset' ? { subset: backend.name } : {}),
    port: { number: route.port.port },
  };
}
