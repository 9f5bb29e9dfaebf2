import { ApiError } from '../../../src/runtime/api-error.ts';
import { openFence } from '../../../src/runtime/fence.ts';
import { createLeaderElector, defaultLeaseTimes } from '../../../src/runtime/leader.ts';
import type { TermEnd } from '../../../src/runtime/leader.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { Candidate } from './candidate.ts';
import { createFakeClock } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { LeaseServer, refused } from './lease-server.ts';
import type { Fate } from './lease-server.ts';

const lost: Fate = { answerMs: Number.POSITIVE_INFINITY };
const unreachable: Fate = { arriveMs: Number.POSITIVE_INFINITY };
const start = '2026-01-01T00:00:00.000000Z';

let world: FakeClock;
let server: LeaseServer;

beforeEach(() => {
  world = createFakeClock();
  server = new LeaseServer(world);
});

/** A Lease as somebody else's process wrote it. */
function leaseOf(holder: string, spec: object = {}): Manifest {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace: 'system', name: 'controller' },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: 15,
      acquireTime: '2020-01-01T00:00:00.000000Z',
      renewTime: '2020-01-01T00:00:00.000000Z',
      leaseTransitions: 3,
      ...spec,
    },
  };
}

/** A candidate that is under way; its work ends when it is told to, `work.end()`, and not before. */
function run(identity: string, fate?: Candidate['fate']) {
  const candidate = new Candidate({ identity, world, server, ...(fate === undefined ? {} : { fate }) });
  const stop = new AbortController();
  const work = { started: 0, asked: false, end: (): void => {} };
  const ended: { as?: TermEnd; error?: unknown } = {};
  const lead = (signal: AbortSignal): Promise<void> => {
    work.started++;
    signal.addEventListener('abort', () => (work.asked = true));
    return new Promise((resolve) => (work.end = resolve));
  };
  const term = candidate.elector.run(stop.signal, lead).then(
    (as) => (ended.as = as),
    (error: unknown) => (ended.error = error),
  );
  return { candidate, stop: () => stop.abort(), work, ended, term };
}

