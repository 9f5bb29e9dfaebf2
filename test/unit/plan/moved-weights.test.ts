import type { JsonObject } from '../../../src/kube/json.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { isParting } from '../../../src/plan/change.ts';
import type { Plan } from '../../../src/plan/change.ts';
import { childrenToRead } from '../../../src/plan/children-to-read.ts';
import type { LiveChild } from '../../../src/plan/live-child.ts';
import { newMemory } from '../../../src/plan/memory.ts';
import { plan } from '../../../src/plan/plan.ts';
import type { PlanInput } from '../../../src/plan/plan-input.ts';
import { app, child, owned } from './app-states.ts';
import { applied, wholeChild } from './live-model.ts';

const hash = 'rollouts-pod-template-hash';
const host = 'shop.shop.svc.cluster.local';

type Weights = Readonly<Record<string, number | undefined>>;

const sharedOut = (weights: Weights): readonly JsonObject[] =>
  Object.entries(weights).map(([subset, weight]) => ({
    destination: { host, subset, port: { number: 80 } },
    ...(weight === undefined ? {} : { weight }),
  }));

/** A route `default` with these weights, and one to a single backend. */
const routes = (weights: Weights, more: JsonObject = {}): Manifest =>
  child('networking.istio.io/v1', 'VirtualService', 'shop-istio', {
    hosts: ['shop.example.com'],
    gateways: ['istio-ingress/public'],
    http: [
      { name: 'beta', match: [{ uri: { prefix: '/beta' } }], route: sharedOut({ canary: undefined }) },
      { name: 'default', match: [{ uri: { prefix: '/' } }], route: sharedOut(weights), ...more },
    ],
  });

type Labels = Readonly<Record<string, string>>;

const subsets = (labels: Readonly<Record<string, Labels>>): Manifest =>
  child('networking.istio.io/v1', 'DestinationRule', 'shop', {
    host,
    subsets: Object.entries(labels).map(([name, own]) => ({ name, labels: own })),
  });

const asked = routes({ canary: 10, stable: 90 });

function live(manifest: Manifest, resourceVersion = '7'): LiveChild {
  return wholeChild(applied(owned(manifest), `uid-of-${manifest.metadata.name}`, resourceVersion));
}

function inputOf(desired: Manifest, found: readonly LiveChild[], more: Partial<PlanInput> = {}): PlanInput {
  const times = { now: 1_000_000, settleMs: 1000, drainMs: 30_000 };
  const managed = { weightsManagedBy: 'ArgoRollouts', memory: newMemory(0) } as const;
  return { app, unavailableKinds: [], resolved: true, ...managed, ...times, desired: [desired], live: found, ...more };
}

/** Each write, with what of it tells whether it is right. */
function writesOf({ phases }: Pick<Plan, 'phases'>): readonly object[] {
  return phases.flatMap(({ changes }) =>
    changes.map((change) => {
      if (isParting(change) || change.manifest === undefined) return { op: change.op };
      const { uid, resourceVersion } = change.manifest.metadata;
      return { op: change.op, repair: change.repair, uid, resourceVersion, spec: change.manifest.spec };
    }),
  );
}

const overLive = (manifest: Manifest, more: object = {}): object => ({
  op: 'apply',
  repair: false,
  uid: `uid-of-${manifest.metadata.name}`,
  resourceVersion: '7',
  spec: manifest.spec,
  ...more,
});

/** What is remembered once the children were seen in sync. */
const memoryOf = (desired: Manifest, seen: Manifest) => plan(inputOf(desired, [live(seen)])).memory;

