/** The IngressClass that serves an app: the one it names, else the cluster's default. */
import type { Edge } from './traffic.ts';
import type { World } from './world.ts';

/** The name of the class; undefined when none is named and no default is known, or the edge is no Ingress. */
export function ingressClassNameOf(edge: Edge, world: Pick<World, 'ingressClasses'>): string | undefined {
  if (edge.kind !== 'Ingress') return undefined;
  return edge.className ?? defaultIngressClass(world);
}

/** The name of the cluster's default class; of several the first by name, so that the order of the list does not count. */
export function defaultIngressClass({ ingressClasses }: Pick<World, 'ingressClasses'>): string | undefined {
  return ingressClasses
    .flatMap(({ name, isDefault }) => (isDefault ? [name] : []))
    .sort()
    .at(0);
}
