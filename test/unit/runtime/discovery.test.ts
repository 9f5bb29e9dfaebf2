import { createDiscovery } from '../../../src/runtime/discovery.ts';
import type { Discovery } from '../../../src/runtime/discovery.ts';
import type { Resource } from '../../../src/runtime/resource.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { settle } from './fake-clock.ts';
import { createTestEnvironment } from './test-environment.ts';
import type { TestEnvironment } from './test-environment.ts';

const widgets: Resource = { group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
const served = 'example.com/v1/widgets';

let server: FakeApiServer;
let environment: TestEnvironment;
let stop: AbortController;
let discovery: Discovery;
let running: Promise<void>;

/** Starts with this served. */
async function start(...kinds: readonly string[]): Promise<void> {
  server = new FakeApiServer();
  environment = createTestEnvironment();
  stop = new AbortController();
  discovery = createDiscovery({ transport: server, environment, resources: [widgets] });
  server.served = kinds;
  running = discovery.run(stop.signal);
  await settle();
}

afterEach(async () => {
  stop.abort();
  await settle();
  await running;
});

describe('discovery', () => {
  test('asks every 30 seconds while all that is wanted is served', async () => {
    await start(served);
    await environment.clock.advance(29_000);
    expect([discovery.serves(widgets), server.requests.length]).toEqual([true, 1]);
    await environment.clock.advance(1_000);
    expect([discovery.serves(widgets), server.requests.length]).toEqual([true, 2]);
  });

  test('asks every 5 seconds while a kind is missing', async () => {
    await start();
    await environment.clock.advance(9_000);
    expect([discovery.serves(widgets), server.requests.length]).toEqual([false, 2]);
    server.served = [served];
    await environment.clock.advance(1_000);
    expect([discovery.serves(widgets), server.requests.length]).toEqual([true, 3]);
    await environment.clock.advance(29_000);
    expect(server.requests.length).toBe(3);
  });

  test('asks every 5 seconds as soon as somebody finds in a long pause that a kind is gone', async () => {
    await start(served);
    await environment.clock.advance(10_000);
    server.served = [];
    await discovery.refresh();
    server.served = [served];
    await environment.clock.advance(5_000);
    expect([discovery.serves(widgets), server.requests.length]).toEqual([true, 3]);
  });

  test('counts a kind whose definition is being deleted as not served: nothing can be written', async () => {
    await start(served);
    const seen = [discovery.serves(widgets)];
    server.terminating = [served];
    await environment.clock.advance(30_000);
    expect([...seen, discovery.serves(widgets)]).toEqual([true, false]);
    expect(environment.events.filter(({ type }) => type === 'discovery.changed')).toEqual([
      { type: 'discovery.changed', appeared: [served], vanished: [] },
      { type: 'discovery.changed', appeared: [], vanished: [served] },
    ]);
  });
});
