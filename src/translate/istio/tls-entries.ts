/** Connections whose TLS ends at the pods: chosen by the host that TLS asks for, and nothing else. */
import type { VirtualService } from '../../generated/istio/virtual-service.ts';
import { reachesOwnPods } from '../../model/backends-of.ts';
import { endsTls } from '../../model/port.ts';
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';
import type { External } from '../../model/traffic.ts';
import { destinations } from './destinations.ts';
import type { RouteContext } from './route-piece.ts';
import { serverElsewhere } from './server-elsewhere.ts';

/** The tls entry of hosts that share their routes, of which the first takes every connection; none without a route. */
export function tlsEntries(
  hosts: readonly string[],
  [route]: readonly Route[],
  context: Pick<RouteContext, 'traffic' | 'platform' | 'tls'>,
): Pick<VirtualService['spec'], 'tls'> {
  if (route === undefined) return {};
  const split = route.features.forward?.value ?? [];
  return {
    tls: [{ match: [{ sniHosts: hosts }], route: destinations(split, { ...context, route, isMarked: false }) }],
  };
}

/** What a route may say of connections that nobody looks into. */
const visible: ReadonlySet<string> = new Set(['host', 'forward']);

/**
 * AT0701 for everything that needs a look into the requests: conditions beside the host, what is done with a request, and
 * a port on which the pods speak no TLS. A feature that is not known to work is refused.
 */
export function passthroughProblems(
  { passthrough, routes }: External,
  where: Pick<RouteContext, 'traffic' | 'platform'>,
): readonly Problem[] {
  if (passthrough === undefined) return [];
  return routes.flatMap((route) => [...hiddenFeatures(route), ...plainPorts(route), ...serversElsewhere(route, where)]);
}

function hiddenFeatures({ features }: Route): readonly Problem[] {
  const { prefix, ...others } = features;
  const isNarrow = prefix !== undefined && prefix.value !== '/';
  return Object.entries(isNarrow ? features : others).flatMap(([feature, { at }]) =>
    visible.has(feature) ? [] : [feature === 'unavailable' ? unanswered(at) : hidden(at)],
  );
}

function hidden(field: string): Problem {
  return {
    code: 'AT0701',
    field,
    message: 'Istio has no way for it: with tls.mode Passthrough TLS ends at the pods, and the gateway sees no request',
    fix: 'remove it, or set tls.mode to Terminate',
  };
}

function unanswered(field: string): Problem {
  return {
    code: 'AT0701',
    field,
    message: 'the backend may not be used, and with tls.mode Passthrough the gateway cannot answer 503 in its place',
    fix: 'correct the backend or remove the route',
  };
}

/** What Istio is told of a server elsewhere is how to send it requests. */
function serversElsewhere(route: Route, where: Pick<RouteContext, 'traffic' | 'platform'>): readonly Problem[] {
  const { forward } = route.features;
  return (forward?.value ?? []).flatMap(({ backend }) =>
    serverElsewhere(backend, route, where) !== undefined
      ? [
          {
            code: 'AT0701' as const,
            field: forward?.at ?? route.at,
            message: `backend ${backend.name} is a server elsewhere, which gets requests; with tls.mode Passthrough there are none to send`,
            fix: 'lead the route to pods or to a Service, or set tls.mode to Terminate',
          },
        ]
      : [],
  );
}

function plainPorts(route: Route): readonly Problem[] {
  const { name, protocol } = route.port;
  if (!reachesOwnPods(route) || endsTls(route.port) || protocol === 'tcp') return [];
  return [
    {
      code: 'AT0701',
      field: route.at,
      message: `port ${name} is ${protocol}: with tls.mode Passthrough the pods get TLS there, which they do not speak`,
      fix: 'name an https or tls port in port, or correct the protocol of the port in spec.ports',
    },
  ];
}
