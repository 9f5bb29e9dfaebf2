import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from '../../../src/runtime/api-error.ts';
import { fixedClusterConfig } from '../../../src/runtime/cluster-config.ts';
import type { ClusterConfig, Credentials } from '../../../src/runtime/cluster-config.ts';
import { createHttpsTransport } from '../../../src/runtime/https-transport.ts';
import type { ApiRequest, StreamRequest, Transport } from '../../../src/runtime/transport.ts';
import { settle } from './fake-clock.ts';
import { createTestEnvironment } from './test-environment.ts';
import type { TestEnvironment } from './test-environment.ts';

const get: ApiRequest = { verb: 'get', method: 'GET', path: '/api/v1/pods', resource: 'pods', timeoutMs: 5000 };
const patch: ApiRequest = { ...get, verb: 'patch', method: 'PATCH', body: { a: 1 } };
const watch = (signal: AbortSignal): StreamRequest => ({ ...get, idleTimeoutMs: 1000, signal });

let server: Server;
let handle: (request: IncomingMessage, response: ServerResponse) => void;
let arrived: () => void;
let environment: TestEnvironment;
let transport: Transport;

/** Resolves when the server has the next request. */
const nextRequest = (): Promise<void> => new Promise((resolve) => (arrived = resolve));

const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const connectTo = (cluster: ClusterConfig): Transport =>
  createHttpsTransport({ cluster, environment, userAgent: 'apptraffic/test' });

const failure = async (promise: Promise<unknown>): Promise<ApiError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`expected an ApiError, got ${String(error)}`);
};

