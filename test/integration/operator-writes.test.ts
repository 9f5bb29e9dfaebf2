import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { eventually } from '../testbed/eventually.ts';
import { holdRequest, loseRequest, loseResponse, respond } from '../testbed/proxy/injections.ts';
import type { Fault } from '../testbed/proxy/injections.ts';
import type { Exchange } from '../testbed/proxy/exchange-log.ts';
import { childRef, liveOf, merged } from './drift-cases.ts';
import { judgeClaims, shapeOf, startHistory } from './history.ts';
import { childrenIn, childStatesOf, conditionTextsOf, nameOf, localWriteText, writeTexts } from './app-view.ts';
import { isAboutApp, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(180_000);

const settings = { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '200ms' };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ operator: { settings } });
});
afterAll(() => stage?.stop());
afterEach(() => stage.recover());

/** Children: Service, Gateway, VirtualService, DestinationRule; one backend for each name in the split. */
const splitSpec = (name: string, split: Readonly<Record<string, number>>, more: object = {}): object => ({
  port: 8080,
  backends: Object.fromEntries(Object.keys(split).map((backend) => [backend, { labels: { version: backend } }])),
  split,
  external: { hosts: [`${name}.example.com`] },
  ...more,
});
/** Children: Service, Gateway, VirtualService. */
const plainSpec = (name: string): object => ({ port: 8080, external: { hosts: [`${name}.example.com`] } });

/** The writes about one app since a mark, those of each step sorted: what goes side by side arrives in any order. */
const writesOf = (namespace: string, app: string, since: number): readonly string[] =>
  stage.proxy
    .writes(since)
    .filter((write) => write.namespace === namespace && (write.name === app || write.name.startsWith(`${app}-`)))
    .map(localWriteText);

