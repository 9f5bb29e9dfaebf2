import { createDiscovery } from '../../../src/runtime/discovery.ts';
import type { Discovery } from '../../../src/runtime/discovery.ts';
import { createInformer } from '../../../src/runtime/informer.ts';
import type { Informer, InformerOptions } from '../../../src/runtime/informer.ts';
import { createResourceClient } from '../../../src/runtime/kube-client.ts';
import type { Resource } from '../../../src/runtime/resource.ts';
import type { StoreChange } from '../../../src/runtime/store.ts';
import { FakeApiServer, answer, broken } from './fake-api-server.ts';
import { settle } from './fake-clock.ts';
import { createTestEnvironment } from './test-environment.ts';
import type { TestEnvironment } from './test-environment.ts';

const widgets: Resource = { group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
const pathOf = (name: string, namespace = 'shop'): string =>
  `/apis/example.com/v1/namespaces/${namespace}/widgets/${name}`;

let server: FakeApiServer;
let environment: TestEnvironment;
let stop: AbortController;
let discovery: Discovery;
let informer: Informer<string>;
let running: Promise<void>;
let changes: string[];

/** What is kept is the size, so that tests can read changes as text. */
function start(options: Partial<InformerOptions<string>> = {}): void {
  discovery = createDiscovery({ transport: server, environment, resources: [widgets] });
  informer = createInformer<string>({
    reader: createResourceClient(server, widgets, { fieldManager: 'test' }),
    discovery,
    environment,
    transform: ({ size }) => (typeof size === 'number' ? String(size) : ''),
    ...options,
  });
  informer.store.subscribe((change: StoreChange<string>) => {
    const item = change.type === 'deleted' ? change.old : change.item;
    changes.push(`${change.origin} ${change.type} ${change.key} ${item}`.trim());
  });
  running = Promise.all([discovery.run(stop.signal), informer.run(stop.signal)]).then(() => {});
}

/** Requests to the collection itself; discovery's are left out. */
const requests = (): readonly string[] => server.requests.filter((request) => !request.endsWith('/apis'));
const queries = (): readonly Record<string, string>[] =>
  requests().map((request) => Object.fromEntries(new URL(request.slice(4), 'http://fake').searchParams));
const occurrences = (type: string): readonly unknown[] => environment.events.filter((event) => event.type === type);

beforeEach(() => {
  server = new FakeApiServer();
  environment = createTestEnvironment();
  stop = new AbortController();
  changes = [];
});

afterEach(async () => {
  stop.abort();
  await settle();
  await running;
});

describe('filling the store', () => {
  test('needs one streamed request, shows all objects at once, and then follows', async () => {
    server.put(pathOf('a'), { size: 1 });
    server.put(pathOf('b', 'other'), { size: 2 });
    const synced: number[] = [];
    start();
    void informer.whenSynced(stop.signal).then(() => synced.push(informer.store.size));
    expect(informer.synced()).toBe(false);
    await settle();
    server.put(pathOf('a'), { size: 3 });
    server.remove(pathOf('b', 'other'));
    await settle();
    expect(queries()).toEqual([
      {
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: '300',
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
      },
    ]);
    expect(synced).toEqual([2]);
    expect(changes).toEqual([
      'initial added shop/a 1',
      'initial added other/b 2',
      'watch updated shop/a 3',
      'watch deleted other/b 2',
    ]);
  });

  test('asks for pages of 500 where the server does not stream lists, and remembers that', async () => {
    server.streamsLists = false;
    for (let index = 0; index < 1100; index++) server.put(pathOf(`w${index}`));
    start({ labelSelector: 'team=a' });
    await settle();
    expect(informer.store.size).toBe(1100);
    const labelSelector = 'team=a';
    const watch = { watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: '300', labelSelector };
    expect(queries()).toEqual([
      { ...watch, sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' },
      { labelSelector, limit: '500' },
      { labelSelector, limit: '500', continue: '500' },
      { labelSelector, limit: '500', continue: '1000' },
      { ...watch, resourceVersion: '1200' },
    ]);
  });

  test('falls back to pages when streamed lists are never completed', async () => {
    server.endsInitialEvents = false;
    server.put(pathOf('a'), { size: 1 });
    start();
    await settle();
    server.hangUp();
    await environment.clock.advance(800);
    server.hangUp();
    await settle();
    expect([informer.synced(), changes]).toEqual([false, []]);
    await environment.clock.advance(1600);
    expect([informer.synced(), changes]).toEqual([true, ['initial added shop/a 1']]);
    expect(occurrences('watch.failed')).toMatchObject([
      { resource: 'widgets.example.com', retryInMs: 800, error: { reason: 'Incomplete' } },
      { resource: 'widgets.example.com', retryInMs: 1600, error: { reason: 'Incomplete' } },
    ]);
  });

  test('starts a paged list again when its continue token has expired', async () => {
    server.streamsLists = false;
    for (let index = 0; index < 600; index++) server.put(pathOf(`w${index}`));
    let expired = 0;
    server.fault = ({ path }) =>
      path.includes('continue') && expired++ === 0 ? answer(410, 'Expired', 'list') : undefined;
    start();
    await settle();
    expect(informer.store.size).toBe(0);
    await environment.clock.advance(800);
    expect(informer.store.size).toBe(600);
  });

  test('opens one watch for each namespace, and is synced when all are', async () => {
    server.put(pathOf('a', 'one'));
    server.put(pathOf('b', 'two'));
    server.put(pathOf('c', 'three'));
    server.fault = ({ path }) => (path.includes('/two/') ? answer(403, 'Forbidden', 'watch') : undefined);
    start({ namespaces: ['one', 'two', 'one'] });
    await settle();
    expect([informer.synced(), informer.store.keys()]).toEqual([false, ['one/a']]);
    expect(informer.status().map(({ namespace, state }) => [namespace, state])).toEqual([
      ['one', 'synced'],
      ['two', 'failing'],
    ]);
    server.fault = () => undefined;
    await environment.clock.advance(800);
    expect([informer.synced(), informer.store.keys()]).toEqual([true, ['one/a', 'two/b']]);
  });
});

describe('following', () => {
  test('goes on after the last event or bookmark when the connection broke, without listing again', async () => {
    start();
    await settle();
    server.put(pathOf('a'), { size: 1 });
    await settle();
    server.hangUp(broken());
    await environment.clock.advance(800);
    server.version = 150;
    server.bookmark();
    await settle();
    server.hangUp(broken());
    await settle();
    server.put(pathOf('b'), { size: 2 });
    await environment.clock.advance(1600);
    expect(queries().map(({ resourceVersion }) => resourceVersion)).toEqual([undefined, '101', '150']);
    expect(changes).toEqual(['watch added shop/a 1', 'watch added shop/b 2']);
  });

  test('waits longer and longer while the server is away, up to the maximum, and longer still when asked to', async () => {
    start({ timing: { maxBackoffMs: 2000 } });
    await settle();
    let retryAfter = false;
    server.fault = () =>
      retryAfter ? Object.assign(answer(429, 'TooManyRequests'), { retryAfterMs: 7000 }) : broken();
    server.hangUp(broken());
    await environment.clock.advance(7000);
    retryAfter = true;
    await environment.clock.advance(2000);
    const delays = occurrences('watch.failed').map((event) => (event as { retryInMs: number }).retryInMs);
    expect(delays).toEqual([800, 1600, 2000, 2000, 2000, 7000]);
    expect(informer.synced()).toBe(true);
    expect(informer.status().map(({ state }) => state)).toEqual(['failing']);
  });

  test('rewatches at once after a watch that lived, and backs off from one that ends at once', async () => {
    start();
    await environment.clock.advance(300_000);
    server.hangUp();
    await settle();
    expect([server.watching, requests().length]).toEqual([1, 2]);
    server.hangUp();
    await settle();
    expect([server.watching, requests().length]).toEqual([0, 2]);
    await environment.clock.advance(800);
    expect([server.watching, requests().length]).toEqual([1, 3]);
  });

  test('lists again after 410 and reports exactly what happened meanwhile', async () => {
    server.put(pathOf('stays'), { size: 1 });
    server.put(pathOf('changes'), { size: 1 });
    server.put(pathOf('goes'), { size: 1 });
    server.put(pathOf('recreated'), { size: 1 });
    start();
    await environment.clock.advance(60_000);
    changes.length = 0;
    server.put(pathOf('changes'), { size: 2 }, true);
    server.remove(pathOf('goes'), true);
    server.remove(pathOf('recreated'), true);
    server.put(pathOf('recreated'), { size: 9 }, true);
    server.put(pathOf('new'), { size: 1 }, true);
    server.compacted = server.version;
    server.hangUp();
    await settle();
    await environment.clock.advance(800);
    expect(changes).toEqual([
      'watch deleted shop/goes 1',
      'watch updated shop/changes 2',
      'watch deleted shop/recreated 1',
      'watch added shop/recreated 9',
      'watch added shop/new 1',
    ]);
  });

  test('lists again when the server complains of an expired version within the stream', async () => {
    start();
    await environment.clock.advance(60_000);
    server.put(pathOf('a'), { size: 1 }, true);
    server.say(JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }));
    await settle();
    expect(changes).toEqual(['watch added shop/a 1']);
  });

  test('resumes before a line that is no event, so that nothing is skipped', async () => {
    start();
    await settle();
    server.say('{"type":"ADDED","object":{"metadata":{"na');
    await settle();
    server.put(pathOf('a'), { size: 1 });
    await environment.clock.advance(800);
    expect(changes).toEqual(['watch added shop/a 1']);
    expect(occurrences('watch.failed')).toMatchObject([{ error: { reason: 'InvalidResponse' } }]);
  });

  test('keeps the old version of an object that it cannot read', async () => {
    server.put(pathOf('a'), { size: 1 });
    start({
      transform: ({ size }) => {
        if (size === 'bad') throw new Error('no size');
        return String(size);
      },
    });
    await settle();
    server.put(pathOf('a'), { size: 'bad' });
    await settle();
    expect(informer.store.list()).toEqual(['1']);
    expect(occurrences('store.objectRefused')).toEqual([
      { type: 'store.objectRefused', resource: 'widgets.example.com', key: 'shop/a', error: new Error('no size') },
    ]);
  });
});

