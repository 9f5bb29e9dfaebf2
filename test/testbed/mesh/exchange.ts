/** One request and its answer on a connection of its own, byte for byte. Runs inside a network namespace. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { parseResponse } from './http-response.ts';
import type { ParsedResponse } from './http-response.ts';
import { unframed } from './websocket.ts';
import type { WireFailure, WireRequest, WireResponse, WireResult } from './wire.ts';

/** The session that a server hands out to a client of that name; rejects where none comes. */
function sessionOf({ address, port, tls, withinMs }: WireRequest, servername: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const version = tls?.maxVersion === undefined ? {} : ({ maxVersion: `TLSv${tls.maxVersion}` } as const);
    const socket = connectTls({ host: address, port, servername, rejectUnauthorized: false, ...version });
    // With TLS 1.3 it comes beside the first answer, to whoever reads on.
    socket.on('secureConnect', () => socket.write(`GET / HTTP/1.1\r\nhost: ${servername}\r\n\r\n`));
    socket.resume();
    socket.setTimeout(withinMs, () => socket.destroy(new Error('no session came in time')));
    socket.on('session', (session: Buffer) => {
      resolve(session);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed before a session came')));
  });
}

function dial({ address, port, tls }: WireRequest, session: Buffer | undefined): Socket {
  if (tls === undefined) return connect(port, address);
  const { sni, ca, maxVersion, certificate, key } = tls;
  return connectTls({
    host: address,
    port,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: ca !== undefined,
    ...(sni === undefined ? {} : { servername: sni }),
    ...(ca === undefined ? {} : { ca }),
    ...(maxVersion === undefined ? {} : { maxVersion: `TLSv${maxVersion}` }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(session === undefined ? {} : { session }),
  });
}

function certificateOf(socket: Socket): Pick<WireResponse, 'certificate'> {
  const peer = 'getPeerCertificate' in socket ? (socket as TLSSocket).getPeerCertificate() : undefined;
  if (peer?.subject === undefined) return {};
  const subject = Array.isArray(peer.subject.CN) ? peer.subject.CN.join(', ') : peer.subject.CN;
  return { certificate: { subject: subject ?? '', names: peer.subjectaltname ?? '' } };
}

/** Of a websocket the body is what the server says first; undefined while that has not come. */
function opened(response: ParsedResponse, bytes: Buffer): ParsedResponse | undefined {
  const first = unframed(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4));
  return first === undefined ? undefined : { ...response, body: first.message };
}

/** Sends the request and reads the answer; every way to fail is an answer too. */
export async function exchange(request: WireRequest): Promise<WireResult> {
  const { after } = request.tls ?? {};
  return exchangeOn(request, after === undefined ? undefined : await sessionOf(request, after));
}

function exchangeOn(request: WireRequest, session: Buffer | undefined): Promise<WireResult> {
  return new Promise((resolve) => {
    const socket = dial(request, session);
    let during: WireFailure['during'] = 'connect';
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (result: WireResult): void => {
      resolve(result);
      socket.destroy();
    };
    const fail = (connectionError: string): void => settle({ connectionError, during });
    const read = (isEnded: boolean): void => {
      const response = parseResponse(bytes, request.isHead, isEnded);
      const whole = response?.status === 101 ? opened(response, bytes) : response;
      if (whole !== undefined) settle({ ...whole, ...certificateOf(socket) });
      else if (isEnded) fail('CLOSED');
    };
    const send = (): void => {
      during = 'response';
      socket.write(Buffer.from(`${request.head}\r\n\r\n`, 'latin1'));
      if (request.body !== undefined) socket.write(request.body);
    };
    socket.setNoDelay(true);
    socket.setTimeout(request.withinMs, () => fail('TIMEOUT'));
    socket.on('connect', () => {
      during = request.tls === undefined ? 'response' : 'tls';
    });
    socket.on(request.tls === undefined ? 'connect' : 'secureConnect', send);
    socket.on('data', (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      read(false);
    });
    socket.on('end', () => read(true));
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.on('close', () => fail('CLOSED'));
  });
}
