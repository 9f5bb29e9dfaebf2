/** One HTTPS request and its JSON answer: all the transport that the test bed's own client has. */
import { request } from 'node:https';
import type { Agent, RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Where a server is and who the caller is: a client certificate, or a bearer token. */
export type Endpoint = {
  /** `https://127.0.0.1:20443`, no trailing slash. */
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
};

/** An answer of any status. */
export type ApiResponse = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed where the answer is JSON, else its text. */
  readonly body: unknown;
};

/** What to send. */
export type ApiRequest = {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent | false;
  readonly signal?: AbortSignal;
};

function optionsOf(endpoint: Endpoint, sent: ApiRequest, payload: string | undefined): RequestOptions {
  const { url, token, certificate, key, ca } = endpoint;
  return {
    ...sent,
    host: new URL(url).hostname,
    port: new URL(url).port,
    ca,
    ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
    headers: {
      accept: 'application/json',
      'user-agent': 'testbed',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(payload === undefined
        ? {}
        : { 'content-type': sent.contentType ?? 'application/json', 'content-length': Buffer.byteLength(payload) }),
      ...sent.headers,
    },
  };
}

/** Sends a request; resolves with the answer as soon as its head is there. Rejects when the connection fails. */
export function open(endpoint: Endpoint, sent: ApiRequest): Promise<IncomingMessage> {
  const payload = sent.body === undefined ? undefined : JSON.stringify(sent.body);
  return new Promise((resolve, reject) => {
    request(optionsOf(endpoint, sent, payload), resolve)
      .on('error', reject)
      .end(payload);
  });
}

/** Sends a request and reads the whole answer, whatever its status. Rejects when the connection fails. */
export async function send(endpoint: Endpoint, sent: ApiRequest): Promise<ApiResponse> {
  const response = await open(endpoint, sent);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const isJson = (response.headers['content-type'] ?? '').includes('json');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as unknown) : text,
  };
}
