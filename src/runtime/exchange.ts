/** One HTTP exchange: waits for a socket, sends, hands over the answer, and knows whether anything went out when it fails. */
import { request as httpRequest } from 'node:http';
import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { ApiError } from './api-error.ts';
import { mutates } from './api-status.ts';
import type { HttpOptions } from './http-options.ts';
import type { Verb } from './observer.ts';

/** TCP keep-alive finds a dead peer under a connection on which nobody speaks. */
const tcpKeepAliveMs = 30_000;

/** All that one exchange needs. */
export type ExchangePlan = {
  /** Where the server is: protocol, hostname, port (node:url urlToHttpOptions). */
  readonly server: HttpOptions;
  /** Path and query. */
  readonly path: string;
  readonly verb: Verb;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  /** Text and not bytes: node then sends head and body by one system call. */
  readonly payload?: string;
  readonly agent: Agent;
  readonly beforeSend?: () => void;
};

/** A single use: `start` once; `abandon` at any time; after any failure `errorOf` says what it was. */
export class Exchange {
  readonly #plan: ExchangePlan;
  #request: ClientRequest | undefined;
  #sent = false;
  #broken = false;
  #failure: ApiError | undefined;

  constructor(plan: ExchangePlan) {
    this.#plan = plan;
  }

  /** Resolves with the head of the answer; its body is still to be read. */
  start(): Promise<IncomingMessage> {
    const { server, path, method, headers, agent } = this.#plan;
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const send = server.protocol === 'https:' ? httpsRequest : httpRequest;
      const { hostname, port } = server;
      const request = send({ hostname, port, path, method, headers, agent });
      this.#request = request;
      request.on('response', resolve);
      request.on('error', reject);
      request.on('socket', (socket) => this.#whenConnected(socket, request));
    });
  }

  /** The size of the body that is sent, in bytes. */
  get payloadBytes(): number {
    return Buffer.byteLength(this.#plan.payload ?? '');
  }

  /** Whether the failed request may be repeated unseen: it only read, and its pooled socket turned out to be closed. */
  get staleSocket(): boolean {
    return this.#broken && this.#request?.reusedSocket === true && !mutates(this.#plan.verb);
  }

  /** Ends the exchange; whoever waits for it fails with this reason. */
  abandon(reason: string, message: string): void {
    this.#failure ??= new ApiError({ reason, message, outcomeUnknown: this.#outcomeUnknown });
    this.#request?.destroy();
  }

  /** The ApiError for whatever went wrong. */
  errorOf(cause: unknown): ApiError {
    if (this.#failure !== undefined) return this.#failure;
    if (cause instanceof ApiError) return cause;
    this.#broken = true;
    const message = cause instanceof Error ? cause.message : String(cause);
    const { method, server } = this.#plan;
    return new ApiError(
      {
        reason: 'ConnectionFailed',
        message: `${method} ${server.hostname}:${server.port}: ${message}`,
        outcomeUnknown: this.#outcomeUnknown,
      },
      { cause },
    );
  }

  get #outcomeUnknown(): boolean {
    return this.#sent && mutates(this.#plan.verb);
  }

  #whenConnected(socket: Socket, request: ClientRequest): void {
    if (!socket.connecting) return this.#send(request);
    const connected = this.#plan.server.protocol === 'https:' ? 'secureConnect' : 'connect';
    const send = (): void => {
      socket.setKeepAlive(true, tcpKeepAliveMs);
      socket.setNoDelay(true);
      this.#send(request);
    };
    socket.once(connected, send);
    request.once('close', () => socket.off(connected, send));
  }

  /** The gate is asked here and not earlier, because a request may have waited long for its socket. */
  #send(request: ClientRequest): void {
    try {
      this.#plan.beforeSend?.();
    } catch (error) {
      this.#failure = this.errorOf(error);
      request.destroy(this.#failure);
      return;
    }
    this.#sent = true;
    request.end(this.#plan.payload);
  }
}
