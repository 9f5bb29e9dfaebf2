/** An address as node's request functions take it. */
import { urlToHttpOptions } from 'node:url';

/** Where a server is; `path` is the prefix below which it serves, without a trailing slash. */
export type HttpOptions = {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
};

/** Takes an address apart once, because parsing it for each request costs more than sending. */
export function httpOptionsOf(server: URL): HttpOptions {
  const { hostname } = urlToHttpOptions(server);
  const port = Number(server.port) || (server.protocol === 'https:' ? 443 : 80);
  return { protocol: server.protocol, hostname: String(hostname), port, path: server.pathname.replace(/\/+$/, '') };
}
