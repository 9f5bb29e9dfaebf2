import type { Informer } from '../../src/runtime/informer.ts';
import type { StoreChange } from '../../src/runtime/store.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { installCrds } from '../testbed/crds.ts';
import { eventually } from '../testbed/eventually.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { respond } from '../testbed/proxy/injections.ts';
import { startProxy } from '../testbed/proxy/proxy.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';
import { configMaps, connectRuntime, whenStore } from './runtime-client.ts';
import type { ConfigMap, RuntimeClient } from './runtime-client.ts';

jest.setTimeout(120_000);

const selector = { labelSelector: 'watched=yes' };
const labels = { watched: 'yes' };
const watches = { verb: 'watch', resource: 'configmaps' } as const;

const configMap = (name: string, data: Record<string, string> = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels, ...metadata },
  data,
});

describe('an informer before a real API server', () => {
  let plane: ControlPlane;
  let proxy: Proxy;
  let runtime: RuntimeClient;
  let informer: Informer<ConfigMap>;
  let changes: string[];

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: false });
    proxy = await startProxy(plane);
  });
  afterAll(() => plane.stop());

  beforeEach(async () => {
    runtime = connectRuntime(await proxy.kubeconfigFor({ token: plane.adminToken }));
    changes = [];
  });
  afterEach(async () => {
    proxy.heal();
    await runtime.stop();
    for (const object of await plane.api.list({ apiVersion: 'v1', kind: 'ConfigMap', ...selector })) {
      await plane.api.delete(object);
    }
  });

  /** Watches the labelled ConfigMaps and notes each change as text. */
  async function start(options: Parameters<RuntimeClient['watchConfigMaps']>[0] = {}): Promise<void> {
    informer = runtime.watchConfigMaps({ ...selector, ...options });
    informer.store.subscribe((change: StoreChange<ConfigMap>) => {
      const { name, data } = change.type === 'deleted' ? change.old : change.item;
      changes.push(`${change.origin} ${change.type} ${name} ${data.v ?? ''}`.trim());
    });
    await informer.whenSynced(new AbortController().signal);
  }

  const holds = (name: string, value: string) => (): boolean => informer.store.get(`default/${name}`)?.data.v === value;
  const lacks = (name: string) => (): boolean => informer.store.get(`default/${name}`) === undefined;
  const queries = (mark: number): readonly Record<string, string>[] =>
    proxy.requests({ resource: 'configmaps' }, mark).map(({ query }) => query);

  it('fills its store by one streamed request and hears of every change after it', async () => {
    await plane.api.create(configMap('a', { v: '1' }));
    await plane.api.create(configMap('b', { v: '1' }));
    await plane.api.create(configMap('stranger', {}, { labels: {} }));
    const mark = proxy.mark();
    await start();
    await plane.api.patch(configMap('a'), { data: { v: '2' } });
    await plane.api.delete(configMap('b'));
    await whenStore(informer.store, lacks('b'));
    expect(changes).toEqual(['initial added a 1', 'initial added b 1', 'watch updated a 2', 'watch deleted b 1']);
    expect(queries(mark)).toMatchObject([{ sendInitialEvents: 'true', labelSelector: 'watched=yes' }]);
    await plane.api.delete({ ...configMap('stranger'), metadata: { name: 'stranger', namespace: 'default' } });
  });

  it('loses sight of an object whose label goes, and sees it again when the label comes back', async () => {
    await start();
    await plane.api.create(configMap('a', { v: '1' }));
    await whenStore(informer.store, holds('a', '1'));
    await plane.api.patch(configMap('a'), { metadata: { labels: { watched: null } } });
    await whenStore(informer.store, lacks('a'));
    await plane.api.patch(configMap('a'), { metadata: { labels } });
    await whenStore(informer.store, holds('a', '1'));
    expect(changes).toEqual(['watch added a 1', 'watch deleted a 1', 'watch added a 1']);
  });

  it('goes on where it was after a cut, without listing again', async () => {
    await plane.api.create(configMap('a', { v: '1' }));
    await start();
    const mark = proxy.mark();
    expect(proxy.cutWatches(watches)).toBe(1);
    await plane.api.patch(configMap('a'), { data: { v: '2' } });
    await whenStore(informer.store, holds('a', '2'));
    expect(
      queries(mark).map((query) => [query.watch, query.sendInitialEvents, query.resourceVersion !== undefined]),
    ).toEqual([['true', undefined, true]]);
  });

  it('notices an object that was deleted and created anew while it was not looking', async () => {
    const first = await plane.api.create(configMap('a', { v: '1' }));
    await start();
    const away = proxy.inject(watches, respond(503, 'ServiceUnavailable'), { times: 100 });
    proxy.cutWatches(watches);
    await plane.api.delete(first);
    await plane.api.create(configMap('a', { v: '1' }));
    away.remove();
    await whenStore(informer.store, (store) => store.get('default/a')?.uid !== first.metadata?.uid && store.size === 1);
    expect(changes.slice(1)).toEqual(['watch deleted a 1', 'watch added a 1']);
  });

  it('converges after the API server was killed, and keeps what it knows while that is away', async () => {
    await plane.api.create(configMap('a', { v: '1' }));
    await start();
    await plane.killApiServer();
    expect(informer.store.size).toBe(1);
    await plane.startApiServer();
    await plane.api.patch(configMap('a'), { data: { v: '2' } });
    await whenStore(informer.store, holds('a', '2'), 60_000);
    expect(changes).toEqual(['initial added a 1', 'watch updated a 2']);
  });

  it('lists again when the server no longer knows where it was, and reports the difference alone', async () => {
    for (const name of ['stays', 'changes', 'goes']) await plane.api.create(configMap(name, { v: '1' }));
    await start();
    const away = proxy.inject(watches, respond(503, 'ServiceUnavailable'), { times: 1000 });
    proxy.cutWatches(watches);
    await plane.api.patch(configMap('changes'), { data: { v: '2' } });
    await plane.api.delete(configMap('goes'));
    await plane.api.create(configMap('comes', { v: '1' }));
    // A server that starts anew remembers no events from before: the old position is answered with 410.
    await plane.killApiServer();
    await plane.startApiServer();
    const mark = proxy.mark();
    away.remove();
    await whenStore(informer.store, holds('comes', '1'), 60_000);
    expect(changes.slice(3).sort()).toEqual(['watch added comes 1', 'watch deleted goes 1', 'watch updated changes 2']);
    expect(runtime.events.filter(({ type }) => type === 'watch.expired').length).toBe(1);
    expect(proxy.requests({ verb: 'list', resource: 'configmaps' }, mark)).toEqual([]);
  });

  it('lists again when 410 comes within the stream', async () => {
    await start();
    const hidden = proxy.swallowEvents(watches, () => true);
    await plane.api.create(configMap('a', { v: '1' }));
    await eventually('the event was swallowed', () => hidden.events.length === 1);
    hidden.stop();
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, code: 410, reason: 'Expired', message: 'too old' };
    expect(proxy.sendEvent(watches, { type: 'ERROR', object: status })).toBe(1);
    await whenStore(informer.store, holds('a', '1'));
    expect(changes).toEqual(['watch added a 1']);
  });

  it('leaves a connection that fell silent', async () => {
    await start({ timing: { idleTimeoutMs: 1_000 } });
    const speakAgain = proxy.stallWatches(watches);
    await plane.api.create(configMap('a', { v: '1' }));
    await eventually('the silence was noticed', () => runtime.events.some(({ type }) => type === 'watch.failed'));
    speakAgain();
    await whenStore(informer.store, holds('a', '1'));
    expect(runtime.events.find(({ type }) => type === 'watch.failed')).toMatchObject({ error: { reason: 'Timeout' } });
  });

  it('finds by its relist what the watch never told', async () => {
    await plane.api.create(configMap('goes', { v: '1' }));
    await start({ timing: { relistPeriodMs: 500 } });
    const hidden = proxy.swallowEvents(watches, ({ type }) => type !== 'BOOKMARK');
    await plane.api.create(configMap('comes', { v: '1' }));
    await plane.api.delete(configMap('goes'));
    await eventually('the events were swallowed', () => hidden.events.length === 2);
    hidden.stop();
    await whenStore(informer.store, (store) => store.size === 1 && holds('comes', '1')());
    expect(changes.slice(1).sort()).toEqual(['watch added comes 1', 'watch deleted goes 1']);
    const compared = runtime.events.filter((event) => event.type === 'relist.compared' && event.missed > 0);
    expect(compared).toMatchObject([{ resource: 'configmaps', items: 1, missed: 2 }]);
  });

  it('watches the namespaces it is given and no other, with one connection each', async () => {
    for (const name of ['one', 'two', 'three']) {
      await plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      await plane.api.create(configMap('a', { v: name }, { namespace: name }));
    }
    await start({ namespaces: ['one', 'two'] });
    expect(informer.store.keys().toSorted()).toEqual(['one/a', 'two/a']);
    expect(
      proxy
        .openWatches(watches)
        .map(({ namespace }) => namespace)
        .toSorted(),
    ).toEqual(['one', 'two']);
  });

  it('is silent once it is stopped', async () => {
    await start();
    await runtime.stop();
    await plane.api.create(configMap('late', { v: '1' }));
    await eventually('the watch is closed', () => proxy.openWatches(watches).length === 0);
    expect([changes, runtime.events.filter(({ type }) => type === 'watch.failed')]).toEqual([[], []]);
  });
});

