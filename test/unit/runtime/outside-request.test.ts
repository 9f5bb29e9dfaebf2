import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { createAskOutside } from '../../../src/runtime/outside-request.ts';
import type { OutsideOptions } from '../../../src/runtime/outside-request.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { createCertificateAuthority } from '../../testbed/certificates.ts';
import { startNameServer } from '../../testbed/name-server.ts';
import type { NameServer } from '../../testbed/name-server.ts';

const host = '127.77.0.1';
let names: NameServer;
const servers: (Server | TcpServer)[] = [];

/** The port at which it listens. */
function listening(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });
}

beforeAll(async () => {
  names = await startNameServer({
    'shop.example.com': [host],
    'mixed.example.com': ['10.1.2.3', host],
    'inside.example.com': ['10.1.2.3', '169.254.169.254'],
    'mapped.example.com': [`::ffff:${host}`],
    'empty.example.com': [],
  });
});
afterAll(async () => {
  await names.stop();
  for (const server of servers) server.close();
});

const ask = (url: string, more: Partial<OutsideOptions> = {}, signal = new AbortController().signal) =>
  createAskOutside({
    allowPublic: false,
    allowedCIDRs: ['127.0.0.0/8'],
    userAgent: 'apptraffic-probe/1',
    timeoutMs: 5_000,
    nameServers: [names.address],
    never: [],
    clock: systemClock,
    ...more,
  })(url, signal);

const answering = (listener: RequestListener): Promise<number> => listening(createServer(listener));

describe('a request outside', () => {
  it('is a bare GET to the name, and gives the status code of the first answer', async () => {
    const seen: unknown[] = [];
    const port = await answering(({ method, url, headers }, answer) => {
      seen.push({ method, url, headers });
      answer.writeHead(302, { location: 'http://elsewhere.example.com/' }).end('body');
    });
    expect(await ask(`http://shop.example.com:${port}/healthz`)).toEqual({ status: 302 });
    const headers = {
      host: `shop.example.com:${port}`,
      'user-agent': 'apptraffic-probe/1',
      accept: '*/*',
      connection: 'close',
    };
    expect(seen).toEqual([{ method: 'GET', url: '/healthz', headers }]);
  });

  it('waits for no body', async () => {
    const port = await answering((_, answer) => answer.writeHead(200).write('for ever'));
    expect(await ask(`http://shop.example.com:${port}/`)).toEqual({ status: 200 });
  });

  it('goes to none but the addresses that were checked, and looks a name up once', async () => {
    const port = await answering((_, answer) => answer.end());
    const before = names.asked();
    expect(await ask(`http://mixed.example.com:${port}/`)).toEqual({ status: 200 });
    expect(names.asked() - before).toBe(2);
    expect(await ask(`http://mapped.example.com:${port}/`)).toEqual({ status: 200 });
    expect(await ask(`http://inside.example.com:${port}/`)).toEqual({ fault: 'AddressNotPermitted' });
    expect(await ask(`http://shop.example.com:${port}/`, { allowedCIDRs: [] })).toEqual({
      fault: 'AddressNotPermitted',
    });
    expect(await ask(`http://shop.example.com:${port}/`, { never: [host] })).toEqual({ fault: 'AddressNotPermitted' });
    expect(await ask(`http://${host}:${port}/`, { allowedCIDRs: [] })).toEqual({ fault: 'AddressNotPermitted' });
  });

  it('tells a name that does not exist from a DNS server that does not answer', async () => {
    expect(await ask('http://unknown.example.com/')).toEqual({ fault: 'NameUnknown' });
    expect(await ask('http://empty.example.com/')).toEqual({ fault: 'NameUnknown' });
    expect(await ask('http://broken.example.com/')).toEqual({ fault: 'DnsFailed' });
  });

  it('takes what is no answer for none', async () => {
    const closed = await answering(() => {});
    servers.pop()?.close();
    expect(await ask(`http://shop.example.com:${closed}/`)).toEqual({ fault: 'Disconnected' });
    const resets = await listening(createTcpServer((socket) => socket.resetAndDestroy()));
    expect(await ask(`http://shop.example.com:${resets}/`)).toEqual({ fault: 'Disconnected' });
    const talks = await listening(createTcpServer((socket) => socket.end('220 mail.example.com\r\n')));
    expect(await ask(`http://shop.example.com:${talks}/`)).toEqual({ fault: 'Disconnected' });
    const floods = await answering((_, answer) => answer.writeHead(200, { 'x-a': 'a'.repeat(20_000) }).end());
    expect(await ask(`http://shop.example.com:${floods}/`)).toEqual({ fault: 'Disconnected' });
    const switches = await listening(
      createTcpServer((socket) => socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')),
    );
    expect(await ask(`http://shop.example.com:${switches}/`)).toEqual({ fault: 'Disconnected' });
  });

  it('ends when its time is over, and gives nothing once nobody wants to know', async () => {
    const met: (() => void)[] = [];
    const silent = await listening(
      createTcpServer((socket) => {
        socket.on('error', () => {});
        met.shift()?.();
      }),
    );
    const url = `http://shop.example.com:${silent}/`;
    const clock: OutsideOptions['clock'] = {
      setTimer: (_, callback) => {
        met.push(callback);
        return () => {};
      },
    };
    expect(await ask(url, { clock })).toEqual({ fault: 'TimedOut' });
    const stop = new AbortController();
    met.push(() => stop.abort());
    expect(await ask(url, {}, stop.signal)).toBeUndefined();
  });

  it('verifies TLS as clients do', async () => {
    const authority = createCertificateAuthority('of a test');
    const { certificate: cert, key } = authority.issue({ commonName: 'shop', hosts: ['shop.example.com'] });
    const served: unknown[] = [];
    const port = await listening(
      createTlsServer({ cert, key }, ({ socket }, answer) => {
        served.push((socket as TLSSocket).servername);
        answer.writeHead(204).end();
      }),
    );
    expect(await ask(`https://shop.example.com:${port}/`)).toEqual({ fault: 'CertificateUnknown' });
    const known = getCACertificates('default');
    setDefaultCACertificates([...known, authority.certificate]);
    try {
      expect(await ask(`https://shop.example.com:${port}/`)).toEqual({ status: 204 });
      expect(await ask(`https://mixed.example.com:${port}/`)).toEqual({ fault: 'CertificateOfOthers' });
    } finally {
      setDefaultCACertificates(known);
    }
    expect(served).toEqual(['shop.example.com']);
    const plain = await answering((_, answer) => answer.end());
    expect(await ask(`https://shop.example.com:${plain}/`)).toEqual({ fault: 'TlsFailed' });
  });
});
