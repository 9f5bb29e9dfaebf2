import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { runCli } from '../../../../src/cli/program.ts';
import { createCertificateAuthority } from '../../../testbed/certificates.ts';
import { memoryTerminal } from '../memory-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'apptraffic-live-'));
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const authority = createCertificateAuthority('gateway');

/** A gateway for plain http and one for TLS, and whom TLS was asked for. */
async function gateways(
  answer: RequestListener,
): Promise<{ readonly flags: readonly string[]; readonly asked: Set<unknown> }> {
  const { certificate, key } = authority.issue({ commonName: 'shop', hosts: ['shop.example.com'] });
  writeFileSync(join(folder, 'ca.pem'), authority.certificate);
  const asked = new Set<unknown>();
  const overTls = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.socket instanceof TLSSocket) asked.add(request.socket.servername);
    answer(request, response);
  };
  const plain = await listen(createServer(answer));
  const tls = await listen(createTlsServer({ cert: certificate, key }, overTls));
  return { flags: ['--live', `http://${plain}`, '--live', `https://${tls}`, '--ca', 'ca.pem'], asked };
}

type Ran = { readonly exitCode: number; readonly out: string; readonly err: string };

async function test(document: string, flags: readonly string[]): Promise<Ran> {
  writeFileSync(join(folder, 'routes.yaml'), `apiVersion: cli.apptraffic.dev/v1alpha1\nkind: RouteTest\n${document}`);
  const terminal = memoryTerminal(folder);
  const exitCode = await runCli(['test', '-f', 'routes.yaml', ...flags], terminal);
  return { exitCode, out: terminal.stdout(), err: terminal.stderr() };
}

/** As a gateway before echo servers: redirects plain http, sends every tenth request to the canary, knows no /nowhere. */
function shop(canaryEvery: number): RequestListener {
  let count = 0;
  return (request, response) => {
    const { host = '', ...headers } = request.headers;
    if (!('encrypted' in request.socket)) {
      response.writeHead(308, { location: `https://${host}${request.url ?? ''}` }).end();
    } else if (request.url === '/nowhere') response.writeHead(404).end();
    else {
      count += 1;
      const version = count % canaryEvery === 0 ? 'v2' : 'v1';
      const seen = { ...headers, 'x-apptraffic-route': 'shop/shop/api' };
      response.writeHead(201).end(JSON.stringify({ version, path: `/v1${request.url ?? ''}`, host, headers: seen }));
    }
  };
}

const cases = `
files: [there-is-none.yaml]
live:
  backend: {json: /version, values: {v1: stable, v2: canary}}
  path: {json: /path}
  host: {json: /host}
  requestHeaders: {json: /headers}
cases:
  - name: the canary gets a tenth
    request: {url: https://shop.example.com/cart?id=7, headers: [{name: X-Beta, value: "1"}]}
    expect:
      outcome: route
      status: 201
      app: shop/shop
      route: api
      backends: {stable: 90, canary: 10}
      path: /v1/cart
      host: shop.example.com
      requestHeaders: {X-Beta: "1"}
  - name: plain http is sent to https
    request: {url: http://shop.example.com/cart?id=7}
    expect: {outcome: redirect, status: 308, location: https://shop.example.com/cart?id=7}
  - name: nowhere is not found
    request: {url: https://shop.example.com/nowhere}
    expect: {outcome: notFound}
`;

