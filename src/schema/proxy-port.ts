/** Ports of Istio's proxy (istio.io, Ports used by Istio): a DNS name may lead to the proxy itself, and its admin port to all it can do. */

/** Whether the port is kept for Istio's proxy. */
export function isProxyPort(port: number): boolean {
  return port >= 15_000 && port <= 15_099;
}

/** The same in CEL, of an expression that is a port. */
export function celIsProxyPort(port: string): string {
  return `(${port} >= 15000 && ${port} <= 15099)`;
}
