import { setInterval as ticks } from 'node:timers/promises';
import { eventually } from '../testbed/eventually.ts';
import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import type { Operator } from '../testbed/operator.ts';
import { holdRequest } from '../testbed/proxy/injections.ts';
import { startProxy } from '../testbed/proxy/proxy.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';
import { requestTexts, tally } from './requests.ts';
import { operatorAccount, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const leaseMs = 6_000;
const flags = ['--leader-elect', `--lease-duration=${leaseMs / 1000}s`, '--renew-deadline=4s', '--retry-period=1s'];
/** Longer than it takes to freeze a leader, shorter than its lease. */
const settings = { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '2s' };
/** A standby looks every 1 to 1.2 s; the rest is for a machine that is busy. */
const handOverMs = 4_000;
const takeOverMs = leaseMs + handOverMs;

/** Weight 0: without the canary. */
const specOf = (weight: number): object => ({
  port: 8080,
  backends: {
    stable: { labels: { version: 'v1' } },
    ...(weight === 0 ? {} : { canary: { labels: { version: 'v2' } } }),
  },
  split: { stable: 100 - weight, ...(weight === 0 ? {} : { canary: weight }) },
  external: { hosts: ['shop.example.com'] },
  internal: { mtls: { mode: 'Strict' } },
});
/** What an edit of the weight writes. */
const edit = [
  'apply apptraffics/status team/shop',
  'apply virtualservices team/shop',
  'apply virtualservices team/shop-istio',
];

/** One replica behind a proxy of its own, and every status that its /readyz ever gave. */
type Replica = {
  readonly proxy: Proxy;
  readonly operator: Operator;
  readonly readiness: ReadonlySet<number>;
  readonly end: () => void;
};

let stage: Stage;
let one: Replica;
let two: Replica;

async function replica(proxy: Proxy): Promise<Replica> {
  const operator = await stage.startOperator({ through: proxy, flags, settings });
  const readiness = new Set<number>();
  const over = new AbortController();
  const look = async (): Promise<void> => {
    for await (const _ of ticks(100, undefined, { signal: over.signal })) {
      const status = await operator.probe('/readyz');
      if (!over.signal.aborted) readiness.add(status);
    }
  };
  look().catch(() => undefined);
  return { proxy, operator, readiness, end: () => over.abort() };
}

const leads = ({ operator }: Replica, withinMs: number): Promise<unknown> =>
  operator.waitForLog(({ msg }) => msg === 'became leader', withinMs);

const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: operatorAccount.namespace,
  name: 'apptraffic-controller',
};

/** The holders that a replica wrote into the Lease, one after the other. */
const holdersBy = ({ proxy }: Replica, mark: number): readonly unknown[] => {
  const written = proxy.requests(({ verb, resource }) => verb === 'update' && resource === 'leases', mark);
  const holders = written
    .filter(({ status }) => status === 200)
    .map(({ body }) => field(body, 'spec', 'holderIdentity'));
  return holders.filter((holder, index) => holder !== holders[index - 1]);
};

beforeAll(async () => {
  stage = await startStage({ operator: false });
  await stage.namespace('team');
  one = await replica(stage.proxy);
  await leads(one, 10_000);
  two = await replica(await startProxy(stage.plane));
});
afterAll(async () => {
  one?.end();
  two?.end();
  await stage?.stop();
});

const shop = (weight: number): Promise<KubeObject> => stage.app('team', 'shop', specOf(weight));

