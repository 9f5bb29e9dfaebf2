import { createLog } from '../../../../src/cli/operator/log.ts';
import type { LogLevel } from '../../../../src/cli/operator/log.ts';
import { logEvents } from '../../../../src/cli/operator/log-events.ts';
import { ApiError } from '../../../../src/runtime/api-error.ts';
import { createController } from '../../../../src/runtime/controller.ts';
import type { Observer } from '../../../../src/runtime/observer.ts';
import { againAfter, backoff, done, terminal, tryAgain } from '../../../../src/runtime/outcome.ts';
import type { Outcome } from '../../../../src/runtime/outcome.ts';
import { settle } from '../../runtime/fake-clock.ts';
import { createTestEnvironment } from '../../runtime/test-environment.ts';

const ts = '2026-11-21T10:00:00.000Z';
let lines: object[];

function observer(level: LogLevel = 'debug'): Observer {
  const write = (line: string): void => void lines.push(JSON.parse(line) as object);
  return logEvents(createLog({ level, format: 'json', write, now: () => Date.parse(ts) }));
}

beforeEach(() => {
  lines = [];
});

const subject = {
  logger: 'controller',
  controller: 'apptraffic',
  namespace: 'team',
  name: 'shop',
  generation: 3,
  reconcileID: '0000000000000000',
};

/** What the log says of one reconcile of team/shop that ends so. */
async function logged(reconcile: () => Outcome): Promise<readonly object[]> {
  const environment = { ...createTestEnvironment(), observe: observer() };
  const stop = new AbortController();
  const controller = createController({
    name: 'apptraffic',
    workers: 1,
    environment,
    generationOf: (key) => (key === 'team/shop' ? 3 : undefined),
    reconcile: () => Promise.resolve().then(reconcile),
  });
  const running = controller.run(stop.signal);
  controller.enqueue('team/shop');
  await settle();
  stop.abort();
  await settle();
  await running;
  return lines;
}

describe('a reconcile in the log', () => {
  it.each([
    ['success', done],
    ['requeue_after', againAfter(1000)],
  ])('that went well is a debug line (%s)', async (result, outcome) => {
    expect(await logged(() => outcome)).toEqual([
      { ts, level: 'debug', msg: 'reconciled', ...subject, result, durationMs: 0 },
    ]);
  });

  it.each(['conflict', 'gone', 'kindMissing', 'retry', 'retryAfter'] as const)(
    'that is tried again as things in a cluster go (%s) is an info line with the reason and no stack',
    async (reason) => {
      expect(await logged(() => tryAgain({ reason, text: 'Gateway shop-istio: changed meanwhile' }))).toEqual([
        {
          ts,
          level: 'info',
          msg: 'reconcile is tried again',
          ...subject,
          error: 'Gateway shop-istio: changed meanwhile',
          reason,
          result: 'error',
          durationMs: 0,
        },
      ]);
    },
  );

  it('that the API server let wait, thrown or returned, is told in the words of the server', async () => {
    const slow = new ApiError({ status: 429, reason: 'TooManyRequests', message: 'slow down', retryAfterMs: 1000 });
    const line = {
      ts,
      level: 'info',
      msg: 'reconcile is tried again',
      ...subject,
      error: 'slow down',
      reason: 'retryAfter',
      result: 'error',
      durationMs: 0,
    };
    expect(await logged(() => backoff(slow))).toEqual([line]);
    lines = [];
    const thrown = await logged(() => {
      throw slow;
    });
    expect(thrown).toEqual([line]);
  });

  it.each(['forbidden', 'rejected'] as const)('that somebody has to help (%s) is a warning', async (reason) => {
    expect(await logged(() => tryAgain({ reason, text: 'Service shop: may not patch' }))).toEqual([
      {
        ts,
        level: 'warn',
        msg: 'reconcile was refused',
        ...subject,
        error: 'Service shop: may not patch',
        reason,
        result: 'error',
        durationMs: 0,
      },
    ]);
  });

  it.each([
    ['terminal_error', (error: Error): Outcome => terminal(error)],
    ['error', (error: Error): Outcome => backoff(error)],
    [
      'error',
      (error: Error): Outcome => {
        throw error;
      },
    ],
  ])('that failed by a defect of ours is an error with the stack (%s)', async (result, end) => {
    const defect = new TypeError('x is undefined');
    expect(await logged(() => end(defect))).toEqual([
      { ts, level: 'error', msg: 'reconcile failed', ...subject, error: defect.stack, result, durationMs: 0 },
    ]);
  });

  it('is not written out when its level is off', () => {
    const event = { controller: 'apptraffic', key: 'team/shop', reconcileID: 'id', panicked: false, timedOut: false };
    observer('info')({ type: 'reconcile.finished', ...event, result: 'success', durationMs: 1 });
    expect(lines).toEqual([]);
  });
});

describe('other events in the log', () => {
  const lost = new ApiError({ reason: 'ConnectionFailed', message: 'connect ECONNREFUSED' });

  it('a watch that fails says when it is tried again, without a stack', () => {
    observer()({ type: 'watch.failed', resource: 'services', error: lost, retryInMs: 800 });
    expect(lines).toEqual([
      {
        ts,
        level: 'warn',
        msg: 'watch failed',
        logger: 'watch',
        error: 'connect ECONNREFUSED',
        resource: 'services',
        retryInMs: 800,
      },
    ]);
  });

  it('a relist that finds what the watch had not brought is a warning, one that does not is for debugging', () => {
    const observe = observer();
    for (const missed of [0, 2]) observe({ type: 'relist.compared', resource: 'services', items: 5, missed });
    const fields = { logger: 'watch', resource: 'services', items: 5 };
    expect(lines).toEqual([
      { ts, level: 'debug', msg: 'relist found nothing new', ...fields, missed: 0 },
      { ts, level: 'warn', msg: 'relist found changes that the watch had not brought', ...fields, missed: 2 },
    ]);
  });

  it('leadership is told from start to end', () => {
    const observe = observer();
    const name = 'apptraffic-controller';
    observe({ type: 'leader.holderChanged', name, holder: 'other' });
    observe({ type: 'leader.acquired', name });
    observe({ type: 'leader.renewed', name, slowPath: false });
    observe({ type: 'leader.failed', name, error: lost });
    observe({ type: 'leader.lost', name });
    const fields = { logger: 'leader', lease: name };
    expect(lines).toEqual([
      { ts, level: 'info', msg: 'lease has another holder', ...fields, holder: 'other' },
      { ts, level: 'info', msg: 'became leader', ...fields },
      { ts, level: 'warn', msg: 'lease could not be taken or renewed', ...fields, error: 'connect ECONNREFUSED' },
      { ts, level: 'error', msg: 'lost the lease', ...fields },
    ]);
  });

  it('what is only counted has no line', () => {
    const observe = observer();
    observe({ type: 'queue.added', queue: 'apptraffic', priority: 0 });
    observe({ type: 'watch.opened', resource: 'services', streamed: true });
    observe({ type: 'credentials.rotated' });
    expect(lines).toEqual([]);
  });
});
