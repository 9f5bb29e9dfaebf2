/** A proxy between one client and the API server: counts what the client asks, and breaks it where a test says so. */
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createCertificateAuthority } from '../certificates.ts';
import type { ControlPlane, Identity } from '../control-plane.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import { createExchangeLog } from './exchange-log.ts';
import type { Exchange, ExchangeLog, Match } from './exchange-log.ts';
import { createUpstream, endToEndHeaders, itemCount, parseJson } from './forward.ts';
import type { Upstream } from './forward.ts';
import { createInjections } from './injections.ts';
import type { Fault, Injection, Injections, Occurrence, Strike } from './injections.ts';
import { parseRequest } from './request-info.ts';
import { createWatches } from './watches.ts';
import type { Watches } from './watches.ts';

/** A running proxy. The client is unmodified: it is sent here by its kubeconfig alone. */
export type Proxy = Omit<ExchangeLog, 'begin' | 'update'> &
  Omit<Watches, 'open'> & {
    readonly url: string;
    /** PEM of the authority that signed the proxy's certificate. */
    readonly ca: string;
    /** Path of a new kubeconfig that leads through this proxy. */
    readonly kubeconfigFor: (identity: Identity) => Promise<string>;
    /** Puts a fault in place: `proxy.inject({ verb: 'apply', resource: 'services' }, loseResponse)`. */
    readonly inject: (match: Match, fault: Fault, occurrence?: Occurrence) => Injection;
    /** Removes every fault: injections, swallowed events, stalled watches. */
    readonly heal: () => void;
    /** Resets the connections of all clients: what they have sent and the server has not got by now never reaches it. */
    readonly dropClients: () => void;
    /** Cuts all connections; also done at the end of the control plane. */
    readonly stop: () => Promise<void>;
  };

type Parts = {
  readonly log: ExchangeLog;
  readonly watches: Watches;
  readonly injections: Injections;
  readonly upstream: Upstream;
  /** Resets the client's connection: it sees ECONNRESET, as when a machine or a load balancer dies. */
  readonly reset: (incoming: IncomingMessage) => void;
};

/** A request under way. */
type Passage = {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly exchange: Exchange;
  readonly strike: Strike | undefined;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
};

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Does what a fault asks for before the server is asked; true when that was all. */
async function strikeBefore(parts: Parts, { strike, exchange, incoming, outgoing }: Passage): Promise<boolean> {
  if (strike === undefined) return false;
  const { fault, released } = strike;
  if (fault.kind === 'respond') {
    parts.log.update(exchange, { status: fault.status, isInjected: true });
    outgoing.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
    outgoing.end(JSON.stringify(fault.body));
    return true;
  }
  if (fault.when === 'after') return false;
  if (fault.kind === 'hold') {
    await released;
    // Nobody asks any more when the client has gone in the meantime.
    return incoming.socket.destroyed;
  }
  parts.reset(incoming);
  return true;
}

/** Does what a fault asks for after the server has answered; true when that was all. */
async function strikeAfter(parts: Parts, { strike, incoming }: Passage): Promise<boolean> {
  if (strike === undefined || strike.fault.kind === 'respond' || strike.fault.when === 'before') return false;
  if (strike.fault.kind === 'hold') {
    await strike.released;
    return false;
  }
  parts.reset(incoming);
  return true;
}

async function passAnswer(parts: Parts, passage: Passage, answer: IncomingMessage): Promise<void> {
  const { exchange, outgoing, incoming } = passage;
  const status = answer.statusCode ?? 0;
  const headers = [...endToEndHeaders(answer.rawHeaders)];
  if (exchange.verb === 'watch' && status === 200) {
    parts.log.update(exchange, { status });
    if (await strikeAfter(parts, passage)) return void answer.destroy();
    outgoing.writeHead(status, headers);
    outgoing.flushHeaders();
    await parts.watches.open(exchange, answer, outgoing, () => parts.reset(incoming));
    return;
  }
  const body = await readAll(answer);
  const items = exchange.verb === 'list' && status === 200 ? itemCount(parseJson(body, answer.headers)) : undefined;
  parts.log.update(exchange, { status, ...(items === undefined ? {} : { items }) });
  if (await strikeAfter(parts, passage)) return;
  outgoing.writeHead(status, headers);
  outgoing.end(body);
}

