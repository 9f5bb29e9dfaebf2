import type { ResourceClient } from '../../src/runtime/resource-client.ts';
import { createController } from '../../src/runtime/controller.ts';
import type { Controller } from '../../src/runtime/controller.ts';
import type { Informer } from '../../src/runtime/informer.ts';
import { done } from '../../src/runtime/outcome.ts';
import type { Outcome } from '../../src/runtime/outcome.ts';
import { initialPriority, normalPriority } from '../../src/runtime/queue.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { holdRequest, loseResponse, respond } from '../testbed/proxy/injections.ts';
import { startProxy } from '../testbed/proxy/proxy.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';
import { connectRuntime } from './runtime-client.ts';
import type { ConfigMap, RuntimeClient } from './runtime-client.ts';

jest.setTimeout(120_000);

const labels = { copy: 'yes' };
const original = (name: string, a: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
  data: { a },
});
const isCopied = (object: KubeObject): boolean => field(object, 'data', 'b') === field(object, 'data', 'a');

/** A controller of ConfigMaps: key b becomes what key a is. One look into the store, at most one request. */
function copier(client: ResourceClient, informer: Informer<ConfigMap>): (key: string) => Promise<Outcome> {
  return async (key) => {
    const held = informer.store.get(key);
    if (held === undefined || held.data.a === undefined || held.data.a === held.data.b) return done;
    const { namespace, name, uid } = held;
    const metadata = { namespace, name, uid };
    const copy = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { b: held.data.a } };
    const { object } = await client.apply(copy, { force: true });
    informer.accept(object);
    return done;
  };
}

/** Everything a process of this controller consists of. */
function startCopier(runtime: RuntimeClient): Controller {
  const informer = runtime.watchConfigMaps({ labelSelector: 'copy=yes' });
  const controller = createController({
    name: 'copier',
    workers: 4,
    reconcile: copier(runtime.client(undefined, { fieldManager: 'copier' }), informer),
    environment: runtime.environment,
    waitFor: [(signal) => informer.whenSynced(signal)],
  });
  informer.store.subscribe(({ key, origin }) => {
    if (origin !== 'write') controller.enqueue(key, origin === 'initial' ? initialPriority : normalPriority);
  });
  runtime.run((signal) => controller.run(signal));
  return controller;
}

describe('a controller of a foreign kind, driven by the runtime', () => {
  let plane: ControlPlane;
  let proxy: Proxy;
  let runtime: RuntimeClient;

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: false });
    proxy = await startProxy(plane);
  });
  afterAll(() => plane.stop());

  beforeEach(async () => {
    runtime = connectRuntime(await proxy.kubeconfigFor({ token: plane.adminToken }));
  });
  afterEach(async () => {
    proxy.heal();
    await runtime.stop();
    for (const object of await plane.api.list({ apiVersion: 'v1', kind: 'ConfigMap', labelSelector: 'copy=yes' })) {
      await plane.api.delete(object);
    }
  });

  const asked = (mark: number): readonly string[] =>
    proxy.requests({ resource: 'configmaps' }, mark).map(({ verb, name, status }) => `${verb} ${name} ${status}`);

  it('writes each object once, reads none, and writes nothing after a restart', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `m${index}`);
    for (const name of names) await plane.api.create(original(name, name));
    const mark = proxy.mark();
    startCopier(runtime);
    for (const name of names) await plane.api.waitFor(original(name, name), isCopied);
    expect(await proxy.quietFor(500)).toEqual([]);
    expect(asked(mark).toSorted()).toEqual([...names.map((name) => `apply ${name} 200`), 'watch  200'].toSorted());

    await runtime.stop();
    runtime = connectRuntime(await proxy.kubeconfigFor({ token: plane.adminToken }));
    const restarted = proxy.mark();
    startCopier(runtime);
    expect(await proxy.quietFor(1_000)).toEqual([]);
    expect(asked(restarted)).toEqual(['watch  200']);
  });

  it('follows an edit with one write, and puts a stray copy right with one', async () => {
    const object = await plane.api.create(original('a', '1'));
    startCopier(runtime);
    await plane.api.waitFor(object, isCopied);
    const mark = proxy.mark();
    await plane.api.patch(object, { data: { a: '2' } });
    await plane.api.waitFor(object, (now) => field(now, 'data', 'b') === '2');
    await plane.api.patch(object, { data: { b: 'stray' } });
    await plane.api.waitFor(object, (now) => field(now, 'data', 'b') === '2');
    expect(await proxy.quietFor(500)).toEqual([]);
    expect(asked(mark)).toEqual(['apply a 200', 'apply a 200']);
  });

  it('never writes to an object that was deleted and created anew under its name', async () => {
    const first = await plane.api.create(original('a', '1'));
    const held = proxy.inject({ verb: 'apply', name: 'a' }, holdRequest);
    const mark = proxy.mark();
    startCopier(runtime);
    await held.firstHit;
    await plane.api.delete(first);
    const second = await plane.api.create({ ...original('a', '2'), metadata: { name: 'a', namespace: 'default' } });
    held.release();
    const refused = await proxy.waitForRequest({ verb: 'apply', name: 'a' }, { since: mark });
    expect(await proxy.quietFor(300)).toEqual([]);
    expect(await plane.api.get(second)).toEqual(second);
    expect(refused.status).toBe(422);
    await plane.api.delete(second);
  });

  it('goes on after refusals and lost answers, and ends with the same objects', async () => {
    const throttled = proxy.inject(
      { verb: 'apply', name: 'a' },
      respond(429, 'TooManyRequests', { retryAfterSeconds: 1 }),
      { times: 2 },
    );
    const lost = proxy.inject({ verb: 'apply', name: 'b' }, loseResponse, { times: 2 });
    const failing = proxy.inject({ verb: 'apply', name: 'c' }, respond(500, 'InternalError'), { times: 3 });
    startCopier(runtime);
    for (const name of ['a', 'b', 'c']) await plane.api.create(original(name, name));
    for (const name of ['a', 'b', 'c']) await plane.api.waitFor(original(name, name), isCopied);
    expect(await proxy.quietFor(500)).toEqual([]);
    expect([throttled.hits.length, failing.hits.length]).toEqual([2, 3]);
    const [first, second] = throttled.hits;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000);
    expect(lost.hits.length).toBeGreaterThan(0);
    const unknown = runtime.events.filter((event) => event.type === 'reconcile.finished' && event.result === 'error');
    expect(unknown.length).toBeGreaterThanOrEqual(5);
  });

  it('finishes what it has in hand when it is stopped', async () => {
    const held = proxy.inject({ verb: 'apply', name: 'a' }, { kind: 'hold', when: 'after' });
    const object = await plane.api.create(original('a', '1'));
    startCopier(runtime);
    await held.firstHit;
    const stopped = runtime.stop();
    held.release();
    await stopped;
    expect(runtime.events.filter(({ type }) => type === 'reconcile.finished')).toMatchObject([{ result: 'success' }]);
    expect(field(await plane.api.get(object), 'data', 'b')).toBe('1');
  });
});
