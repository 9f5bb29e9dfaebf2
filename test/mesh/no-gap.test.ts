import { childName } from '../../src/kube/identity.ts';
import { readPlatform } from '../../src/settings/platform.ts';
import { field } from '../testbed/kube-object.ts';
import { createCertificateAuthority } from '../testbed/certificates.ts';
import type { Client } from '../testbed/mesh/client.ts';
import { createIssuer } from '../testbed/mesh/issuer.ts';
import { startMesh } from '../testbed/mesh/mesh.ts';
import type { Mesh } from '../testbed/mesh/mesh.ts';
import type { Pod } from '../testbed/mesh/pod.ts';
import type { Ask, Ground } from './probers/allowed.ts';
import { prove } from './probers/change.ts';
import type { Change, Proven } from './probers/change.ts';
import type { Probe, Probing } from './probers/probing.ts';
import { failureLines, rowOf, tableOf } from './probers/report.ts';
import type { Row } from './probers/report.ts';

jest.setTimeout(300_000);

const settings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  // As shipped; only the drain period is cut from 30 s.
  settle: '1s',
  drainPeriod: '3s',
  gateways: [
    {
      namespace: 'istio-system',
      selector: { istio: 'ingressgateway' },
      serviceAccount: 'istio-ingressgateway-service-account',
      default: true,
    },
    ...['shared', 'public'].map((name) => ({ name, ...gatewayPods(name) })),
  ],
  ingressClasses: [
    { name: 'istio', inMesh: true, namespace: 'istio-system', serviceAccount: 'public-service-account' },
  ],
};

/** The named Gateways: `shared` on the pods that serve generated ones too, `public` on pods at another address, which serve Ingresses too. */
function gatewayPods(name: string): { namespace: string; selector: object; serviceAccount: string } {
  const pods = name === 'shared' ? 'ingressgateway' : 'public';
  const account = name === 'shared' ? 'istio-ingressgateway' : 'public';
  return { namespace: 'istio-system', selector: { istio: pods }, serviceAccount: `${account}-service-account` };
}

const namedGateways = ['shared', 'public'].map((name) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'istio-system', name },
  spec: {
    selector: gatewayPods(name).selector,
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  },
}));
const ingressClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'istio' },
  spec: { controller: 'istio.io/ingress-controller' },
};

const host = 'shop.example.com';
const pods = ['v1', 'v2'].map((version) => ({
  namespace: 'team',
  name: `shop-${version}`,
  labels: { app: 'shop', version },
}));

const issuer = createIssuer('https://id.example.net');
const keyServer = { host: 'id.example.net', address: '203.0.113.203' };
const authority = createCertificateAuthority('example.net');

let mesh: Mesh;
let stranger: Client;
let ground: Ground;
const callers: Record<string, Pod> = {};
let service: string;
const rows: Row[] = [];

beforeAll(async () => {
  mesh = await startMesh({
    settings,
    audit: 'Metadata',
    gateways: [{}, { name: 'public', labels: { istio: 'public' } }],
    meshConfig: { ingressService: 'public', ingressSelector: 'public' },
    istiod: { hosts: { [keyServer.host]: keyServer.address }, trusts: authority.certificate },
  });
  const credential = authority.issue({ commonName: keyServer.host, hosts: [keyServer.host] });
  await mesh.server({
    name: 'id',
    address: keyServer.address,
    ports: [{ port: 443, protocol: 'https', credential, document: issuer.keySet }],
  });
  stranger = await mesh.client({ name: 'stranger', address: '203.0.113.80' });
  for (const gateway of namedGateways) await mesh.api.create(gateway);
  await mesh.namespace('team');
  const platform = readPlatform(settings);
  if (!platform.ok) throw new Error(JSON.stringify(platform.issues));
  ground = { platform: platform.value, others: [...namedGateways, ingressClass], pods };
  const accounts = ['checkout', 'billing', 'stranger'];
  const started = await Promise.all([
    ...accounts.map((name) => mesh.pod({ namespace: 'team', name })),
    ...pods.map((pod) => mesh.pod(pod)),
  ]);
  for (const [at, account] of accounts.entries()) callers[account] = started[at] as Pod;
  await mesh.serve('team', 'shop', { port: 8080, external: { hosts: [host] } });
  const object = await mesh.api.get({ apiVersion: 'v1', kind: 'Service', namespace: 'team', name: 'shop' });
  service = String(field(object, 'spec', 'clusterIP'));
});
afterAll(async () => {
  await mesh?.stop();
  process.stdout.write(`\n${tableOf(rows)}\n`);
});

