import { ApiError } from '../../../src/runtime/api-error.ts';
import { createController } from '../../../src/runtime/controller.ts';
import type { Controller, ControllerOptions, ReconcileContext } from '../../../src/runtime/controller.ts';
import { againAfter, backoff, done, terminal, tryAgain } from '../../../src/runtime/outcome.ts';
import type { Outcome } from '../../../src/runtime/outcome.ts';
import { settle } from './fake-clock.ts';
import { createTestEnvironment } from './test-environment.ts';
import type { TestEnvironment } from './test-environment.ts';

let environment: TestEnvironment;
let stop: AbortController;
let running: Promise<void>;
/** Key and monotonic ms since the start of each call. */
let calls: (readonly [key: string, at: number])[];

function start(
  reconcile: (key: string, context: ReconcileContext) => Promise<Outcome> | Outcome,
  options: Partial<ControllerOptions> = {},
): Controller {
  const startedAt = environment.clock.now();
  const controller = createController({
    name: 'copy',
    workers: 2,
    environment,
    reconcile: async (key, context) => {
      calls.push([key, environment.clock.now() - startedAt]);
      return reconcile(key, context);
    },
    ...options,
  });
  running = controller.run(stop.signal);
  return controller;
}

const finished = (): readonly object[] => environment.events.filter(({ type }) => type === 'reconcile.finished');

/** A promise that the test settles. */
function gate<T>(): { readonly promise: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { promise, open: (value) => open(value) };
}

beforeEach(() => {
  environment = createTestEnvironment();
  stop = new AbortController();
  calls = [];
});

afterEach(async () => {
  stop.abort();
  await environment.clock.advance(60_000);
  await running;
});

describe('the outcome of a reconcile', () => {
  test('done leaves the key alone until it is enqueued again', async () => {
    start(() => done).enqueue('a');
    await environment.clock.advance(600_000);
    expect(calls).toEqual([['a', 0]]);
    expect(finished()).toEqual([
      {
        type: 'reconcile.finished',
        controller: 'copy',
        key: 'a',
        reconcileID: '0000000000000000',
        result: 'success',
        durationMs: 0,
        panicked: false,
        timedOut: false,
      },
    ]);
  });

  test('again looks once more at its time, and earlier when a change comes', async () => {
    const controller = start(() => (calls.length < 3 ? againAfter(1000) : done));
    controller.enqueue('a');
    await environment.clock.advance(400);
    controller.enqueue('a');
    await environment.clock.advance(5000);
    expect(calls).toEqual([
      ['a', 0],
      ['a', 400],
      ['a', 1400],
    ]);
  });

  test('backoff tries again later and later, and starts over after a success', async () => {
    const seen: number[] = [];
    const controller = start((_key, { failures }) => {
      seen.push(failures);
      return calls.length === 4 ? done : backoff(new Error('not yet'));
    });
    controller.enqueue('a');
    await environment.clock.advance(40);
    expect(calls.map(([, at]) => at)).toEqual([0, 5, 15, 35]);
    controller.enqueue('a');
    await environment.clock.advance(5);
    expect(seen).toEqual([0, 1, 2, 3, 0, 1]);
    expect(finished()[0]).toMatchObject({ result: 'error', error: new Error('not yet'), panicked: false });
  });

  test('terminal is not tried again', async () => {
    start(() => terminal(new Error('never'))).enqueue('a');
    await environment.clock.advance(600_000);
    expect(calls).toEqual([['a', 0]]);
    expect(finished()).toMatchObject([{ result: 'terminal_error', error: new Error('never') }]);
  });

  test('a throw is caught, told as a panic, and tried again', async () => {
    start(() => {
      if (calls.length === 1) throw new TypeError('defect');
      return done;
    }).enqueue('a');
    await environment.clock.advance(5);
    expect(finished()).toMatchObject([
      { result: 'error', error: new TypeError('defect'), panicked: true },
      { result: 'success' },
    ]);
  });

  test('an API error that was thrown is no panic, and waits as long as the server asked', async () => {
    const failures: number[] = [];
    start((_key, context) => {
      failures.push(context.failures);
      if (calls.length === 1)
        throw new ApiError({ status: 429, reason: 'TooManyRequests', message: 'slow down', retryAfterMs: 3000 });
      return done;
    }).enqueue('a');
    await environment.clock.advance(3000);
    expect([calls.map(([, at]) => at), failures]).toEqual([
      [0, 3000],
      [0, 1],
    ]);
    expect(finished()[0]).toMatchObject({ result: 'error', reason: 'retryAfter', panicked: false });
  });

  test('a failure that is data says of which kind it is, and waits as long as it says', async () => {
    const outcomes = [tryAgain({ reason: 'kindMissing', text: 'no Gateways', afterMs: 3000 }), done];
    start(() => outcomes[calls.length - 1] ?? done, { generationOf: () => 7 }).enqueue('team/a');
    await environment.clock.advance(3000);
    const common = { type: 'reconcile.finished', controller: 'copy', key: 'team/a', generation: 7 };
    const rest = { reconcileID: '0000000000000000', durationMs: 0, panicked: false, timedOut: false };
    expect(calls.map(([, at]) => at)).toEqual([0, 3000]);
    expect(finished()).toEqual([
      { ...common, ...rest, result: 'error', error: 'no Gateways', reason: 'kindMissing' },
      { ...common, ...rest, result: 'success' },
    ]);
  });

  test('a write refused by the fence is not tried again: the process is about to end', async () => {
    start(() => backoff(new ApiError({ reason: 'Fenced', message: 'not the leader' }))).enqueue('a');
    await environment.clock.advance(600_000);
    expect(calls.length).toBe(1);
  });
});