describe('taking the lease', () => {
  it('creates it when there is none, with times of six decimals, and leads', async () => {
    const { candidate, work } = run('a');
    await world.advance(0);
    expect(server.lease).toEqual({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: 'system', name: 'controller', uid: 'lease-uid', resourceVersion: '101' },
      spec: {
        holderIdentity: 'a',
        leaseDurationSeconds: 15,
        acquireTime: start,
        renewTime: start,
        leaseTransitions: 0,
      },
    });
    expect({
      started: work.started,
      leader: candidate.elector.isLeader(),
      at: candidate.elector.lastRenewal(),
    }).toEqual({
      started: 1,
      leader: true,
      at: world.now(),
    });
  });

  it.each(['1999-01-01T00:00:00.000000Z', '2999-01-01T00:00:00.000000Z'])(
    'takes it from a holder that was silent for the lease duration as seen from here, whatever its clock says (%s)',
    async (renewTime) => {
      server.store(leaseOf('gone', { renewTime }));
      const { candidate, work } = run('a');
      await world.advance(15_999);
      const before = work.started;
      await world.advance(1);
      expect({ before, after: work.started, story: candidate.story }).toEqual({
        before: 0,
        after: 1,
        story: ['leader.holderChanged gone', 'leader.acquired'],
      });
      expect(server.lease?.spec).toEqual({
        holderIdentity: 'a',
        leaseDurationSeconds: 15,
        acquireTime: '2026-01-01T00:00:16.000000Z',
        renewTime: '2026-01-01T00:00:16.000000Z',
        leaseTransitions: 4,
      });
    },
  );

  it('counts anew from each renewal it sees, and not from a change of labels', async () => {
    server.store(leaseOf('other'));
    const { work } = run('a');
    await world.advance(11_000);
    server.store(leaseOf('other', { renewTime: '2020-01-01T00:00:02.000000Z' }));
    await world.advance(9_000);
    const labelled = leaseOf('other', { renewTime: '2020-01-01T00:00:02.000000Z' });
    server.store({ ...labelled, metadata: { ...labelled.metadata, labels: { seen: 'yes' } } });
    await world.advance(7_999);
    const before = work.started;
    await world.advance(1);
    expect([before, work.started]).toEqual([0, 1]);
  });

  it('waits as long as the holder claims the lease, also when its own setting is shorter', async () => {
    server.store(leaseOf('other', { leaseDurationSeconds: 60 }));
    const { work } = run('a');
    await world.advance(59_999);
    const before = work.started;
    await world.advance(1);
    expect([before, work.started]).toEqual([0, 1]);
  });

  it('takes a lease without a holder at once', async () => {
    server.store(leaseOf('', { leaseDurationSeconds: 1 }));
    const { work } = run('a');
    await world.advance(0);
    expect([work.started, server.log]).toEqual([1, ['get ok', 'update ok']]);
  });

  it('lets one of two win that try at the same moment', async () => {
    const a = run('a');
    const b = run('b');
    await world.advance(10_000);
    expect([a.work.started, b.work.started, a.candidate.story, b.candidate.story]).toEqual([
      1,
      0,
      ['leader.acquired'],
      ['leader.holderChanged a'],
    ]);
  });

  it('asks each retry period, spread by up to a fifth', async () => {
    server.store(leaseOf('other', { leaseDurationSeconds: 60 }));
    const candidate = new Candidate({ identity: 'a', world, server, random: () => 0.5 });
    void candidate.elector.run(new AbortController().signal, () => Promise.resolve());
    await world.advance(2_199);
    const before = server.log.length;
    await world.advance(1);
    expect([before, server.log.length]).toEqual([1, 2]);
  });

  it('finds itself as the holder when the answer to its own create was lost', async () => {
    let calls = 0;
    const { work } = run('a', (verb) => (verb === 'create' && calls++ === 0 ? { reset: true } : {}));
    await world.advance(2_000);
    expect([work.started, server.log, server.lease?.spec]).toEqual([
      1,
      ['get 404', 'create ok', 'get ok', 'update ok'],
      {
        holderIdentity: 'a',
        leaseDurationSeconds: 15,
        acquireTime: start,
        renewTime: '2026-01-01T00:00:02.000000Z',
        leaseTransitions: 0,
      },
    ]);
  });

  it('starts no term on an answer that came after the renew deadline', async () => {
    const { candidate, work } = run('a', (verb) => (verb === 'create' ? { answerMs: 100 } : {}));
    await world.advance(50);
    candidate.stand();
    await world.advance(12_000);
    candidate.goOn();
    await world.advance(0);
    const before = work.started;
    await world.advance(2_000);
    expect([before, work.started, candidate.mayWrite]).toEqual([0, 1, true]);
  });

  it('tells what fails and goes on asking', async () => {
    const { candidate, work } = run('a', () => ({ refusal: refused(403, 'Forbidden') }));
    await world.advance(2_000);
    candidate.fate = () => ({});
    await world.advance(2_000);
    expect([candidate.story, work.started]).toEqual([['leader.failed', 'leader.failed', 'leader.acquired'], 1]);
  });
});

describe('keeping the lease', () => {
  it('renews each retry period by one update, without reading', async () => {
    const { candidate } = run('a');
    await world.advance(6_000);
    expect(server.log).toEqual(['get 404', 'create ok', 'update ok', 'update ok', 'update ok']);
    expect(server.lease?.spec).toMatchObject({
      acquireTime: start,
      renewTime: '2026-01-01T00:00:06.000000Z',
      leaseTransitions: 0,
    });
    expect(candidate.elector.lastRenewal()).toBe(world.now());
  });

  it('reads and renews at once when somebody else has edited the lease, and keeps the edit', async () => {
    const { candidate } = run('a');
    await world.advance(2_000);
    const { lease } = server;
    if (lease !== undefined) server.store({ ...lease, metadata: { ...lease.metadata, annotations: { by: 'hand' } } });
    await world.advance(2_000);
    expect(server.log.slice(3)).toEqual(['update 409', 'get ok', 'update ok']);
    expect(server.lease).toMatchObject({
      metadata: { annotations: { by: 'hand' } },
      spec: { renewTime: '2026-01-01T00:00:04.000000Z', leaseTransitions: 0 },
    });
    expect(candidate.story).toEqual(['leader.acquired', 'leader.renewed']);
  });

  it('reads and renews at once when the answer to a renewal was lost', async () => {
    const { candidate } = run('a');
    await world.advance(0);
    let calls = 0;
    candidate.fate = (verb) => (verb === 'update' && calls++ === 0 ? { reset: true } : {});
    await world.advance(2_000);
    expect([server.log.slice(2), candidate.story]).toEqual([
      ['update ok', 'get ok', 'update ok'],
      ['leader.acquired', 'leader.renewed'],
    ]);
  });

  it('creates it again when somebody has deleted it', async () => {
    const { candidate, ended } = run('a');
    await world.advance(0);
    server.store(undefined);
    await world.advance(2_000);
    expect([server.log.slice(2), candidate.mayWrite, ended]).toEqual([
      ['update 404', 'get 404', 'create ok'],
      true,
      {},
    ]);
  });

  it('survives failures that are shorter than the renew deadline', async () => {
    const { candidate, ended } = run('a');
    await world.advance(0);
    candidate.fate = () => ({ refusal: new ApiError({ status: 503, reason: 'ServiceUnavailable', message: 'later' }) });
    await world.advance(7_000);
    candidate.fate = () => ({});
    await world.advance(20_000);
    expect([ended, candidate.mayWrite]).toEqual([{}, true]);
  });
});