/** From outside, through the first gateway or the second. */
function outside(path: string, more: Partial<Ask> = {}, gateway = 0): Probe {
  const ask: Ask = { host, path, clientIp: mesh.internet.address, ...more };
  const to = `${mesh.gateways[gateway]?.address ?? ''}:80`;
  return { name: `${ask.method ?? 'GET'} http://${ask.host}${path}`, ask, from: mesh.internet, to };
}

/** From a pod with a sidecar to the Service. */
function inside(account: string, path: string, more: Partial<Ask> = {}): Probe {
  const from = callers[account];
  if (from === undefined) throw new Error(`no caller ${account}`);
  const ask: Ask = { host: 'shop.team', path, caller: { namespace: 'team', serviceAccount: account }, ...more };
  return { name: `${account}: ${ask.method ?? 'GET'} shop.team${path}`, ask, from, to: `${service}:80` };
}

/** Makes changes one after the other, each from the spec before, under the same probes; nothing may fail. */
async function noGap(scenario: string, changes: readonly Omit<Change, 'namespace' | 'name'>[]): Promise<void> {
  const proven: Proven[] = [];
  for (const change of changes) proven.push(await prove(mesh, ground, { namespace: 'team', name: 'shop', ...change }));
  const judged = proven.flatMap((one) => one.judged);
  rows.push(
    rowOf(
      scenario,
      judged,
      proven.reduce((sum, one) => sum + one.leftOut, 0),
    ),
  );
  expect(failureLines(judged)).toEqual([]);
}

/** The changes along a list of specs. */
function along(specs: readonly object[], probes: readonly Probe[]): readonly Omit<Change, 'namespace' | 'name'>[] {
  return specs.slice(1).map((spec, at) => ({ old: specs[at] ?? {}, new: spec, probes }));
}

const backends = { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } };
const external = { hosts: [host] };

it('moves weights without a gap', async () => {
  const spec = (canary: number): object => ({
    port: 8080,
    backends,
    split: { stable: 100 - canary, canary },
    external,
    internal: { mtls: { mode: 'Strict' } },
  });
  await noGap(
    'weights move',
    along([spec(0), spec(50), spec(100), spec(10)], [outside('/a?b=1'), inside('stranger', '/a')]),
  );
});

it('adds, replaces and removes a backend without a gap', async () => {
  const spec = (given: object): object => ({ port: 8080, external, internal: { mtls: { mode: 'Strict' } }, ...given });
  const green = { labels: { version: 'v2' } };
  const specs = [
    { backends: { stable: backends.stable }, split: { stable: 100 } },
    { backends, split: { stable: 50, canary: 50 } },
    { backends: { stable: backends.stable, green }, split: { green: 100 } },
    { backends: { stable: backends.stable }, split: { stable: 100 } },
  ];
  await noGap(
    'a backend is added, replaced, removed',
    along(specs.map(spec), [outside('/a'), inside('stranger', '/a')]),
  );
});

it('renames a route without a gap', async () => {
  const spec = (name: string): object => ({
    port: 8080,
    backends,
    external: {
      ...external,
      routes: [
        { name, match: { prefix: '/cart' }, to: 'canary' },
        { name: 'rest', to: 'stable' },
      ],
    },
    internal: {
      routes: [
        { name, match: { prefix: '/cart' }, to: 'canary' },
        { name: 'rest', to: 'stable' },
      ],
    },
  });
  const probes = [outside('/cart'), outside('/cartoon'), inside('stranger', '/cart/1'), inside('stranger', '/')];
  await noGap('a route is renamed', along(['cart', 'basket', 'cart'].map(spec), probes));
});

it('changes who may call, and never lets anybody in whom neither list admits', async () => {
  const spec = (allow: readonly string[]): object => ({
    port: 8080,
    external,
    internal: { mtls: { mode: 'Strict' }, allow: allow.map((app) => ({ app })) },
  });
  const lists = [['checkout'], ['checkout', 'billing'], ['billing'], [], ['checkout']];
  const probes = ['checkout', 'billing', 'stranger'].map((account) => inside(account, '/a'));
  await noGap('the allow list changes', along(lists.map(spec), [...probes, outside('/a')]));
});

