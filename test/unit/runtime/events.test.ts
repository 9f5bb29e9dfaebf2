import { ApiError } from '../../../src/runtime/api-error.ts';
import { createEventRecorder } from '../../../src/runtime/events.ts';
import type { EventNote } from '../../../src/runtime/event-note.ts';
import type { EventRecorder, EventRecorderOptions } from '../../../src/runtime/events.ts';
import type { Written } from '../../../src/runtime/resource-client.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { createTestEnvironment } from './test-environment.ts';
import type { TestEnvironment } from './test-environment.ts';

const minute = 60_000;
const start = '2026-01-01T00:00:00.000000Z';

/** What the server does with a request: nothing special, refuses it, does it and loses the answer, or never answers. */
type Answer = 'ok' | 'lost' | 'silence' | ApiError;
type Stored = Manifest & { readonly series?: unknown; readonly note?: string };

let environment: TestEnvironment;
let stored: Map<string, Stored>;
let requests: string[];
let answers: Answer[];
let stop: AbortController;
let ended: boolean;

beforeEach(() => {
  environment = createTestEnvironment();
  stored = new Map();
  requests = [];
  answers = [];
  stop = new AbortController();
  ended = false;
});

function error(status: number, reason: string, more: Partial<ApiError> = {}): ApiError {
  return new ApiError({ status, reason, message: reason, ...more });
}

/** Serves create and patch as far as their results matter here, with the next of `answers`. */
function serve(verb: string, name: string, change: () => Stored): Promise<Written> {
  const answer = answers.shift() ?? 'ok';
  const label = answer instanceof ApiError ? String(answer.status) : answer;
  if (answer instanceof ApiError) {
    requests.push(`${verb} ${label}`);
    return Promise.reject(answer);
  }
  if (verb === 'create' ? stored.has(name) : !stored.has(name)) {
    const refusal = verb === 'create' ? error(409, 'AlreadyExists') : error(404, 'NotFound', { objectName: name });
    requests.push(`${verb} ${refusal.status}`);
    return Promise.reject(refusal);
  }
  const object = change();
  stored.set(name, object);
  requests.push(`${verb} ${label}`);
  if (answer === 'silence') return new Promise(() => {});
  if (answer === 'lost') return Promise.reject(error(0, 'ConnectionFailed', { outcomeUnknown: true }));
  return Promise.resolve({ object, created: verb === 'create', warnings: [] });
}

const events: EventRecorderOptions['events'] = {
  create: (object) => serve('create', object.metadata.name, () => object),
  jsonPatch: ({ name }, [operation]) =>
    serve('patch', name, () => {
      const { value: series } = operation as { readonly value: unknown };
      return { ...stored.get(name), series } as Stored;
    }),
};

function recorder(options: Partial<EventRecorderOptions> = {}): EventRecorder {
  const reporter = { controller: 'apptraffic.dev/controller', instance: 'pod-1' };
  return createEventRecorder({ events, reporter, environment, ...options });
}

function started(options: Partial<EventRecorderOptions> = {}): EventRecorder {
  const made = recorder(options);
  void made.run(stop.signal).then(() => (ended = true));
  return made;
}

function noteOf(text: string, more: Partial<EventNote> = {}): EventNote {
  return {
    regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'shop', uid: 'u1' },
    type: 'Normal',
    reason: 'Repaired',
    action: 'Apply',
    note: text,
    ...more,
  };
}

/** Note and series of every stored Event. */
const told = (): unknown[] => [...stored.values()].map(({ note, series }) => [note, series]);
const observed = (): readonly string[] => environment.events.map(({ type }) => type);

