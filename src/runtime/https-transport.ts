/** The transport over node:https: HTTP/1.1, few sockets for requests, one for each watch, credentials as they are now. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { AgentPool } from './agents.ts';
import { readAnswer } from './answer.ts';
import { ApiError } from './api-error.ts';
import type { ClusterConfig, Credentials } from './cluster-config.ts';
import type { Environment } from './environment.ts';
import { Exchange } from './exchange.ts';
import { httpOptionsOf } from './http-options.ts';
import type { HttpOptions } from './http-options.ts';
import { LineSplitter } from './line-splitter.ts';
import type { ApiRequest, ApiResponse, Lane, StreamRequest, Transport } from './transport.ts';

/** Where to, as whom, and who is told. */
export type TransportOptions = {
  readonly cluster: ClusterConfig;
  readonly environment: Environment;
  /** The User-Agent header: program/version. */
  readonly userAgent: string;
};

/** A transport to one cluster. */
export function createHttpsTransport(options: TransportOptions): Transport {
  return new HttpsTransport(options);
}

/** A request with the sockets it may use. */
type Call = Omit<ApiRequest, 'lane'> & { readonly lane: Lane | 'watch' };

/** What is counted of an exchange while it runs. */
type Tally = { code: number; responseBytes: number };

class HttpsTransport implements Transport {
  readonly #options: TransportOptions;
  readonly #agents: AgentPool;
  readonly #server: HttpOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#agents = new AgentPool(options.cluster.server);
    this.#server = httpOptionsOf(options.cluster.server);
  }

  request(request: ApiRequest): Promise<ApiResponse> {
    return this.#attempt({ lane: 'unary', ...request }, async (exchange, tally) => {
      const response = await exchange.start();
      tally.code = response.statusCode ?? 0;
      return readAnswer(request.verb, response, (bytes) => (tally.responseBytes = bytes));
    });
  }

  stream(request: StreamRequest): Promise<AsyncIterable<readonly string[]>> {
    return this.#attempt({ ...request, verb: 'watch', method: 'GET', lane: 'watch' }, async (exchange, tally) => {
      const response = await exchange.start();
      tally.code = response.statusCode ?? 0;
      if (tally.code !== 200) await readAnswer('watch', response, (bytes) => (tally.responseBytes = bytes));
      return this.#lines(exchange, response, request);
    });
  }

  close(): void {
    this.#agents.close();
  }

  /** Runs `use`; repeats it once with newly read credentials after a 401, or when a pooled socket turned out closed. */
  async #attempt<T>(call: Call, use: (exchange: Exchange, tally: Tally) => Promise<T>): Promise<T> {
    const first = await this.#exchange(call, false);
    try {
      return await this.#measured(call, first, use);
    } catch (error) {
      const expired = error instanceof ApiError && error.status === 401;
      if (!expired && !first.staleSocket) throw error;
      return this.#measured(call, await this.#exchange(call, expired), use);
    }
  }

  /** Bounds the exchange by the call's timeout and signal, reports it, and turns every failure into an ApiError. */
  async #measured<T>(
    call: Call,
    exchange: Exchange,
    use: (exchange: Exchange, tally: Tally) => Promise<T>,
  ): Promise<T> {
    const { clock, observe } = this.#options.environment;
    const startedAt = clock.now();
    const tally: Tally = { code: 0, responseBytes: 0 };
    const release = this.#bound(exchange, call.timeoutMs, call.signal);
    try {
      return await use(exchange, tally);
    } catch (error) {
      throw exchange.errorOf(error);
    } finally {
      release();
      observe({
        type: 'request',
        verb: call.verb,
        method: call.method,
        host: this.#options.cluster.server.host,
        resource: call.resource,
        ...(call.subresource === undefined ? {} : { subresource: call.subresource }),
        ...tally,
        durationMs: clock.now() - startedAt,
        requestBytes: exchange.payloadBytes,
      });
    }
  }

  async #exchange(call: Call, refresh: boolean): Promise<Exchange> {
    const credentials = await this.#credentials(refresh);
    const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
    return new Exchange({
      server: this.#server,
      path: this.#server.path + call.path,
      verb: call.verb,
      method: call.method,
      headers: { ...headersOf(call, credentials, payload), 'user-agent': this.#options.userAgent },
      agent: this.#agents.agent(call.lane, credentials),
      ...(payload === undefined ? {} : { payload }),
      ...(call.beforeSend === undefined ? {} : { beforeSend: call.beforeSend }),
    });
  }

  async #credentials(refresh: boolean): Promise<Credentials> {
    const result = await this.#options.cluster.credentials(refresh);
    if (result.ok) return result.credentials;
    this.#options.environment.observe({ type: 'credentials.failed', error: result.error });
    throw new ApiError({ reason: 'Unauthenticated', message: result.error.message }, { cause: result.error });
  }

  async *#lines(
    exchange: Exchange,
    response: IncomingMessage,
    { idleTimeoutMs, signal }: StreamRequest,
  ): AsyncGenerator<readonly string[]> {
    const splitter = new LineSplitter();
    let release = this.#bound(exchange, idleTimeoutMs, signal);
    try {
      for await (const chunk of response) {
        release();
        release = this.#bound(exchange, idleTimeoutMs, signal);
        const lines = splitter.push(chunk as Buffer);
        if (lines.length > 0) yield lines;
      }
    } catch (error) {
      throw exchange.errorOf(error);
    } finally {
      release();
      exchange.abandon('Aborted', 'the watch was closed');
    }
  }

  /** Abandons the exchange after `timeoutMs` or when the signal aborts; the result lifts both. */
  #bound(exchange: Exchange, timeoutMs: number, signal: AbortSignal | undefined): () => void {
    const abort = (): void => exchange.abandon('Aborted', 'the request was cancelled');
    const cancel = this.#options.environment.clock.setTimer(timeoutMs, () =>
      exchange.abandon('Timeout', `nothing came within ${timeoutMs} ms`),
    );
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    return () => {
      cancel();
      signal?.removeEventListener('abort', abort);
    };
  }
}

function headersOf(call: Call, credentials: Credentials, payload: string | undefined): OutgoingHttpHeaders {
  return {
    ...credentials.headers,
    accept: call.accept ?? 'application/json',
    // Compressing costs both sides more than the network of a cluster does (kubernetes/kubernetes#112296).
    'accept-encoding': 'identity',
    ...(call.etag === undefined ? {} : { 'if-none-match': call.etag }),
    ...(payload === undefined
      ? {}
      : { 'content-type': call.contentType ?? 'application/json', 'content-length': Buffer.byteLength(payload) }),
  };
}