describe('a cluster whose history goes back', () => {
  test('is not believed at once, and is when it insists', async () => {
    server.put(pathOf('a'), { size: 1 });
    start();
    await environment.clock.advance(60_000);
    server.version = 10;
    server.objects.clear();
    server.put(pathOf('b'), { size: 2 });
    server.compacted = 50;
    server.say(JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '11' } } }));
    await settle();
    expect(informer.store.keys()).toEqual(['shop/a']);
    server.compacted = 0;
    await environment.clock.advance(10_000);
    expect(informer.store.keys()).toEqual(['shop/b']);
    expect(occurrences('watch.historyRegressed').map((event) => (event as { believed: boolean }).believed)).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('the relist', () => {
  const relisted = async (): Promise<void> => {
    await environment.clock.advance(600_000);
    await environment.clock.advance(6_000);
  };

  test('costs one metadata list and changes nothing when the watch missed nothing', async () => {
    server.put(pathOf('a'), { size: 1 });
    start();
    await relisted();
    expect(occurrences('relist.compared')).toEqual([
      { type: 'relist.compared', resource: 'widgets.example.com', items: 1, missed: 0 },
    ]);
    expect(queries().slice(1)).toEqual([{ limit: '500' }]);
  });

  test('finds what the watch missed and makes events of it', async () => {
    server.put(pathOf('goes'), { size: 1 });
    server.put(pathOf('changes'), { size: 1 });
    start();
    await settle();
    changes.length = 0;
    server.remove(pathOf('goes'), true);
    server.put(pathOf('changes'), { size: 2 }, true);
    server.put(pathOf('new'), { size: 1 }, true);
    await relisted();
    expect(occurrences('relist.compared')).toMatchObject([{ items: 2, missed: 3 }]);
    expect([...changes].sort()).toEqual([
      'watch added shop/new 1',
      'watch deleted shop/goes 1',
      'watch updated shop/changes 2',
    ]);
    expect(server.watching).toBe(1);
  });

  test('does not count what the watch brings a moment later', async () => {
    start();
    await settle();
    const object = server.put(pathOf('late'), { size: 1 }, true);
    await environment.clock.advance(600_000);
    server.say(JSON.stringify({ type: 'ADDED', object }));
    await environment.clock.advance(6_000);
    expect(occurrences('relist.compared')).toMatchObject([{ items: 1, missed: 0 }]);
    expect(changes).toEqual(['watch added shop/late 1']);
  });

  test('that fails is told and tried again at its next time', async () => {
    start();
    await settle();
    server.fault = ({ path }) => (path.includes('limit') ? broken() : undefined);
    await relisted();
    server.fault = () => undefined;
    await relisted();
    expect([occurrences('relist.failed').length, occurrences('relist.compared').length]).toEqual([1, 1]);
  });
});

