/** The app of every pod: answers with what it saw, and misbehaves when a request asks for it. Runs inside a network namespace. */
import { createServer } from 'node:http';
import { constants, createServer as createHttp2Server } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { grpcContentType, isGrpc, unframe, frame } from './grpc.ts';
import { acceptOf, frameOf, unframed } from './websocket.ts';
import type { EchoIdentity, EchoPort, HeaderLine } from './wire.ts';

/** The body of an echo's answer: the request as it arrived at the app. */
export type Echo = EchoIdentity & {
  readonly port: number;
  readonly method: string;
  /** As received, without the query. */
  readonly path: string;
  /** As received, without `?`; null without one. */
  readonly query: string | null;
  readonly httpVersion: string;
  /** As received; over HTTP/2 without those that begin with a colon. */
  readonly headers: readonly HeaderLine[];
  /** `:authority` or Host. */
  readonly host: string;
  /** Of a gRPC call its messages, one after another. */
  readonly body: string;
  /** What requests are counted by: x-echo-key, else the path. */
  readonly key: string;
  /** How many requests with that key this pod has seen on all ports, this one included. */
  readonly count: number;
  /** How many requests with that key were under way in this pod when it arrived, this one included. */
  readonly underWay: number;
};

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** What a pod counts, on all its ports. */
export type Counters = {
  /** How many requests came, by key. */
  readonly counts: Map<string, number>;
  /** How many requests are under way, by key. */
  readonly underWay: Map<string, number>;
  /** Open connections to ports that speak http. */
  readonly connections: Set<Socket>;
};

/** Counters at zero. */
export function newCounters(): Counters {
  return { counts: new Map(), underWay: new Map(), connections: new Set() };
}

const increased = (map: Map<string, number>, key: string, by: number): number => {
  const value = (map.get(key) ?? 0) + by;
  map.set(key, value);
  return value;
};

function headerLines(request: Request): readonly HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [request.rawHeaders[at], request.rawHeaders[at + 1]];
    if (!name.startsWith(':')) lines.push([name, value]);
  }
  return lines;
}

/** What the request asks for: every header `x-echo-NAME`, else every query parameter `echo-NAME`. */
function wishes(request: Request, name: string): readonly string[] {
  const headers = headerLines(request).filter(([one]) => one.toLowerCase() === `x-echo-${name}`);
  if (headers.length > 0) return headers.map(([, value]) => value);
  const { url = '' } = request;
  const mark = url.indexOf('?');
  return mark < 0 ? [] : new URLSearchParams(url.slice(mark)).getAll(`echo-${name}`);
}

const wish = (request: Request, name: string): string | undefined => wishes(request, name)[0];

/** What requests are counted by. */
function keyOf(request: Request): string {
  return wish(request, 'key') ?? (request.url ?? '').replace(/\?.*$/s, '');
}

/** The request without its body, counted. */
function seenHead(identity: EchoIdentity, port: number, request: Request, counters: Counters): Omit<Echo, 'body'> {
  const { url = '', method = '', httpVersion } = request;
  const mark = url.indexOf('?');
  const authority = request.headers[':authority'] ?? request.headers.host;
  const key = keyOf(request);
  return {
    ...identity,
    port,
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? null : url.slice(mark + 1),
    httpVersion,
    headers: headerLines(request),
    host: typeof authority === 'string' ? authority : '',
    key,
    count: increased(counters.counts, key, 1),
    underWay: increased(counters.underWay, key, 1),
  };
}

async function seen(identity: EchoIdentity, port: number, request: Request, counters: Counters): Promise<Echo> {
  const head = seenHead(identity, port, request, counters);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return { ...head, body: isGrpc(request.headers['content-type']) ? unframe(body).join('') : body.toString('utf8') };
}

function statusOf(request: Request, count: number): number {
  const isToFail = count <= Number(wish(request, 'fail-first') ?? 0);
  return isToFail ? Number(wish(request, 'fail-status') ?? 503) : Number(wish(request, 'status') ?? 200);
}

