/** One HTTP exchange: waits for a socket, sends, hands over the answer, and knows whether anything went out when it fails. */
import { request as httpRequest } from 'node:http';
import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { ApiError } from './api-error.ts';
import { mutates } from './api-status.ts';
import type { Verb } from './observer.ts';

/** TCP keep-alive finds a dead peer under a connection on which nobody speaks. */
const tcpKeepAliveMs = 30_000;

/** All that one exchange needs. */
export type ExchangePlan = {
  readonly url: URL;
  readonly verb: Verb;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly payload?: Buffer;
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
    const { url, method, headers, agent } = this.#plan;
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(url, { method, headers, agent });
      this.#request = request;
      request.on('response', resolve);
      request.on('error', reject);
      request.on('socket', (socket) => this.#whenConnected(socket, request));
    });
  }

  /** The size of the body that is sent, in bytes. */
  get payloadBytes(): number {
    return this.#plan.payload?.length ?? 0;
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
    const { method, url } = this.#plan;
    return new ApiError(
      {
        reason: 'ConnectionFailed',
        message: `${method} ${url.host}: ${message}`,
        outcomeUnknown: this.#outcomeUnknown,
      },
      { cause },
    );
  }

  get #outcomeUnknown(): boolean {
    return this.#sent && mutates(this.#plan.verb);
  }

  #whenConnected(socket: Socket, request: ClientRequest): void {
    if (!socket.connecting) return this.#send(socket, request);
    const connected = this.#plan.url.protocol === 'https:' ? 'secureConnect' : 'connect';
    const send = (): void => this.#send(socket, request);
    socket.once(connected, send);
    request.once('close', () => socket.off(connected, send));
  }

  /** The gate is asked here and not earlier, because a request may have waited long for its socket. */
  #send(socket: Socket, request: ClientRequest): void {
    try {
      this.#plan.beforeSend?.();
    } catch (error) {
      this.#failure = this.errorOf(error);
      request.destroy(this.#failure);
      return;
    }
    socket.setKeepAlive(true, tcpKeepAliveMs);
    socket.setNoDelay(true);
    this.#sent = true;
    request.end(this.#plan.payload);
  }
}