describe('an event recorder', () => {
  it('creates one Event for a note', async () => {
    started().record(noteOf('hello'));
    await environment.clock.advance(0);
    expect([...stored.values()]).toEqual([
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { namespace: 'web', name: expect.stringMatching(/^shop\./) as string },
        eventTime: start,
        reportingController: 'apptraffic.dev/controller',
        reportingInstance: 'pod-1',
        type: 'Normal',
        reason: 'Repaired',
        action: 'Apply',
        note: 'hello',
        regarding: noteOf('').regarding,
      },
    ]);
    expect(environment.events).toEqual([{ type: 'event.recorded', reason: 'Repaired' }]);
  });

  it('sends what was noted before it ran', async () => {
    const early = recorder();
    early.record(noteOf('early'));
    void early.run(stop.signal);
    await environment.clock.advance(0);
    expect(told()).toEqual([['early', undefined]]);
  });

  it.each<[string, Partial<EventNote>]>([
    ['object', { regarding: { ...noteOf('').regarding, uid: 'u2' } }],
    ['reason', { reason: 'Other' }],
    ['action', { action: 'Other' }],
    ['type', { type: 'Warning' }],
    ['note', { note: 'other' }],
  ])('creates another Event for another %s', async (_what, more) => {
    const made = started();
    made.record(noteOf('hello'));
    made.record(noteOf('hello', more));
    await environment.clock.advance(0);
    expect(requests).toEqual(['create ok', 'create ok']);
  });
});