describe('a kind that is not served', () => {
  test('counts as synced and empty, and is watched as soon as discovery shows it', async () => {
    server.served = [];
    start();
    await settle();
    expect([informer.synced(), informer.status()[0]?.state]).toEqual([true, 'kindMissing']);
    const before = requests().length;
    await environment.clock.advance(60_000);
    expect(requests().length).toBe(before);
    server.served = ['example.com/v1/widgets'];
    server.put(pathOf('a'), { size: 1 });
    await environment.clock.advance(6_000);
    expect([informer.status()[0]?.state, changes]).toEqual(['synced', ['watch added shop/a 1']]);
  });

  test('is believed gone only after a while when it was there before', async () => {
    server.put(pathOf('a'), { size: 1 });
    start();
    await environment.clock.advance(60_000);
    changes.length = 0;
    server.served = [];
    server.hangUp();
    await environment.clock.advance(10_000);
    expect(changes).toEqual([]);
    await environment.clock.advance(40_000);
    expect([informer.status()[0]?.state, changes]).toEqual(['kindMissing', ['watch deleted shop/a 1']]);
  });

  test('is watched again at once when discovery shows it again while it is doubted', async () => {
    server.put(pathOf('a'), { size: 1 });
    start();
    await environment.clock.advance(60_000);
    changes.length = 0;
    server.served = [];
    server.hangUp();
    // The first two tries, and a third one some seconds away.
    await environment.clock.advance(4_000);
    server.served = ['example.com/v1/widgets'];
    server.remove(pathOf('a'));
    await Promise.all([discovery.refresh(), environment.clock.advance(0)]);
    await settle();
    expect([informer.status()[0]?.state, changes]).toEqual(['synced', ['watch deleted shop/a 1']]);
  });

  test('keeps its objects through a 404 that discovery does not confirm', async () => {
    server.put(pathOf('a'), { size: 1 });
    start();
    await environment.clock.advance(60_000);
    server.fault = ({ verb }) => (verb === 'watch' ? answer(404, 'NotFound', 'watch') : undefined);
    server.hangUp();
    await environment.clock.advance(60_000);
    expect([informer.status()[0]?.state, informer.store.size]).toEqual(['failing', 1]);
    server.fault = () => undefined;
    await environment.clock.advance(60_000);
    expect(informer.status()[0]?.state).toBe('synced');
  });
});

