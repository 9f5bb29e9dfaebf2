/** A websocket from a client: opened, left alone, then asked for an echo. Runs inside a network namespace. */
import { connect } from 'node:net';
import { parseResponse } from './http-response.ts';
import type { WebsocketCall, WebsocketResult } from './wire.ts';
import { frameOf, unframed } from './websocket.ts';

/** Opens one and sends `message` after `silentMs`; every way to fail is an answer too. */
export function openWebsocket({
  address,
  port,
  head,
  message,
  silentMs,
  withinMs,
}: WebsocketCall): Promise<WebsocketResult> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    let result: WebsocketResult = {};
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (more: WebsocketResult = {}): void => {
      clearTimeout(deadline);
      clearTimeout(silence);
      resolve({ ...result, ...more });
      socket.destroy();
    };
    const fail = (connectionError: string): void => settle({ connectionError });
    let silence: NodeJS.Timeout | undefined;
    const deadline = setTimeout(() => fail('TIMEOUT'), withinMs);
    const answered = (isEnded: boolean): void => {
      const response = parseResponse(bytes, false, isEnded);
      if (response === undefined) return;
      result = { status: response.status, headers: response.headers, body: response.body };
      if (response.status !== 101) {
        settle();
        return;
      }
      bytes = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
      silence = setTimeout(() => socket.write(frameOf(message, 'client')), silentMs);
    };
    const read = (isEnded: boolean): void => {
      if (result.status === undefined) answered(isEnded);
      if (result.status !== 101) return;
      for (let next = unframed(bytes); next !== undefined; next = unframed(bytes)) {
        bytes = next.rest;
        result = { ...result, messages: [...(result.messages ?? []), next.message] };
      }
      if (result.messages?.length === 2) settle();
    };
    socket.on('connect', () => socket.write(Buffer.from(`${head}\r\n\r\n`, 'latin1')));
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      read(false);
    });
    socket.on('end', () => read(true));
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.on('close', () => fail('CLOSED'));
  });
}
