import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createCertificateAuthority } from '../testbed/certificates.ts';
import { eventually } from '../testbed/eventually.ts';
import { condition } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { startNameServer } from '../testbed/name-server.ts';
import type { NameServer } from '../testbed/name-server.ts';
import type { Operator } from '../testbed/operator.ts';
import { ownLoopback } from '../testbed/own-loopback.ts';
import { startProxy } from '../testbed/proxy/proxy.ts';
import { localWriteText, readyConditions, conditionsOf } from './app-view.ts';
import { isAboutApp, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const namespace = 'probed';
const flags = ['--leader-elect', '--lease-duration=6s', '--renew-deadline=4s', '--retry-period=1s'];

/** A server that a gateway stands for: it answers as it is told, and remembers what it was asked. */
class Outside {
  /** By path; others are answered with 404. */
  readonly statuses = new Map<string, number>();
  readonly requests: IncomingMessage[] = [];
  readonly listener: RequestListener = (request, answer) => {
    this.requests.push(request);
    answer.writeHead(this.statuses.get(request.url ?? '') ?? 404).end('not read');
  };
  askedFor(path: string): number {
    return this.requests.filter(({ url }) => url === path).length;
  }
}

const authority = createCertificateAuthority('clients trust it');
const credential = authority.issue({ commonName: 'tls', hosts: ['tls.example.com'] });
const outside = new Outside();
const servers: readonly [Server, ReturnType<typeof createTlsServer>] = [
  createServer(outside.listener),
  createTlsServer({ cert: credential.certificate, key: credential.key }, outside.listener),
];

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, ownLoopback, () => resolve((server.address() as AddressInfo).port)));

let stage: Stage;
let names: NameServer;
let settings: object;
let env: Readonly<Record<string, string>>;
let ports: { readonly http: number; readonly https: number };
beforeAll(async () => {
  names = await startNameServer({
    ...Object.fromEntries(
      ['one', 'restarted', 'tls', 'others', 'held'].map((name) => [`${name}.example.com`, [ownLoopback]]),
    ),
    // Where this operator's API server is, and where a platform could have anything.
    'api.example.com': ['127.0.0.1'],
    'private.example.com': ['10.1.2.3'],
  });
  ports = { http: await listen(servers[0]), https: await listen(servers[1]) };
  settings = {
    apiVersion: 'config.apptraffic.dev/v1alpha1',
    kind: 'OperatorSettings',
    settle: '50ms',
    gateways: [{ namespace: 'istio-system', selector: { istio: 'ingressgateway' }, serviceAccount: 'gateway', ports }],
    probes: { interval: '1s', allowPublic: false, allowedCIDRs: ['127.0.0.0/8'], nameServers: [names.address] },
  };
  stage = await startStage({ operator: false });
  const trusted = join(stage.plane.run.folder, 'trusted.pem');
  writeFileSync(trusted, authority.certificate);
  env = { NODE_EXTRA_CA_CERTS: trusted };
  await stage.namespace(namespace);
  await stage.startOperator({ settings, env, flags });
});
afterAll(async () => {
  await stage?.stop();
  await names?.stop();
  for (const server of servers) server.close();
});

const app = (name: string, probe: object | undefined, more: object = {}, whole: object = {}): Promise<KubeObject> =>
  stage.app(namespace, name, {
    port: 8080,
    external: { hosts: [`${name}.example.com`], ...(probe === undefined ? {} : { probe }), ...more },
    ...whole,
  });

/** Waits for condition Reachable to give this reason. */
async function reachable(of: KubeObject, reason: string): Promise<readonly unknown[]> {
  const found = await stage.settled(of, (seen) => condition(seen, 'Reachable')?.reason === reason);
  expect(conditionsOf(found).slice(0, 4)).toEqual(readyConditions);
  const { status, message } = condition(found, 'Reachable') ?? {};
  return [status, message];
}

const writesSince = (mark: number): readonly string[] =>
  stage.proxy
    .writes(mark)
    .filter((write) => write.namespace === namespace)
    .map(localWriteText);