describe('edits', () => {
  const namespace = 'edits';
  const status = 'apply apptraffics/status shop';
  const shapes = new Map<string, ReadonlyMap<string, object>>();

  /** Applies a spec, waits until it is Ready, and gives the writes that it took. */
  async function edit(spec: object): Promise<readonly string[]> {
    const mark = stage.proxy.mark();
    const app = await stage.ready(await stage.app(namespace, 'shop', spec));
    await stage.proxy.quietFor(300);
    const children = await childrenIn(stage.plane, namespace);
    shapes.set(`shop ${app.metadata.generation}`, new Map(children.map((child) => [nameOf(child), shapeOf(child)])));
    return writeTexts(stage.proxy, namespace, mark);
  }

  it('cost one write a child that differs, two where a union is narrowed, and one for status', async () => {
    await stage.namespace(namespace);
    const history = await startHistory(stage.plane, namespace);
    const [canary, green] = [
      { stable: 50, canary: 50 },
      { stable: 50, green: 50 },
    ];
    const internal = (...callers: readonly string[]): object => ({
      internal: { mtls: { mode: 'Strict' }, allow: callers.map((app) => ({ app })) },
    });
    const both = internal('checkout', 'search');
    expect((await edit(splitSpec('shop', { stable: 90, canary: 10 }))).toSorted()).toEqual([
      'apply apptraffics/status shop',
      'apply destinationrules shop',
      'apply gateways shop-istio',
      'apply services shop',
      'apply virtualservices shop-istio',
    ]);
    expect({
      'a weight': await edit(splitSpec('shop', canary)),
      'another backend': await edit(splitSpec('shop', green)),
      'an allow-list': (await edit(splitSpec('shop', green, internal('checkout')))).toSorted(),
      'one caller more': await edit(splitSpec('shop', green, both)),
      'a host': (await edit(splitSpec('store', green, both))).toSorted(),
      'a field that no child shows': await edit({ ...splitSpec('store', green, both), lifecycle: { paused: false } }),
    }).toEqual({
      'a weight': ['apply virtualservices shop-istio', status],
      'another backend': [
        'apply destinationrules shop',
        'apply virtualservices shop-istio',
        'apply destinationrules shop',
        status,
      ],
      'an allow-list': [
        status,
        'apply authorizationpolicies shop',
        'apply peerauthentications shop',
        'apply virtualservices shop',
      ],
      'one caller more': ['apply authorizationpolicies shop', status],
      'a host': [status, 'apply gateways shop-istio', 'apply virtualservices shop-istio'],
      'a field that no child shows': [status],
    });
    history.stop();
    expect(judgeClaims(history.versions(), shapes)).toEqual({ claims: 7, lies: [] });
  });

  it('of labels and annotations of the AppTraffic cost nothing', async () => {
    const shop = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', namespace, name: 'shop' };
    const metadata = { labels: { team: 'a' }, annotations: { 'example.com/note': 'b' } };
    await stage.plane.api.patch(shop, { metadata });
    expect(await stage.proxy.quietFor(500)).toEqual([]);
  });

  it('that come while a write is under way are taken together afterwards', async () => {
    const [child, status] = ['apply virtualservices quick-istio', 'apply apptraffics/status quick'];
    const host = (name: string): object => splitSpec(name, { stable: 90, canary: 10 });
    const weights = (canary: number): object => splitSpec('quick', { stable: 100 - canary, canary });
    await stage.ready(await stage.app(namespace, 'quick', host('quick')));
    const held = stage.proxy.inject({ verb: 'apply', name: 'quick-istio' }, holdRequest);
    const mark = stage.proxy.mark();
    await stage.app(namespace, 'quick', weights(20));
    await held.firstHit;
    await stage.app(namespace, 'quick', weights(30));
    const last = await stage.app(namespace, 'quick', weights(40));
    await stage.plane.api.waitFor(last, () => true);
    held.release();
    await stage.ready(last);
    await stage.proxy.quietFor(300);
    expect(writesOf(namespace, 'quick', mark)).toEqual([child, status, child, status]);
  });

  it('that come between a child and status are not lost, even when only the answer to the status write tells of them', async () => {
    const [child, status] = ['apply virtualservices late-istio', 'apply apptraffics/status late'];
    const weights = (canary: number): object => splitSpec('late', { stable: 100 - canary, canary });
    await stage.ready(await stage.app(namespace, 'late', weights(10)));
    // The echo of a write would wake the app as well.
    const listenToChildren = stage.proxy.stallWatches(
      ({ verb, resource }) => verb === 'watch' && resource !== 'apptraffics',
    );
    const held = stage.proxy.inject({ resource: 'apptraffics', subresource: 'status', name: 'late' }, holdRequest);
    const mark = stage.proxy.mark();
    await stage.app(namespace, 'late', weights(20));
    await held.firstHit;
    const listenToApps = stage.proxy.stallWatches({ verb: 'watch', resource: 'apptraffics' });
    const last = await stage.app(namespace, 'late', weights(30));
    held.release();
    await stage.ready(last);
    listenToApps();
    listenToChildren();
    await stage.proxy.quietFor(300);
    expect(writesOf(namespace, 'late', mark)).toEqual([child, status, child, status]);
  });
});

type Mishap = {
  readonly what: string;
  readonly app: string;
  /** What hits which write of the app. */
  readonly hits: { readonly verb: Exchange['verb']; readonly resource: string; readonly subresource?: string };
  readonly fault: Fault;
  /** The spec that is there before, if any, and the one whose writes are counted. */
  readonly before?: object;
  readonly spec: object;
  /** Sorted. */
  readonly writes: readonly string[];
  /** How often a child was read live. */
  readonly reads: number;
};

const created = (app: string): readonly string[] => [
  `apply apptraffics/status ${app}`,
  `apply gateways ${app}-istio`,
  `apply services ${app}`,
  `apply virtualservices ${app}-istio`,
];
const createsService = { verb: 'apply', resource: 'services' } as const;
const editsRoutes = { verb: 'apply', resource: 'virtualservices' } as const;
const oldWeights = (app: string): object => splitSpec(app, { stable: 90, canary: 10 });
const newWeights = (app: string): object => splitSpec(app, { stable: 50, canary: 50 });
const edited = (app: string): readonly string[] => [
  `apply apptraffics/status ${app}`,
  `apply virtualservices ${app}-istio`,
];
const retryAfter = respond(429, 'TooManyRequests', { retryAfterSeconds: 1 });

