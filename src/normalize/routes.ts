/** Lists of routes: what an absent list means, and the order of precedence. */
import type { Route as ApiRoute } from '../api/v1alpha1/route.ts';
import type { At } from '../model/located.ts';
import { compareRoutes } from '../model/route-order.ts';
import type { Route } from '../model/route.ts';
import { normalizeRoute } from './route.ts';
import type { RouteDefaults } from './route.ts';

/** The name of the route that an absent list stands for. */
export const defaultRouteName = 'default';

/**
 * The routes of a list at `at`, in order of precedence. An absent list is one route for all requests; an empty list is
 * none (every request: 404).
 */
export function normalizeRoutes(
  routes: readonly ApiRoute[] | undefined,
  at: At,
  defaults: RouteDefaults,
): readonly Route[] {
  if (routes === undefined) return [normalizeRoute({ name: defaultRouteName }, at, 0, defaults)];
  return routes.map((route, i) => normalizeRoute(route, `${at}[${i}]`, i, defaults)).sort(compareRoutes);
}