it('adds and removes a route together with its policy, and never answers without the policy', async () => {
  const cart = { name: 'cart', match: { prefix: '/cart' }, to: 'stable' };
  const admin = { name: 'admin', match: { prefix: '/admin' }, to: 'canary' };
  const spec = (routes: readonly object[], internal: object): object => ({
    port: 8080,
    backends,
    external: { ...external, routes },
    internal: { mtls: { mode: 'Strict' }, routes, ...internal },
  });
  const [open, guarded] = [spec([cart], {}), spec([cart, admin], { allow: [{ app: 'checkout' }] })];
  const probes = ['checkout', 'stranger'].flatMap((one) => [inside(one, '/admin'), inside(one, '/cart')]);
  const all = [...probes, outside('/cart'), outside('/admin')];
  await noGap('a route comes and goes with its policy', along([open, guarded, open], all));
});

it('never answers an old route by a new allow list, nor a new route by an old one', async () => {
  const spec = (to: string, allow: readonly string[]): object => {
    const routes = [{ name: 'all', to }];
    return {
      port: 8080,
      backends,
      external: { ...external, routes },
      internal: { mtls: { mode: 'Strict' }, routes, allow: allow.map((app) => ({ app })) },
    };
  };
  const specs = [
    spec('stable', ['checkout']),
    spec('canary', ['checkout', 'billing']),
    spec('stable', ['checkout']),
    spec('canary', ['billing']),
    spec('stable', []),
    spec('canary', ['checkout']),
  ];
  const probes = ['checkout', 'billing', 'stranger'].map((account) => inside(account, '/a'));
  await noGap('routes and allow list change at once', along(specs, [...probes, outside('/a')]));
});

/** The same from an address that nobody lists. */
function fromStranger(path: string): Probe {
  const { name, ...probe } = outside(path, { clientIp: stranger.address });
  return { ...probe, name: `${name} from ${stranger.address}`, from: stranger };
}

/** The same with a token; `forged`: nobody who may has signed it. */
function showing(path: string, claims: object, forged = false): Probe {
  const signed = (forged ? createIssuer(issuer.name) : issuer).sign({ ...claims });
  const token = forged
    ? ({ is: 'invalid' } as const)
    : { is: 'valid' as const, claims: { iss: issuer.name, ...claims } };
  const { name, ...probe } = outside(path, { headers: { authorization: `Bearer ${signed}` }, token });
  return { ...probe, name: `${name} with ${forged ? 'a forged token' : JSON.stringify(claims)}` };
}

it('lists addresses together with routes, and never answers an address by a route that was never open to it', async () => {
  const cart = { name: 'cart', match: { prefix: '/cart' } };
  const admin = { name: 'admin', match: { prefix: '/admin' } };
  const spec = (routes: readonly object[], lists: object): object => ({
    port: 8080,
    external: { ...external, routes, ...lists },
  });
  const own = { allowCIDRs: ['203.0.113.0/28'] };
  const specs = [
    spec([cart], {}),
    spec([cart, admin], own),
    spec(
      [
        { ...cart, match: { prefix: '/admin' } },
        { ...admin, match: { prefix: '/cart' } },
      ],
      own,
    ),
    spec([cart, admin], { denyCIDRs: ['203.0.113.80/32'] }),
    spec([cart], {}),
  ];
  const probes = ['/cart', '/admin'].flatMap((path) => [outside(path), fromStranger(path)]);
  await noGap('lists of addresses come and go with routes', along(specs, probes));
});