describe('an app with a probe', () => {
  it('is Reachable while it answers as expected; each change is one status write, and Ready does not move', async () => {
    const path = '/one/healthz';
    const status = 'apply apptraffics/status one';
    const url = `http://one.example.com:${ports.http}${path}`;
    outside.statuses.set(path, 200);
    const created = stage.proxy.mark();
    const one = await app('one', { path });
    expect(await reachable(one, 'ProbeSucceeded')).toEqual(['True', `GET ${url}, 200 expected: the answer has 200`]);
    expect(await stage.proxy.quietFor(2_500)).toEqual([]);
    const writes = writesSince(created);
    // The first answer may come before the first status.
    expect(writes.slice(0, 3).toSorted()).toEqual([
      'apply gateways one-istio',
      'apply services one',
      'apply virtualservices one-istio',
    ]);
    expect([[status], [status, status]]).toContainEqual(writes.slice(3));
    const [{ method, headers } = { method: '', headers: {} }] = outside.requests.filter(({ url: one }) => one === path);
    expect({ method, headers }).toEqual({
      method: 'GET',
      headers: {
        host: `one.example.com:${ports.http}`,
        'user-agent': expect.stringMatching(/^apptraffic-probe\/[0-9]/) as string,
        accept: '*/*',
        connection: 'close',
      },
    });
    for (const [answer, is] of [
      [503, 'False'],
      [500, 'False'],
      [200, 'True'],
    ] as const) {
      const mark = stage.proxy.mark();
      const message = `GET ${url}, 200 expected: the answer has ${answer}`;
      outside.statuses.set(path, answer);
      const told = await stage.settled(one, (seen) => condition(seen, 'Reachable')?.message === message);
      expect([condition(told, 'Reachable')?.status, conditionsOf(told).slice(0, 4)]).toEqual([is, readyConditions]);
      expect(await stage.proxy.quietFor(2_500)).toEqual([]);
      expect(writesSince(mark)).toEqual([status]);
    }
    const events = await stage.plane.api.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace });
    expect(events.filter((event) => isAboutApp(event, 'one'))).toEqual([]);
    expect(await stage.operator().metrics()).toMatch(/^apptraffic_probes_total\{result="Expected"\} [1-9]/m);
  });

  it('is asked over TLS as clients ask, with the certificate that the server shows', async () => {
    outside.statuses.set('/tls', 204);
    const tls = { secretName: `${namespace}-tls` };
    const own = await app('tls', { path: '/tls', expect: 204 }, { tls });
    const others = await app('others', { path: '/tls', expect: 204 }, { tls });
    expect(await reachable(own, 'ProbeSucceeded')).toEqual([
      'True',
      `GET https://tls.example.com:${ports.https}/tls, 204 expected: the answer has 204`,
    ]);
    expect(await reachable(others, 'TLSFailed')).toEqual([
      'False',
      `GET https://others.example.com:${ports.https}/tls, 204 expected: the certificate is not for this host`,
    ]);
  });

  it('is not asked where its name leads to the API server, or to an address that the platform did not name', async () => {
    const [api, elsewhere, nowhere] = await Promise.all([
      app('api', { path: '/healthz' }),
      app('private', { path: '/healthz' }),
      app('nowhere', { path: '/healthz' }),
    ]);
    const refused = 'the name leads to an address that the platform does not let probes connect to (settings, probes)';
    const subject = (name: string): string => `GET http://${name}.example.com:${ports.http}/healthz, 200 expected: `;
    expect(await reachable(api, 'AddressNotPermitted')).toEqual(['Unknown', `${subject('api')}${refused}`]);
    expect(await reachable(elsewhere, 'AddressNotPermitted')).toEqual(['Unknown', `${subject('private')}${refused}`]);
    expect(await reachable(nowhere, 'NameNotResolved')).toEqual([
      'False',
      `${subject('nowhere')}DNS has no address for the name`,
    ]);
  });

  it('is not asked while it is paused, nor once the probe is gone', async () => {
    const path = '/held';
    outside.statuses.set(path, 200);
    await reachable(await app('held', { path }), 'ProbeSucceeded');
    const paused = await app('held', { path }, {}, { lifecycle: { paused: true } });
    expect(await reachable(paused, 'Paused')).toEqual(['Unknown', 'nothing is probed while the app is paused']);
    const asked = outside.askedFor(path);
    await stage.proxy.quietFor(2_500);
    expect(outside.askedFor(path)).toBe(asked);
    await reachable(await app('held', { path }), 'ProbeSucceeded');
    const plain = await stage.settled(await app('held', undefined));
    expect(conditionsOf(plain)).toEqual(readyConditions);
    const later = outside.askedFor(path);
    await stage.proxy.quietFor(2_500);
    expect(outside.askedFor(path)).toBe(later);
  });

  it('is asked by the leader alone, and a restart writes nothing while it is asked anew', async () => {
    const path = '/restarted';
    outside.statuses.set(path, 200);
    await reachable(await app('restarted', { path }), 'ProbeSucceeded');
    const leader = stage.operator();
    const standby: Operator = await stage.startOperator({
      settings,
      env,
      flags,
      through: await startProxy(stage.plane),
    });
    expect(await standby.metrics()).not.toMatch(/^apptraffic_probes_total\{.*\} [1-9]/m);
    await leader.stop();
    const [mark, asked] = [stage.proxy.mark(), outside.askedFor(path)];
    await eventually('the other replica asks', () => outside.askedFor(path) > asked + 1, 20_000);
    expect(await standby.metrics()).toMatch(/^apptraffic_probes_total\{result="Expected"\} [1-9]/m);
    expect(writesSince(mark)).toEqual([]);
  });
});
