/** AT0701 for routes whose port Istio cannot route http to. */
import { reachesOwnPods } from '../../model/backends-of.ts';
import { endsTls, isHttp } from '../../model/port.ts';
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';

const fix = 'name an http, http2 or grpc port in port, or correct the protocol of the port in spec.ports';

/** Inside the mesh Istio looks into http, http2 and grpc only: on any other port a route would never match. */
export function unroutablePorts(routes: readonly Route[]): readonly Problem[] {
  return routes.flatMap((route) =>
    isHttp(route.port) ? [] : [problem(route, 'Istio routes calls inside the mesh on http, http2 and grpc ports only')],
  );
}

/** A gateway speaks http to the pods: a port on which they take TLS themselves would get requests that it cannot read. */
export function encryptedPorts(routes: readonly Route[]): readonly Problem[] {
  return routes.flatMap((route) =>
    reachesOwnPods(route) && endsTls(route.port)
      ? [problem(route, 'Istio sends plain http to the pods, which expect TLS there')]
      : [],
  );
}

function problem({ at, port }: Route, why: string): Problem {
  return { code: 'AT0701', field: at, message: `port ${port.name} is ${port.protocol}: ${why}`, fix };
}
