import { createDiscovery } from '../../../src/runtime/discovery.ts';
import type { Discovery } from '../../../src/runtime/discovery.ts';
import type { Resource } from '../../../src/runtime/resource.ts';
import { answer, FakeApiServer } from './fake-api-server.ts';
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
    await environment.clock.advance(29_000);
    expect(server.requests.length).toBe(3);
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

describe('a kind that was served and that answers leave out', () => {
  const told = (): readonly object[] => environment.events.filter(({ type }) => type === 'discovery.changed');
  /** Whether it was served each time that discovery had news. */
  let heard: unknown[];

  async function startServed(): Promise<void> {
    await start(served);
    heard = [];
    discovery.onChange(() => heard.push(discovery.serves(widgets)));
  }

  test('counts as served until 15 seconds have confirmed that it is gone', async () => {
    await startServed();
    server.served = [];
    // The first answer without it comes after 30 seconds, then one every 5.
    await environment.clock.advance(44_000);
    expect([discovery.serves(widgets), told(), heard]).toEqual([
      true,
      [{ type: 'discovery.changed', appeared: [served], vanished: [] }],
      [],
    ]);
    await environment.clock.advance(1_000);
    expect([discovery.serves(widgets), told().slice(1), heard]).toEqual([
      false,
      [{ type: 'discovery.changed', appeared: [], vanished: [served] }],
      [false],
    ]);
  });

  test('has not changed when it is back in time, and who waits for it hears that', async () => {
    await startServed();
    server.served = [];
    await environment.clock.advance(40_000);
    server.served = [served];
    await environment.clock.advance(5_000);
    expect([discovery.serves(widgets), told().length, heard]).toEqual([true, 1, [true]]);
    server.served = [];
    // The doubt begins anew: it is left out for the first time at 75 s.
    await environment.clock.advance(44_000);
    expect(discovery.serves(widgets)).toBe(true);
    await environment.clock.advance(1_000);
    expect(discovery.serves(widgets)).toBe(false);
  });

  test('is confirmed by answers alone: after a failure the 15 seconds begin anew', async () => {
    await startServed();
    server.served = [];
    await environment.clock.advance(30_000);
    server.fault = ({ path }) => (path === '/apis' ? answer(503, 'ServiceUnavailable') : undefined);
    await environment.clock.advance(300_000);
    expect(discovery.serves(widgets)).toBe(true);
    server.fault = () => undefined;
    await environment.clock.advance(14_000);
    expect(discovery.serves(widgets)).toBe(true);
    await environment.clock.advance(6_000);
    expect([discovery.serves(widgets), heard]).toEqual([false, [false]]);
  });

  test('is not even doubted while the server of its group does not answer', async () => {
    await startServed();
    server.stale = [served];
    await environment.clock.advance(600_000);
    expect([discovery.serves(widgets), told().length, heard]).toEqual([true, 1, []]);
  });

  test('never seen before: is not served, at once', async () => {
    await start();
    expect(discovery.serves(widgets)).toBe(false);
  });

  test('gone and back and gone: is doubted again, for it was seen', async () => {
    await startServed();
    server.served = [];
    await environment.clock.advance(45_000);
    server.served = [served];
    await environment.clock.advance(5_000);
    server.served = [];
    await environment.clock.advance(44_000);
    expect([discovery.serves(widgets), heard]).toEqual([true, [false, true]]);
    await environment.clock.advance(1_000);
    expect(heard).toEqual([false, true, false]);
  });

  test('an unchanged answer without it (304) confirms it too', async () => {
    await startServed();
    server.served = [];
    await environment.clock.advance(30_000);
    server.isUnchanged = true;
    await environment.clock.advance(15_000);
    expect([discovery.serves(widgets), heard]).toEqual([false, [false]]);
  });
});