it('asks for tokens together with routes, and never opens a route to a client without what it needs', async () => {
  const open = { name: 'open', match: { prefix: '/open' }, auth: { mode: 'None' } };
  const cart = { name: 'cart', match: { prefix: '/cart' } };
  const admin = { name: 'admin', match: { prefix: '/admin' }, auth: { claims: { scope: ['admin'] } } };
  const jwt = [{ issuer: issuer.name, jwksUri: `https://${keyServer.host}/keys` }];
  const spec = (routes: readonly object[], more: object): object => ({
    port: 8080,
    external: { ...external, routes, ...more },
  });
  const plain = spec([{ name: 'open', match: { prefix: '/open' } }, cart], {});
  const asking = spec([open, cart, admin], { auth: { jwt } });
  const turned = spec([open, { ...cart, match: { prefix: '/admin' } }, { ...admin, match: { prefix: '/cart' } }], {
    auth: { jwt, claims: { scope: ['cart'] } },
  });
  const [some, all] = [{ scope: 'none' }, { scope: 'cart admin' }];
  const probes = [
    outside('/open'),
    showing('/open', some),
    showing('/cart', all),
    outside('/admin'),
    showing('/admin', some),
    showing('/admin', all),
    showing('/admin', all, true),
  ];
  await noGap('tokens come and go with routes', along([plain, asking, turned, asking, plain], probes));
});

it('moves from plaintext to strict mutual TLS under callers', async () => {
  const spec = (mode: string): object => ({ port: 8080, external, internal: { mtls: { mode } } });
  const probes = [inside('checkout', '/a'), inside('stranger', '/a'), outside('/a')];
  await noGap('mutual TLS, Disable to Strict and back', along(['Disable', 'Strict', 'Disable'].map(spec), probes));
});

it('switches TLS on and off without a gap', async () => {
  const ca = await mesh.tlsSecret('istio-system', 'team-shop-tls', [host]);
  const spec = (tls: object): object => ({ port: 8080, external: { ...external, ...tls } });
  const [plain, secure] = [spec({}), spec({ tls: { secretName: 'team-shop-tls' } })];
  const http = outside('/a?b=1');
  const https: Probe = {
    name: `GET https://${host}/a`,
    ask: { scheme: 'https', host, path: '/a' },
    from: mesh.internet,
    to: `${mesh.gateways[0]?.address ?? ''}:443`,
    tls: { sni: host, ca },
  };
  await noGap('TLS is switched on and off', [
    { old: plain, new: secure, probes: [http], sinceProgrammed: [https] },
    { old: secure, new: plain, probes: [http], oldAddress: [https], letsGoBy: 'patch' },
  ]);
});

it('gives the Service another name without a gap outside', async () => {
  const spec = (name: string): object => ({ port: 8080, service: { name }, external });
  await noGap('the Service gets another name', along(['shop', 'store', 'shop'].map(spec), [outside('/a?b=1')]));
});

describe('a move', () => {
  const internal = { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] };
  const spec = (edge: object): object => ({ port: 8080, external: { ...external, ...edge }, internal });
  const generated = spec({});
  const shared = spec({ gateway: 'istio-system/shared' });
  const named = spec({ gateway: 'istio-system/public' });
  const ingress = spec({ provider: 'Ingress', ingressClass: 'istio' });
  const within = (): readonly Probe[] => [inside('checkout', '/a'), inside('stranger', '/a')];

  it('to another Gateway of the same address leaves no gap', async () => {
    const probes = [outside('/a'), ...within()];
    await noGap('a Gateway for another, same address', along([generated, shared, generated], probes));
  });

  it('to a Gateway of another address leaves no gap at either', async () => {
    const [first, second] = [outside('/a'), outside('/a', {}, 1)];
    await noGap('a Gateway for another, other address', [
      { old: generated, new: named, probes: within(), oldAddress: [first], newAddress: [second] },
      { old: named, new: generated, probes: within(), oldAddress: [second], newAddress: [first] },
    ]);
  });

  it('from Istio to Ingress and back leaves no gap', async () => {
    const [first, second] = [outside('/a'), outside('/a', {}, 1)];
    await noGap('Istio for Ingress and back', [
      { old: generated, new: ingress, probes: within(), oldAddress: [first], newAddress: [second] },
      { old: ingress, new: named, probes: [...within(), second] },
      { old: named, new: ingress, probes: [...within(), second] },
      { old: ingress, new: generated, probes: within(), oldAddress: [second], newAddress: [first] },
    ]);
  });
});