describe('two replicas', () => {
  it('have one that writes and one that only reads, both ready', async () => {
    await stage.ready(await shop(10));
    expect(await one.proxy.quietFor(1_000)).toEqual([]);
    expect(requestTexts(one.proxy.writes())).toHaveLength(8);
    expect(two.proxy.writes()).toEqual([]);
    const asked = two.proxy
      .requests()
      .map(({ verb, resource }) => (verb === 'watch' || verb === 'other' ? verb : `${verb} ${resource}`));
    expect(Object.keys(tally(asked))).toEqual(['get leases', 'other', 'watch']);
    expect([[...one.readiness], [...two.readiness]]).toEqual([[200], [200]]);
  });

  it('go on with the other one when the leader is killed in the middle of its work', async () => {
    const held = one.proxy.inject({ verb: 'apply', resource: 'virtualservices' }, holdRequest, { times: 9 });
    const app = await shop(20);
    await held.firstHit;
    const mark = two.proxy.mark();
    one.end();
    await one.operator.kill();
    one.proxy.dropClients();
    await leads(two, takeOverMs);
    held.remove();
    await stage.ready(app);
    expect(await two.proxy.quietFor(1_000)).toEqual([]);
    expect(requestTexts(two.proxy.writes(mark))).toEqual(edit);
    expect([...two.readiness]).toEqual([200]);
  });

  it('hand over at once when the leader is asked to stop', async () => {
    one = await replica(stage.proxy);
    const mark = one.proxy.mark();
    const before = field(await stage.plane.api.get(lease), 'spec', 'holderIdentity');
    two.end();
    expect(await two.operator.stop()).toEqual({ code: 0, signal: null });
    await leads(one, handOverMs);
    const after = field(await stage.plane.api.get(lease), 'spec', 'holderIdentity');
    expect([holdersBy(two, 0), holdersBy(one, mark)]).toEqual([[before, ''], [after]]);
    expect(after).not.toBe(before);
    expect(one.proxy.writes(mark)).toEqual([]);
    expect([[...one.readiness], [...two.readiness]]).toEqual([[200], [200]]);
  });

  it('leave a leader that froze past its lease nothing to write when it wakes up', async () => {
    two = await replica(two.proxy);
    const before = one.proxy.mark();
    const app = await shop(0);
    // Routes no longer name the canary; once that has settled the leader will take it out of the DestinationRule.
    const routes = { verb: 'apply', resource: 'virtualservices' } as const;
    await eventually('the routes are written', () => {
      const written = one.proxy.requests(routes, before);
      return written.length === 2 && written.every(({ status }) => status === 200);
    });
    one.end();
    one.operator.pause();
    const [frozen, mark] = [one.proxy.mark(), two.proxy.mark()];
    await leads(two, takeOverMs);
    await stage.ready(app);
    expect(requestTexts(two.proxy.writes(mark))).toEqual([
      'apply apptraffics/status team/shop',
      'apply destinationrules team/shop',
    ]);
    expect(await two.proxy.quietFor(500)).toEqual([]);
    one.operator.resume();
    expect(await one.operator.exited).toEqual({ code: 1, signal: null });
    // What it may have sent in its last moment arrives.
    await one.proxy.quietFor(500);
    expect(one.proxy.writes(frozen)).toEqual([]);
    expect(await one.operator.waitForLog(({ msg }) => msg === 'operator ended')).toMatchObject({ end: 'lost' });
    expect(condition((await stage.plane.api.get(app)) ?? app, 'Ready')?.status).toBe('True');
    expect([...two.readiness]).toEqual([200]);
  });

  it('go on letting go of what outlives its app where the one that is killed has not come to it', async () => {
    const { api } = stage.plane;
    one = await replica(stage.proxy);
    const spec = { port: 8080, external: { hosts: ['kept.example.com'] }, lifecycle: { deletion: 'Orphan' } };
    const app = await stage.ready(await stage.app('team', 'kept', spec));
    const held = two.proxy.inject({ verb: 'patch', resource: 'services', name: 'kept' }, holdRequest);
    const gateway = { apiVersion: 'networking.istio.io/v1', kind: 'Gateway', namespace: 'team', name: 'kept-istio' };
    await api.delete(app, { propagationPolicy: 'Foreground' });
    await held.firstHit;
    const mark = one.proxy.mark();
    two.end();
    await two.operator.kill();
    two.proxy.dropClients();
    await leads(one, takeOverMs);
    held.remove();
    await api.waitGone(app);
    expect(await one.proxy.quietFor(1_000)).toEqual([]);
    const written = requestTexts(one.proxy.writes(mark));
    expect(written).toContain('patch services team/kept');
    expect(written.at(0)).toBe('patch apptraffics team/kept');
    const service = { apiVersion: 'v1', kind: 'Service', namespace: 'team', name: 'kept' };
    const left = await Promise.all([gateway, service].map((child) => api.get(child)));
    const marks = left.map((child) => [Object.keys(child?.metadata.labels ?? {}), child?.metadata.ownerReferences]);
    expect(marks).toEqual(left.map(() => [[], undefined]));
  });
});
