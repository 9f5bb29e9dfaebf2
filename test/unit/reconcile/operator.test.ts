import { kinds } from '../../../src/kube/gvk.ts';
import { createOperator } from '../../../src/reconcile/operator.ts';
import type { Operator } from '../../../src/reconcile/operator.ts';
import { createDiscovery } from '../../../src/runtime/discovery.ts';
import { openFence } from '../../../src/runtime/fence.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { FakeApiServer } from '../runtime/fake-api-server.ts';
import { settle } from '../runtime/fake-clock.ts';
import { createTestEnvironment } from '../runtime/test-environment.ts';
import type { TestEnvironment } from '../runtime/test-environment.ts';

const path = (kind: keyof typeof kinds, name: string): string => {
  const { group, version, plural, namespaced } = kinds[kind];
  const root = group === '' ? '/api' : `/apis/${group}`;
  return `${root}/${version}/${namespaced ? 'namespaces/team/' : ''}${plural}/${name}`;
};

let server: FakeApiServer;
let environment: TestEnvironment;
let operator: Operator;
let rest: AbortController;
let running: Promise<void>;

/** An app that becomes nothing of its own: its Service does not exist. */
function putApp(name: string): void {
  server.put(path('AppTraffic', name), {
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { generation: 1 },
    spec: { port: 8080, service: { type: 'Existing', name }, app: { selector: { app: name } } },
  });
}

const statusWrites = (): readonly string[] =>
  server.requests.flatMap((request) => /^PATCH .*\/apptraffics\/(.*)\/status\?/.exec(request)?.[1] ?? []);

beforeEach(() => {
  server = new FakeApiServer();
  server.served = Object.values(kinds).map(({ group, version, plural }) => `${group}/${version}/${plural}`);
  environment = createTestEnvironment();
  const discovery = createDiscovery({ transport: server, environment, resources: Object.values(kinds) });
  operator = createOperator({
    transport: server,
    environment,
    discovery,
    recorder: { record: () => {}, run: () => Promise.resolve() },
    platform: builtInPlatform(),
    settingsHash: '0123abcd',
    watchNamespaces: [],
    timing: {},
    maxBackoffMs: 1000,
    fence: openFence.gate,
    writeTimeoutMs: 1000,
    ask: () => Promise.resolve(undefined),
  });
  rest = new AbortController();
});

afterEach(async () => {
  rest.abort();
  await environment.clock.advance(60_000);
  await running;
});

describe('the operator of one process', () => {
  it('gathers no keys while it stands by, and looks at every app when it leads', async () => {
    for (const name of ['one', 'two', 'gone']) putApp(name);
    running = operator.watch(rest.signal);
    await settle();
    server.remove(path('AppTraffic', 'gone'));
    putApp('two');
    await settle();
    expect(operator.isSynced()).toBe(true);
    expect([...operator.queue().ready.values()]).toEqual([]);
    const stop = new AbortController();
    const leading = operator.lead(stop.signal);
    await settle();
    expect(statusWrites().toSorted()).toEqual(['one', 'two']);
    stop.abort();
    await settle();
    await leading;
    expect(operator.queue()).toEqual({ ready: new Map([[-100, 0]]), delayed: 0, startedAt: [] });
  });

  it('leads only once every cache is filled, and then acts on what comes', async () => {
    putApp('one');
    const leading = operator.lead(rest.signal);
    await settle();
    expect(server.requests).toEqual([]);
    running = Promise.all([operator.watch(rest.signal), leading]).then(() => {});
    await settle();
    expect(statusWrites()).toEqual(['one']);
    putApp('two');
    await settle();
    expect(statusWrites()).toEqual(['one', 'two']);
  });

  it('counts the objects of a resource over all of its caches', async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'apptraffic', 'apptraffic.dev/app': 'shop' };
    server.put(path('Service', 'shop'), { apiVersion: 'v1', kind: 'Service', metadata: { labels }, spec: {} });
    running = operator.watch(rest.signal);
    await settle();
    // The server in memory knows no selectors: both caches hold it.
    expect(operator.counts()).toContainEqual({ resource: 'services', objects: 2 });
    expect(new Set(operator.counts().map(({ resource }) => resource)).size).toBe(operator.counts().length);
  });
});
