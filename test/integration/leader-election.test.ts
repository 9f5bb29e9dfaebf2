import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemEnvironment } from '../../src/runtime/environment.ts';
import type { Fence } from '../../src/runtime/fence.ts';
import type { TermEnd } from '../../src/runtime/leader.ts';
import { startComponent } from '../testbed/component.ts';
import type { Component } from '../testbed/component.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { eventually } from '../testbed/eventually.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { loseResponse } from '../testbed/proxy/injections.ts';
import { startProxy } from '../testbed/proxy/proxy.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';
import { leaseCandidate, leaseTimes, namespace } from './lease-candidate.ts';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../..');
const serviceAccount = { namespace, name: 'apptraffic-controller' };
const microTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;

let plane: ControlPlane;
let running: (() => void)[] = [];

beforeAll(async () => {
  plane = await startControlPlane({ controllers: false });
  await plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await plane.api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: serviceAccount });
  await plane.kubectl(['apply', '-f', join(root, 'config/rbac/leader-election.yaml')]);
});
afterEach(() => {
  for (const stop of running) stop();
  running = [];
});
afterAll(() => plane.stop());

function isOpen(fence: Fence): boolean {
  try {
    fence.gate();
    return true;
  } catch {
    return false;
  }
}

const leaseOf = (name: string): Promise<KubeObject | undefined> =>
  plane.api.get({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name });

type Candidate = {
  readonly proxy: Proxy;
  readonly fence: Fence;
  /** What was observed, with whether each gate was open at that moment. */
  readonly story: readonly string[];
  readonly stop: () => void;
  readonly end: Promise<TermEnd>;
};

/** A candidate under way in this process, behind a proxy of its own, under the shipped role. */
async function candidate(lease: string, identity: string, onAcquired: () => void = () => {}): Promise<Candidate> {
  const proxy = await startProxy(plane);
  const story: string[] = [];
  const environment = systemEnvironment((event) => {
    if (!event.type.startsWith('leader.') || (event.type === 'leader.renewed' && !event.slowPath)) return;
    story.push(event.type);
    if (event.type === 'leader.acquired') onAcquired();
  });
  const kubeconfig = await proxy.kubeconfigFor({ serviceAccount });
  const { elector, fence, transport } = leaseCandidate(kubeconfig, lease, identity, environment);
  const stop = new AbortController();
  const work = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const end = elector.run(stop.signal, work);
  running.push(() => {
    stop.abort();
    transport.close();
  });
  return { proxy, fence, story, stop: () => stop.abort(), end };
}