beforeEach(async () => {
  arrived = () => {};
  server = createServer((request, response) => {
    arrived();
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  environment = createTestEnvironment();
  transport = connectTo(fixedClusterConfig(address()));
});

afterEach(async () => {
  transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a unary request', () => {
  test('sends JSON, never asks for compression, and reports what it cost', async () => {
    const seen: unknown[] = [];
    handle = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { accept, 'accept-encoding': encoding, 'user-agent': agent, 'content-type': type } = request.headers;
        seen.push({
          method: request.method,
          url: request.url,
          accept,
          encoding,
          agent,
          type,
          body: String(Buffer.concat(chunks)),
        });
        response.setHeader('warning', ['299 - "first, \\"quoted\\""', '299 - "second"']);
        response.statusCode = 201;
        response.end('{"kind":"Pod"}');
      });
    };
    const answer = await transport.request({
      ...patch,
      contentType: 'application/apply-patch+yaml',
      subresource: 'status',
    });
    expect(answer).toEqual({ status: 201, body: { kind: 'Pod' }, warnings: ['first, "quoted"', 'second'] });
    expect(seen).toEqual([
      {
        method: 'PATCH',
        url: '/api/v1/pods',
        accept: 'application/json',
        encoding: 'identity',
        agent: 'apptraffic/test',
        type: 'application/apply-patch+yaml',
        body: '{"a":1}',
      },
    ]);
    expect(environment.events).toEqual([
      {
        type: 'request',
        verb: 'patch',
        method: 'PATCH',
        host: new URL(address()).host,
        resource: 'pods',
        subresource: 'status',
        code: 201,
        durationMs: 0,
        requestBytes: 7,
        responseBytes: 14,
      },
    ]);
  });

  test('reuses one connection for one request after the other', async () => {
    const ports = new Set<number | undefined>();
    handle = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    };
    for (let count = 0; count < 5; count++) await transport.request(get);
    expect(ports.size).toBe(1);
  });

  test('keeps at most eight connections, and a lease gets through when they are all taken', async () => {
    const open: ServerResponse[] = [];
    handle = (request, response) => {
      if (request.url === '/lease') response.end('{}');
      else open.push(response);
    };
    const requests = Array.from({ length: 12 }, () => transport.request(get));
    const lease = await transport.request({ ...get, path: '/lease', lane: 'lease' });
    expect(lease.status).toBe(200);
    while (open.length < 8) await nextRequest();
    await settle();
    expect(open.length).toBe(8);
    handle = (_request, response) => response.end('{}');
    for (const response of open) response.end('{}');
    expect((await Promise.all(requests)).map(({ status }) => status)).toEqual(Array<number>(12).fill(200));
  });

  test('times out with an unknown outcome when a write was sent', async () => {
    handle = () => {};
    const sent = nextRequest();
    const failed = failure(transport.request(patch));
    await sent;
    await environment.clock.advance(5000);
    const { reason, outcomeUnknown } = await failed;
    expect({ reason, outcomeUnknown }).toEqual({ reason: 'Timeout', outcomeUnknown: true });
  });

  test('times out with a known outcome when it never got a connection', async () => {
    handle = () => {};
    const sent = nextRequest();
    const failures = Array.from({ length: 9 }, () => failure(transport.request(patch)));
    await sent;
    await settle();
    await environment.clock.advance(5000);
    const unknown = (await Promise.all(failures)).map((error) => error.outcomeUnknown);
    expect(unknown.at(-1)).toBe(false);
  });

  test('says that the outcome is unknown when the connection breaks after a write, and not when a read does', async () => {
    handle = (request) => request.socket.destroy();
    const [write, read] = [await failure(transport.request(patch)), await failure(transport.request(get))];
    expect([write.reason, write.outcomeUnknown]).toEqual(['ConnectionFailed', true]);
    expect([read.reason, read.outcomeUnknown]).toEqual(['ConnectionFailed', false]);
  });

  test('says that nothing happened when there is no server', async () => {
    const nobody = connectTo(fixedClusterConfig('http://127.0.0.1:1'));
    const { status, reason, outcomeUnknown } = await failure(nobody.request(patch));
    expect({ status, reason, outcomeUnknown }).toEqual({
      status: 0,
      reason: 'ConnectionFailed',
      outcomeUnknown: false,
    });
  });

  test('repeats a read whose pooled connection had been closed, but not a write', async () => {
    let count = 0;
    handle = (request, response) => {
      count += 1;
      if (count % 2 === 1) response.end('{}');
      else request.socket.destroy();
    };
    await transport.request(get);
    expect((await transport.request(get)).status).toBe(200);
    expect(count).toBe(3);
    const write = await failure(transport.request(patch));
    expect([write.reason, write.outcomeUnknown, count]).toEqual(['ConnectionFailed', true, 4]);
  });

  test('asks the gate when its connection is ready, and sends nothing when the gate is closed', async () => {
    let requests = 0;
    handle = (_request, response) => {
      requests += 1;
      response.end('{}');
    };
    const closed = (): void => {
      throw new ApiError({ reason: 'Fenced', message: 'not the leader' });
    };
    const error = await failure(transport.request({ ...patch, beforeSend: closed }));
    expect([error.reason, error.outcomeUnknown, requests]).toEqual(['Fenced', false, 0]);
  });

  test('reads credentials anew after a 401 and repeats the request once', async () => {
    const refreshes: boolean[] = [];
    const headers = (token: string): Credentials => ({
      verifyServer: true,
      headers: { authorization: `Bearer ${token}` },
    });
    const rotating = connectTo({
      ...fixedClusterConfig(address()),
      credentials: (refresh) => {
        refreshes.push(refresh);
        return Promise.resolve({ ok: true, credentials: headers(refresh ? 'new' : 'old') });
      },
    });
    handle = (request, response) => {
      response.statusCode = request.headers.authorization === 'Bearer new' ? 200 : 401;
      response.end('{}');
    };
    expect((await rotating.request(patch)).status).toBe(200);
    expect(refreshes).toEqual([false, true]);
    rotating.close();
  });

  test('opens new connections when its certificate changes, and lets those under way finish', async () => {
    let cert = 'one';
    const rotating = connectTo({
      ...fixedClusterConfig(address()),
      credentials: () => Promise.resolve({ ok: true, credentials: { verifyServer: true, headers: {}, cert } }),
    });
    const ports: (number | undefined)[] = [];
    const open: ServerResponse[] = [];
    handle = (request, response) => {
      ports.push(request.socket.remotePort);
      open.push(response);
      if (open.length > 1) response.end('{}');
    };
    const sent = nextRequest();
    const first = rotating.request(get);
    await sent;
    cert = 'two';
    expect((await rotating.request(get)).status).toBe(200);
    open[0]?.end('{}');
    expect((await first).status).toBe(200);
    expect((await rotating.request(get)).status).toBe(200);
    expect([new Set(ports).size, ports[1] === ports[2]]).toEqual([2, true]);
    rotating.close();
  });

  test('fails with the reason when there are no credentials', async () => {
    const lost = connectTo({
      ...fixedClusterConfig(address()),
      credentials: () => Promise.resolve({ ok: false, error: new Error('the exec plugin said no') }),
    });
    const error = await failure(lost.request(get));
    expect([error.reason, error.message]).toEqual(['Unauthenticated', 'the exec plugin said no']);
    expect(environment.events.map(({ type }) => type)).toEqual(['credentials.failed']);
  });

  test('says so when a success is not JSON', async () => {
    handle = (_request, response) => response.end('<html>');
    const error = await failure(transport.request(patch));
    expect([error.status, error.reason, error.outcomeUnknown]).toEqual([200, 'InvalidResponse', true]);
  });

  test('has no body when nothing changed since the etag', async () => {
    handle = (request, response) => {
      response.setHeader('etag', '"7"');
      response.statusCode = request.headers['if-none-match'] === '"7"' ? 304 : 200;
      response.end(response.statusCode === 304 ? undefined : '{}');
    };
    const first = await transport.request(get);
    expect(first.etag).toBe('"7"');
    const second = await transport.request({ ...get, etag: '"7"' });
    expect(second).toEqual({ status: 304, body: undefined, warnings: [], etag: '"7"' });
  });

  test('is cancelled by its signal', async () => {
    handle = () => {};
    const stop = new AbortController();
    const sent = nextRequest();
    const failed = failure(transport.request({ ...get, signal: stop.signal }));
    await sent;
    stop.abort();
    expect((await failed).reason).toBe('Aborted');
    expect(environment.clock.pending).toBe(0);
  });
});

