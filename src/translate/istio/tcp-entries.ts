/** Listeners on Istio: a server of the Gateway for each, and a VirtualService that leads its connections to the app. */
import type { GatewayServers } from '../../generated/istio/gateway.ts';
import type { VirtualService } from '../../generated/istio/virtual-service.ts';
import type { Problem } from '../../model/problem.ts';
import { listenerName } from '../../model/tcp-listener.ts';
import type { TcpListener } from '../../model/tcp-listener.ts';
import type { External, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import { destinations } from './destinations.ts';
import { serverElsewhere } from './server-elsewhere.ts';
import type { ServingGateway } from './serving-gateway.ts';

/** The server of a generated Gateway. Whoever opens a TCP connection names no host. */
export function tcpServer({ listen }: TcpListener): GatewayServers {
  return { port: { number: listen, name: listenerName(listen), protocol: 'TCP' }, hosts: ['*'] };
}

/** One VirtualService for each listener, so that one comes, goes and changes hands without the others; seen only by the gateway's namespace. */
export function tcpVirtualServices(
  traffic: Traffic,
  { tcp }: External,
  serving: ServingGateway,
  { platform }: World,
): readonly VirtualService[] {
  return tcp.map(({ listen, route }) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: childMetadata(traffic.app, serving.nameOf('VirtualService', listenerName(listen))),
    spec: {
      hosts: ['*'],
      gateways: [serving.reference],
      tcp: [
        {
          match: [{ port: listen }],
          route: destinations(route.features.forward?.value ?? [], {
            traffic,
            platform,
            route,
            tls: 'None',
            isMarked: false,
          }),
        },
      ],
      exportTo: [serving.entry.namespace],
    },
  }));
}

/** AT0701 for connections to a server elsewhere: what Istio is told of one is how to send it requests. */
export function tcpProblems({ tcp }: External, traffic: Traffic, { platform }: World): readonly Problem[] {
  return tcp.flatMap(({ at, route }) => {
    const { forward } = route.features;
    const isElsewhere = forward?.value.some(
      ({ backend }) => serverElsewhere(backend, route, { traffic, platform }) !== undefined,
    );
    if (isElsewhere !== true) return [];
    return [
      {
        code: 'AT0701' as const,
        field: forward?.at ?? at,
        message:
          'Istio has no way for it: a server elsewhere gets requests, and over a TCP connection there are none to send',
        fix: 'lead the connections to pods or to a Service',
      },
    ];
  });
}