describe('an operator that is killed', () => {
  const cart = { name: 'cart', match: { prefix: '/cart' } };
  const admin = { name: 'admin', match: { prefix: '/admin' }, to: 'green' };
  const green = { labels: { version: 'v2' } };
  const open = {
    port: 8080,
    backends,
    split: { stable: 50, canary: 50 },
    external: { ...external, routes: [cart] },
    internal: { mtls: { mode: 'Strict' }, routes: [cart] },
  };
  /** Everything at once: a backend for another, one more route, and an allow list. */
  const guarded = {
    port: 8080,
    backends: { stable: backends.stable, green },
    split: { stable: 50, green: 50 },
    external: { ...external, routes: [cart, admin] },
    internal: { mtls: { mode: 'Strict' }, routes: [cart, admin], allow: [{ app: 'checkout' }] },
  };
  const within = (): readonly Probe[] =>
    ['checkout', 'stranger'].flatMap((one) => [inside(one, '/cart'), inside(one, '/admin')]);

  it('in the middle of a change leaves no gap: the next process finishes', async () => {
    const policy = { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', namespace: 'team', name: 'shop' };
    const meanwhile = async (): Promise<void> => {
      await mesh.api.waitFor(policy, () => true, { withinMs: 60_000 });
      await mesh.operator().kill();
      await mesh.startOperator({ readyWithinMs: 60_000 });
    };
    await noGap('the operator is killed and started again', [
      { old: open, new: guarded, probes: [...within(), outside('/cart'), outside('/admin')], meanwhile },
    ]);
  });
});

describe('a leader that is killed', () => {
  const spec = (edge: object): object => ({
    port: 8080,
    external: { ...external, ...edge },
    internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] },
  });

  it('in the middle of a move leaves no gap: the standby finishes', async () => {
    const flags = ['--leader-elect', '--lease-duration=6s', '--renew-deadline=4s', '--retry-period=1s'];
    await mesh.operator().stop();
    const leader = await mesh.startOperator({ flags, readyWithinMs: 60_000 });
    await leader.waitForLog(({ msg }) => msg === 'became leader', 60_000);
    const standby = await mesh.startOperator({ flags, readyWithinMs: 60_000 });
    const meanwhile = async (): Promise<void> => {
      const name = childName('VirtualService', 'shop', ['istio-system', 'shared'], true);
      const routes = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', namespace: 'team', name };
      await mesh.api.waitFor(routes, () => true, { withinMs: 60_000 });
      await leader.kill();
    };
    const within = ['checkout', 'stranger'].map((one) => inside(one, '/a'));
    await noGap('the leader is killed in the middle of a move', [
      { old: spec({}), new: spec({ gateway: 'istio-system/shared' }), probes: [outside('/a'), ...within], meanwhile },
    ]);
    expect([leader.isRunning(), standby.isRunning()]).toEqual([false, true]);
  });
});

describe('probers report', () => {
  const spec = { port: 8080, external, internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] } };
  /** Deletes a child while the operator cannot repair it. */
  const hand =
    (apiVersion: string, kind: string, name: string) =>
    async (probing: Probing): Promise<void> => {
      mesh.operator().pause();
      await mesh.api.delete({ apiVersion, kind, namespace: 'team', name });
      await mesh.synced();
      await probing.more(5);
      mesh.operator().resume();
    };

  it('a route that was deleted by hand', async () => {
    const meanwhile = hand('networking.istio.io/v1', 'VirtualService', 'shop-istio');
    const probes = [outside('/a'), inside('checkout', '/a')];
    const { judged } = await prove(mesh, ground, {
      namespace: 'team',
      name: 'shop',
      old: spec,
      new: spec,
      probes,
      meanwhile,
    });
    const lines = failureLines(judged);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !line.includes('changing, GET http://shop.example.com/a: not as old: pod'))).toEqual(
      [],
    );
  });

  it('a pod that answers without its policy', async () => {
    const meanwhile = hand('security.istio.io/v1', 'AuthorizationPolicy', 'shop');
    const probes = [outside('/a'), inside('checkout', '/a'), inside('stranger', '/a')];
    const { judged } = await prove(mesh, ground, {
      namespace: 'team',
      name: 'shop',
      old: spec,
      new: spec,
      probes,
      meanwhile,
    });
    const lines = failureLines(judged);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !line.includes('changing, stranger: GET shop.team/a: not as old: status'))).toEqual(
      [],
    );
  });
});
