import * as fc from 'fast-check';
import { istioCrdFile } from '../../hack/toolchain/istio-module.ts';
import { childKindOf } from '../../src/kube/gvk.ts';
import type { Manifest } from '../../src/kube/manifest.ts';
import type { ObjectKey } from '../../src/kube/object-key.ts';
import { newMemory } from '../../src/plan/memory.ts';
import type { AppMemory } from '../../src/plan/memory.ts';
import { plan } from '../../src/plan/plan.ts';
import { afterChanges, phaseStart } from '../../src/plan/progress.ts';
import { desiredHash, liveHash } from '../../src/plan/projection.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { eventually } from '../testbed/eventually.ts';
import { anyState, app, child, manifestsOf, owned, plainState } from '../unit/plan/app-states.ts';
import type { AppState } from '../unit/plan/app-states.ts';
import { PlanWriter, refOfKey } from './plan-writer.ts';

jest.setTimeout(180_000);

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane({ controllers: false, crds: [istioCrdFile()] });
  await plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: app.namespace } });
});
afterAll(() => plane.stop());

const namesOfEdges = ['shop-istio', 'shop-istio-ingress-public'];
const namesOfListeners = ['istio', 'public'].flatMap((edge) => [5432, 6379].map((port) => `shop-${edge}-tcp-${port}`));
/** Every child that any state of these tests can have. */
const allKeys: readonly ObjectKey[] = [
  ...(
    [
      'Service',
      'DestinationRule',
      'AuthorizationPolicy',
      'PeerAuthentication',
      'RequestAuthentication',
      'EnvoyFilter',
      'Sidecar',
    ] as const
  ).map((kind) => ({ kind, namespace: app.namespace, name: 'shop' })),
  { kind: 'AuthorizationPolicy', namespace: app.namespace, name: 'shop-external' },
  ...['shop', ...namesOfEdges, ...namesOfListeners].map((name) => ({
    kind: 'VirtualService' as const,
    namespace: app.namespace,
    name,
  })),
  ...['a', 'b'].map((name) => ({
    kind: 'ServiceEntry' as const,
    namespace: app.namespace,
    name: `shop-call-${name}.example.net`,
  })),
  { kind: 'Gateway', namespace: app.namespace, name: 'shop-istio' },
  ...['shop-nginx', 'shop-traefik', 'shop-ingress'].map((name) => ({
    kind: 'Ingress' as const,
    namespace: app.namespace,
    name,
  })),
];

/** An operator that knows nothing but plan: reads everything, writes what the plan says, and lets time pass by itself. */
class Operator {
  readonly writer = new PlanWriter(plane.api);
  now = 1_000_000;
  memory: AppMemory = newMemory(0);

  /** Leads the cluster to the manifests; resolves with the number of writes. */
  async lead(desired: readonly Manifest[]): Promise<number> {
    const before = this.writer.writes;
    for (let pass = 0; pass < 20; pass += 1) {
      const found = plan({
        app,
        desired,
        live: await this.writer.children(allKeys),
        unavailableKinds: [],
        resolved: true,
        memory: this.memory,
        now: this.now,
        settleMs: 1000,
        drainMs: 30_000,
      });
      this.memory = found.memory;
      for (const phase of found.phases) {
        this.now = Math.max(this.now, phaseStart(phase, this.memory, 1000));
        for (const change of phase.changes) await this.writer.write(change);
        this.memory = afterChanges(this.memory, phase.changes, this.now);
      }
      if (found.phases.length > 0) continue;
      if (found.drain === undefined) return this.writer.writes - before;
      await this.#playIngressControllers();
      this.now = found.drain.until ?? this.now;
    }
    throw new Error('no end in sight');
  }

  async #playIngressControllers(): Promise<void> {
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
    const children = await this.writer.children(allKeys.filter(({ kind }) => kind === 'Ingress'));
    for (const { key } of children) {
      await plane.api.patch(refOfKey(key), { status }, { subresource: 'status', type: 'merge' });
    }
  }
}

const hashes = async (operator: Operator, desired: readonly Manifest[]): Promise<readonly boolean[]> => {
  const keys = desired.flatMap(({ apiVersion, kind, metadata }): readonly ObjectKey[] => {
    const name = childKindOf(apiVersion, kind);
    return name === undefined ? [] : [{ kind: name, namespace: app.namespace, name: metadata.name }];
  });
  const live = await operator.writer.children(keys);
  return desired.map((manifest, at) => live[at]?.hash === desiredHash(owned(manifest)));
};