describe('weights that Argo Rollouts moves', () => {
  test('are those of the spec in an object that is new', () => {
    expect(writesOf(plan(inputOf(asked, [])))).toEqual([
      { op: 'create', repair: false, uid: undefined, resourceVersion: undefined, spec: asked.spec },
    ]);
  });

  test.each<[string, Weights]>([
    ['moved', { canary: 60, stable: 40 }],
    ['all at one', { canary: 100, stable: 0 }],
    ['written without the one that is 0', { canary: 100, stable: undefined }],
  ])('are as desired however they are: %s', (_title, weights) => {
    const input = inputOf(asked, [live(routes(weights))]);
    const { phases, children } = plan(input);
    expect({ phases, states: children.map(({ state }) => state), read: childrenToRead(input) }).toEqual({
      phases: [],
      states: ['InSync'],
      read: [],
    });
  });

  test('stand in every write that is made for another reason, which holds for the version that was read alone', () => {
    const moved = { canary: 60, stable: 40 };
    const edit = { timeout: '5s' };
    const found = plan(inputOf(routes({ canary: 10, stable: 90 }, edit), [live(routes(moved))]));
    expect(writesOf(found)).toEqual([overLive(routes(moved, edit))]);
  });

  test('are kept while what else somebody changed is put right, as a repair, whatever they were before', () => {
    const memory = memoryOf(asked, routes({ canary: 20, stable: 80 }));
    const found = plan(inputOf(asked, [live(routes({ canary: 60, stable: 40 }, { timeout: '1s' }))], { memory }));
    expect(writesOf(found)).toEqual([overLive(routes({ canary: 60, stable: 40 }), { repair: true })]);
  });

  test('are kept where somebody turned the destinations round', () => {
    const found = plan(inputOf(asked, [live(routes({ stable: 40, canary: 60 }))]));
    expect(writesOf(found)).toEqual([overLive(routes({ canary: 60, stable: 40 }))]);
  });

  const broken: readonly (readonly [string, Manifest])[] = [
    ['leads elsewhere', routes({ other: 60, stable: 40 })],
    ['has one more destination', routes({ canary: 60, stable: 40, other: 0 })],
    ['has one destination less', routes({ canary: 100 })],
    ['has weights that do not add up to 100', routes({ canary: 60, stable: 60 })],
    ['has a weight below 0', routes({ canary: 160, stable: -60 })],
    ['has another name', routes({ canary: 60, stable: 40 }, { name: 'other' })],
  ];
  test.each(broken)('are those that were seen last where a live route %s', (_title, now) => {
    const memory = memoryOf(asked, routes({ canary: 20, stable: 80 }));
    expect(writesOf(plan(inputOf(asked, [live(now)], { memory })))).toEqual([
      overLive(routes({ canary: 20, stable: 80 }), { repair: true }),
    ]);
  });
  test.each(broken)('are those of the spec where a live route %s and nothing was seen before', (_title, now) => {
    expect(writesOf(plan(inputOf(asked, [live(now)])))).toEqual([overLive(asked)]);
  });

  test('are those of the spec where two live routes have the same name', () => {
    const twice = { ...asked, spec: { ...(asked.spec as object), http: [0, 1].map(() => httpOf(asked)[1]) } };
    expect(writesOf(plan(inputOf(asked, [live(twice)])))).toEqual([overLive(asked)]);
  });

  test('are those that were seen last in an object that somebody deleted', () => {
    const memory = memoryOf(asked, routes({ canary: 20, stable: 80 }));
    expect(writesOf(plan(inputOf(asked, [], { memory })))).toEqual([
      expect.objectContaining({ op: 'create', repair: true, spec: routes({ canary: 20, stable: 80 }).spec }),
    ]);
  });

  test('are not changed by an edit of the split, but by one of its backends', () => {
    const found = [live(routes({ canary: 60, stable: 40 }))];
    const memory = memoryOf(asked, routes({ canary: 60, stable: 40 }));
    expect(writesOf(plan(inputOf(routes({ canary: 0, stable: 100 }), found, { memory })))).toEqual([]);
    const renamed = routes({ green: 0, stable: 100 });
    expect(writesOf(plan(inputOf(renamed, found, { memory })))).toEqual([overLive(renamed)]);
  });

  test('are put back with one write when they are managed here again, which repairs nothing', () => {
    const found = [live(routes({ canary: 60, stable: 40 }))];
    const { memory } = plan(inputOf(asked, found));
    const input = inputOf(asked, found, { memory });
    const { weightsManagedBy: _, ...own } = input;
    const back = plan(own);
    expect(writesOf(back)).toEqual([overLive(asked, { resourceVersion: undefined })]);
    expect(back.memory.moved).toEqual({});
  });
});