async function answer(echo: Echo, request: Request, response: Response): Promise<void> {
  await sleep(Number(wish(request, 'delay-ms') ?? 0));
  const status = statusOf(request, echo.count);
  if (wish(request, 'close') !== undefined) {
    request.socket.destroy();
    return;
  }
  if (wish(request, 'refuse') !== undefined && 'stream' in response) {
    response.stream.close(constants.NGHTTP2_REFUSED_STREAM);
    return;
  }
  for (const line of wishes(request, 'header')) {
    const colon = line.indexOf(':');
    response.appendHeader(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  if (isGrpc(request.headers['content-type'])) {
    answerCall(echo, request, response);
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.statusCode = status;
  response.end(JSON.stringify(echo));
}

/** The answer of a port that is no echo; undefined: it is one. */
function said({ document, asksFor }: EchoPort, request: Request, response: Response): Promise<void> | undefined {
  if (document === undefined && asksFor === undefined) return undefined;
  const isRefused = asksFor !== undefined && request.headers[asksFor] === undefined;
  response.statusCode = isRefused ? 403 : 200;
  response.setHeader('content-type', document === undefined ? 'text/plain' : 'application/json');
  response.end(document ?? (isRefused ? `no ${asksFor}` : 'welcome'));
  return Promise.resolve();
}

/** A call's answer is 200 whatever came of it; the trailers tell. */
function answerCall(echo: Echo, request: Request, response: Response): void {
  response.setHeader('content-type', grpcContentType);
  response.addTrailers({ 'grpc-status': wish(request, 'grpc-status') ?? '0', 'grpc-message': `from ${echo.pod}` });
  response.end(frame(JSON.stringify(echo)));
}

/** A websocket says what its handshake looked like, then sends back what it gets. A wish for another status is no websocket. */
async function upgrade(echo: Echo, request: IncomingMessage, socket: Socket): Promise<void> {
  await sleep(Number(wish(request, 'delay-ms') ?? 0));
  const status = statusOf(request, echo.count);
  const wished = wishes(request, 'header').map((line) => `${line}\r\n`);
  if (status !== 200) {
    const body = JSON.stringify(echo);
    const lines = [`content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
    socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('\r\n')}\r\n${wished.join('')}\r\n${body}`);
    return;
  }
  const accept = acceptOf(request.headers['sec-websocket-key'] ?? '');
  const lines = ['connection: Upgrade', 'upgrade: websocket', `sec-websocket-accept: ${accept}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n${wished.join('')}\r\n`);
  socket.write(frameOf(JSON.stringify(echo), 'server'));
  let bytes: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let next = unframed(bytes); next !== undefined; next = unframed(bytes)) {
      bytes = next.rest;
      socket.write(frameOf(next.message, 'server'));
    }
  });
}

function serverOf(identity: EchoIdentity, echoPort: EchoPort, counters: Counters): Server {
  const { port, protocol, credential } = echoPort;
  if (protocol === 'tcp') {
    return createTcpServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.write(`${identity.pod}\n`);
      socket.pipe(socket);
    });
  }
  const handle = (request: Request, response: Response): void => {
    response.once('close', () => increased(counters.underWay, keyOf(request), -1));
    seen(identity, port, request, counters)
      .then((echo) => said(echoPort, request, response) ?? answer(echo, request, response))
      .catch(() => request.socket.destroy());
  };
  const kept = <S extends Server>(server: S): S =>
    server.on('connection', (socket: Socket) => {
      counters.connections.add(socket);
      socket.once('close', () => counters.connections.delete(socket));
    });
  if (protocol === 'http2') return kept(createHttp2Server(handle));
  // Kept connections stay open, or a proxy's next request would race with their closing.
  const options = { keepAliveTimeout: 0, insecureHTTPParser: true, requireHostHeader: false };
  const server = kept(
    protocol === 'https'
      ? createTlsServer({ ...options, cert: credential?.certificate, key: credential?.key }, handle)
      : createServer(options, handle),
  );
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    const head = seenHead(identity, port, request, counters);
    socket.once('close', () => increased(counters.underWay, keyOf(request), -1));
    upgrade({ ...head, body: '' }, request, socket).catch(() => socket.destroy());
  });
  return server;
}

/** Listens on every port, on all addresses of the namespace; resolves when all do. */
export async function serve(identity: EchoIdentity, ports: readonly EchoPort[], counters: Counters): Promise<void> {
  await Promise.all(
    ports.map(
      (port) =>
        new Promise<void>((resolve, reject) => {
          serverOf(identity, port, counters)
            .on('error', reject)
            .listen(port.port, '0.0.0.0', () => resolve());
        }),
    ),
  );
}