const portsOf = [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }];
const selector = { app: 'shop' };
const serviceSpecs = {
  ClusterIP: { ports: portsOf, selector },
  Headless: { clusterIP: 'None', ports: portsOf, selector },
  NodePort: { type: 'NodePort', ports: portsOf, selector },
  LoadBalancer: { type: 'LoadBalancer', ports: portsOf, selector },
  ExternalName: { type: 'ExternalName', externalName: 'a.example.net', ports: portsOf },
} as const;
type ServiceType = keyof typeof serviceSpecs;
const serviceTypes = Object.keys(serviceSpecs) as readonly ServiceType[];
const service = (type: ServiceType, name = 'shop'): Manifest => child('v1', 'Service', name, serviceSpecs[type]);
const pairs = serviceTypes.flatMap((from) => serviceTypes.filter((to) => to !== from).map((to) => [from, to] as const));

test.each(serviceTypes)('a Service of type %s needs no second write, whatever the server fills in', async (type) => {
  const operator = new Operator();
  await operator.lead([]);
  expect(await operator.lead([service(type)])).toBe(1);
  expect(await operator.lead([service(type)])).toBe(0);
});

test.each(pairs)('%s to %s: plan refuses what the server cannot do, and only that', async (from, to) => {
  const name = `type-${from}-${to}`.toLowerCase();
  const key: ObjectKey = { kind: 'Service', namespace: app.namespace, name };
  const writer = new PlanWriter(plane.api);
  await writer.apply(owned(service(from, name)), true);
  const live = await writer.children([key]);
  const input = {
    app,
    live,
    unavailableKinds: [],
    resolved: true,
    memory: newMemory(0),
    now: 1,
    settleMs: 0,
    drainMs: 0,
  };
  const [outcome] = plan({ ...input, desired: [service(to, name)] }).children;
  const wanted = owned(service(to, name));
  const refused = await writer.apply(wanted, true).then(
    () => false,
    () => true,
  );
  const after = await writer.read(key);
  const isReached = !refused && after !== undefined && liveHash(after) === desiredHash(wanted);
  expect({ isReached, state: outcome?.state }).toEqual(
    isReached ? { isReached, state: 'Pending' } : { isReached, state: 'ImmutableField' },
  );
});

test('an Ingress without a class is in sync although the server fills in the default class', async () => {
  await plane.api.create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
    spec: { controller: 'k8s.io/ingress-nginx' },
  });
  const operator = new Operator();
  await operator.lead([]);
  const backend = { service: { name: 'shop', port: { number: 80 } } };
  const rules = [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  const ingress = child('networking.k8s.io/v1', 'Ingress', 'shop-ingress', { rules });
  // The admission plugin learns of the class by a watch of its own.
  const isFilled = async (): Promise<boolean> => {
    await operator.lead([]);
    await operator.lead([ingress]);
    const [live] = await operator.writer.children([
      { kind: 'Ingress', namespace: app.namespace, name: 'shop-ingress' },
    ]);
    return live?.extract.kind === 'Ingress' && live.extract.className === 'nginx';
  };
  await eventually('the default class is filled in', isFilled);
  expect(await operator.lead([ingress])).toBe(0);
});

const guarded: AppState = {
  ...plainState,
  subsets: ['canary', 'stable'],
  split: ['canary', 'stable'],
  allow: ['checkout'],
};

const patchOf = (path: string, value: unknown, op = 'add') => [{ op, path, value }];
const drifts: readonly (readonly [string, ObjectKey['kind'], string, readonly unknown[]])[] = [
  [
    'a trafficPolicy slipped in',
    'DestinationRule',
    'shop',
    patchOf('/spec/trafficPolicy', { tls: { mode: 'DISABLE' } }),
  ],
  ['a subset added', 'DestinationRule', 'shop', patchOf('/spec/subsets/-', { name: 'evil', labels: { a: 'b' } })],
  ['the subsets removed', 'DestinationRule', 'shop', [{ op: 'remove', path: '/spec/subsets' }]],
  ['the host changed', 'DestinationRule', 'shop', patchOf('/spec/host', 'evil', 'replace')],
  [
    'a host of a route changed',
    'VirtualService',
    'shop-istio',
    patchOf('/spec/hosts', ['evil.example.com'], 'replace'),
  ],
  ['a rule added', 'AuthorizationPolicy', 'shop', patchOf('/spec/rules/-', {})],
  ['a selector label added', 'AuthorizationPolicy', 'shop', patchOf('/spec/selector/matchLabels/b', 'c')],
  ['a port added', 'Service', 'shop', patchOf('/spec/ports/-', { name: 'debug', port: 6060 })],
  ['a port renumbered', 'Service', 'shop', patchOf('/spec/ports/0/port', 81, 'replace')],
  ['a target port changed', 'Service', 'shop', patchOf('/spec/ports/0/targetPort', 9, 'replace')],
  ['a selector label added', 'Service', 'shop', patchOf('/spec/selector/b', 'c')],
  ['session affinity', 'Service', 'shop', patchOf('/spec/sessionAffinity', 'ClientIP', 'replace')],
  ['an external address', 'Service', 'shop', patchOf('/spec/externalIPs', ['192.0.2.1'])],
  ['another type', 'Service', 'shop', patchOf('/spec/type', 'NodePort', 'replace')],
  ['our label stripped', 'Gateway', 'shop-istio', [{ op: 'remove', path: '/metadata/labels' }]],
  ['our label changed', 'Gateway', 'shop-istio', patchOf('/metadata/labels/apptraffic.dev~1app', 'other', 'replace')],
  [
    'our owner reference weakened',
    'Gateway',
    'shop-istio',
    [{ op: 'remove', path: '/metadata/ownerReferences/0/blockOwnerDeletion' }],
  ],
];