describe('an object of nobody that Argo Rollouts has moved weights in, with adopt: Matching', () => {
  const moved = routes({ canary: 60, stable: 40 });
  const strange = ({ metadata: { name, namespace = '' }, ...rest }: Manifest): LiveChild => {
    const managedFields = [
      { manager: 'rollouts-controller', operation: 'Update' as const, fieldsV1: { 'f:spec': {} } },
    ];
    const uid = `uid-of-${name}`;
    return wholeChild({ ...rest, metadata: { name, namespace, uid, resourceVersion: '7', managedFields } });
  };
  const adopting = (desired: Manifest, found: readonly LiveChild[], more: Partial<PlanInput> = {}): PlanInput =>
    inputOf(desired, found, { adopts: true, ...more });

  test('is taken over with the weights that are live, and is as desired after it', () => {
    expect(writesOf(plan(adopting(asked, [strange(moved)])))).toEqual([overLive(moved)]);
    const { phases, children } = plan(adopting(asked, [live(moved)]));
    expect({ phases, states: children.map(({ state }) => state) }).toEqual({ phases: [], states: ['InSync'] });
  });

  test('is taken over with the labels of its subsets', () => {
    const labelled = subsets({ canary: { app: 'shop', [hash]: 'b' }, stable: { app: 'shop', [hash]: 'a' } });
    const plain = subsets({ canary: { app: 'shop' }, stable: { app: 'shop' } });
    expect(writesOf(plan(adopting(plain, [strange(labelled)])))).toEqual([overLive(labelled)]);
  });

  const differs = 'an object of this name exists and is not as this AppTraffic would make it: ';
  test.each<[string, Manifest, string]>([
    [
      'whose weights do not add up to 100',
      routes({ canary: 60, stable: 60 }),
      'spec.http[1].route[0].weight is 60, not 10; spec.http[1].route[1].weight is 60, not 90',
    ],
    [
      'that differs beside its weights',
      routes({ canary: 60, stable: 40 }, { timeout: '5s' }),
      'spec.http[1].timeout is "5s", not absent',
    ],
  ])('is left alone where it is one %s, and the weights that are live are no difference', (_what, found, places) => {
    const { phases, children } = plan(adopting(asked, [strange(found)]));
    expect({ phases, told: children.map(({ message }) => message) }).toEqual({ phases: [], told: [differs + places] });
  });

  test('is left alone where the weights are managed here', () => {
    const { weightsManagedBy: _, ...own } = adopting(asked, [strange(moved)]);
    expect(plan(own).children.map(({ message }) => message)).toEqual([
      `${differs}spec.http[1].route[0].weight is 60, not 10; spec.http[1].route[1].weight is 40, not 90`,
    ]);
  });
});

function httpOf({ spec }: Manifest): readonly JsonObject[] {
  return (spec as { readonly http: readonly JsonObject[] }).http;
}

describe('labels that Argo Rollouts puts on subsets', () => {
  const plain = subsets({ canary: { app: 'shop' }, stable: { app: 'shop' } });
  const labelled = subsets({ canary: { app: 'shop', [hash]: 'b' }, stable: { app: 'shop', [hash]: 'a' } });

  test.each([
    ['there', labelled],
    ['there on one', subsets({ canary: { app: 'shop' }, stable: { app: 'shop', [hash]: 'a' } })],
    ['not there', plain],
  ])('are as desired: %s', (_title, now) => {
    expect(plan(inputOf(plain, [live(now)])).phases).toEqual([]);
  });

  test('are kept while another label is put right', () => {
    const memory = memoryOf(plain, labelled);
    const now = subsets({ canary: { app: 'stolen', [hash]: 'c' }, stable: { app: 'shop', [hash]: 'a' } });
    const right = subsets({ canary: { app: 'shop', [hash]: 'c' }, stable: { app: 'shop', [hash]: 'a' } });
    expect(writesOf(plan(inputOf(plain, [live(now)], { memory })))).toEqual([overLive(right, { repair: true })]);
  });

  test('are those that were seen last on a subset that somebody took away', () => {
    const memory = memoryOf(plain, labelled);
    const now = subsets({ stable: { app: 'shop', [hash]: 'a' } });
    expect(writesOf(plan(inputOf(plain, [live(now)], { memory })))).toEqual([overLive(labelled, { repair: true })]);
  });

  test('go with the others when weights are managed here again', () => {
    const { weightsManagedBy: _, ...own } = inputOf(plain, [live(labelled)]);
    expect(writesOf(plan(own))).toEqual([overLive(plain, { resourceVersion: undefined })]);
  });
});