const mishaps: readonly Mishap[] = [
  {
    what: 'the answer to our first write is lost',
    app: 'create-answer',
    hits: createsService,
    fault: loseResponse,
    spec: plainSpec('create-answer'),
    writes: created('create-answer'),
    reads: 1,
  },
  {
    what: 'our first write is lost',
    app: 'create-lost',
    hits: createsService,
    fault: loseRequest,
    spec: plainSpec('create-lost'),
    writes: [...created('create-lost'), 'apply services create-lost'].toSorted(),
    reads: 1,
  },
  {
    what: 'our first write meets 409 although nothing is there',
    app: 'create-409',
    hits: createsService,
    fault: respond(409, 'Conflict'),
    spec: plainSpec('create-409'),
    writes: [...created('create-409'), 'apply services create-409 -> 409'].toSorted(),
    reads: 1,
  },
  {
    what: 'our first write meets 429',
    app: 'create-429',
    hits: createsService,
    fault: retryAfter,
    spec: plainSpec('create-429'),
    writes: [...created('create-429'), 'apply services create-429 -> 429'].toSorted(),
    reads: 0,
  },
  {
    what: 'our first write meets 500',
    app: 'create-500',
    hits: createsService,
    fault: respond(500, 'InternalError'),
    spec: plainSpec('create-500'),
    writes: [...created('create-500'), 'apply services create-500 -> 500'].toSorted(),
    reads: 0,
  },
  {
    what: 'the answer to an apply is lost',
    app: 'apply-answer',
    hits: editsRoutes,
    fault: loseResponse,
    before: oldWeights('apply-answer'),
    spec: newWeights('apply-answer'),
    writes: edited('apply-answer'),
    reads: 2,
  },
  {
    what: 'an apply meets 409',
    app: 'apply-409',
    hits: editsRoutes,
    fault: respond(409, 'Conflict'),
    before: oldWeights('apply-409'),
    spec: newWeights('apply-409'),
    writes: [...edited('apply-409'), 'apply virtualservices apply-409-istio -> 409'].toSorted(),
    reads: 2,
  },
  {
    what: 'an apply meets 429',
    app: 'apply-429',
    hits: editsRoutes,
    fault: retryAfter,
    before: oldWeights('apply-429'),
    spec: newWeights('apply-429'),
    writes: [...edited('apply-429'), 'apply virtualservices apply-429-istio -> 429'].toSorted(),
    reads: 2,
  },
  {
    what: 'an apply meets 500',
    app: 'apply-500',
    hits: editsRoutes,
    fault: respond(500, 'InternalError'),
    before: oldWeights('apply-500'),
    spec: newWeights('apply-500'),
    writes: [...edited('apply-500'), 'apply virtualservices apply-500-istio -> 500'].toSorted(),
    reads: 2,
  },
  {
    what: 'the answer to a deletion is lost',
    app: 'delete-answer',
    hits: { verb: 'delete', resource: 'gateways' },
    fault: loseResponse,
    before: plainSpec('delete-answer'),
    spec: { port: 8080 },
    writes: [
      'apply apptraffics/status delete-answer',
      'delete gateways delete-answer-istio',
      'delete virtualservices delete-answer-istio',
    ],
    reads: 1,
  },
  {
    what: 'a deletion meets 500',
    app: 'delete-500',
    hits: { verb: 'delete', resource: 'gateways' },
    fault: respond(500, 'InternalError'),
    before: plainSpec('delete-500'),
    spec: { port: 8080 },
    writes: [
      'apply apptraffics/status delete-500',
      'delete gateways delete-500-istio',
      'delete gateways delete-500-istio -> 500',
      'delete virtualservices delete-500-istio',
    ],
    reads: 0,
  },
  {
    what: 'a status write meets 500',
    app: 'status-500',
    hits: { verb: 'apply', resource: 'apptraffics', subresource: 'status' },
    fault: respond(500, 'InternalError'),
    spec: plainSpec('status-500'),
    writes: [...created('status-500'), 'apply apptraffics/status status-500 -> 500'].toSorted(),
    reads: 0,
  },
  {
    what: 'a status write meets 409',
    app: 'status-409',
    hits: { verb: 'apply', resource: 'apptraffics', subresource: 'status' },
    fault: respond(409, 'Conflict'),
    spec: plainSpec('status-409'),
    writes: [...created('status-409'), 'apply apptraffics/status status-409 -> 409'].toSorted(),
    reads: 0,
  },
];

