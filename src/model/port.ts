/** Ports of an app's Service. */
import type { At } from './located.ts';

/** What is spoken on a port; upstream's words (Service appProtocol). */
export type Protocol = 'http' | 'http2' | 'grpc' | 'https' | 'tls' | 'tcp';

/** One port: `port` of the Service, `targetPort` of the container; both 1-65535. */
export type Port = {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
  readonly protocol: Protocol;
  readonly at: At;
};

/** Whether routes can look into what is spoken on the port: http, http2 and grpc. */
export function isHttp(port: Pick<Port, 'protocol'>): boolean {
  return port.protocol === 'http' || port.protocol === 'http2' || port.protocol === 'grpc';
}

/** Whether proxies speak HTTP/2 to the pods on the port. */
export function speaksHttp2(port: Pick<Port, 'protocol'>): boolean {
  return port.protocol === 'http2' || port.protocol === 'grpc';
}

/** Whether the pods speak TLS on the port themselves: https and tls. */
export function endsTls(port: Pick<Port, 'protocol'>): boolean {
  return port.protocol === 'https' || port.protocol === 'tls';
}
