/** AT0209: a backend in another namespace needs a grant of the platform; without it its routes answer 503, its listeners are not served, and it gets no copies. */
import { appRoutes } from '../model/app-routes.ts';
import type { ServiceBackend } from '../model/backend.ts';
import { splitBackends } from '../model/backends-of.ts';
import type { Platform } from '../model/platform.ts';
import { conditionsOf } from '../model/route-conditions.ts';
import type { Route } from '../model/route.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Policy } from './policy.ts';

/** Whether an app of `namespace` may send requests to the Service. */
export function isBackendGranted(
  backend: Pick<ServiceBackend, 'namespace' | 'service'>,
  namespace: string,
  platform: Platform,
): boolean {
  if (backend.namespace === namespace) return true;
  return platform.backends.grants.some(
    ({ from, to, services }) => from === namespace && to === backend.namespace && services.includes(backend.service),
  );
}

/** One problem for each backend without a grant; routes that would send to it become `unavailable`, and none copies to it. */
export const backendGrants: Policy = (traffic, { platform }) => {
  const { namespace } = traffic.app;
  const refused = traffic.backends.filter(
    (backend): backend is ServiceBackend =>
      backend.kind === 'Service' && !isBackendGranted(backend, namespace, platform),
  );
  if (refused.length === 0) return { problems: [] };
  const names = new Set(refused.map(({ name }) => name));
  return {
    problems: refused.map((backend) => ({
      code: 'AT0209',
      field: backend.at,
      message: `backend ${backend.name} is Service ${backend.service} of namespace ${backend.namespace}, which ${namespace} is not granted${servedInstead(traffic, backend.name)}`,
      fix: `use a Service of namespace ${namespace}, or ask the platform team for backends.grants {from: ${namespace}, to: ${backend.namespace}, services: [${backend.service}]}`,
    })),
    narrow: (given) => withoutBackends(given, names),
  };
};

function sendsTo(route: Route, names: ReadonlySet<string>): boolean {
  return splitBackends(route).some(({ name }) => names.has(name));
}

function copiesTo({ features: { mirror } }: Route, names: ReadonlySet<string>): boolean {
  return mirror !== undefined && names.has(mirror.value.backend.name);
}

function servedInstead(traffic: Traffic, backend: string): string {
  const all = appRoutes(traffic);
  const names = new Set([backend]);
  const unserved = all.filter((route) => sendsTo(route, names));
  const uncopied = all.filter((route) => !sendsTo(route, names) && copiesTo(route, names));
  const ports = (traffic.external?.tcp ?? []).filter(({ route }) => sendsTo(route, names)).map(({ listen }) => listen);
  const said = [
    saying(unserved, 'answers 503', 'answer 503'),
    saying(uncopied, 'sends no copies', 'send no copies'),
    ...ports.map((port) => `port ${port} takes no connections`),
  ];
  const words = said.filter((one) => one !== '').join(', ');
  return words === '' ? '' : `: ${words}`;
}

/** What becomes of these routes: `route a does`, `routes a, b do`; empty without any. */
function saying(routes: readonly Route[], does: string, theyDo: string): string {
  const names = [...new Set(routes.map(({ name }) => name))].sort();
  if (names.length === 0) return '';
  return names.length === 1 ? `route ${names.join()} ${does}` : `routes ${names.join(', ')} ${theyDo}`;
}

function withoutBackends(traffic: Traffic, names: ReadonlySet<string>): Traffic {
  const { external, internal } = traffic;
  const served = (routes: readonly Route[]): readonly Route[] =>
    routes.map((route) => {
      if (sendsTo(route, names)) return unavailable(route);
      return copiesTo(route, names) ? withoutCopies(route) : route;
    });
  return {
    ...traffic,
    ...(external === undefined
      ? {}
      : {
          external: {
            ...external,
            routes: served(external.routes),
            tcp: external.tcp.filter(({ route }) => !sendsTo(route, names)),
          },
        }),
    ...(internal?.routes === undefined ? {} : { internal: { ...internal, routes: served(internal.routes) } }),
  };
}

/** Copies change nothing for the client, so the route is served without them. */
function withoutCopies(route: Route): Route {
  const { mirror: _, ...features } = route.features;
  return { ...route, features };
}

/** The same match; every request it wins gets 503. What would have happened to the request is left out. */
function unavailable(route: Route): Route {
  const { forward } = route.features;
  const answer = { value: true, at: forward?.at ?? route.at } as const;
  return { ...route, features: { ...conditionsOf(route.features), unavailable: answer } };
}
