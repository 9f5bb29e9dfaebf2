/** AT0701 for websockets over HTTP/2: Envoy would ask the pod's proxy for a tunnel (RFC 8441), and that one takes none. */
import { reachesOwnPods } from '../../model/backends-of.ts';
import { speaksHttp2 } from '../../model/port.ts';
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';

/** One problem for each route with websockets that leads to an http2 or grpc port of this app's pods. */
export function websocketPorts(routes: readonly Route[]): readonly Problem[] {
  return routes.flatMap((route): readonly Problem[] => {
    const { port, features } = route;
    const { websocket } = features;
    if (websocket === undefined || !reachesOwnPods(route) || !speaksHttp2(port)) return [];
    return [
      {
        code: 'AT0701',
        field: websocket.at,
        message: `Istio has no way for it: port ${port.name} is ${port.protocol}, and no websocket is opened over HTTP/2`,
        fix: 'lead the route to an http port, or remove websocket',
      },
    ];
  });
}
