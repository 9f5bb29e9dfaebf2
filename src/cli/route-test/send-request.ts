/** Sends one request to a gateway as it stands in the case: its bytes are those of the document. */
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import { readAuthority } from '../../decide/authority.ts';
import type { HttpRequest } from '../../decide/request.ts';
import { textAt } from '../../kube/json.ts';
import type { Answer } from './answer.ts';
import type { LiveAddress } from './live-address.ts';

/** A connection to a gateway, kept open between requests. */
export type Line = {
  readonly address: LiveAddress;
  /** What is shown where a request says so. */
  readonly client?: Credential;
  readonly agent: http.Agent | https.Agent;
};

/** A client's certificate and key, PEM. */
export type Credential = { readonly cert: string; readonly key: string };

/** How TLS is checked. */
export type Trust = {
  /** Certificates in PEM; absent: those that Node trusts. */
  readonly ca?: string;
  /** Whether any certificate will do. */
  readonly insecure: boolean;
  readonly client?: Credential;
};

/** Opens at most `most` connections to the address; `close` it in the end. */
export function openLine(address: LiveAddress, { ca, insecure, client }: Trust, most: number): Line {
  const pool = { keepAlive: true, maxSockets: most };
  const agent =
    address.scheme === 'http'
      ? new http.Agent(pool)
      : new https.Agent({ ...pool, rejectUnauthorized: !insecure, ...(ca === undefined ? {} : { ca }) });
  return { address, agent, ...(client === undefined ? {} : { client }) };
}

/** The longest answer that is read, in bytes. */
const mostBytes = 1024 * 1024;

/** Sends the request and reads the whole answer. Rejects with an Error where none comes, or when the signal aborts. */
export async function sendRequest(line: Line, request: HttpRequest, signal: AbortSignal): Promise<Answer> {
  const first = await exchange(line, request, signal);
  if (first !== 'stale') return first;
  const second = await exchange(line, request, signal);
  if (second !== 'stale') return second;
  throw new Error('the connection was closed without an answer');
}

/** `stale`: the server had closed the kept connection before it saw the request, which is no fault of it (RFC 9112 §9.3.1). */
function exchange(
  { address, agent, client }: Line,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<Answer | 'stale'> {
  const { host: servername } = readAuthority(request.authority);
  const options: https.RequestOptions = {
    host: address.host,
    port: address.port,
    method: request.method,
    path: request.path + request.query,
    headers: linesOf(request),
    setHost: false,
    agent,
    signal,
    // A connection on which a certificate was shown is none for a request without: the pool tells them apart.
    ...(request.clientCertificate === undefined ? {} : client),
    // An IP address is no server name (RFC 6066 §3).
    ...(isIP(servername) === 0 ? { servername } : { servername: '' }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer | 'stale'>();
  const sent = address.scheme === 'http' ? http.request(options) : https.request(options);
  let isAnswered = false;
  sent.on('response', (message) => {
    isAnswered = true;
    readAnswer(message).then(resolve, reject);
  });
  sent.on('upgrade', (message, socket) => {
    isAnswered = true;
    socket.destroy();
    resolve({ status: message.statusCode ?? 0, headers: headersOf(message), body: '' });
  });
  sent.on('error', (error) => {
    const isStale = sent.reusedSocket && !isAnswered && ['ECONNRESET', 'EPIPE'].includes(textAt(error, 'code') ?? '');
    if (isStale) resolve('stale');
    else reject(error);
  });
  sent.end(Buffer.alloc(request.bodyBytes ?? 0));
  return promise;
}

/** Names and values in turn, as Node takes headers whose order and repetition matter. */
function linesOf({ method, authority, headers, bodyBytes = 0 }: HttpRequest): readonly string[] {
  const needsNone = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === 'TRACE';
  return [
    'host',
    authority,
    ...headers.flatMap(({ name, value }) => [name, value]),
    ...(needsNone && bodyBytes === 0 ? [] : ['content-length', String(bodyBytes)]),
  ];
}

async function readAnswer(message: http.IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`);
    parts.push(part);
  }
  return {
    status: message.statusCode ?? 0,
    headers: headersOf(message),
    body: Buffer.concat(parts).toString('utf8'),
  };
}

function headersOf({ rawHeaders }: http.IncomingMessage): Answer['headers'] {
  return rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [{ name, value: rawHeaders[at + 1] ?? '' }] : []));
}
