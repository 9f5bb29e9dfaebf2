/** The backends that a route sends requests or copies of them to. */
import { isOwnPods } from './backend.ts';
import type { Backend } from './backend.ts';
import type { Route } from './route.ts';

/** Those of the split in its order, then that of the copies; one that gets both stands twice. */
export function backendsOf({ features: { forward, mirror } }: Route): readonly Backend[] {
  return [
    ...(forward?.value ?? []).map(({ backend }) => backend),
    ...(mirror === undefined ? [] : [mirror.value.backend]),
  ];
}

/** Whether the route sends requests or copies to the pods of its own app, all of them or a part. */
export function reachesOwnPods(route: Route): boolean {
  return backendsOf(route).some(isOwnPods);
}
