/** The conditions of a route beside host and path: how many there are, and whether there are any. */
import type { RouteFeatures } from './route.ts';

/** How many headers and cookies the route looks at. */
export function headerConditionCount({ headers, withoutHeaders, cookies }: RouteFeatures): number {
  return [headers, withoutHeaders, cookies].reduce((sum, conditions) => sum + (conditions?.value.length ?? 0), 0);
}

/** How many parameters of the query the route looks at. */
export function queryConditionCount({ query }: RouteFeatures): number {
  return query?.value.length ?? 0;
}

/** Whether the route takes every request of the hosts it applies to. */
export function takesEverything(features: RouteFeatures): boolean {
  const others = headerConditionCount(features) + queryConditionCount(features);
  return features.prefix?.value === '/' && features.methods === undefined && others === 0;
}
