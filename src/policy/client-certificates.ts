/** AT0216, AT0217: what would let clients in that show no certificate, although the app asks for one. */
import { reachesOwnPods } from '../model/backends-of.ts';
import type { Problem } from '../model/problem.ts';
import type { Route } from '../model/route.ts';
import { servingEntryOf } from '../model/tls-served.ts';
import type { External } from '../model/traffic.ts';
import type { Policy } from './policy.ts';

/** Refuses tls.mode Mutual where the gateway never meets the clients, and tells of listeners that lead to the same ports. */
export const clientCertificates: Policy = ({ external }, { platform }) => {
  const clientCa = external?.clientCa;
  if (external === undefined || clientCa === undefined) return { problems: [] };
  const isEndedBefore = servingEntryOf(external.edge, platform)?.tlsTerminatedBefore === true;
  return { problems: [...(isEndedBefore ? [endedBefore(clientCa.at)] : []), ...openListeners(external)] };
};

function endedBefore(field: string): Problem {
  return {
    code: 'AT0216',
    field,
    message:
      'a proxy before the gateway ends TLS, so the certificate that the gateway sees is that of the proxy, whoever the client is',
    fix: 'set tls.mode: Terminate and have that proxy ask for certificates, or ask the platform team for a gateway that clients reach themselves',
  };
}

/** A listener hands on whatever is said over it, so whoever reaches the gateway reaches the port. */
function openListeners({ tcp, routes }: External): readonly Problem[] {
  const asked = new Set(routes.flatMap(portOf));
  return tcp
    .filter(({ route }) => portOf(route).some((port) => asked.has(port)))
    .map(({ at, listen, route }) => ({
      code: 'AT0217',
      field: at,
      message: `port ${listen} of the gateway leads to container port ${route.port.targetPort} without asking for a certificate, which tls.mode Mutual asks for on the hosts`,
      fix: 'remove the entry where only clients with a certificate may come in',
    }));
}

/** The port of the app's pods that a route leads to. */
function portOf(route: Route): readonly number[] {
  return reachesOwnPods(route) ? [route.port.targetPort] : [];
}