describe('two candidates for a Lease', () => {
  it('lead one after the other; the one that is stopped hands over at once', async () => {
    const a = await candidate('stopped', 'a');
    await eventually('a leads', () => a.story.includes('leader.acquired'));
    const b = await candidate('stopped', 'b');
    await eventually('b knows who leads', () => b.story.includes('leader.holderChanged'));
    expect((await leaseOf('stopped'))?.spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: leaseTimes.leaseDurationMs / 1000,
      acquireTime: microTime,
      renewTime: microTime,
      leaseTransitions: 0,
    });
    a.stop();
    await eventually('b leads', () => b.story.includes('leader.acquired'));
    expect([await a.end, a.story, isOpen(a.fence), isOpen(b.fence)]).toEqual([
      'stopped',
      ['leader.acquired', 'leader.released'],
      false,
      true,
    ]);
    expect((await leaseOf('stopped'))?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    const verbs = [...a.proxy.requests(), ...b.proxy.requests()].map(({ verb, resource }) => `${verb} ${resource}`);
    expect(new Set(verbs)).toEqual(new Set(['get leases', 'create leases', 'update leases']));
    b.stop();
    await b.end;
    expect((await leaseOf('stopped'))?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
  });

  it('never both have an open gate: one that is cut off has lost before the other leads', async () => {
    const gates: boolean[] = [];
    const a = await candidate('cut-off', 'a');
    await eventually('a leads', () => a.story.includes('leader.acquired'));
    const b = await candidate('cut-off', 'b', () => gates.push(isOpen(a.fence), a.story.includes('leader.lost')));
    await eventually('b knows who leads', () => b.story.includes('leader.holderChanged'));
    await a.proxy.stop();
    await eventually('b leads', () => b.story.includes('leader.acquired'));
    expect([await a.end, gates]).toEqual(['lost', [false, true]]);
    expect((await leaseOf('cut-off'))?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('are not disturbed by an answer that is lost', async () => {
    const a = await candidate('lost-answer', 'a');
    await eventually('a leads', () => a.story.includes('leader.acquired'));
    const lost = a.proxy.inject({ verb: 'update', resource: 'leases' }, loseResponse);
    await lost.firstHit;
    const { index } = await a.proxy.waitForRequest({ verb: 'get', resource: 'leases' }, { since: a.proxy.mark() });
    await a.proxy.waitForRequest({ verb: 'update', resource: 'leases' }, { since: index });
    await eventually('the renewal is told', () => a.story.includes('leader.renewed'));
    expect([a.story, isOpen(a.fence)]).toEqual([['leader.acquired', 'leader.renewed'], true]);
    expect((await leaseOf('lost-answer'))?.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
  });
});

describe('a leader in a process of its own', () => {
  let ledger: KubeObject;
  beforeAll(async () => {
    ledger = await plane.api.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace, name: 'ledger' },
      data: { last: 'nobody' },
    });
    const rules = ['--verb=patch', '--resource=configmaps'];
    await plane.kubectl(['create', 'role', 'ledger', '-n', namespace, ...rules]);
    const subject = `--serviceaccount=${namespace}:${serviceAccount.name}`;
    await plane.kubectl(['create', 'rolebinding', 'ledger', '-n', namespace, '--role=ledger', subject]);
  });

  async function writer(
    lease: string,
    identity: string,
  ): Promise<{ proxy: Proxy; process: Component; log: () => string }> {
    const proxy = await startProxy(plane);
    const kubeconfig = await proxy.kubeconfigFor({ serviceAccount });
    const file = join(plane.run.folder, `${identity}.log`);
    const process = await startComponent(plane.run, {
      name: identity,
      command: globalThis.process.execPath,
      args: [join(root, 'test/integration/writing-leader.ts'), kubeconfig, lease, identity],
      isReady: () => Promise.resolve(readFileSync(file, 'utf8').includes('leader.')),
    });
    return { proxy, process, log: () => readFileSync(file, 'utf8') };
  }

  it('writes nothing when it is stopped past its lease and goes on, and ends', async () => {
    const old = await writer('frozen', 'writer-old');
    await eventually('the leader writes', () => old.log().includes('written'));
    const next = await writer('frozen', 'writer-next');
    old.process.signal('SIGSTOP');
    // What was in the sockets when it stopped still arrives, and is done with when the next one leads.
    await eventually('the next one writes', () => next.log().includes('written'));
    const mark = old.proxy.mark();
    old.process.signal('SIGCONT');
    expect([await old.process.exited, old.proxy.writes(mark)]).toEqual([{ code: 1, signal: null }, []]);
    expect(old.log()).toContain('leader.lost');
    await next.process.stop();
  });

  it('hands over at once on SIGTERM, after its last write', async () => {
    const old = await writer('told', 'writer-told');
    await eventually('the leader writes', () => old.log().includes('written'));
    const next = await writer('told', 'writer-waiting');
    old.process.signal('SIGTERM');
    await eventually('the next one writes', () => next.log().includes('written'));
    expect([await old.process.exited, old.log().trim().split('\n').slice(-2)]).toEqual([
      { code: 0, signal: null },
      ['leader.released', 'stopped'],
    ]);
    const { verb, resource, body } = old.proxy.requests().at(-1) ?? {};
    expect({ verb, resource, body }).toMatchObject({
      verb: 'update',
      resource: 'leases',
      body: { spec: { holderIdentity: '', leaseDurationSeconds: 1 } },
    });
    expect(await next.process.stop()).toEqual({ code: 0, signal: null });
    expect((await plane.api.get(ledger))?.data).toEqual({ last: expect.stringMatching(/^writer-waiting /) as string });
  });
});