describe('a stream', () => {
  test('hands over lines as they arrive and ends when the server ends', async () => {
    handle = (_request, response) => {
      response.write('{"a":1}\n{"b"');
      setImmediate(() => response.end(':2}\n'));
    };
    const lines: string[] = [];
    for await (const batch of await transport.stream(watch(new AbortController().signal))) lines.push(...batch);
    expect(lines).toEqual(['{"a":1}', '{"b":2}']);
    expect(environment.clock.pending).toBe(0);
  });

  test("rejects with the server's answer when it is refused", async () => {
    handle = (_request, response) => {
      response.statusCode = 410;
      response.end('{"kind":"Status","reason":"Expired"}');
    };
    const error = await failure(transport.stream(watch(new AbortController().signal)));
    expect([error.status, error.reason]).toEqual([410, 'Expired']);
  });

  test('fails when the connection goes silent', async () => {
    handle = (_request, response) => response.write('{"a":1}\n');
    const lines = await transport.stream(watch(new AbortController().signal));
    const iterator = lines[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: ['{"a":1}'] });
    const failed = failure(iterator.next());
    await settle();
    await environment.clock.advance(1000);
    expect((await failed).reason).toBe('Timeout');
  });

  test('fails when the connection is reset in the middle', async () => {
    handle = (request, response) => {
      response.write('{"a":1}\n{"b', () => request.socket.destroy());
    };
    const lines: string[] = [];
    const read = async (): Promise<void> => {
      for await (const batch of await transport.stream(watch(new AbortController().signal))) lines.push(...batch);
    };
    expect((await failure(read())).reason).toBe('ConnectionFailed');
    expect(lines).toEqual(['{"a":1}']);
  });

  test('closes its connection when the reader stops', async () => {
    let closed: () => void = () => {};
    const end = new Promise<void>((resolve) => (closed = resolve));
    handle = (request, response) => {
      request.socket.on('close', closed);
      response.write('{"a":1}\n');
    };
    for await (const batch of await transport.stream(watch(new AbortController().signal))) {
      expect(batch).toEqual(['{"a":1}']);
      break;
    }
    await end;
    expect(environment.clock.pending).toBe(0);
  });
});
