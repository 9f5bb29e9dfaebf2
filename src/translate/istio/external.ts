/** `external` on Istio: a Gateway (or a reference to one) and the VirtualServices bound to it. */
import type { Problem } from '../../model/problem.ts';
import type { External, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { placementProblems } from '../place.ts';
import type { Translation } from '../target.ts';
import { certificateProblems, certificates } from './certificate.ts';
import { routeTable } from './features.ts';
import { gateway } from './gateway.ts';
import { gatewayLimits } from './gateway-limits.ts';
import { gatewayVirtualServices } from './gateway-virtual-services.ts';
import { encryptedPorts } from './route-ports.ts';
import { servingGateway } from './serving-gateway.ts';
import { tcpProblems, tcpVirtualServices } from './tcp-entries.ts';
import { passthroughProblems } from './tls-entries.ts';
import { websocketPorts } from './websocket-ports.ts';

/** How Istio serves `external`; nothing where an ingress controller does, or where the app was granted neither a host nor a port. */
export function translateIstioExternal(traffic: Traffic, world: World): Translation {
  const { external } = traffic;
  if (external === undefined || external.edge.kind === 'Ingress' || isEmpty(external)) {
    return { manifests: [], problems: [] };
  }
  const serving = servingGateway(traffic, world.platform);
  const ofRoutes =
    external.passthrough === undefined
      ? [
          ...placementProblems(routeTable, external.routes, 'Istio'),
          ...encryptedPorts(external.routes),
          ...websocketPorts(external.routes),
        ]
      : passthroughProblems(external, { traffic, platform: world.platform });
  const problems = [...ofRoutes, ...tcpProblems(external, traffic, world)];
  if (serving === undefined) return { manifests: [], problems: [...problems, ...noGateway(external)] };
  const generated = external.edge.kind === 'GeneratedGateway' ? [gateway(traffic, external, serving)] : [];
  return {
    manifests: [
      ...generated,
      ...certificates(traffic, external, serving),
      ...gatewayVirtualServices(traffic, external, serving, world),
      ...tcpVirtualServices(traffic, external, serving, world),
    ],
    problems: [...problems, ...gatewayLimits(external, world), ...certificateProblems(traffic, external, world)],
  };
}

/** Whether the outside reaches nothing. */
function isEmpty({ hosts, tcp }: External): boolean {
  return hosts.length + tcp.length === 0;
}

/** A named gateway that the platform does not offer is policy's to refuse; that there is none to generate one on is seen here. */
function noGateway(external: External): readonly Problem[] {
  if (external.edge.kind !== 'GeneratedGateway') return [];
  return [
    {
      code: 'AT0204',
      field: external.at,
      message: 'the platform has no default gateway on which a Gateway could be generated',
      fix: "name one of the platform's gateways in external.gateway, or ask the platform team for a default one",
    },
  ];
}
