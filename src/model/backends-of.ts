/** The backends that a route sends requests or copies of them to. */
import { isOwnPods } from './backend.ts';
import type { Backend } from './backend.ts';
import type { Route } from './route.ts';

/** Those of the split, also where their weight is 0 and somebody else moves it: they may get requests. */
export function splitBackends({ features: { forward, weightsManagedBy } }: Route): readonly Backend[] {
  return [...(forward?.value ?? []).map(({ backend }) => backend), ...(weightsManagedBy?.value.idle ?? [])];
}

/** Those of the split, then that of the copies; one that gets both stands twice. */
export function backendsOf(route: Route): readonly Backend[] {
  const { mirror } = route.features;
  return [...splitBackends(route), ...(mirror === undefined ? [] : [mirror.value.backend])];
}

/** Whether the route sends requests or copies to the pods of its own app, all of them or a part. */
export function reachesOwnPods(route: Route): boolean {
  return backendsOf(route).some(isOwnPods);
}
