/** The seam between the runtime and the wire: one request, one answer; or one request, a stream of lines. */
import type { Verb } from './observer.ts';

/** Unary requests share few sockets, leases have their own (a full pool must not cost the lease), each watch has one. */
export type Lane = 'unary' | 'lease';

/** A request for one answer. */
export type ApiRequest = {
  readonly verb: Verb;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the server's base URL. */
  readonly path: string;
  /** `plural.group`, for the observer. */
  readonly resource: string;
  readonly subresource?: string;
  readonly body?: unknown;
  /** Default application/json. */
  readonly contentType?: string;
  /** Default application/json. */
  readonly accept?: string;
  /** Sends If-None-Match; the answer is then 304 without a body when nothing changed. */
  readonly etag?: string;
  /** From the call to the last byte of the answer, waiting for a socket included. */
  readonly timeoutMs: number;
  readonly lane?: Lane;
  readonly signal?: AbortSignal;
  /** Called when a socket is ready, right before the first byte is sent; what it throws ends the request unsent. */
  readonly beforeSend?: () => void;
};

/** An answer below 400. */
export type ApiResponse = {
  readonly status: number;
  /** Parsed JSON; undefined for 304 and for an empty body. */
  readonly body: unknown;
  readonly etag?: string;
  /** Texts of the Warning headers. */
  readonly warnings: readonly string[];
};

/** A request for an endless answer, one JSON document a line. */
export type StreamRequest = {
  readonly path: string;
  readonly resource: string;
  /** Until the answer begins. */
  readonly timeoutMs: number;
  /** The stream fails with reason Timeout when no byte comes for so long. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
};

/** Talks to one API server. Everything rejects with ApiError and nothing else. */
export type Transport = {
  request(request: ApiRequest): Promise<ApiResponse>;
  /** Resolves when the server has accepted; each step of the iteration holds the lines that arrived together. */
  stream(request: StreamRequest): Promise<AsyncIterable<readonly string[]>>;
  /** Ends all sockets; requests under way fail. */
  close(): void;
};