async function handle(parts: Parts, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await readAll(incoming);
  const { method = 'GET', url = '/', headers } = incoming;
  const exchange = parts.log.begin(parseRequest({ method, url, headers }), parseJson(body, headers));
  const clientGone = new AbortController();
  outgoing.once('close', () => clientGone.abort());
  const strike = parts.injections.strike(exchange);
  const passage: Passage = { incoming, outgoing, exchange, strike, signal: clientGone.signal };
  if (await strikeBefore(parts, passage)) return;
  const answer = await parts.upstream.forward(incoming, body, passage.signal);
  await passAnswer(parts, passage, answer);
}

type Resetter = {
  /** Takes note of a connection, and of the TLS above it. */
  readonly track: (socket: Socket) => void;
  readonly trackSecure: (socket: Socket) => void;
  readonly reset: (incoming: IncomingMessage) => void;
  readonly resetAll: () => void;
};

/** TLS hides the socket below it, and only that one can be reset: they share the client's port. */
function createResetter(): Resetter {
  const byPort = new Map<number | undefined, Socket>();
  const secureOnes = new Set<Socket>();
  const reset = (secure: Socket): void => {
    byPort.get(secure.remotePort)?.resetAndDestroy();
    secure.destroy();
  };
  return {
    track: (socket) => {
      const { remotePort } = socket;
      byPort.set(remotePort, socket);
      socket.once('close', () => byPort.delete(remotePort));
    },
    trackSecure: (socket) => {
      secureOnes.add(socket);
      socket.once('close', () => secureOnes.delete(socket));
    },
    reset: ({ socket }) => reset(socket),
    resetAll: () => {
      for (const socket of secureOnes) reset(socket);
    },
  };
}

/** Starts a proxy before a control plane; it ends with the control plane at the latest. */
export async function startProxy(plane: ControlPlane): Promise<Proxy> {
  const authority = createCertificateAuthority('testbed proxy');
  const certificate = authority.issue({ commonName: 'proxy', hosts: ['127.0.0.1', 'localhost'] });
  const resetter = createResetter();
  const log = createExchangeLog();
  const watches = createWatches();
  const injections = createInjections();
  const upstream = createUpstream(plane);
  const parts: Parts = { log, watches, injections, upstream, reset: resetter.reset };
  const server = createServer(
    { cert: certificate.certificate, key: certificate.key, keepAliveTimeout: 90_000, requestTimeout: 0 },
    (incoming, outgoing) => {
      // The server, the client or the test broke the connection: the client sees a broken connection.
      handle(parts, incoming, outgoing).catch(() => resetter.reset(incoming));
    },
  );
  server.on('connection', resetter.track);
  server.on('secureConnection', resetter.trackSecure);
  server.on('tlsClientError', () => undefined);
  const port = await plane.run.claimPort();
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${port}`;
  let files = 0;
  const stop = async (): Promise<void> => {
    injections.removeAll();
    watches.cutWatches();
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    upstream.close();
  };
  plane.run.atEnd(stop);
  return {
    ...log,
    ...watches,
    url,
    ca: authority.certificate,
    inject: injections.add,
    kubeconfigFor: async (identity) => {
      files += 1;
      const path = join(plane.run.folder, `proxy-${port}-${files}.kubeconfig`);
      const endpoint = { url, ca: authority.certificate, token: await plane.tokenOf(identity) };
      // In a pod the context is the namespace of the ServiceAccount.
      return writeKubeconfig(path, endpoint, 'token' in identity ? undefined : identity.serviceAccount.namespace);
    },
    heal: () => {
      injections.removeAll();
      watches.heal();
    },
    dropClients: resetter.resetAll,
    stop,
  };
}