describe('a note that comes again', () => {
  it('turns the Event into a series with the second one and then tells its count each half hour', async () => {
    const made = started();
    made.record(noteOf('again'));
    await environment.clock.advance(minute);
    made.record(noteOf('again'));
    await environment.clock.advance(0);
    const second = told();
    for (let count = 3; count <= 31; count++) {
      await environment.clock.advance(minute);
      made.record(noteOf('again'));
    }
    const before = [...requests];
    await environment.clock.advance(minute);
    expect([second, before, requests, told()]).toEqual([
      [['again', { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' }]],
      ['create ok', 'patch ok'],
      ['create ok', 'patch ok', 'patch ok'],
      [['again', { count: 31, lastObservedTime: '2026-01-01T00:30:00.000000Z' }]],
    ]);
  });

  it('tells the last count when it has not come for six minutes, and is a new Event afterwards', async () => {
    const made = started();
    for (let count = 1; count <= 5; count++) {
      made.record(noteOf('again'));
      await environment.clock.advance(1_000);
    }
    await environment.clock.advance(6 * minute);
    const ended = told();
    made.record(noteOf('again'));
    await environment.clock.advance(0);
    expect([ended, told()]).toEqual([
      [['again', { count: 5, lastObservedTime: '2026-01-01T00:00:04.000000Z' }]],
      [
        ['again', { count: 5, lastObservedTime: '2026-01-01T00:00:04.000000Z' }],
        ['again', undefined],
      ],
    ]);
  });

  it('costs one create when it came again before the first was sent', async () => {
    const made = recorder();
    made.record(noteOf('again'));
    made.record(noteOf('again'));
    void made.run(stop.signal);
    await environment.clock.advance(0);
    expect([requests, told()]).toEqual([['create ok'], [['again', { count: 2, lastObservedTime: start }]]]);
  });

  it('is told also when the Event has expired meanwhile', async () => {
    const made = started();
    made.record(noteOf('again'));
    await environment.clock.advance(0);
    stored.clear();
    made.record(noteOf('again'));
    await environment.clock.advance(0);
    expect([requests, told()]).toEqual([
      ['create ok', 'patch 404', 'create ok'],
      [['again', { count: 2, lastObservedTime: start }]],
    ]);
  });

  it('tells nothing more when it came only once, and leaves no timer behind', async () => {
    started().record(noteOf('once'));
    await environment.clock.advance(6 * minute);
    stop.abort();
    await environment.clock.advance(0);
    expect([ended, requests, environment.clock.pending]).toEqual([true, ['create ok'], 0]);
  });
});

describe('a request that fails', () => {
  it('is tried again later, and a lost answer does not make a second Event', async () => {
    answers = ['lost', error(503, 'ServiceUnavailable')];
    started().record(noteOf('hello'));
    await environment.clock.advance(3_000);
    expect([requests, told(), observed()]).toEqual([
      ['create lost', 'create 503', 'create 409'],
      [['hello', undefined]],
      ['event.recorded'],
    ]);
  });

  it('tells a series whose first create was done but not answered', async () => {
    answers = ['lost'];
    const made = started();
    made.record(noteOf('again'));
    await environment.clock.advance(0);
    made.record(noteOf('again'));
    await environment.clock.advance(1_000);
    expect([requests, told()]).toEqual([
      ['create lost', 'create 409', 'patch ok'],
      [['again', { count: 2, lastObservedTime: start }]],
    ]);
  });

  it('does not hold up other notes, and waits as long as the server asks for', async () => {
    answers = [error(429, 'TooManyRequests', { retryAfterMs: 30_000 })];
    const made = started();
    made.record(noteOf('first'));
    made.record(noteOf('second'));
    await environment.clock.advance(29_999);
    const before = [...requests];
    await environment.clock.advance(1);
    expect([before, requests]).toEqual([
      ['create 429', 'create ok'],
      ['create 429', 'create ok', 'create ok'],
    ]);
  });

  it('is given up after twelve tries', async () => {
    answers = Array.from({ length: 20 }, () => error(500, 'InternalError'));
    started().record(noteOf('hello'));
    await environment.clock.advance(10 * minute);
    expect([requests.length, observed()]).toEqual([12, ['event.failed']]);
  });

  it.each([
    error(403, 'Forbidden', { causes: [{ reason: 'NamespaceTerminating', message: '', field: '' }] }),
    error(403, 'Forbidden'),
    error(404, 'NotFound', { objectName: 'web' }),
    error(422, 'Invalid'),
  ])('is given up at once when nothing can help (%s)', async (refusal) => {
    answers = [refusal];
    started().record(noteOf('hello'));
    await environment.clock.advance(minute);
    expect([requests.length, environment.events]).toEqual([
      1,
      [{ type: 'event.failed', reason: 'Repaired', error: refusal }],
    ]);
  });

  it('makes the next note of its kind a new Event', async () => {
    answers = [error(422, 'Invalid')];
    const made = started();
    made.record(noteOf('hello'));
    await environment.clock.advance(minute);
    made.record(noteOf('hello'));
    await environment.clock.advance(0);
    expect([requests, told()]).toEqual([['create 422', 'create ok'], [['hello', undefined]]]);
  });
});

describe('more notes than can wait', () => {
  it('are dropped and counted, while known ones are still counted', async () => {
    const made = recorder({ capacity: 2 });
    for (const text of ['one', 'two', 'three', 'one', 'three']) made.record(noteOf(text));
    void made.run(stop.signal);
    await environment.clock.advance(0);
    expect([told(), observed()]).toEqual([
      [
        ['one', { count: 2, lastObservedTime: start }],
        ['two', undefined],
      ],
      ['event.dropped', 'event.dropped', 'event.recorded', 'event.recorded'],
    ]);
  });
});

describe('a stop', () => {
  it('sends once what waits for another try and what series have not told yet', async () => {
    answers = ['ok', 'ok', error(500, 'InternalError')];
    const made = started();
    for (let count = 1; count <= 3; count++) {
      made.record(noteOf('series'));
      await environment.clock.advance(0);
    }
    made.record(noteOf('waits'));
    await environment.clock.advance(0);
    stop.abort();
    await environment.clock.advance(0);
    expect([ended, told()]).toEqual([
      true,
      [
        ['series', { count: 3, lastObservedTime: start }],
        ['waits', undefined],
      ],
    ]);
  });

  it('tries each only once', async () => {
    answers = [error(500, 'InternalError'), error(500, 'InternalError')];
    started().record(noteOf('hello'));
    await environment.clock.advance(0);
    stop.abort();
    await environment.clock.advance(0);
    expect([ended, requests, observed()]).toEqual([true, ['create 500', 'create 500'], ['event.failed']]);
  });

  it('ends at its deadline and counts what was left as dropped', async () => {
    answers = ['silence'];
    const made = started({ flushMs: 500 });
    made.record(noteOf('hangs'));
    made.record(noteOf('waits'));
    await environment.clock.advance(0);
    stop.abort();
    await environment.clock.advance(499);
    const before = ended;
    await environment.clock.advance(1);
    expect([before, ended, requests, observed()]).toEqual([false, true, ['create silence'], ['event.dropped']]);
  });

  it('drops what is noted afterwards', async () => {
    const made = started();
    stop.abort();
    await environment.clock.advance(0);
    made.record(noteOf('late'));
    expect([ended, requests, observed(), environment.clock.pending]).toEqual([true, [], ['event.dropped'], 0]);
  });

  it('ends at once when it came before the start', async () => {
    stop.abort();
    const made = recorder();
    made.record(noteOf('early'));
    await made.run(stop.signal);
    expect([told(), environment.clock.pending]).toEqual([[['early', undefined]], 0]);
  });
});