describe('stopping', () => {
  test('delivers nothing afterwards and reports no error', async () => {
    start();
    await settle();
    stop.abort();
    server.put(pathOf('a'), { size: 1 });
    await running;
    expect(changes).toEqual([]);
    expect(occurrences('watch.failed')).toEqual([]);
    expect(environment.clock.pending).toBe(0);
  });

  test('during a list leaves the store alone and opens no watch', async () => {
    server.streamsLists = false;
    server.put(pathOf('a'), { size: 1 });
    start();
    server.fault = ({ verb }) => {
      if (verb === 'list') stop.abort();
      return undefined;
    };
    await settle();
    await running;
    expect([informer.store.size, server.watching, informer.synced()]).toEqual([0, 0, false]);
  });

  test('ends the wait for a kind that never comes', async () => {
    server.served = [];
    start();
    await settle();
    stop.abort();
    await running;
    expect(environment.clock.pending).toBe(0);
  });
});

describe('our own writes', () => {
  test('enter the store with their answer, and the watch says nothing new about them', async () => {
    start();
    await settle();
    const client = createResourceClient(server, widgets, { fieldManager: 'test' });
    const { object } = await client.apply(
      { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { namespace: 'shop', name: 'a' } },
      { force: true },
    );
    informer.accept(object);
    await settle();
    expect(changes).toEqual(['write added shop/a']);
  });
});
