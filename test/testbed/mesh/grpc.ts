/**
 * gRPC over HTTP/2 as its protocol has it (grpc.github.io, "gRPC over HTTP2"): messages with a prefix of five bytes, and
 * the outcome in trailers. Messages are JSON (`application/grpc+json`); Protocol Buffers change nothing for a proxy.
 */
import { connect } from 'node:http2';
import type {
  ClientHttp2Session,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { GrpcCall, GrpcResult, HeaderLine } from './wire.ts';

/** What a call and its answer have as content-type. */
export const grpcContentType = 'application/grpc+json';

/** Whether a request is a call. */
export function isGrpc(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/grpc') === true;
}

/** A message as it goes onto the wire: not compressed, its length, itself. */
export function frame(message: string): Buffer {
  const bytes = Buffer.from(message, 'utf8');
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** The messages in these bytes; throws where they do not end with one, or one is compressed. */
export function unframe(bytes: Buffer): readonly string[] {
  if (bytes.length === 0) return [];
  const end = bytes.length < 5 ? Number.NaN : 5 + bytes.readUInt32BE(1);
  if (bytes[0] !== 0 || !(end <= bytes.length)) throw new Error(`no message: ${bytes.toString('hex').slice(0, 80)}`);
  return [bytes.toString('utf8', 5, end), ...unframe(bytes.subarray(end))];
}

function linesOf(headers: IncomingHttpHeaders): readonly HeaderLine[] {
  return Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one): HeaderLine => [name, one]));
}

/** Plain text is spoken without asking first whether the server knows HTTP/2; over TLS the two agree on it. */
function dial({ address, port, authority, tls }: GrpcCall): ClientHttp2Session {
  if (tls === undefined) return connect(`http://${authority}`, { createConnection: () => connectPlain(port, address) });
  const { sni, ca, certificate, key } = tls;
  return connect(`https://${authority}`, {
    createConnection: () =>
      connectTls({
        host: address,
        port,
        ALPNProtocols: ['h2'],
        rejectUnauthorized: ca !== undefined,
        ...(sni === undefined ? {} : { servername: sni }),
        ...(ca === undefined ? {} : { ca }),
        ...(certificate === undefined ? {} : { cert: certificate }),
        ...(key === undefined ? {} : { key }),
      }),
  });
}

/** Makes one call with one message; every way to fail is an answer too. */
export function callGrpc(call: GrpcCall): Promise<GrpcResult> {
  const { authority, path, headers, message, tls, withinMs } = call;
  return new Promise((resolve) => {
    const session = dial(call);
    const settle = (result: GrpcResult): void => {
      clearTimeout(deadline);
      resolve(result);
      session.destroy();
    };
    const fail = (connectionError: string): void => settle({ connectionError });
    const deadline = setTimeout(() => fail('TIMEOUT'), withinMs);
    session.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    const head: OutgoingHttpHeaders = {
      ':method': 'POST',
      ':scheme': tls === undefined ? 'http' : 'https',
      ':authority': authority,
      ':path': path,
      'content-type': grpcContentType,
      te: 'trailers',
      ...Object.fromEntries(headers),
    };
    const stream = session.request(head);
    const chunks: Buffer[] = [];
    let answered: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
    let trailers: IncomingHttpHeaders = {};
    stream.on('response', (seen) => (answered = seen));
    stream.on('trailers', (seen: IncomingHttpHeaders) => (trailers = seen));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    stream.on('end', () => {
      const { ':status': status = 0, ...rest } = answered;
      const isCall = isGrpc(rest['content-type']);
      const body = Buffer.concat(chunks);
      settle({
        status,
        headers: linesOf(rest),
        messages: isCall ? unframe(body) : [body.toString('utf8')],
        trailers: linesOf(trailers),
      });
    });
    stream.end(frame(message));
  });
}