describe('drift', () => {
  const operator = (): Operator => new Operator();

  test.each(drifts)('%s (%s %s) is put right with one write', async (_what, kind, name, patch) => {
    const desired = manifestsOf(guarded);
    const one = operator();
    await one.lead(desired);
    await plane.api.patch(refOfKey({ kind, namespace: app.namespace, name }), patch, {
      type: 'json',
      fieldManager: 'kubectl-edit',
    });
    expect(await hashes(one, desired)).toContain(false);
    expect(await one.lead(desired)).toBe(1);
    expect(await hashes(one, desired)).not.toContain(false);
  });

  test('a value changed and a field added in the same object need both writes', async () => {
    const desired = manifestsOf(guarded);
    const one = operator();
    await one.lead(desired);
    const patch = [...patchOf('/spec/host', 'evil', 'replace'), ...patchOf('/spec/exportTo', ['.'])];
    await plane.api.patch(refOfKey({ kind: 'DestinationRule', namespace: app.namespace, name: 'shop' }), patch, {
      type: 'json',
      fieldManager: 'kubectl-edit',
    });
    expect(await one.lead(desired)).toBe(2);
    expect(await hashes(one, desired)).not.toContain(false);
  });

  test('labels and annotations of others stay and cost nothing', async () => {
    const desired = manifestsOf(guarded);
    const one = operator();
    await one.lead(desired);
    const ref = refOfKey({ kind: 'Service', namespace: app.namespace, name: 'shop' });
    const patch = { metadata: { labels: { team: 'a' }, annotations: { note: 'b' } } };
    await plane.api.patch(ref, patch, { type: 'merge', fieldManager: 'kubectl-edit' });
    expect(await one.lead(desired)).toBe(0);
    await one.lead(manifestsOf({ ...guarded, port: 8081 }));
    const live = await plane.api.get(ref);
    expect([live?.metadata.labels?.team, live?.metadata.annotations?.note]).toEqual(['a', 'b']);
  });

  test('a port that somebody once renumbered can still be changed by the spec', async () => {
    const one = operator();
    await one.lead(manifestsOf(plainState));
    const ref = refOfKey({ kind: 'Service', namespace: app.namespace, name: 'shop' });
    await plane.api.patch(ref, patchOf('/spec/ports/0/port', 81, 'replace'), {
      type: 'json',
      fieldManager: 'kubectl-edit',
    });
    await one.lead(manifestsOf(plainState));
    const desired = manifestsOf({ ...plainState, port: 8081 });
    await one.lead(desired);
    expect(await hashes(one, desired)).not.toContain(false);
  });
});

test('writes of edits: the children that differ, and those that need a union twice', async () => {
  const operator = new Operator();
  await operator.lead([]);
  const counts: number[] = [];
  const canary = { ...plainState, subsets: ['canary', 'stable'], split: ['canary', 'stable'] };
  const green = { ...plainState, subsets: ['green', 'stable'], split: ['green', 'stable'] };
  const states: readonly AppState[] = [
    plainState,
    canary,
    { ...canary, split: ['stable'] },
    canary,
    green,
    { ...green, port: 8081 },
    { ...green, port: 8081, edge: 'nginx' },
    { ...green, port: 8081, edge: 'none' },
  ];
  for (const state of states) counts.push(await operator.lead(manifestsOf(state)));
  // Create 3; rule and route; route; route; rule twice and route; Service twice and route; Ingress and two deletions; one deletion.
  expect(counts).toEqual([3, 2, 1, 1, 3, 3, 3, 1]);
});

test('from any app to any other the real server ends as desired, and nothing is left to write', async () => {
  const operator = new Operator();
  await fc.assert(
    fc.asyncProperty(anyState, async (state) => {
      const desired = manifestsOf(state);
      await operator.lead(desired);
      expect(await hashes(operator, desired)).not.toContain(false);
      const live = await operator.writer.children(allKeys);
      expect(live).toHaveLength(desired.length);
      expect(await operator.lead(desired)).toBe(0);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});
