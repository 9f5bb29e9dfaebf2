/** A request as a test writes it, and how it is put on the wire. */
import type { Echo } from './echo.ts';
import type { Namespace } from './namespace.ts';
import type { ClientTls, HeaderLine, WireFailure, WireRequest, WireResponse, WireResult } from './wire.ts';

/** One HTTP/1.1 request on a connection of its own; nothing is added to it but what frames a body. */
export type MeshRequest = {
  /** `ADDRESS:PORT`, or the name of a Service: `shop.team:80` (its cluster IP; of a headless one the first ready pod's address). */
  readonly to: string;
  /** The Host header; absent: none is sent. */
  readonly host?: string;
  /** Default GET. */
  readonly method?: string;
  /** With query; put on the request line as it is, without any normalisation. Default `/`. */
  readonly path?: string;
  /** Sent in this order after Host, names and repeats as they are. */
  readonly headers?: readonly HeaderLine[] | Readonly<Record<string, string>>;
  readonly body?: string;
  /** The body is sent in chunks (RFC 9112 §7.1), the last byte by itself, and its length is not told before. */
  readonly isChunked?: true;
  readonly tls?: ClientTls;
  /** How long to wait without a byte coming; default 20 s, then `TIMEOUT`. */
  readonly withinMs?: number;
};

/** What came of a request: an answer, or none. */
export type Answer = (WireResponse & { readonly connectionError?: never }) | (WireFailure & NoResponse);

type NoResponse = { readonly status?: never; readonly headers?: never; readonly body?: never };

/** Headers as lines. */
export const headerList = (headers: MeshRequest['headers'] = []): readonly HeaderLine[] =>
  isList(headers) ? headers : Object.entries(headers);

function isList(headers: NonNullable<MeshRequest['headers']>): headers is readonly HeaderLine[] {
  return Array.isArray(headers);
}

function chunked(body: string): string {
  const chunks = [body.slice(0, -1), body.slice(-1), ''].filter((chunk, at) => at === 2 || chunk !== '');
  return chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join('');
}

/** The request on the wire, to this address. */
export function wireRequest(request: MeshRequest, address: string, port: number): WireRequest {
  const { method = 'GET', path = '/', host, body, isChunked, tls, withinMs = 20_000 } = request;
  const lines: HeaderLine[] = [
    ...(host === undefined ? [] : [['host', host] as const]),
    ...headerList(request.headers),
  ];
  if (body !== undefined) {
    lines.push(
      isChunked === true ? ['transfer-encoding', 'chunked'] : ['content-length', `${Buffer.byteLength(body)}`],
    );
  }
  return {
    address,
    port,
    head: [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n'),
    isHead: method === 'HEAD',
    withinMs,
    ...(body === undefined ? {} : { body: isChunked === true ? chunked(body) : body }),
    ...(tls === undefined ? {} : { tls }),
  };
}

/** What an echo server says it saw; throws when the answer is not an echo's. */
export function echoOf(answer: WireResult): Echo {
  if ('connectionError' in answer) throw new Error(`no answer: ${answer.connectionError} during ${answer.during}`);
  try {
    return JSON.parse(answer.body) as Echo;
  } catch {
    throw new Error(`not an echo: ${answer.status} ${answer.body.slice(0, 200)}`);
  }
}

/** Values of a header of an answer, in order; names compared without case. */
export function headerValues(headers: readonly HeaderLine[], name: string): readonly string[] {
  return headers.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** GET over plain HTTP from a namespace; rejects when no answer comes. */
export async function get(from: Namespace, address: string, port: number, path: string): Promise<WireResponse> {
  const answer = await from.send(wireRequest({ to: '', host: `${address}:${port}`, path }, address, port));
  if ('connectionError' in answer) throw new Error(`${address}:${port}${path}: ${answer.connectionError}`);
  return answer;
}
