import { childKinds, childKindsBehind, kinds } from '../../src/kube/gvk.ts';
import { eventually } from '../testbed/eventually.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { holdRequest, loseResponse, respond } from '../testbed/proxy/injections.ts';
import { requestTexts, tally, watchStart } from './requests.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const namespace = 'team';
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const anyWatch = { verb: 'watch' } as const;
const settings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  settle: '200ms',
};
/** Watches of one process: the apps, each child kind without a gate, and Services, IngressClasses and Namespaces as facts. */
const watches = 1 + childKindsBehind({ EnvoyFilter: false, CertManager: false }).length + 3;

const specOf = (name: string, canary = 10): object => ({
  port: 8080,
  backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
  split: { stable: 100 - canary, canary },
  external: { hosts: [`${name}.example.com`] },
  internal: { mtls: { mode: 'Strict' } },
});

let stage: Stage;
let apps: ReadonlyMap<string, KubeObject>;

beforeAll(async () => {
  stage = await startStage({ operator: { settings } });
  await stage.namespace(namespace);
  apps = new Map(
    await Promise.all(
      names.map(async (name) => [name, await stage.ready(await stage.app(namespace, name, specOf(name)))] as const),
    ),
  );
});
afterAll(() => stage?.stop());
afterEach(() => stage.recover());

/** A new process: its watches have no failures behind them that would make them wait longer. */
async function restart(...flags: readonly string[]): Promise<void> {
  await stage.operator().stop();
  await stage.startOperator({ flags, settings });
  await isWatching();
}

const appNamed = (name: string): KubeObject => {
  const app = apps.get(name);
  if (app === undefined) throw new Error(`no app ${name}`);
  return app;
};

/** Sets the canary's weight. */
const reweigh = (name: string, canary: number): Promise<KubeObject> =>
  stage.plane.api.patch(appNamed(name), { spec: { split: { stable: 100 - canary, canary } } });

const virtualService = (name: string): { apiVersion: string; kind: string; namespace: string; name: string } => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  namespace,
  name,
});

/** The weights that a live VirtualService gives. */
const weightsOf = (object: KubeObject): readonly unknown[] =>
  ((field(object, 'spec', 'http', 0, 'route') ?? []) as readonly unknown[]).map((route) => field(route, 'weight'));

