import * as fc from 'fast-check';
import { createQueue, initialPriority } from '../../../src/runtime/queue.ts';
import type { KeyedQueue } from '../../../src/runtime/queue.ts';
import { createTestEnvironment } from './test-environment.ts';
import type { TestEnvironment } from './test-environment.ts';

let environment: TestEnvironment;
let queue: KeyedQueue;

beforeEach(() => {
  environment = createTestEnvironment();
  queue = createQueue({ name: 'q', environment, maxBackoffMs: 1000 });
});

/** The next key, which must be ready. */
async function take(): Promise<string> {
  const taken = await queue.take();
  return taken === undefined ? 'shut down' : taken.key;
}

/** Takes all that is ready now, one after the other. */
async function takeAll(): Promise<readonly string[]> {
  const keys: string[] = [];
  const ready = (): number => [...queue.stats().ready.values()].reduce((sum, count) => sum + count, 0);
  while (ready() > 0) {
    const key = await take();
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

describe('the queue', () => {
  test('holds a key once, in the order of arrival', async () => {
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(await takeAll()).toEqual(['a', 'b', 'c']);
  });

  test('gives a key that was added while in hand to nobody else, and once more afterwards', async () => {
    queue.add('a');
    expect(await take()).toBe('a');
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(await take()).toBe('b');
    queue.done('a');
    expect(await takeAll()).toEqual(['a']);
  });

  test('serves fresh changes before the initial fill, and a key that became urgent at the end of its class', async () => {
    for (const key of ['old-1', 'old-2', 'old-3']) queue.add(key, initialPriority);
    queue.add('new-1');
    queue.add('old-2');
    queue.add('new-2');
    queue.add('new-1', initialPriority);
    expect(await takeAll()).toEqual(['new-1', 'old-2', 'new-2', 'old-1', 'old-3']);
  });

  test('tells the taker the priority, also of a key that was added while in hand', async () => {
    queue.add('a', initialPriority);
    expect(await queue.take()).toEqual({ key: 'a', priority: initialPriority });
    queue.add('a', initialPriority);
    queue.add('a', 7);
    queue.done('a');
    expect(await queue.take()).toEqual({ key: 'a', priority: 7 });
  });

  test('keeps the earliest of several delays, and none when the key comes at once', async () => {
    queue.addAfter('a', 1000);
    queue.addAfter('a', 200);
    queue.addAfter('a', 500);
    queue.addAfter('b', 100);
    queue.add('b');
    expect(await takeAll()).toEqual(['b']);
    await environment.clock.advance(199);
    expect(await takeAll()).toEqual([]);
    await environment.clock.advance(1);
    expect(await takeAll()).toEqual(['a']);
    await environment.clock.advance(5000);
    expect([await takeAll(), environment.clock.pending]).toEqual([[], 0]);
  });

  test('makes a failing key wait longer each time, up to the maximum, until it is forgotten', async () => {
    const delays = Array.from({ length: 10 }, () => queue.addFailed('a'));
    expect(delays).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
    expect(queue.failures('a')).toBe(10);
    queue.forget('a');
    expect(queue.addFailed('a')).toBe(5);
    await environment.clock.advance(5);
    expect(await takeAll()).toEqual(['a']);
  });

  test('lets a failing key wait as long as the server asked, and counts that failure too', async () => {
    expect([queue.addFailed('a', 0, 3000), queue.failures('a')]).toEqual([3000, 1]);
    await environment.clock.advance(2999);
    expect(await takeAll()).toEqual([]);
    await environment.clock.advance(1);
    expect([await takeAll(), queue.addFailed('a')]).toEqual([['a'], 10]);
  });

  test('sends its takers home on shutdown, after what is ready when it drains', async () => {
    queue.add('a');
    queue.add('b');
    queue.addAfter('later', 10);
    queue.shutDown(true);
    queue.add('refused');
    expect([await take(), await take(), await take()]).toEqual(['a', 'b', 'shut down']);
    expect(environment.clock.pending).toBe(0);
  });

  test('drops what is ready on a shutdown that does not drain, and wakes those who wait', async () => {
    const waiting = take();
    queue.shutDown(false);
    expect(await waiting).toBe('shut down');
    queue = createQueue({ name: 'q', environment, maxBackoffMs: 1000 });
    queue.add('a');
    queue.shutDown(false);
    expect(await take()).toBe('shut down');
  });

  test('drains a key that was added while in hand', async () => {
    queue.add('a');
    await take();
    queue.add('a');
    const [second, third] = [take(), take()];
    queue.shutDown(true);
    queue.done('a');
    expect(await second).toBe('a');
    queue.done('a');
    expect(await third).toBe('shut down');
  });

  test('tells what metrics need', async () => {
    queue.add('a');
    await environment.clock.advance(30);
    await take();
    await environment.clock.advance(20);
    queue.add('b', initialPriority);
    queue.addAfter('c', 1000);
    expect(queue.stats()).toEqual({
      ready: new Map([
        [0, 0],
        [initialPriority, 1],
      ]),
      delayed: 1,
      startedAt: [1_000_030],
    });
    queue.done('a');
    expect(environment.events).toEqual([
      { type: 'queue.added', queue: 'q', priority: 0 },
      { type: 'queue.taken', queue: 'q', priority: 0, waitedMs: 30 },
      { type: 'queue.added', queue: 'q', priority: initialPriority },
      { type: 'queue.finished', queue: 'q', workedMs: 20 },
    ]);
  });

  test('never hands out a key twice at once and loses none, in whatever order things happen', async () => {
    const keys = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ what: fc.constant('add' as const), key: keys, priority: fc.constantFrom(-100, 0) }),
      fc.record({ what: fc.constant('addAfter' as const), key: keys, delay: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ what: fc.constant('addFailed' as const), key: keys }),
    );
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 1, maxLength: 30 }), async (scheduler, steps) => {
        const environment = createTestEnvironment();
        const queue = createQueue({ name: 'q', environment, maxBackoffMs: 20 });
        const inHand = new Set<string>();
        /** Keys whose last add has not been followed by the start of their work. */
        const owed = new Set<string>();
        let twice = false;
        const worker = async (): Promise<void> => {
          for (let taken = await queue.take(); taken !== undefined; taken = await queue.take()) {
            twice ||= inHand.has(taken.key);
            inHand.add(taken.key);
            owed.delete(taken.key);
            await scheduler.schedule(Promise.resolve(), `work on ${taken.key}`);
            inHand.delete(taken.key);
            queue.done(taken.key);
          }
        };
        const workers = [worker(), worker(), worker()];
        const sequence = scheduler.scheduleSequence(
          steps.map((step) => async () => {
            owed.add(step.key);
            if (step.what === 'add') queue.add(step.key, step.priority);
            else if (step.what === 'addAfter') queue.addAfter(step.key, step.delay);
            else queue.addFailed(step.key);
            await Promise.resolve();
          }),
        );
        await scheduler.waitAll();
        await sequence.task;
        await environment.clock.advance(50);
        await scheduler.waitAll();
        queue.shutDown(true);
        await scheduler.waitAll();
        await Promise.all(workers);
        expect({ twice, owed: [...owed], inHand: [...inHand] }).toEqual({ twice: false, owed: [], inHand: [] });
      }),
      { numRuns: 60 },
    );
  });
});
