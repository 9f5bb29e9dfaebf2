/**
 * Websockets to pods that are spoken to in HTTP/2. Envoy would ask the pod's proxy for a tunnel (RFC 8441), which that one
 * does not know: it ends the whole connection, and with it the requests of others on it. So the proxy that chooses the
 * route answers 503 itself.
 */
import type { VirtualServiceHttp } from '../../generated/istio/virtual-service.ts';
import { isOwnPods } from '../../model/backend.ts';
import { speaksHttp2 } from '../../model/port.ts';
import type { Route } from '../../model/route.ts';
import { websocketEntry } from './entry-name.ts';
import type { HttpAction, HttpConditions } from './route-piece.ts';

type Match = NonNullable<VirtualServiceHttp['match']>[number];

/** Envoy compares the protocol without regard to case, and takes the header off a request that opens nothing. */
const upgrade = { regex: '(?i)websocket' };

/**
 * The entry to stand before those of the route, with its matches, edits of answers and CORS; none where the route breaks no
 * connection. A fault comes before the answer and cannot stand beside it, and Argo Rollouts takes a VirtualService of one
 * entry as it is.
 */
export function withoutWebsocket(
  { name, port, features }: Route,
  match: readonly Match[],
  { headers, corsPolicy }: HttpAction,
): readonly VirtualServiceHttp[] {
  const { forward, fault, weightsManagedBy } = features;
  const isBreaking = forward?.value.every(({ backend }) => isOwnPods(backend)) === true && speaksHttp2(port);
  if (!isBreaking || fault !== undefined || weightsManagedBy !== undefined || match.some(asksOtherwise)) return [];
  const response = headers?.response;
  return [
    {
      name: websocketEntry(name),
      match: match.map((one) => ({ ...one, headers: { ...one.headers, upgrade } })),
      directResponse: { status: 503 },
      ...(corsPolicy === undefined ? {} : { corsPolicy }),
      ...(response === undefined ? {} : { headers: { response } }),
    },
  ];
}

/** Whether the route itself has a say in that header. */
function asksOtherwise({ headers, withoutHeaders }: HttpConditions): boolean {
  return headers?.upgrade !== undefined || withoutHeaders?.upgrade !== undefined;
}
