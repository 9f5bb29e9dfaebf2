import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createApiClient } from '../testbed/api-client.ts';
import type { ApiClient } from '../testbed/api-client.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { eventually } from '../testbed/eventually.ts';
import { open } from '../testbed/http.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { holdRequest, holdResponse, loseRequest, loseResponse, respond } from '../testbed/proxy/injections.ts';
import { startProxy } from '../testbed/proxy/proxy.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';

jest.setTimeout(60_000);

const configMap = (name: string, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
});
const configMaps = { resource: 'configmaps' } as const;

describe('a proxy before the API server', () => {
  let plane: ControlPlane;
  let proxy: Proxy;
  let client: ApiClient;
  beforeAll(async () => {
    plane = await startControlPlane({ controllers: false });
    proxy = await startProxy(plane);
    client = createApiClient({ url: proxy.url, ca: proxy.ca, token: plane.adminToken });
  });
  afterEach(() => proxy.heal());
  afterAll(() => plane.stop());

  /** Opens a watch of the ConfigMaps of namespace default through the proxy and collects its lines. */
  async function openWatch(): Promise<{ stream: IncomingMessage; names: () => readonly string[]; text: () => string }> {
    const { metadata } = (await plane.api.request({ method: 'GET', path: '/api/v1/namespaces/default/configmaps' }))
      .body as { metadata: { resourceVersion: string } };
    const path = `/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=${metadata.resourceVersion}`;
    const stream = await open(client.endpoint, { method: 'GET', path, agent: false });
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const events = (): readonly { type: string; object: KubeObject }[] =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { type: string; object: KubeObject });
    return {
      stream,
      text: () => text,
      names: () => events().map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`.trim()),
    };
  }

  it('records what was asked and answered, and counts the writes', async () => {
    const mark = proxy.mark();
    await client.apply(configMap('counted', { a: '1' }), { fieldManager: 'counter' });
    await client.apply(configMap('counted', { a: '1' }), { dryRun: true });
    await client.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' });
    await client.delete(configMap('counted'));
    const applied = proxy.requests({ verb: 'apply' }, mark)[0];
    expect(applied).toMatchObject({
      verb: 'apply',
      group: '',
      version: 'v1',
      resource: 'configmaps',
      namespace: 'default',
      name: 'counted',
      fieldManager: 'counter',
      userAgent: 'testbed',
      status: 201,
      body: configMap('counted', { a: '1' }),
    });
    const [listed] = proxy.requests({ verb: 'list', ...configMaps }, mark);
    expect(listed?.items).toBeGreaterThan(0);
    expect(proxy.writes(mark).map(({ verb, name, status }) => `${verb} ${name} ${status}`)).toEqual([
      'apply counted 201',
      'delete counted 200',
    ]);
  });

  it('serves kubectl under a ServiceAccount, which is all that the kubeconfig changes', async () => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'visitor', namespace: 'default' } };
    await plane.api.apply(account);
    const kubeconfig = await proxy.kubeconfigFor({ serviceAccount: { namespace: 'default', name: 'visitor' } });
    const mark = proxy.mark();
    const who = await plane.kubectl([
      '--kubeconfig',
      kubeconfig,
      'auth',
      'whoami',
      '-o',
      'jsonpath={.status.userInfo.username}',
    ]);
    expect(who).toBe('system:serviceaccount:default:visitor');
    expect(proxy.requests({ resource: 'selfsubjectreviews' }, mark)).toHaveLength(1);
    expect(proxy.writes(mark)).toEqual([]);
  });

  it('resolves quietFor with the writes that came in that time', async () => {
    await client.apply(configMap('before'));
    const quiet = proxy.quietFor(300);
    await client.apply(configMap('during'));
    expect((await quiet).map(({ name }) => name)).toEqual(['during']);
  });

  it('answers the n-th match of a rule itself', async () => {
    const injection = proxy.inject(
      { verb: 'apply', ...configMaps },
      respond(429, 'TooManyRequests', { retryAfterSeconds: 1 }),
      { skip: 1 },
    );
    expect((await client.apply(configMap('first'))).metadata.name).toBe('first');
    await expect(client.apply(configMap('second'))).rejects.toMatchObject({ status: 429, reason: 'TooManyRequests' });
    expect((await client.apply(configMap('third'))).metadata.name).toBe('third');
    expect(await plane.api.get(configMap('second'))).toBeUndefined();
    expect(injection.hits.map(({ name, status, isInjected }) => [name, status, isInjected])).toEqual([
      ['second', 429, true],
    ]);
  });

  it('loses a request on its way', async () => {
    proxy.inject(configMaps, loseRequest);
    await expect(client.apply(configMap('lost'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await plane.api.get(configMap('lost'))).toBeUndefined();
  });

  it('loses the answer to a request that was carried out', async () => {
    const injection = proxy.inject({ verb: 'create' }, loseResponse);
    await expect(client.create(configMap('carried-out'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await plane.api.get(configMap('carried-out')))?.metadata.name).toBe('carried-out');
    expect(injection.hits.map(({ status }) => status)).toEqual([201]);
  });

  it.each([
    ['a request', holdRequest, false],
    ['an answer', holdResponse, true],
  ] as const)('holds %s until it is released', async (what, fault, isCarriedOut) => {
    const object = configMap(`held-${what.split(' ')[1]}`);
    const injection = proxy.inject({ verb: 'apply' }, fault);
    const applied = client.apply(object);
    await injection.firstHit;
    if (isCarriedOut) await plane.api.waitFor(object, () => true);
    expect((await plane.api.get(object)) !== undefined).toBe(isCarriedOut);
    injection.release();
    expect((await applied).metadata.name).toBe(object.metadata.name);
  });

  it('never sends a held request on once its client was dropped', async () => {
    const injection = proxy.inject({ verb: 'apply' }, holdRequest);
    const broken = expect(client.apply(configMap('dropped'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    await injection.firstHit;
    proxy.dropClients();
    injection.release();
    await broken;
    expect((await client.apply(configMap('behind'))).metadata.name).toBe('behind');
    expect(await plane.api.get(configMap('dropped'))).toBeUndefined();
    expect(injection.hits.map(({ status }) => status)).toEqual([undefined]);
  });

  it('cuts open watches mid-stream', async () => {
    const { stream } = await openWatch();
    const broken = once(stream, 'error');
    expect(proxy.openWatches(configMaps)).toHaveLength(1);
    expect(proxy.cutWatches(configMaps)).toBe(1);
    expect(await broken).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    expect(proxy.openWatches(configMaps)).toEqual([]);
  });

  it('ends open watches as the server does at their timeout', async () => {
    const { stream } = await openWatch();
    expect(proxy.endWatches(configMaps)).toBe(1);
    await once(stream, 'end');
    expect(stream.complete).toBe(true);
  });

  it('swallows the chosen events of a watch', async () => {
    const watch = await openWatch();
    const swallowing = proxy.swallowEvents(configMaps, ({ type }) => type === 'MODIFIED');
    await plane.api.create(configMap('seen'));
    await plane.api.apply(configMap('seen', { a: '2' }));
    await plane.api.delete(configMap('seen'));
    await eventually('both events', () => watch.names().length === 2);
    expect(watch.names()).toEqual(['ADDED seen', 'DELETED seen']);
    expect(swallowing.events).toHaveLength(1);
    watch.stream.destroy();
  });

  it('stalls a watch without closing it, and catches up afterwards', async () => {
    const watch = await openWatch();
    const resume = proxy.stallWatches(configMaps);
    await plane.api.create(configMap('delayed'));
    const other = await openWatch();
    await plane.api.delete(configMap('delayed'));
    await proxy.quietFor(200);
    expect([watch.text(), other.text()]).toEqual(['', '']);
    resume();
    await eventually('the events', () => watch.names().length === 2 && other.names().length === 1);
    expect([watch.names(), other.names()]).toEqual([['ADDED delayed', 'DELETED delayed'], ['DELETED delayed']]);
    watch.stream.destroy();
    other.stream.destroy();
  });

  it('slips an event into a watch', async () => {
    const watch = await openWatch();
    expect(proxy.sendEvent(configMaps, { type: 'ERROR', object: { kind: 'Status', code: 410 } })).toBe(1);
    await eventually('the event', () => watch.names().length === 1);
    expect(watch.names()).toEqual(['ERROR']);
    watch.stream.destroy();
  });

  it('breaks connections when the API server is killed, and goes on when it is back', async () => {
    const { stream } = await openWatch();
    const broken = once(stream, 'error');
    await plane.killApiServer();
    expect(await broken).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    await expect(client.get(configMap('after'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    await plane.startApiServer();
    expect((await client.apply(configMap('after'))).metadata.name).toBe('after');
  });

  it('waits for a request and says when none came', async () => {
    const seen = proxy.waitForRequest({ verb: 'apply', name: 'awaited' });
    await client.apply(configMap('awaited'));
    expect((await seen).status).toBe(201);
    await expect(proxy.waitForRequest({ name: 'never' }, { withinMs: 100 })).rejects.toThrow(
      'no request {"name":"never"} was answered within 100 ms',
    );
  });
});