describe('losing the lease', () => {
  it.each([
    ['the API server refuses', { refusal: new ApiError({ status: 500, reason: 'InternalError', message: 'no' }) }],
    ['no answer comes', lost],
    ['nothing arrives', unreachable],
  ])('ends the term at the renew deadline when %s, without waiting for the work', async (_what, fate) => {
    const { candidate, ended, work } = run('a');
    await world.advance(0);
    candidate.fate = () => fate;
    await world.advance(9_999);
    const before = { ...ended, asked: work.asked, mayWrite: candidate.mayWrite };
    await world.advance(1);
    expect([before, { ...ended, asked: work.asked, mayWrite: candidate.mayWrite }]).toEqual([
      { asked: false, mayWrite: true },
      { as: 'lost', asked: true, mayWrite: false },
    ]);
    expect(candidate.elector.isLeader()).toBe(false);
    expect(candidate.story).toContain('leader.lost');
  });

  it.each(['other', ''])('ends the term at once when a renewal finds the holder %j', async (holder) => {
    const { candidate, ended } = run('a');
    await world.advance(0);
    server.store(leaseOf(holder));
    await world.advance(2_000);
    expect([ended, candidate.mayWrite, server.lease?.spec]).toEqual([{ as: 'lost' }, false, leaseOf(holder).spec]);
  });

  it('finds the gate shut and the term over when the process stood still past the lease', async () => {
    const { candidate, ended, work } = run('a');
    const { work: next } = run('b');
    await world.advance(1_000);
    candidate.stand();
    await world.advance(20_000);
    const meanwhile = next.started;
    candidate.goOn();
    const atOnce = candidate.mayWrite;
    await world.advance(0);
    expect([meanwhile, atOnce, ended, work.asked]).toEqual([1, false, { as: 'lost' }, true]);
    expect(server.lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('counts from the start of the renewal, however late its answer comes', async () => {
    const { candidate } = run('a');
    await world.advance(0);
    candidate.fate = () => ({ answerMs: 4_000 });
    await world.advance(6_000);
    const renewedAgo = world.now() - (candidate.elector.lastRenewal() ?? 0);
    candidate.stand();
    await world.advance(6_000);
    candidate.goOn();
    expect([renewedAgo, candidate.mayWrite]).toEqual([4_000, false]);
  });

  it('loses it also while the work is ending after a stop', async () => {
    const { candidate, stop, ended } = run('a');
    await world.advance(0);
    stop();
    candidate.fate = () => unreachable;
    await world.advance(10_000);
    expect([ended, candidate.mayWrite]).toEqual([{ as: 'lost' }, false]);
  });
});

describe('giving the lease back', () => {
  it('renews until the work has ended, then lets the next candidate in at once', async () => {
    const { candidate, stop, work, ended } = run('a');
    const { candidate: next, work: nextWork } = run('b');
    await world.advance(0);
    stop();
    await world.advance(19_000);
    const working = { asked: work.asked, next: nextWork.started, mayWrite: candidate.mayWrite };
    work.end();
    await world.advance(0);
    expect([working, ended, candidate.mayWrite, server.lease?.spec]).toEqual([
      { asked: true, next: 0, mayWrite: true },
      { as: 'stopped' },
      false,
      {
        holderIdentity: '',
        leaseDurationSeconds: 1,
        acquireTime: '2026-01-01T00:00:19.000000Z',
        renewTime: '2026-01-01T00:00:19.000000Z',
        leaseTransitions: 0,
      },
    ]);
    await world.advance(1_000);
    expect([nextWork.started, next.mayWrite, server.lease?.spec]).toEqual([
      1,
      true,
      {
        holderIdentity: 'b',
        leaseDurationSeconds: 15,
        acquireTime: '2026-01-01T00:00:20.000000Z',
        renewTime: '2026-01-01T00:00:20.000000Z',
        leaseTransitions: 1,
      },
    ]);
  });

  it('gives it back when the work ends by itself', async () => {
    const { candidate, work, ended } = run('a');
    await world.advance(0);
    work.end();
    await world.advance(0);
    expect([ended, candidate.story]).toEqual([{ as: 'stopped' }, ['leader.acquired', 'leader.released']]);
  });

  it('gives it back before it passes on what the work failed with', async () => {
    const candidate = new Candidate({ identity: 'a', world, server });
    const failure = new Error('a defect');
    const ended = candidate.elector
      .run(new AbortController().signal, () => Promise.reject(failure))
      .catch((error: unknown) => error);
    await world.advance(0);
    expect([await ended, server.lease?.spec]).toMatchObject([failure, { holderIdentity: '' }]);
  });

  it('waits for a renewal under way and gives back what that left', async () => {
    const { candidate, work, ended } = run('a');
    await world.advance(0);
    candidate.fate = () => ({ arriveMs: 500, answerMs: 500 });
    await world.advance(2_000);
    work.end();
    await world.advance(2_000);
    expect([ended, server.log.slice(2), candidate.story.at(-1)]).toEqual([
      { as: 'stopped' },
      ['update ok', 'update ok'],
      'leader.released',
    ]);
  });

  it('finds out by reading that a release whose answer was lost had succeeded', async () => {
    const { candidate, work, ended } = run('a');
    await world.advance(0);
    candidate.fate = (verb) => (verb === 'update' ? { reset: true } : {});
    work.end();
    await world.advance(2_000);
    expect([ended, server.log.slice(2), server.lease?.spec]).toMatchObject([
      { as: 'stopped' },
      ['update ok', 'get ok'],
      { holderIdentity: '' },
    ]);
  });

  it('tries three times and then lets the lease run out', async () => {
    const { candidate, work, ended } = run('a');
    await world.advance(0);
    candidate.fate = () => ({ refusal: refused(500, 'InternalError') });
    work.end();
    await world.advance(4_000);
    expect([ended, candidate.story]).toEqual([
      { as: 'stopped' },
      ['leader.acquired', 'leader.failed', 'leader.failed', 'leader.failed'],
    ]);
  });

  it('writes nothing when it is stopped as a candidate', async () => {
    server.store(leaseOf('other'));
    const { stop, ended, work } = run('a');
    await world.advance(3_000);
    stop();
    await world.advance(0);
    expect([ended, work.started, server.log, world.pending]).toEqual([{ as: 'stopped' }, 0, ['get ok', 'get ok'], 0]);
  });

  it('gives back a lease that it got while it was being stopped', async () => {
    const { stop, ended, work } = run('a', (verb) => (verb === 'create' ? { answerMs: 1_000 } : {}));
    await world.advance(500);
    stop();
    await world.advance(1_000);
    expect([ended, work.started, server.lease?.spec]).toMatchObject([{ as: 'stopped' }, 0, { holderIdentity: '' }]);
  });

  it('gives back a lease that it may have got by a write without an answer', async () => {
    const { stop, ended, work } = run('a', (verb) => (verb === 'create' ? lost : {}));
    await world.advance(500);
    stop();
    await world.advance(5_000);
    expect([ended, work.started, server.lease?.spec]).toMatchObject([{ as: 'stopped' }, 0, { holderIdentity: '' }]);
  });

  it('leaves no timer behind', async () => {
    const { work, ended } = run('a');
    await world.advance(5_000);
    work.end();
    await world.advance(0);
    expect([ended, world.pending]).toEqual([{ as: 'stopped' }, 0]);
  });
});

describe('the times', () => {
  it.each([
    { leaseDurationMs: 10_000 },
    { renewDeadlineMs: 15_000 },
    { retryPeriodMs: 8_334 },
    { retryPeriodMs: 0 },
    { leaseDurationMs: Number.NaN },
  ])('are refused when they do not leave room for each other: %j', (times) => {
    const elector = (): unknown =>
      createLeaderElector({
        leases: server.client({ clock: world, timeoutMs: 1, fate: () => ({}), receive: (what) => what() }),
        lease: { namespace: 'system', name: 'controller' },
        identity: 'a',
        times: { ...defaultLeaseTimes, ...times },
        fence: openFence,
        environment: { clock: world, random: () => 0, observe: () => {} },
      });
    expect(elector).toThrow(RangeError);
  });
});
