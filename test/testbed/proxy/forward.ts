/** Sending a request on to the API server over kept-alive connections, and reading lists on their way back. */
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { field } from '../kube-object.ts';

/** The API server behind a proxy. */
export type Upstream = {
  /** Sends it on with the client's headers; resolves with the head of the answer, rejects when the connection breaks first. */
  readonly forward: (incoming: IncomingMessage, body: Buffer, signal: AbortSignal) => Promise<IncomingMessage>;
  readonly close: () => void;
};

/** Headers of one connection, not of the message (RFC 9110, 7.6.1), and those that are set anew. */
const hopHeaders = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'host',
  'content-length',
]);

/** Name, value, name, value: as they came, repeated ones included. */
export function endToEndHeaders(raw: readonly string[]): readonly string[] {
  const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));
  return pairs.filter(([name]) => !hopHeaders.has(name.toLowerCase())).flat();
}

/** An upstream at `url` whose certificate is signed by `ca`. */
export function createUpstream({ url, ca }: { readonly url: string; readonly ca: string }): Upstream {
  const agent = new Agent({ keepAlive: true, ca });
  const { hostname, port, host } = new URL(url);
  return {
    forward: (incoming, body, signal) =>
      new Promise((resolve, reject) => {
        const length = body.length === 0 ? [] : ['content-length', `${body.length}`];
        const headers = ['host', host, ...endToEndHeaders(incoming.rawHeaders), ...length];
        const options = { hostname, port, agent, signal, headers, method: incoming.method, path: incoming.url };
        request(options, resolve).on('error', reject).end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** The JSON in a body, gunzipped if need be; undefined where there is none. An apply patch is JSON although its type says YAML. */
export function parseJson(body: Buffer, headers: IncomingMessage['headers']): unknown {
  if (body.length === 0 || !/json|yaml/.test(headers['content-type'] ?? '')) return undefined;
  try {
    const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    return JSON.parse(text.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** How many objects a list answer holds; a Table (what kubectl asks for) has rows, and an empty list may be null. */
export function itemCount(list: unknown): number | undefined {
  if (field(list, 'items') === null) return 0;
  const items = field(list, 'items') ?? field(list, 'rows');
  return Array.isArray(items) ? items.length : undefined;
}
