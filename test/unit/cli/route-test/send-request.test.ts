import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { askGateway } from '../../../../src/cli/route-test/ask-gateway.ts';
import type { Asked, Bounds } from '../../../../src/cli/route-test/ask-gateway.ts';
import { httpRequest } from '../../../../src/cli/route-test/request-fields.ts';
import type { RequestFields } from '../../../../src/cli/route-test/request-fields.ts';
import { openLine } from '../../../../src/cli/route-test/send-request.ts';
import type { Line } from '../../../../src/cli/route-test/send-request.ts';

const servers: Server[] = [];
const lines: Line[] = [];
afterEach(async () => {
  for (const { agent } of lines.splice(0)) agent.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

type Heard = { readonly port: number; readonly heads: readonly string[] };

/** A server that does with each request head what `act` says; it hears every byte. */
async function listen(act: (socket: Socket, head: string, at: number) => void): Promise<Heard> {
  const heads: string[] = [];
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => socket.destroy());
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        heads.push(head);
        act(socket, head, heads.length);
      }
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, heads };
}

const answerWith = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nX-A: 1\r\nx-a: 2\r\n\r\n${body}`;

function lineTo(port: number): Line {
  const line = openLine({ scheme: 'http', host: '127.0.0.1', port }, { insecure: false }, 2);
  lines.push(line);
  return line;
}

const bounds: Bounds = { samples: 1, atOnce: 2, timeoutMs: 10_000, caseTimeoutMs: 20_000 };

function ask(line: Line, fields: RequestFields, over: Partial<Bounds> = {}): Promise<Asked> {
  return askGateway(line, httpRequest(fields), { ...bounds, ...over });
}

describe('a request to a gateway', () => {
  it('is the bytes of the case: path, query, host, headers in their order and spelling', async () => {
    const { port, heads } = await listen((socket) => socket.write(answerWith('hello')));
    const asked = await ask(lineTo(port), {
      method: 'DELETE',
      url: 'http://Shop.Example.com.:8080/a/../%2e%2E//b;x/%zz\\?q=%20&r=/../',
      headers: [
        { name: 'X-Beta', value: '1' },
        { name: 'cookie', value: 'a=b' },
        { name: 'x-BETA', value: '' },
      ],
    });
    expect(heads).toEqual([
      [
        'DELETE /a/../%2e%2E//b;x/%zz\\?q=%20&r=/../ HTTP/1.1',
        'host: Shop.Example.com.:8080',
        'X-Beta: 1',
        'cookie: a=b',
        'x-BETA: ',
        'content-length: 0',
        'Connection: keep-alive',
      ].join('\r\n'),
    ]);
    expect(asked).toEqual({
      answers: [
        {
          status: 200,
          headers: [
            { name: 'Content-Length', value: '5' },
            { name: 'X-A', value: '1' },
            { name: 'x-a', value: '2' },
          ],
          body: 'hello',
        },
      ],
    });
  });

  it('has a body of as many bytes as the case says, whatever the method', async () => {
    const { port, heads } = await listen((socket, head) => {
      if (/^content-length: 6$/m.test(head)) socket.write(answerWith('x'));
    });
    const body = { url: 'http://a.example.com/', bodyBytes: 6 };
    // What the server hears behind the first head is the body, and then the next head.
    const [get] = (await ask(lineTo(port), body)).answers;
    expect([get?.status, heads[0]]).toEqual([200, expect.stringMatching(/^GET .*content-length: 6\r\n/s) as string]);
  });

  it('is sent as often as wanted, on connections that stay open', async () => {
    const ports = new Set<number | undefined>();
    const { port, heads } = await listen((socket) => {
      ports.add(socket.remotePort);
      socket.write(answerWith('x'));
    });
    const asked = await ask(lineTo(port), { url: 'http://a.example.com/' }, { samples: 50 });
    expect([asked.answers.length, asked.failure, heads.length]).toEqual([50, undefined, 50]);
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('is sent again where the server had closed the kept connection', async () => {
    const { port, heads } = await listen((socket, _, at) => {
      if (at === 2) socket.destroy();
      else socket.write(answerWith('x'));
    });
    const asked = await ask(lineTo(port), { url: 'http://a.example.com/' }, { samples: 3, atOnce: 1 });
    expect([asked.answers.length, asked.failure, heads.length]).toEqual([3, undefined, 4]);
  });

  it('is over with the head of an answer that switches protocols', async () => {
    const { port } = await listen((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    });
    const headers = [
      { name: 'connection', value: 'upgrade' },
      { name: 'upgrade', value: 'websocket' },
    ];
    const { answers } = await ask(lineTo(port), { url: 'http://a.example.com/ws', headers });
    expect(answers.map(({ status }) => status)).toEqual([101]);
  });
});

describe('a gateway that gives no answer', () => {
  const request = { url: 'http://a.example.com/' };

  it('is told by its address and the reason: nobody listens', async () => {
    const { port } = await listen(() => undefined);
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect(await ask(lineTo(port), request)).toEqual({
      answers: [],
      failure: `no answer from http://127.0.0.1:${port}: nothing listens there`,
    });
  });

  it('is told by its address and the reason: the connection is cut, and no more is sent', async () => {
    const { port, heads } = await listen((socket) => socket.resetAndDestroy());
    const asked = await ask(lineTo(port), request, { samples: 400, atOnce: 1 });
    expect([asked, heads.length]).toEqual([
      { answers: [], failure: `no answer from http://127.0.0.1:${port}: the connection was reset`, isClosed: true },
      1,
    ]);
  });

  it('is waited for no longer than the time for one answer', async () => {
    const { port } = await listen(() => undefined);
    expect(await ask(lineTo(port), request, { timeoutMs: 50 })).toEqual({
      answers: [],
      failure: 'no answer within 50 ms',
    });
  });

  it('is waited for no longer than the time for a case, however fast single answers are', async () => {
    const { port } = await listen((socket, _, at) => {
      if (at < 10) socket.write(answerWith('x'));
    });
    const asked = await ask(lineTo(port), request, { samples: 400, atOnce: 1, caseTimeoutMs: 200 });
    expect(asked.failure).toBe('not enough answers within 200 ms');
  });

  it('may begin one and never end it: what is too long is no answer', async () => {
    const { port } = await listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const chunk = `100000\r\n${'x'.repeat(0x10_0000)}\r\n`;
      socket.write(chunk + chunk);
    });
    const { failure } = await ask(lineTo(port), request);
    expect(failure).toContain('the answer is longer than 1048576 bytes');
  });

  it('may speak something else than HTTP', async () => {
    const { port } = await listen((socket) => socket.end('SSH-2.0-x\r\n'));
    const { failure } = await ask(lineTo(port), request);
    expect(failure).toMatch(/^no answer from http:\/\/127\.0\.0\.1:\d+: Parse Error/);
  });
});
