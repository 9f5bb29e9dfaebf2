/** The program that holds a network namespace: it sends requests from there, serves echoes and relays, as told on stdin, and ends with it. */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { carry } from './carry.ts';
import { newCounters, serve } from './echo.ts';
import { exchange } from './exchange.ts';
import { callGrpc } from './grpc.ts';
import { openWebsocket } from './open-websocket.ts';
import { talk } from './talk.ts';
import type { Call, Question, Reply } from './wire.ts';

const counters = newCounters();

/** Lets programs of this namespace reach a Unix socket, which namespaces do not keep apart, at a port of its loopback. */
const relay = (port: number, socket: string): Promise<unknown> =>
  carry(
    () => connect(socket),
    (server, up) => server.listen(port, '127.0.0.1', up),
  );

/** Lets programs outside reach an address of this namespace at a Unix socket. */
const entrance = (socket: string, address: string, port: number): Promise<unknown> =>
  carry(
    () => connect(port, address),
    (server, up) => server.listen(socket, up),
  );

async function answer(question: Question): Promise<unknown> {
  if (question.ask === 'request') return exchange(question.request);
  if (question.ask === 'grpc') return callGrpc(question.call);
  if (question.ask === 'websocket') return openWebsocket(question.call);
  if (question.ask === 'talk') return talk(question.talk);
  if (question.ask === 'count') return counters.counts.get(question.key) ?? 0;
  if (question.ask === 'connections') return counters.connections.size;
  if (question.ask === 'relay') await relay(question.port, question.socket);
  else if (question.ask === 'entrance') await entrance(question.socket, question.address, question.port);
  else await serve(question.identity, question.ports, counters);
  return null;
}

const say = (reply: Reply): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);

async function handle({ id, question }: Call): Promise<void> {
  try {
    say({ id, value: await answer(question) });
  } catch (error) {
    say({ id, error: String(error) });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void handle(JSON.parse(line) as Call));
lines.on('close', () => process.exit(0));
say({ id: 0 });
