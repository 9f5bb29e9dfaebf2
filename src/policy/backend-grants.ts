/** AT0209: a backend in another namespace needs a grant of the platform; without it its routes answer 503. */
import type { Backend } from '../model/backend.ts';
import type { Platform } from '../model/platform.ts';
import type { Route, RouteFeatures } from '../model/route.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Policy } from './policy.ts';

/** A backend that is another Service. */
export type ServiceBackend = Extract<Backend, { readonly kind: 'Service' }>;

/** Whether an app of `namespace` may send requests to the backend. */
export function isBackendGranted(backend: ServiceBackend, namespace: string, platform: Platform): boolean {
  if (backend.namespace === namespace) return true;
  return platform.backends.grants.some(
    ({ from, to, services }) => from === namespace && to === backend.namespace && services.includes(backend.service),
  );
}

/** One problem for each backend without a grant; routes that would send to it become `unavailable`. */
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
  return route.features.forward?.value.some(({ backend }) => names.has(backend.name)) === true;
}

function servedInstead(traffic: Traffic, backend: string): string {
  const routes = [...(traffic.external?.routes ?? []), ...(traffic.internal?.routes ?? [])]
    .filter((route) => sendsTo(route, new Set([backend])))
    .map(({ name }) => name);
  const affected = [...new Set(routes)].sort();
  if (affected.length === 0) return '';
  return `: route${affected.length === 1 ? '' : 's'} ${affected.join(', ')} answer${affected.length === 1 ? 's' : ''} 503`;
}

function withoutBackends(traffic: Traffic, names: ReadonlySet<string>): Traffic {
  const { external, internal } = traffic;
  const served = (routes: readonly Route[]): readonly Route[] =>
    routes.map((route) => (sendsTo(route, names) ? unavailable(route) : route));
  return {
    ...traffic,
    ...(external === undefined ? {} : { external: { ...external, routes: served(external.routes) } }),
    ...(internal?.routes === undefined ? {} : { internal: { ...internal, routes: served(internal.routes) } }),
  };
}

/** The same match; every request it wins gets 503. What would have happened to the request is left out. */
function unavailable(route: Route): Route {
  const { host, prefix, exact, methods, headers, forward } = route.features;
  const features: RouteFeatures = {
    ...(host === undefined ? {} : { host }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(exact === undefined ? {} : { exact }),
    ...(methods === undefined ? {} : { methods }),
    ...(headers === undefined ? {} : { headers }),
    unavailable: { value: true, at: forward?.at ?? route.at },
  };
  return { ...route, features };
}
