import { field } from '../testbed/kube-object.ts';
import { startMesh } from '../testbed/mesh/mesh.ts';
import type { Mesh } from '../testbed/mesh/mesh.ts';
import type { Pod } from '../testbed/mesh/pod.ts';
import { echoOf, headerValues } from '../testbed/mesh/request.ts';
import { expectShare } from './share.ts';

jest.setTimeout(300_000);

describe('a mesh', () => {
  let mesh: Mesh;
  let caller: Pod;
  let stranger: Pod;
  beforeAll(async () => {
    mesh = await startMesh();
    await mesh.namespace('team');
    const versions = ['v1', 'v2'].map((version) =>
      mesh.pod({ namespace: 'team', name: `shop-${version}`, labels: { app: 'shop', version } }),
    );
    [, , caller, stranger] = (await Promise.all([
      ...versions,
      mesh.pod({ namespace: 'team', name: 'checkout' }),
      mesh.pod({ namespace: 'team', name: 'stranger', sidecar: false }),
    ])) as [Pod, Pod, Pod, Pod];
    await mesh.serve('team', 'shop', {
      port: 8080,
      backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
      split: { stable: 90, canary: 10 },
      external: { hosts: ['shop.example.com'] },
      internal: { mtls: { mode: 'Strict' } },
    });
  });
  afterAll(() => mesh?.stop());

  it('gives every proxy the identity of its ServiceAccount', async () => {
    const proxies = [...mesh.gateways, ...mesh.pods()].flatMap(({ proxy }) => (proxy === undefined ? [] : [proxy]));
    const identities = await Promise.all(proxies.map(async ({ id, identity }) => [id, await identity()] as const));
    expect(Object.fromEntries(identities)).toEqual({
      'istio-ingressgateway.istio-system':
        'spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account',
      'shop-v1.team': 'spiffe://cluster.local/ns/team/sa/shop',
      'shop-v2.team': 'spiffe://cluster.local/ns/team/sa/shop',
      'checkout.team': 'spiffe://cluster.local/ns/team/sa/checkout',
    });
  });

  it('shows the app the request as it was sent, and who sent it', async () => {
    const answer = await mesh.request({
      host: 'shop.example.com',
      method: 'POST',
      path: '/cart//a?id=1&id=2',
      headers: [
        ['X-One', '1'],
        ['x-one', '2'],
        ['x-echo-header', 'set-cookie: a=1'],
        ['x-echo-header', 'set-cookie: b=2'],
      ],
      body: 'hello',
    });
    const echo = echoOf(answer);
    expect(echo).toMatchObject({
      namespace: 'team',
      port: 8080,
      method: 'POST',
      path: '/cart//a',
      query: 'id=1&id=2',
      host: 'shop.example.com',
      body: 'hello',
    });
    expect(headerValues(echo.headers, 'x-one').join(',')).toBe('1,2');
    expect(headerValues(echo.headers, 'x-forwarded-client-cert').join()).toContain(
      'URI=spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account',
    );
    expect(headerValues(answer.headers ?? [], 'set-cookie')).toEqual(['a=1', 'b=2']);
  });

  it('splits what comes from outside 90 to 10', async () => {
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => mesh.request({ host: 'shop.example.com', path: '/split' })),
    );
    expectShare(answers.filter((answer) => echoOf(answer).version === 'v2').length, answers.length, 0.1);
    expect(await mesh.count('/split')).toBe(1_000);
  });

  it('knows no other host', async () => {
    expect(await mesh.request({ host: 'other.example.com' })).toMatchObject({ status: 404 });
  });

  it('counts every try of a request: a 503 of the app is not tried again by default', async () => {
    const headers = { 'x-echo-key': 'tried', 'x-echo-fail-first': '1' };
    expect(await mesh.request({ host: 'shop.example.com', headers })).toMatchObject({ status: 503 });
    expect(await mesh.count('tried')).toBe(1);
  });

  it('resets plaintext where mTLS is strict, and knows the caller otherwise', async () => {
    const [shop] = mesh.pods().filter(({ name }) => name === 'shop-v1');
    const plain = await stranger.request({ to: `${shop?.address}:8080`, host: 'shop' });
    expect(plain).toEqual({ connectionError: 'ECONNRESET', during: 'response' });
    const echo = await caller.echo({ to: 'shop.team:80', host: 'shop.team' });
    expect(headerValues(echo.headers, 'x-forwarded-client-cert').join()).toContain(
      'URI=spiffe://cluster.local/ns/team/sa/checkout',
    );
  });

  it('ends TLS at the gateway with the Secret of its namespace', async () => {
    const ca = await mesh.tlsSecret('istio-system', 'team-shop-tls', ['secure.example.com']);
    await mesh.serve('team', 'shop', {
      port: 8080,
      external: { hosts: ['secure.example.com'], tls: { secretName: 'team-shop-tls' } },
    });
    const answer = await mesh.request({ host: 'secure.example.com', tls: { sni: 'secure.example.com', ca } });
    expect(answer).toMatchObject({ status: 200, certificate: { names: 'DNS:secure.example.com' } });
    const plain = await mesh.request({ host: 'secure.example.com', path: '/a?b' });
    expect(plain.status).toBe(308);
    expect(headerValues(plain.headers ?? [], 'location')).toEqual(['https://secure.example.com/a?b']);
  });

  it('serves an Ingress through the gateway that IngressClass istio stands for', async () => {
    const app = await mesh.serve('team', 'shop', {
      port: 8080,
      external: { provider: 'Ingress', ingressClass: 'istio', hosts: ['ingress.example.com'] },
    });
    const ingresses = await mesh.api.list({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: 'team' });
    const [gateway] = mesh.gateways;
    expect(ingresses.map((ingress) => field(ingress, 'status', 'loadBalancer', 'ingress'))).toEqual([
      [{ ip: gateway?.address }],
    ]);
    expect(field(app, 'status', 'url')).toBe('http://ingress.example.com');
    expect(echoOf(await mesh.request({ host: 'ingress.example.com', path: '/a' }))).toMatchObject({ path: '/a' });
  });

  it('has as many gateways as it is told to, each at its own address', async () => {
    const gateway = await mesh.gateway({ name: 'public', namespace: 'edge', labels: { istio: 'public' } });
    const metadata = { namespace: 'edge', name: 'public' };
    const apiVersion = 'networking.istio.io/v1';
    const hosts = ['public.example.com'];
    const port = { number: 80, name: 'http', protocol: 'HTTP' };
    await mesh.api.create({
      apiVersion,
      kind: 'Gateway',
      metadata,
      spec: { selector: { istio: 'public' }, servers: [{ port, hosts }] },
    });
    const route = [{ destination: { host: 'shop.team.svc.cluster.local', port: { number: 80 } } }];
    await mesh.api.create({
      apiVersion,
      kind: 'VirtualService',
      metadata,
      spec: { hosts, gateways: ['public'], http: [{ route }] },
    });
    await mesh.synced();
    const to = `${gateway.address}:80`;
    expect(await mesh.request({ to, host: 'public.example.com' })).toMatchObject({ status: 200 });
    expect(await mesh.request({ host: 'public.example.com' })).toMatchObject({ status: 404 });
  });

  it('sends nothing to a pod that has ended', async () => {
    await mesh.serve('team', 'shop', { port: 8080, external: { hosts: ['shop.example.com'] } });
    await mesh
      .pods()
      .find(({ name }) => name === 'shop-v2')
      ?.stop();
    await mesh.synced();
    const answers = await Promise.all(Array.from({ length: 50 }, () => mesh.request({ host: 'shop.example.com' })));
    expect(new Set(answers.map((answer) => echoOf(answer).pod))).toEqual(new Set(['shop-v1']));
  });
});
