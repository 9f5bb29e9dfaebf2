import { isJsonObject, listAt, valueAt } from '../../../src/kube/json.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { MemoryCluster } from './memory-cluster.ts';
import { OperatorRig, writesAfterRestart } from './operator-rig.ts';

const label = 'rollouts-pod-template-hash';
const routes = 'team/shop-istio';

const labels = { app: 'shop' };
const spec = {
  hosts: ['shop.example.com'],
  backends: { canary: { labels }, stable: { labels } },
  split: { canary: 0, stable: 100 },
  weightsManagedBy: 'ArgoRollouts',
};

let cluster: MemoryCluster;
let rig: OperatorRig;
let written: number;

beforeEach(async () => {
  cluster = new MemoryCluster();
  cluster.namespace('team');
  rig = new OperatorRig(cluster);
  cluster.app('shop', spec);
  await rig.settle();
  written = cluster.writes.length;
});

const http = (): readonly JsonObject[] =>
  listAt(cluster.get('VirtualService', routes)?.spec, 'http').filter(isJsonObject);

/** What Argo Rollouts does on a step; `more`: what else somebody changes in the routes. */
function moveTo(canary: number, more: JsonObject = {}): void {
  const weights: Readonly<Record<string, number>> = { canary, stable: 100 - canary };
  const moved = http().map((entry) => ({
    ...entry,
    ...more,
    route: listAt(entry, 'route').map((to) => ({
      ...(to as JsonObject),
      weight: weights[String(valueAt(to, 'destination', 'subset'))],
    })),
  }));
  cluster.meddle('VirtualService', routes, { http: moved });
}

function labelSubsets(hashes: Readonly<Record<string, string>>): void {
  const subsets = Object.entries(hashes).map(([name, hash]) => ({ name, labels: { ...labels, [label]: hash } }));
  cluster.meddle('DestinationRule', 'team/shop', { subsets });
}

/** The weights by backend, and the timeout, of the one route that is live. */
function live(): object {
  const [entry] = http();
  const weights = listAt(entry, 'route').map((to) => [valueAt(to, 'destination', 'subset'), valueAt(to, 'weight')]);
  return { ...(Object.fromEntries(weights) as object), timeout: entry?.timeout };
}

const writes = (): readonly string[] => cluster.writes.slice(written);
const edited = { ...spec, resilience: { timeout: '5s' } };

it('a move costs no write and no event, also over a restart, and stands in what an edit writes', async () => {
  expect(live()).toEqual({ canary: 0, stable: 100 });
  moveTo(30);
  labelSubsets({ canary: 'b', stable: 'a' });
  await rig.settle();
  expect({ writes: writes(), events: rig.events }).toEqual({ writes: [], events: [] });
  expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
  cluster.app('shop', edited);
  await rig.settle();
  expect(live()).toEqual({ canary: 30, stable: 70, timeout: '5s' });
  expect(writes()).toEqual([`apply VirtualService ${routes}`, 'status AppTraffic team/shop']);
  expect(await writesAfterRestart(cluster)).toEqual([]);
});

it('a weight that is written between the look and the write is not lost', async () => {
  let moves = 0;
  cluster.turn = (at) => {
    if (at === `apply VirtualService ${routes}` && moves < 2) moveTo(40 + ++moves);
    return Promise.resolve();
  };
  cluster.app('shop', edited);
  await rig.settle();
  expect(live()).toEqual({ canary: 42, stable: 58, timeout: '5s' });
  // Twice the write met another version, and did not happen.
  expect(writes()).toEqual([`apply VirtualService ${routes}`, 'status AppTraffic team/shop']);
  expect(rig.events).toEqual([]);
});

it('what others change is put right with one event, whether or not the weight moved in the same moment', async () => {
  moveTo(30, { timeout: '1s' });
  await rig.settle();
  expect(live()).toEqual({ canary: 30, stable: 70 });
  cluster.meddle('VirtualService', routes, { http: [] });
  await rig.settle();
  expect(live()).toEqual({ canary: 30, stable: 70 });
  expect({ writes: writes(), events: rig.events.map(({ reason }) => reason) }).toEqual({
    writes: [`apply VirtualService ${routes}`, `apply VirtualService ${routes}`],
    events: ['Repaired', 'Repaired'],
  });
});

it('what somebody changed and what he added are put right over the versions that each write leaves', async () => {
  moveTo(30);
  cluster.meddle('VirtualService', routes, { exportTo: ['.'], strange: true });
  await rig.settle();
  expect(cluster.get('VirtualService', routes)?.spec).not.toHaveProperty('strange');
  expect(live()).toEqual({ canary: 30, stable: 70 });
  expect(writes()).toEqual([`patch VirtualService ${routes}`, `apply VirtualService ${routes}`]);
});

it('a backend that is exchanged leads through both subsets, with the labels that are live', async () => {
  labelSubsets({ canary: 'b', stable: 'a' });
  await rig.settle();
  const { canary: _, ...backends } = { ...spec.backends, green: { labels } };
  cluster.app('shop', { ...spec, backends, split: { green: 0, stable: 100 } });
  await rig.settle();
  expect(cluster.get('DestinationRule', 'team/shop')?.spec).toMatchObject({
    subsets: [
      { name: 'green', labels },
      { name: 'stable', labels: { ...labels, [label]: 'a' } },
    ],
  });
  expect(writes()).toEqual([
    'apply DestinationRule team/shop',
    `apply VirtualService ${routes}`,
    'apply DestinationRule team/shop',
    'status AppTraffic team/shop',
  ]);
});

it('an object that was made, and moved before its answer came, is looked at before anything is written to it', async () => {
  cluster.remove('VirtualService', routes);
  cluster.trouble = ({ verb, key }) => (verb === 'create' && key.endsWith(routes) ? 'lost' : undefined);
  cluster.written = ({ verb, key }) => {
    if (verb !== 'create' || !key.endsWith(routes)) return;
    cluster.trouble = () => undefined;
    moveTo(50);
  };
  await rig.settle();
  expect(live()).toEqual({ canary: 50, stable: 50 });
});

it('weights are put back with one write and no event when they are managed here again', async () => {
  moveTo(30);
  await rig.settle();
  const { weightsManagedBy: _, ...own } = spec;
  cluster.app('shop', { ...own, split: { canary: 10, stable: 90 } });
  await rig.settle();
  expect(live()).toEqual({ canary: 10, stable: 90 });
  expect({ writes: writes(), events: rig.events }).toEqual({
    writes: [`apply VirtualService ${routes}`, 'status AppTraffic team/shop'],
    events: [],
  });
});
