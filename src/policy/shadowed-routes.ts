/** AT0301: a route that can never win, because a route before it matches all of its requests. */
import type { Problem } from '../model/problem.ts';
import { routeCovers } from '../model/route-cover.ts';
import { compareRoutes } from '../model/route-order.ts';
import type { Route } from '../model/route.ts';
import type { Policy } from './policy.ts';

/** A Warning for each such route, outside and inside; only one covering route is looked for, not several together. */
export const shadowedRoutes: Policy = ({ external, internal }) => {
  const hosts = external?.hosts.map(({ value }) => value) ?? [];
  return {
    problems: [...shadowed(external?.routes ?? [], hosts), ...shadowed(internal?.routes ?? [], [])],
  };
};

function shadowed(routes: readonly Route[], hosts: readonly string[]): readonly Problem[] {
  const inOrder = [...routes].sort(compareRoutes);
  return inOrder.flatMap((route, i) => {
    const winner = inOrder.slice(0, i).find((earlier) => routeCovers(earlier, route, hosts));
    if (winner === undefined) return [];
    return [
      {
        code: 'AT0301',
        field: route.at,
        message: `route ${route.name} never gets a request: route ${winner.name} matches all of them first`,
        fix: `remove route ${route.name}, or make its match narrower than that of ${winner.name}`,
      },
    ];
  });
}
