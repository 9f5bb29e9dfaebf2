/** One TCP connection: what is said over it, and how it ends. Runs inside a network namespace. */
import { connect } from 'node:net';
import type { TalkResult, WireTalk } from './wire.ts';

/** Connects, sends the text and reads until the answer ends in `until`; every way to fail is an answer too. */
export function talk({ address, port, send, until, withinMs }: WireTalk): Promise<TalkResult> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    let received = '';
    let isConnected = false;
    const settle = (ended: string): void => {
      resolve({ received, ended, during: isConnected ? 'talk' : 'connect' });
      socket.destroy();
    };
    socket.setNoDelay(true);
    socket.setTimeout(withinMs, () => settle('TIMEOUT'));
    socket.on('connect', () => {
      isConnected = true;
      socket.write(send);
    });
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('utf8');
      if (received.endsWith(until)) settle('ANSWERED');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    socket.on('end', () => settle('CLOSED'));
    socket.on('close', () => settle('CLOSED'));
  });
}