describe('the workers', () => {
  test('wait until every cache is synced', async () => {
    const synced = gate<void>();
    start(() => done, { waitFor: [() => Promise.resolve(), () => synced.promise] }).enqueue('a');
    await settle();
    expect(calls).toEqual([]);
    synced.open();
    await settle();
    expect(calls).toEqual([['a', 0]]);
  });

  test('work on as many keys at once as there are workers, and never twice on one', async () => {
    const gates = new Map(['a', 'b', 'c'].map((key) => [key, gate<Outcome>()]));
    const controller = start((key) => gates.get(key)?.promise ?? done);
    for (const key of ['a', 'a', 'b', 'c']) controller.enqueue(key);
    await settle();
    controller.enqueue('a');
    await settle();
    expect([calls.map(([key]) => key), controller.stats().startedAt.length]).toEqual([['a', 'b'], 2]);
    gates.get('b')?.open(done);
    await settle();
    expect(calls.map(([key]) => key)).toEqual(['a', 'b', 'c']);
    gates.get('a')?.open(done);
    gates.get('c')?.open(done);
    await settle();
    expect(calls.map(([key]) => key)).toEqual(['a', 'b', 'c', 'a']);
  });

  test('abort a reconcile that takes too long, and say so', async () => {
    const timeouts: boolean[] = [];
    start(
      (_key, { signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            timeouts.push(signal.aborted);
            resolve(terminal(new Error('aborted')));
          }),
        ),
      { reconcileTimeoutMs: 1000 },
    ).enqueue('a');
    await environment.clock.advance(1000);
    expect(timeouts).toEqual([true]);
    expect(finished()).toMatchObject([{ result: 'terminal_error', timedOut: true }]);
  });

  test('finish what they have in hand on stop, and begin nothing new', async () => {
    const gates = [gate<Outcome>(), gate<Outcome>()];
    const controller = start(() => gates[calls.length - 1]?.promise ?? done);
    for (const key of ['a', 'b', 'c']) controller.enqueue(key);
    await settle();
    stop.abort();
    let ended = false;
    void running.then(() => (ended = true));
    await settle();
    expect(ended).toBe(false);
    for (const each of gates) each.open(againAfter(10));
    await running;
    expect(calls.map(([key]) => key)).toEqual(['a', 'b']);
    expect(environment.clock.pending).toBe(0);
  });

  test('abort what they have in hand when it does not end in time', async () => {
    start(
      (_key, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(done))),
    ).enqueue('a');
    await settle();
    stop.abort();
    await environment.clock.advance(20_000);
    await running;
    expect(finished().length).toBe(1);
  });

  test('end at once when stopped before they began', async () => {
    stop.abort();
    start(() => done).enqueue('a');
    await running;
    expect(calls).toEqual([]);
  });
});
