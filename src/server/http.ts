/** The process's own HTTP servers: probes and metrics; they serve before caches are warm. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';

/** What is served under one path: status and text. */
export type Page = () => Promise<{ readonly status: number; readonly type: string; readonly body: string }>;

/** Where to listen; without a host on all addresses, on port 0 wherever is free. */
export type ListenAddress = { readonly host?: string | undefined; readonly port: number };

const requestTimeoutMs = 10_000;

/** A running server; `port` is the one it listens on. */
export type HttpServer = { readonly port: number; readonly close: () => Promise<void> };

/** Serves GET of the given paths. Rejects when the address is taken. */
export async function serve(address: ListenAddress, pages: Readonly<Record<string, Page>>): Promise<HttpServer> {
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const page = request.method === 'GET' ? pages[path] : undefined;
    void answer(page).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address.port, address.host, resolve);
  });
  return { port: boundPort(server), close: () => closeServer(server) };
}

async function answer(page: Page | undefined): ReturnType<Page> {
  if (page === undefined) return { status: 404, type: 'text/plain', body: 'not found\n' };
  try {
    return await page();
  } catch {
    return { status: 500, type: 'text/plain', body: 'internal error\n' };
  }
}

function boundPort(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