describe('an informer of a kind that comes late', () => {
  it('counts as synced and empty, and is filled when the CRD is installed', async () => {
    const plane = await startControlPlane({ controllers: false });
    const apps = {
      group: 'apptraffic.dev',
      version: 'v1alpha1',
      kind: 'AppTraffic',
      plural: 'apptraffics',
      namespaced: true,
    };
    const runtime = connectRuntime(plane.kubeconfig, [configMaps, apps]);
    try {
      runtime.run((signal) => runtime.discovery.run(signal));
      const informer = runtime.watchConfigMaps({ reader: runtime.client(apps) });
      await informer.whenSynced(new AbortController().signal);
      expect([informer.status()[0]?.state, informer.store.size]).toEqual(['kindMissing', 0]);
      await installCrds(plane.api, ['crds']);
      const spec = { port: 80 };
      await plane.api.create({
        apiVersion: 'apptraffic.dev/v1alpha1',
        kind: 'AppTraffic',
        metadata: { name: 'shop', namespace: 'default' },
        spec,
      });
      await whenStore(informer.store, (store) => store.get('default/shop') !== undefined);
      expect(informer.status()[0]?.state).toBe('synced');
    } finally {
      await runtime.stop();
      await plane.stop();
    }
  });
});

describe('an informer before an API server that does not stream lists', () => {
  it('asks for pages of at most 500 items', async () => {
    const plane = await startControlPlane({ controllers: false, apiServerFlags: ['--feature-gates=WatchList=false'] });
    const proxy = await startProxy(plane);
    const runtime = connectRuntime(await proxy.kubeconfigFor({ token: plane.adminToken }));
    try {
      const names = Array.from({ length: 620 }, (_, index) => `m${index}`);
      for (let start = 0; start < names.length; start += 20) {
        await Promise.all(names.slice(start, start + 20).map((name) => plane.api.create(configMap(name))));
      }
      const informer = runtime.watchConfigMaps(selector);
      await informer.whenSynced(new AbortController().signal);
      expect(informer.store.size).toBe(620);
      await proxy.waitForRequest(({ verb, query }) => verb === 'watch' && query.resourceVersion !== undefined);
      const asked = proxy.requests({ resource: 'configmaps' });
      expect(asked.map(({ verb, status, items }) => [verb, status, items])).toEqual([
        ['watch', 422, undefined],
        ['list', 200, 500],
        ['list', 200, 120],
        ['watch', 200, undefined],
      ]);
    } finally {
      await runtime.stop();
      await plane.stop();
    }
  });
});
