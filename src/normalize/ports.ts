/** Ports: the shorthand `port`, the list `ports`, and which port a route means. */
import type { AppTrafficSpec } from '../api/v1alpha1/app-traffic.ts';
import { endsTls, isHttp } from '../model/port.ts';
import type { Port, Protocol } from '../model/port.ts';

const shorthandServicePort = 80;
const protocols: readonly Protocol[] = ['http', 'http2', 'grpc', 'https', 'tls', 'tcp'];

/**
 * The ports of the app's Service, sorted by name. `port: 8080` means Service port 80 named http; of a Headless Service and
 * of an ExternalName 8080, since callers reach the containers, or the name behind it, themselves.
 */
export function normalizePorts(spec: AppTrafficSpec): readonly Port[] {
  const listed = (spec.ports ?? []).map((port, i): Port => ({
    name: port.name,
    port: port.port,
    targetPort: port.targetPort ?? port.port,
    protocol: port.protocol ?? protocolOfName(port.name),
    at: `spec.ports[${i}]`,
  }));
  const shorthand: readonly Port[] =
    spec.port === undefined
      ? []
      : [
          {
            name: 'http',
            port: isDialedItself(spec) ? spec.port : shorthandServicePort,
            targetPort: spec.port,
            protocol: 'http',
            at: 'spec.port',
          },
        ];
  return [...listed, ...shorthand].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether the Service translates no port. */
function isDialedItself({ service }: AppTrafficSpec): boolean {
  return service?.type === 'Headless' || service?.type === 'ExternalName';
}

/** Istio's rule for unnamed protocols: the port's name up to its first dash (istio.io, Protocol Selection), else tcp. */
function protocolOfName(name: string): Protocol {
  const word = name.split('-')[0];
  return protocols.find((protocol) => protocol === word) ?? 'tcp';
}

/**
 * The port that a route means: the one it names; else the one named http; else the first http, http2 or grpc port in
 * the user's order; else the first one.
 */
export function routePort(spec: AppTrafficSpec, ports: readonly Port[], named: string | undefined): Port | undefined {
  const inOrder = (spec.ports ?? []).flatMap(({ name }) => ports.filter((port) => port.name === name));
  if (named !== undefined) return ports.find((port) => port.name === named);
  return ports.find((port) => port.name === 'http') ?? inOrder.find(isHttp) ?? inOrder[0] ?? ports[0];
}

/** The port on which the pods end TLS: the one named https, else the first https or tls port in the user's order. */
export function tlsPort(spec: AppTrafficSpec, ports: readonly Port[]): Port | undefined {
  const inOrder = (spec.ports ?? []).flatMap(({ name }) => ports.filter((port) => port.name === name));
  return inOrder.filter(endsTls).find(({ name }) => name === 'https') ?? inOrder.find(endsTls);
}