/** Every live child with its uid: an object that was deleted and made anew has another. */
async function children(): Promise<readonly string[]> {
  const lists = await Promise.all(
    childKinds.map((kind) => {
      const { group, version } = kinds[kind];
      const apiVersion = group === '' ? version : `${group}/${version}`;
      return stage.plane.api.list({ apiVersion, kind, namespace });
    }),
  );
  return lists
    .flat()
    .map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.uid}`)
    .sort();
}

const deletes = (mark: number): readonly string[] =>
  requestTexts(stage.proxy.requests(({ method }) => method === 'DELETE', mark));

const watchStarts = (mark: number): Readonly<Record<string, number>> =>
  tally(stage.proxy.requests(anyWatch, mark).map(watchStart));

const isWatching = (count = watches): Promise<void> =>
  eventually('every watch is open', () => stage.proxy.openWatches().length === count);

describe('an operator', () => {
  it('finishes what it was about when kube-apiserver is killed and comes back, and deletes nothing', async () => {
    const { plane, proxy } = stage;
    const before = await children();
    expect(before).toHaveLength(names.length * 6);
    const routes = { verb: 'apply', resource: 'virtualservices' } as const;
    const held = proxy.inject(routes, holdRequest, { times: 3 });
    const lost = proxy.inject(routes, loseResponse, { times: 2 });
    for (const name of names) await reweigh(name, 20);
    await eventually('writes are under way', () => held.hits.length === 3 && lost.hits.length === 2);
    const mark = proxy.mark();
    await plane.killApiServer();
    held.release();
    await plane.startApiServer();
    for (const name of names) {
      const app = await stage.ready(appNamed(name));
      expect(field(app, 'status', 'observedGeneration')).toBe(2);
      for (const object of [name, `${name}-istio`]) {
        expect(weightsOf(await plane.api.waitFor(virtualService(object), () => true))).toEqual([20, 80]);
      }
    }
    await isWatching();
    expect(await proxy.quietFor(2_000)).toEqual([]);
    expect([await children(), deletes(mark)]).toEqual([before, []]);
    // Backoff: in the seconds that the server was away, nobody hammered on it. Without, these would be hundreds.
    const attempts = tally(proxy.requests({}, mark).map(({ verb, resource, name }) => `${verb} ${resource} ${name}`));
    expect(Object.entries(attempts).filter(([, count]) => count > 15)).toEqual([]);
  });

  it('goes on where each watch was when all are cut in the middle of changes', async () => {
    const { proxy } = stage;
    await restart();
    const [before, mark] = [await children(), proxy.mark()];
    let cut = 0;
    for (const [index, name] of names.entries()) {
      await reweigh(name, 30);
      if (index % 4 === 1) cut += proxy.cutWatches();
    }
    for (const name of names) {
      await stage.ready(appNamed(name));
      expect(weightsOf(await stage.plane.api.waitFor(virtualService(`${name}-istio`), () => true))).toEqual([30, 70]);
    }
    await isWatching();
    expect(cut).toBeGreaterThanOrEqual(watches);
    expect(watchStarts(mark)).toEqual({ resume: cut });
    expect([await children(), deletes(mark), proxy.requests({ verb: 'list' }, mark)]).toEqual([before, [], []]);
  });

  it('lists once when the server no longer knows where a watch was, and writes only what is new', async () => {
    const { plane, proxy } = stage;
    await restart();
    const mark = proxy.mark();
    const resumed = (request: { verb: string; query: Readonly<Record<string, string>> }): boolean =>
      request.verb === 'watch' && request.query.resourceVersion !== undefined;
    const away = proxy.inject(resumed, respond(410, 'Expired'), { times: watches });
    expect(proxy.cutWatches()).toBe(watches);
    const gone = await plane.api.waitFor(virtualService('a-istio'), () => true);
    await plane.api.delete(gone);
    await plane.api.patch(virtualService('b-istio'), { spec: { hosts: ['elsewhere.example.com'] } });
    await reweigh('c', 40);
    expect(await stage.ready(appNamed('c'))).toMatchObject({ metadata: { generation: 4 } });
    await plane.api.waitFor(virtualService('a-istio'), ({ metadata }) => metadata.uid !== gone.metadata.uid);
    await plane.api.waitFor(virtualService('b-istio'), ({ spec }) => field(spec, 'hosts', 0) === 'b.example.com');
    await proxy.waitForRequest({ verb: 'apply', subresource: 'status', name: 'a' }, { since: mark });
    await isWatching();
    expect(await proxy.quietFor(1_000)).toEqual([]);
    expect(away.hits).toHaveLength(watches);
    expect(watchStarts(mark)).toEqual({ resume: watches, list: watches });
    expect(requestTexts(proxy.writes(mark))).toEqual([
      'apply apptraffics/status team/a',
      'apply apptraffics/status team/c',
      'apply virtualservices team/a-istio',
      'apply virtualservices team/b-istio',
      'apply virtualservices team/c',
      'apply virtualservices team/c-istio',
    ]);
  });

  it('lists once when the server says so within the stream, and writes nothing', async () => {
    const { proxy } = stage;
    const mark = proxy.mark();
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, code: 410, reason: 'Expired', message: 'too old' };
    expect(proxy.sendEvent(anyWatch, { type: 'ERROR', object: status })).toBe(watches);
    await eventually('every watch came back', () => proxy.requests(anyWatch, mark).length === watches);
    await isWatching();
    expect(await proxy.quietFor(1_000)).toEqual([]);
    expect([watchStarts(mark), proxy.writes(mark)]).toEqual([{ list: watches }, []]);
  });

  it('finds by its relist what no watch told, and puts it right', async () => {
    const { plane, proxy } = stage;
    await restart('--relist-period=10s');
    const mark = proxy.mark();
    const hidden = proxy.swallowEvents(
      ({ resource }) => resource === 'virtualservices' || resource === 'apptraffics',
      ({ type }) => type === 'DELETED' || type === 'MODIFIED',
    );
    await plane.api.delete(virtualService('d-istio'));
    await plane.api.patch(virtualService('e-istio'), { spec: { hosts: ['elsewhere.example.com'] } });
    await reweigh('f', 50);
    await eventually('three events were hidden', () => hidden.events.length === 3);
    hidden.stop();
    expect(await proxy.quietFor(1_000)).toEqual([]);
    await plane.api.waitFor(virtualService('d-istio'), () => true);
    await plane.api.waitFor(virtualService('e-istio'), ({ spec }) => field(spec, 'hosts', 0) === 'e.example.com');
    await stage.ready(appNamed('f'));
    await proxy.waitForRequest({ verb: 'apply', subresource: 'status', name: 'd' }, { since: mark });
    expect(requestTexts(proxy.writes(mark))).toEqual([
      'apply apptraffics/status team/d',
      'apply apptraffics/status team/f',
      'apply virtualservices team/d-istio',
      'apply virtualservices team/e-istio',
      'apply virtualservices team/f',
      'apply virtualservices team/f-istio',
    ]);
    // Only the two watches that had missed something started over.
    expect(tally(proxy.requests(anyWatch, mark).map((one) => `${watchStart(one)} ${one.resource}`))).toEqual({
      'list apptraffics': 1,
      'list virtualservices': 1,
    });
  });

  it('opens a watch anew that has fallen silent', async () => {
    const { plane, proxy } = stage;
    await restart('--watch-idle-timeout=5s');
    const speakAgain = proxy.stallWatches({ verb: 'watch', resource: 'virtualservices' });
    const mark = proxy.mark();
    await plane.api.patch(virtualService('g-istio'), { spec: { hosts: ['elsewhere.example.com'] } });
    const again = await proxy.waitForRequest({ verb: 'watch', resource: 'virtualservices' }, { since: mark });
    expect([watchStart(again), proxy.writes(mark)]).toEqual(['resume', []]);
    speakAgain();
    await plane.api.waitFor(virtualService('g-istio'), ({ spec }) => field(spec, 'hosts', 0) === 'g.example.com');
    expect(requestTexts(proxy.writes(mark))).toEqual(['apply virtualservices team/g-istio']);
    // Kinds about which there is nothing to tell were silent as well; none was asked for again and again.
    const attempts = tally(proxy.requests(anyWatch, mark).map(({ resource }) => resource));
    expect(Object.entries(attempts).filter(([, count]) => count > 4)).toEqual([]);
  });
});