describe('apptraffic test --live', () => {
  it('passes with a gateway that does what is expected, and tells the counts', async () => {
    const { flags, asked } = await gateways(shop(10));
    expect(await test(cases, flags)).toEqual({
      exitCode: 0,
      err: '',
      out: [
        'routes.yaml:',
        'RESULT   NAME                          REQUEST',
        'Pass     the canary gets a tenth       GET https://shop.example.com/cart?id=7, X-Beta: 1',
        'Pass     plain http is sent to https   GET http://shop.example.com/cart?id=7',
        'Pass     nowhere is not found          GET https://shop.example.com/nowhere',
        '',
        'routes.yaml:11:5  the canary gets a tenth: backends canary 10, stable 90: canary 40 (21 to 62), stable 360 (338 to 379) of 400 answers at 99.9% confidence.',
        '',
        '3 passed, 0 failed',
        '',
      ].join('\n'),
    });
    expect([...asked]).toEqual(['shop.example.com']);
  });

  it('fails with wrong weights and with every other expectation that an answer contradicts', async () => {
    const { flags } = await gateways(shop(2));
    const changed = cases
      .replace('status: 201', 'status: 200')
      .replace('route: api', 'route: web')
      .replace('path: /v1/cart', 'path: /cart')
      .replace('X-Beta: "1"}', 'X-Beta: "2", x-none: "1"}')
      .replace('{outcome: notFound}', '{outcome: deny}')
      .replace('location: https://shop.example.com', 'location: https://www.example.com');
    const { exitCode, out } = await test(changed, [...flags, '--samples', '100', '-o', 'json']);
    const { cases: seen } = JSON.parse(out) as {
      readonly cases: readonly { readonly expectations: readonly Readonly<Record<string, string>>[] }[];
    };
    expect(exitCode).toBe(1);
    const failed = seen.map(({ expectations }) =>
      expectations.flatMap(({ field, result, got }) => (result === 'Fails' ? [`${field}: ${got}`] : [])),
    );
    expect(failed).toEqual([
      [
        'status: 201 (answer 1 of 100)',
        'route: api (answer 1 of 100)',
        'backends: canary 50 (1 to 22), stable 50 (78 to 99) of 100 answers at 99.9% confidence',
        'path: /v1/cart (answer 1 of 100)',
        'requestHeaders.x-beta: 1 (answer 1 of 100)',
        'requestHeaders.x-none: none (answer 1 of 100)',
      ],
      ['location: https://shop.example.com/cart?id=7'],
      ['outcome: notFound'],
    ]);
  });

  it('says which expectations the answers do not tell, and does not count them', async () => {
    const { flags } = await gateways(shop(10));
    const { exitCode, out } = await test(
      `
cases:
  - name: some of it
    request: {url: https://shop.example.com/}
    expect: {outcome: route, status: 201, backend: stable, app: shop/shop, path: /v1/, timeout: 5s}
  - name: none of it
    request: {url: https://shop.example.com/}
    expect: {route: api, host: a, requestHeaders: {a: b}}
  - name: a caller in the mesh
    request: {url: http://shop.shop/, from: shop/checkout}
    expect: {outcome: route}
  - name: a name inside the cluster
    request: {url: http://shop.shop.svc.cluster.local/}
    expect: {outcome: route}
  - name: a tunnel
    request: {method: CONNECT, url: http://shop.example.com/}
    expect: {outcome: notFound}
`,
      flags,
    );
    const untold = (what: string): string => `the document does not say how an answer tells ${what}.`;
    const headers = untold('the headers that the backend saw (live.requestHeaders)');
    expect(exitCode).toBe(0);
    expect(out.split('\n').slice(-13)).toEqual([
      `routes.yaml:5:5  some of it: app is not judged: ${headers}`,
      `routes.yaml:5:5  some of it: backend is not judged: ${untold('its backend (live.backend)')}`,
      `routes.yaml:5:5  some of it: path is not judged: ${untold('the path that the backend saw (live.path)')}`,
      'routes.yaml:5:5  some of it: timeout is not judged: answers do not tell it.',
      `routes.yaml:8:5  none of it: route is not judged: ${headers}`,
      `routes.yaml:8:5  none of it: host is not judged: ${untold('the host that the backend saw (live.host)')}`,
      `routes.yaml:8:5  none of it: requestHeaders.a is not judged: ${headers}`,
      'routes.yaml:11:5  a caller in the mesh: outcome is not judged: a caller in the mesh does not come through the gateway.',
      'routes.yaml:14:5  a name inside the cluster: outcome is not judged: the URL is that of a Service, not of the gateway.',
      'routes.yaml:17:5  a tunnel: outcome is not judged: CONNECT is not sent.',
      '',
      '1 passed, 0 failed, 4 not judged; 4 expectations not judged',
      '',
    ]);
  });

  it('shows nothing where it could judge nothing: exit code 2', async () => {
    const { flags } = await gateways(shop(10));
    const one = 'cases: [{name: one, request: {url: https://shop.example.com/}, expect: {outcome: route}}]';
    const { exitCode, out, err } = await test(one, flags.slice(0, 2));
    expect([exitCode, err]).toEqual([2, 'not one case could be judged, so nothing is shown. Fix: see why above.\n']);
    expect(out).toContain(
      'one: outcome is not judged: --live names no https address.\n\n0 passed, 0 failed, 1 not judged\n',
    );
  });

  it('fails a case whose request gets no answer, and goes on with the next', async () => {
    const { flags } = await gateways(shop(10));
    const document = `
cases:
  - {name: another host, request: {url: https://other.example.com/}, expect: {outcome: route}}
  - {name: the host of the certificate, request: {url: https://shop.example.com/}, expect: {outcome: route}}
`;
    const strict = await test(document, flags);
    expect([strict.exitCode, strict.out.match(/^Fail .*$/gm)]).toEqual([
      1,
      [
        expect.stringMatching(
          /another host .* an answer +no answer from https:\/\/127.*: Hostname\/IP does not match/,
        ) as string,
      ],
    ]);
    const loose = await test(document, [...flags.slice(0, 4), '--insecure']);
    expect([loose.exitCode, loose.out.trim().split('\n').at(-1)]).toEqual([0, '2 passed, 0 failed']);
  });

  it('tells routed from answered by the backend where answers name it, else by the status alone', async () => {
    const { flags } = await gateways((request, response) => {
      const [, status = '', backend] = (request.url ?? '').split('/');
      response.writeHead(Number(status), { ...(backend === undefined ? {} : { 'x-backend': backend }), location: '/' });
      response.end();
    });
    const one = (path: string, outcome: string): string =>
      `  - {name: ${path} is ${outcome}, request: {url: http://a.example.com/${path}}, expect: {outcome: ${outcome}}}\n`;
    const named = [
      '404/app route',
      '302/app route',
      '404 notFound',
      '403 deny',
      '413 deny',
      '413 respond',
      '401 unauthorized',
      '503 respond',
      '301 redirect',
    ];
    const unnamed = ['200 route', '200 respond', '503 route', '503 respond', '404 notFound'];
    const listed = (lines: readonly string[]): string =>
      `cases:\n${lines
        .map((line) => line.split(' '))
        .map(([path = '', outcome = '']) => one(path, outcome))
        .join('')}`;
    const withBackend = await test(`live: {backend: {header: x-backend}}\n${listed(named)}`, [
      ...flags,
      '--samples',
      '1',
    ]);
    expect(withBackend.out.trim().split('\n').at(-1)).toBe('9 passed, 0 failed');
    expect((await test(listed(unnamed), flags)).out.trim().split('\n').at(-1)).toBe('5 passed, 0 failed');
    const wrong = await test(
      `live: {backend: {header: x-backend}}\n${listed(['200 route', '404/app notFound'])}`,
      flags,
    );
    expect(wrong.out.trim().split('\n').at(-1)).toBe('0 passed, 2 failed');
  });

  it('shows the certificate that it is given where the case says so, and takes a closed connection for nobody who answers', async () => {
    const { certificate, key } = authority.issue({ commonName: 'shop', hosts: ['shop.example.com'] });
    const client = authority.issue({ commonName: 'client' });
    writeFileSync(join(folder, 'ca.pem'), authority.certificate);
    writeFileSync(join(folder, 'client.pem'), client.certificate);
    writeFileSync(join(folder, 'client.key'), client.key);
    const asking = { cert: certificate, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true };
    const address = await listen(createTlsServer(asking, (_, response) => void response.writeHead(200).end()));
    const url = 'url: https://shop.example.com/';
    const document = `
cases:
  - {name: shown, request: {${url}, clientCertificate: Trusted}, expect: {outcome: route, status: 200}}
  - {name: none, request: {${url}}, expect: {outcome: notFound}}
  - {name: none is not 404, request: {${url}}, expect: {outcome: notFound, status: 404}}
  - {name: none is not served, request: {${url}}, expect: {outcome: route}}
  - {name: of another, request: {${url}, clientCertificate: Other}, expect: {outcome: notFound}}
`;
    const flags = ['--live', `https://${address}`, '--ca', 'ca.pem'];
    const verdicts = async (more: readonly string[]): Promise<readonly string[]> =>
      (await test(document, [...flags, ...more])).out.match(/^(?:Pass|Fail|Not judged) .*?(?= +GET)/gm) ?? [];
    expect(await verdicts(['--cert', 'client.pem', '--key', 'client.key'])).toEqual([
      'Pass         shown',
      'Pass         none',
      'Fail         none is not 404',
      'Fail         none is not served',
      'Not judged   of another',
    ]);
    expect((await verdicts([]))[0]).toBe('Not judged   shown');
    expect(await test(document, [...flags, '--cert', 'client.pem'])).toEqual({
      exitCode: 2,
      out: '',
      err: '--cert  Error  a certificate is shown together with its key, and one of the two is missing. Fix: write --cert FILE and --key FILE, or neither.\n',
    });
  });

  it('needs the file with certificates that it is told of', async () => {
    const one = 'cases: [{name: one, request: {url: https://shop.example.com/}, expect: {outcome: route}}]';
    const { exitCode, err } = await test(one, ['--live', 'https://127.0.0.1:1', '--ca', 'none.pem']);
    expect([exitCode, err]).toEqual([
      2,
      'none.pem  Error  there is no such file or folder. Fix: check the path; it starts from the folder you stand in.\n',
    ]);
  });
});
