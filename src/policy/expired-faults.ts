/** AT0305: a fault whose `until` has passed. The route is served without it; nobody has to be there at that time. */
import { appRoutes } from '../model/app-routes.ts';
import type { Fault, Route } from '../model/route.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Policy } from './policy.ts';

/** A Warning for each fault that is over; those routes lose it. The next moment at which one ends is when to look again. */
export const expiredFaults: Policy = (traffic, { now }) => {
  const at = Date.parse(now);
  const faults = appRoutes(traffic).flatMap(({ name, features: { fault } }) =>
    fault === undefined ? [] : [{ name, fault }],
  );
  const ends = faults.flatMap(({ fault }) => fault.value.untilMs ?? []).filter((end) => end > at);
  return {
    problems: faults
      .filter(({ fault }) => isOver(fault.value, at))
      .map(({ name, fault }) => ({
        code: 'AT0305',
        field: fault.at,
        message: `the fault of route ${name} ended at its until, and requests are served without it`,
        fix: 'remove fault, or set a later until',
      })),
    ...(ends.length === 0 ? {} : { recheckAt: Math.min(...ends) }),
    narrow: (given) => withoutFaults(given, at),
  };
};

function isOver({ untilMs }: Fault, now: number): boolean {
  return untilMs !== undefined && untilMs <= now;
}

function withoutFaults(traffic: Traffic, now: number): Traffic {
  const { external, internal } = traffic;
  const served = (routes: readonly Route[]): readonly Route[] =>
    routes.map((route) => {
      const { fault, ...features } = route.features;
      return fault !== undefined && isOver(fault.value, now) ? { ...route, features } : route;
    });
  return {
    ...traffic,
    ...(external === undefined ? {} : { external: { ...external, routes: served(external.routes) } }),
    ...(internal?.routes === undefined ? {} : { internal: { ...internal, routes: served(internal.routes) } }),
  };
}
