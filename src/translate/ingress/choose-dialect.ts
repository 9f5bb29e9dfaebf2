/** Which dialect an app's Ingress is written in: the platform's word on the class, else the controller of the class. */
import { ingressClassNameOf } from '../../model/ingress-class.ts';
import type { Problem } from '../../model/problem.ts';
import type { Edge } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import type { Dialect } from './dialect.ts';
import { plain } from './dialects/plain.ts';
import { dialects } from './dialects/registry.ts';

/** The edge of an app that an ingress controller serves. */
export type IngressEdge = Extract<Edge, { readonly kind: 'Ingress' }>;

/**
 * The dialect of the class that serves the app. Plain Ingress where no class is known, its controller is none that we
 * know, or several default classes speak differently: which of them the API server would write in is not ours to guess.
 */
export function dialectFor(edge: IngressEdge, world: Pick<World, 'ingressClasses' | 'platform'>): Dialect {
  if (edge.className !== undefined) return dialectOfClass(edge.className, world);
  const defaults = world.ingressClasses.filter(({ isDefault }) => isDefault).map(({ name }) => name);
  const spoken = new Set(defaults.map((name) => dialectOfClass(name, world)));
  const [only = plain] = spoken;
  return spoken.size === 1 ? only : plain;
}

function dialectOfClass(className: string, { ingressClasses, platform }: Pick<World, 'ingressClasses' | 'platform'>) {
  const named = platform.ingressClasses.find(({ name }) => name === className)?.dialect;
  if (named !== undefined) return dialects.find(({ name }) => name === named) ?? plain;
  const controller = ingressClasses.find(({ name }) => name === className)?.controller;
  if (controller === undefined) return plain;
  return dialects.find((dialect) => dialect.controller === controller) ?? plain;
}

/** AT0205: the class that the app names does not exist; what is written waits for it. */
export function missingClass(edge: IngressEdge, world: World): readonly Problem[] {
  const className = ingressClassNameOf(edge, world);
  if (edge.className === undefined || world.assumesPresent) return [];
  if (world.ingressClasses.some(({ name }) => name === className)) return [];
  return [
    {
      code: 'AT0205',
      field: edge.at,
      message: `IngressClass ${edge.className} does not exist, so no controller serves the hosts`,
      fix: 'create the IngressClass, or correct its name',
    },
  ];
}