describe('one write that goes wrong', () => {
  const namespace = 'mishaps';
  const ended = new Map<string, { readonly app: KubeObject; readonly mark: number }>();
  beforeAll(async () => {
    await stage.namespace(namespace);
    await Promise.all(
      mishaps.map(async ({ app, before }) => {
        if (before !== undefined) await stage.ready(await stage.app(namespace, app, before));
      }),
    );
    // An edit within `settle` of what its routes rely on is looked at twice, and read twice.
    await stage.proxy.quietFor(500);
    await Promise.all(
      mishaps.map(async ({ app, spec, hits, fault }) => {
        stage.proxy.inject(
          (request) =>
            request.namespace === namespace &&
            (request.name === app || request.name.startsWith(`${app}-istio`)) &&
            request.verb === hits.verb &&
            request.resource === hits.resource &&
            request.subresource === (hits.subresource ?? ''),
          fault,
        );
        const mark = stage.proxy.mark();
        ended.set(app, { app: await stage.ready(await stage.app(namespace, app, spec)), mark });
      }),
    );
    await stage.proxy.quietFor(500);
  });

  it.each(mishaps)('is made good with no write too many: $what', async ({ app, writes, reads }) => {
    const { mark } = ended.get(app) ?? { mark: 0 };
    const isOfApp = ({ name }: Exchange): boolean => name === app || name.startsWith(`${app}-`);
    const gets = stage.proxy.requests({ verb: 'get', namespace }, mark).filter(isOfApp);
    expect({ writes: writesOf(namespace, app, mark).toSorted(), reads: gets.length }).toEqual({ writes, reads });
    const events = await stage.plane.api.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace });
    expect(events.filter((event) => isAboutApp(event, app))).toEqual([]);
  });

  it.each(mishaps.filter(({ fault }) => fault === retryAfter))('waits as long as the server asks: $what', ({ app }) => {
    const { mark } = ended.get(app) ?? { mark: 0 };
    const all = stage.proxy.writes(mark).filter(({ name }) => name === app || name === `${app}-istio`);
    const refused = all.find(({ status }) => status === 429);
    const again = all.find(({ index, resource }) => index > (refused?.index ?? 0) && resource === refused?.resource);
    expect((again?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
});

describe('an answer that is lost', () => {
  const namespace = 'lost';
  beforeAll(() => stage.namespace(namespace));

  it('to a status write makes the operator write that status once more, when no watch has told it either', async () => {
    const lost = stage.proxy.inject({ resource: 'apptraffics', subresource: 'status', name: 'told' }, loseResponse);
    const mark = stage.proxy.mark();
    const app = await stage.app(namespace, 'told', plainSpec('told'));
    await stage.proxy.waitForRequest({ verb: 'apply', resource: 'services', name: 'told' }, { since: mark });
    const listen = stage.proxy.stallWatches({ verb: 'watch', resource: 'apptraffics' });
    await lost.firstHit;
    await stage.ready(app);
    await stage.proxy.quietFor(300);
    listen();
    await stage.proxy.quietFor(300);
    expect(writesOf(namespace, 'told', mark).toSorted()).toEqual(['apply apptraffics/status told', ...created('told')]);
  });

  it('to a repair does not hide the repair: it is told once, and not made twice', async () => {
    const app = await stage.ready(await stage.app(namespace, 'repaired', splitSpec('repaired', { stable: 100 })));
    const child = childRef('DestinationRule', namespace, 'repaired');
    const lost = stage.proxy.inject({ verb: 'patch', resource: 'destinationrules', name: 'repaired' }, loseResponse);
    const mark = stage.proxy.mark();
    await merged({ spec: { trafficPolicy: { tls: { mode: 'DISABLE' } } } })(stage.plane.api, child);
    await lost.firstHit;
    const events = await stage.plane.api.waitForList(
      { apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace },
      (found) => found.some((event) => isAboutApp(event, 'repaired')),
    );
    await stage.proxy.quietFor(300);
    expect(writesOf(namespace, 'repaired', mark)).toEqual(['patch destinationrules repaired']);
    const told = events.filter((event) => isAboutApp(event, 'repaired'));
    expect(told.map(({ reason, note }) => ({ reason, note }))).toEqual([
      { reason: 'Repaired', note: 'DestinationRule repaired was changed by somebody else and is put right' },
    ]);
    expect((await liveOf(stage.plane.api, app)).metadata.resourceVersion).toBe(app.metadata.resourceVersion);
  });
});

describe('a restart', () => {
  it('of the operator with 50 more apps writes nothing, not even an event', async () => {
    const { plane, proxy } = stage;
    await stage.namespace('many');
    const names = Array.from({ length: 50 }, (_, at) => `app-${at}`);
    await Promise.all(names.map(async (name) => stage.ready(await stage.app('many', name, plainSpec(name)))));
    const all = await plane.api.list({ apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic' });
    await stage.operator().stop();
    const mark = proxy.mark();
    const operator = await stage.startOperator();
    const done = /^controller_runtime_reconcile_total\{controller="apptraffic",result="success"\} (\d+)$/m;
    await eventually('every app is reconciled', async () => {
      const [, count = '0'] = done.exec(await operator.metrics()) ?? [];
      return Number(count) >= all.length;
    });
    await proxy.quietFor(500);
    expect(proxy.writes(mark).map(localWriteText)).toEqual([]);
    expect(proxy.requests({ resource: 'events' }, mark).map(localWriteText)).toEqual([]);
  });

  it('with other settings writes the status of every app once, and nothing else', async () => {
    const { plane, proxy } = stage;
    const apps = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic' };
    const hashes = async (): Promise<readonly unknown[]> => {
      const all = await plane.api.list(apps);
      return [...new Set(all.map((app) => field(app, 'status', 'settings')))];
    };
    const before = await hashes();
    const names = (await plane.api.list(apps)).map(({ metadata }) => metadata.name);
    await stage.operator().stop();
    const mark = proxy.mark();
    await stage.startOperator({ settings: { ...settings, drainPeriod: '29s' } });
    await eventually('every app shows the same other settings', async () => {
      const now = await hashes();
      return now.length === 1 && now[0] !== before[0];
    });
    await proxy.quietFor(500);
    expect(proxy.writes(mark).map(localWriteText).toSorted()).toEqual(
      names.map((name) => `apply apptraffics/status ${name}`).toSorted(),
    );
  });
});

describe('an object of a name that an app needs', () => {
  const namespace = 'strangers';
  const notOwned = 'an object of this name exists and is not controlled by this AppTraffic';
  const fix = 'delete or rename that object, or give this AppTraffic another name';
  const conflicted = (child: string): object => ({
    Ready: `False NotOwned: spec: ${child}: ${notOwned}; ${fix}`,
    Accepted: 'True Accepted: the spec is valid and permitted',
    ResolvedRefs: 'True ResolvedRefs: everything that the spec refers to is there',
    Programmed: `False NotOwned: ${child}: ${notOwned}`,
    Stalled: `True NotOwned: spec: ${child}: ${notOwned}; ${fix}`,
    Conflicted: `True NotOwned: spec: ${child}: ${notOwned}; ${fix}`,
  });
  const service = (name: string, more: object, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name, labels },
    spec: {
      type: 'ClusterIP',
      selector: { app: name },
      ports: [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }],
      ...more,
    },
  });
  const labels = (app: string): Readonly<Record<string, string>> => ({
    'app.kubernetes.io/managed-by': 'apptraffic',
    'apptraffic.dev/app': app,
  });

  /** Lets an app meet an object that is there already; gives the app as it then is, and the sorted writes. */
  async function meet(
    stranger: KubeObject,
    spec: object,
  ): Promise<{ readonly app: KubeObject; readonly stranger: KubeObject; readonly writes: readonly string[] }> {
    const made = await stage.plane.api.create(stranger);
    await stage.proxy.quietFor(300);
    const mark = stage.proxy.mark();
    const { name } = stranger.metadata;
    const app = await stage.settled(await stage.app(namespace, name, spec));
    await stage.proxy.quietFor(300);
    expect(await liveOf(stage.plane.api, made)).toEqual(made);
    return { app, stranger: made, writes: writesOf(namespace, name, mark).toSorted() };
  }

  beforeAll(() => stage.namespace(namespace));

  it('is left alone even when it is identical, and taken up the moment it is gone', async () => {
    const { app, stranger, writes } = await meet(service('twin', {}, labels('twin')), plainSpec('twin'));
    expect(conditionTextsOf(app)).toEqual(conflicted('Service twin'));
    expect(childStatesOf(app)).toEqual({
      'Gateway twin-istio': 'Programmed',
      'Service twin': `NotOwned: ${notOwned}`,
      'VirtualService twin-istio': 'Programmed',
    });
    expect(writes).toEqual(created('twin').filter((write) => write !== 'apply services twin'));
    const mark = stage.proxy.mark();
    await stage.plane.api.delete(stranger);
    await stage.ready(app);
    await stage.proxy.quietFor(300);
    expect(writesOf(namespace, 'twin', mark)).toEqual(['apply services twin', 'apply apptraffics/status twin']);
  });

  it('keeps routes that rely on it from being written, and nothing else', async () => {
    const rule = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { namespace, name: 'rule' },
      spec: { host: 'rule' },
    };
    const { app, writes } = await meet(rule, splitSpec('rule', { stable: 90, canary: 10 }));
    expect(conditionTextsOf(app)).toEqual(conflicted('DestinationRule rule'));
    expect(childStatesOf(app)).toEqual({
      'DestinationRule rule': `NotOwned: ${notOwned}`,
      'Gateway rule-istio': 'Programmed',
      'Service rule': 'Programmed',
      'VirtualService rule-istio': 'Pending: waits for DestinationRule rule',
    });
    expect(writes).toEqual([
      'apply apptraffics/status rule',
      'apply destinationrules rule -> 409',
      'apply gateways rule-istio',
      'apply services rule',
    ]);
    await stage.plane.api.delete(app);
    await stage.plane.api.waitGone(app);
  });

  it('outlives the app that met it', async () => {
    const { app, stranger, writes } = await meet(service('outlives', {}), plainSpec('outlives'));
    expect(writes).toEqual(
      created('outlives').map((write) => (write === 'apply services outlives' ? `${write} -> 409` : write)),
    );
    await stage.plane.api.delete(app);
    await stage.plane.api.waitGone(childRef('VirtualService', namespace, 'outlives-istio'));
    await stage.plane.api.waitGone(childRef('Gateway', namespace, 'outlives-istio'));
    expect(await liveOf(stage.plane.api, stranger)).toEqual(stranger);
  });

  it('is looked for again within 72 s where no label of ours tells that it is gone; every other app stays quiet for a minute', async () => {
    const { plane, proxy } = stage;
    const { app, stranger } = await meet(service('gone', { selector: { app: 'else' } }), plainSpec('gone'));
    expect(conditionTextsOf(app)).toEqual(conflicted('Service gone'));
    const mark = proxy.mark();
    await plane.api.delete(stranger);
    const isReady = (now: KubeObject): boolean => condition(now, 'Ready')?.status === 'True';
    await Promise.all([proxy.quietFor(60_000), plane.api.waitFor(app, isReady, { withinMs: 90_000 })]);
    expect(proxy.writes(mark).map(localWriteText)).toEqual(['apply services gone', 'apply apptraffics/status gone']);
    const all = await plane.api.list({ apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic' });
    expect(all.filter((one) => !isReady(one)).map(nameOf)).toEqual([]);
  });
});
