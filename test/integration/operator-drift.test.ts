import { childKinds, livesElsewhere } from '../../src/kube/gvk.ts';
import type { ChildKind } from '../../src/kube/gvk.ts';
import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject, Ref } from '../testbed/kube-object.ts';
import { holdRequest, respond } from '../testbed/proxy/injections.ts';
import { applied, childRef, drifts, liveOf, merged, patched } from './drift-cases.ts';
import type { Drift } from './drift-cases.ts';
import { judgeClaims, shapeOf, startHistory } from './history.ts';
import type { History } from './history.ts';
import { conditionTextsOf, nameOf, localWriteText } from './app-view.ts';
import { quickSettings } from './platform-settings.ts';
import { isAboutApp, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const namespace = 'drift';
let stage: Stage;
let history: History;
/** How each child of each generation of each app has to be: `shop 1` to `Service shop` to its shape. */
const shapes = new Map<string, ReadonlyMap<string, object>>();
/** Each app as it was when it was Ready last. */
const apps = new Map<string, KubeObject>();

beforeAll(async () => {
  const settings = quickSettings({ featureGates: { EnvoyFilter: true }, auth: { externalProviders: ['doorman'] } });
  stage = await startStage({ operator: { settings } });
  await stage.namespace(namespace);
  history = await startHistory(stage.plane, namespace);
});
afterAll(async () => {
  history?.stop();
  await stage?.stop();
});

const specOf = (name: string): object => ({
  port: 8080,
  backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
  split: { stable: 90, canary: 10 },
  external: { hosts: [`${name}.example.com`] },
  internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] },
});

const ingressSpecOf = (name: string): object => ({
  port: 8080,
  external: { provider: 'Ingress', hosts: [`${name}.example.com`] },
});

const elsewhereSpecOf = (name: string): object => ({
  port: 8080,
  backends: { legacy: { host: 'legacy.example.net', port: 443, tls: true } },
  external: { hosts: [`${name}.example.com`], routes: [{ name: 'old', to: 'legacy' }] },
  observability: { accessLog: 'Errors' },
});

const limitedSpecOf = (name: string): object => ({
  port: 8080,
  external: { hosts: [`${name}.example.com`], maxBodySize: '8Mi' },
});

const guardedSpecOf = (name: string): object => ({
  port: 8080,
  external: {
    hosts: [`${name}.example.com`],
    allowCIDRs: ['10.0.0.0/8'],
    auth: { external: 'doorman', jwt: [{ issuer: 'id', jwksUri: 'https://id.example.com/keys' }] },
  },
});

const ratedSpecOf = (name: string): object => ({
  port: 8080,
  external: { hosts: [`${name}.example.com`], routes: [{ name: 'all', rateLimit: { requests: 5, per: 'Second' } }] },
});

const callingSpecOf = (): object => ({
  port: 8080,
  internal: { calls: [{ app: 'inventory' }, { host: 'api.example.net', port: 443 }] },
});

const specs = {
  usual: specOf,
  limited: limitedSpecOf,
  guarded: guardedSpecOf,
  rated: ratedSpecOf,
  calling: callingSpecOf,
  ingress: ingressSpecOf,
  elsewhere: elsewhereSpecOf,
};

const refOf = (kind: ChildKind, name: string): Ref => childRef(kind, namespace, name);
const live = (ref: Ref | KubeObject): Promise<KubeObject> => liveOf(stage.plane.api, ref);

/** Makes or edits an app, waits until it is Ready, and remembers how its children are. */
async function readyApp(name: string, spec: object = specOf(name)): Promise<KubeObject> {
  const app = await stage.ready(await stage.app(namespace, name, spec));
  apps.set(name, app);
  const told = (field(app, 'status', 'children') ?? []) as readonly {
    readonly kind: ChildKind;
    readonly name: string;
  }[];
  const children = await Promise.all(told.map((child) => live(refOf(child.kind, child.name))));
  shapes.set(`${name} ${app.metadata.generation}`, new Map(children.map((child) => [nameOf(child), shapeOf(child)])));
  return app;
}

/** Waits until a child is as it was when its app was Ready first, in a version that is not `since`. */
async function putRight(app: string, child: Ref, since: KubeObject): Promise<void> {
  const isSo = (now: KubeObject): boolean =>
    now.metadata.resourceVersion !== since.metadata.resourceVersion &&
    JSON.stringify(shapeOf(now)) === JSON.stringify(shapes.get(`${app} 1`)?.get(nameOf(now)));
  await stage.plane.api.waitFor(child, isSo, { what: `${child.kind} ${child.name} to be put right` });
}

/** The writes about one app since a mark. */
const writesOf = (app: string, since: number): readonly string[] =>
  stage.proxy
    .writes(since)
    .filter(({ name }) => name === app || name.startsWith(`${app}-`))
    .map(localWriteText);

/** The events about one app, without times, once there are as many as expected. */
async function eventsOf(name: string, expected: number): Promise<readonly object[]> {
  const isOfApp = (event: KubeObject): boolean => isAboutApp(event, name);
  const events = await stage.plane.api.waitForList(
    { apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace },
    (found) => found.filter(isOfApp).length >= expected,
  );
  return events
    .filter(isOfApp)
    .map((event) => ({
      type: event.type,
      reason: event.reason,
      action: event.action,
      note: event.note,
      reportingController: event.reportingController,
      related: field(event, 'related', 'name'),
      isOfApp: field(event, 'regarding', 'uid') === apps.get(name)?.metadata.uid,
      count: field(event, 'series', 'count') ?? 1,
    }))
    .sort((a, b) => (String(a.reason) < String(b.reason) ? -1 : 1));
}

const eventOf = (more: object): object => ({
  reportingController: 'apptraffic.dev/controller',
  related: undefined,
  isOfApp: true,
  count: 1,
  ...more,
});

const repaired = (child: string, count = 1): object =>
  eventOf({
    type: 'Normal',
    reason: 'Repaired',
    action: 'Repair',
    note: `${child} was changed by somebody else and is put right`,
    related: child.split(' ')[1],
    count,
  });

const readyConditions = {
  Ready: 'True Ready: 1 host, 1 route, mTLS Strict, 1 caller',
  Accepted: 'True Accepted: the spec is valid and permitted',
  ResolvedRefs: 'True ResolvedRefs: everything that the spec refers to is there',
  Programmed: 'True Programmed: every object is as the spec wants it',
};

/** The conditions of an app whose objects are not all as wanted. */
const unreadyConditions = (reason: string, message: string, more: object): object => ({
  ...readyConditions,
  Ready: `False ${reason}: ${message}`,
  Programmed: `False ${reason}: ${message}`,
  ...more,
});

describe('drift', () => {
  const childOf = ({ kind, app, suffix = '', name = `${app}${suffix}` }: Drift): Ref => refOf(kind, name);
  let mark: number;
  /** Per app, what kept its child from being put right. */
  const failures = new Map<string, unknown>();
  beforeAll(async () => {
    await Promise.all(drifts.map(({ app, spec }) => readyApp(app, specs[spec ?? 'usual'](app))));
    mark = stage.proxy.mark();
    await Promise.all(
      drifts.map(async (drift) => {
        const child = childOf(drift);
        const before = await live(child);
        await drift.by(stage.plane.api, child);
        await putRight(drift.app, child, before).catch((error: unknown) => failures.set(drift.app, error));
      }),
    );
    await stage.proxy.quietFor(1_000);
  });

  it('is tried on every kind of child in the namespace of its app; issuer.test.ts has those elsewhere', () => {
    const own = childKinds.filter((kind) => !livesElsewhere(kind));
    expect([...new Set(drifts.map(({ kind }) => kind))].sort()).toEqual(own.sort());
  });

  it.each(drifts)('is put right with its writes and one event: $what', async (drift) => {
    const { app, writes } = drift;
    expect(failures.get(app)).toBeUndefined();
    expect({ writes: writesOf(app, mark), events: await eventsOf(app, 1) }).toEqual({
      writes,
      events: [repaired(`${childOf(drift).kind} ${childOf(drift).name}`)],
    });
    const before = apps.get(app) ?? (await live(childOf(drift)));
    const now = await live(before);
    expect(field(now, 'status', 'conditions')).toEqual(field(before, 'status', 'conditions'));
  });
});

describe('what others add beside our fields', () => {
  const foreign = {
    labels: { team: 'a' },
    annotations: { 'example.com/note': 'kept' },
    finalizers: ['example.com/hold'],
  };
  const metadataOf = async (child: Ref): Promise<object> => {
    const { labels, annotations, finalizers } = (await live(child)).metadata;
    return { labels, annotations, finalizers };
  };

  it('stays, costs nothing, and outlives a repair and an edit', async () => {
    const child = refOf('VirtualService', 'foreign');
    await readyApp('foreign');
    const ours = (await live(child)).metadata.labels;
    const kept = { ...foreign, labels: { ...ours, ...foreign.labels } };
    const mark = stage.proxy.mark();
    await merged({ metadata: foreign })(stage.plane.api, child);
    expect(await stage.proxy.quietFor(500)).toEqual([]);
    await merged({ spec: { exportTo: ['.'] } })(stage.plane.api, child);
    await stage.plane.api.waitFor(child, (now) => field(now, 'spec', 'exportTo', 0) === '*');
    expect(await metadataOf(child)).toEqual(kept);
    await readyApp('foreign', { ...specOf('foreign'), split: { stable: 50, canary: 50 } });
    expect(await metadataOf(child)).toEqual(kept);
    await stage.proxy.quietFor(300);
    const [repair, ...edit] = writesOf('foreign', mark);
    expect([repair, ...edit.toSorted()]).toEqual([
      'apply virtualservices foreign',
      'apply apptraffics/status foreign',
      'apply virtualservices foreign',
      'apply virtualservices foreign-istio',
    ]);
  });
});

describe('a child that cannot be put right at once', () => {
  it('and is kept by a finalizer while it is deleted makes the app unready, and is made anew once it is gone', async () => {
    const child = refOf('VirtualService', 'held-istio');
    const app = await readyApp('held');
    await merged({ metadata: { finalizers: ['example.com/hold'] } })(stage.plane.api, child);
    await stage.proxy.quietFor(300);
    const mark = stage.proxy.mark();
    const before = await live(child);
    await stage.plane.api.delete(child);
    const waiting = await stage.settled(app, (now) => condition(now, 'Ready')?.status === 'False');
    const message = 'VirtualService held-istio: the live object is being deleted; it is made anew once it is gone';
    expect(conditionTextsOf(waiting)).toEqual(
      unreadyConditions('Pending', message, { Reconciling: `True Progressing: ${message}` }),
    );
    await merged({ metadata: { finalizers: null } })(stage.plane.api, child);
    await putRight('held', child, before);
    expect(conditionTextsOf(await stage.ready(app))).toEqual(readyConditions);
    await stage.proxy.quietFor(300);
    expect({ writes: writesOf('held', mark), events: await eventsOf('held', 2) }).toEqual({
      writes: ['apply apptraffics/status held', 'apply virtualservices held-istio', 'apply apptraffics/status held'],
      events: [
        eventOf({ type: 'Warning', reason: 'NotReady', action: 'Reconcile', note: message }),
        repaired('VirtualService held-istio'),
      ],
    });
  });

  it('because the server fails makes the app unready at the third failure, and Ready after the first success', async () => {
    const child = refOf('PeerAuthentication', 'failing');
    const app = await readyApp('failing');
    const before = await live(child);
    const match = { verb: 'apply', resource: 'peerauthentications', name: 'failing' } as const;
    stage.proxy.inject(match, respond(500, 'InternalError'), { times: 4 });
    const mark = stage.proxy.mark();
    await merged({ spec: { mtls: { mode: 'DISABLE' } } })(stage.plane.api, child);
    const told = await stage.settled(app, (now) => condition(now, 'Ready')?.status === 'False');
    const message = 'PeerAuthentication failing: the last write failed for a passing reason and is tried again';
    expect(conditionTextsOf(told)).toEqual(
      unreadyConditions('ApplyFailed', message, { Reconciling: `True ProgressingWithRetry: ${message}` }),
    );
    await putRight('failing', child, before);
    expect(conditionTextsOf(await stage.ready(app))).toEqual(readyConditions);
    await stage.proxy.quietFor(300);
    const failed = 'apply peerauthentications failing -> 500';
    expect({ writes: writesOf('failing', mark), events: await eventsOf('failing', 2) }).toEqual({
      writes: [
        failed,
        failed,
        failed,
        'apply apptraffics/status failing',
        failed,
        'apply peerauthentications failing',
        'apply apptraffics/status failing',
      ],
      events: [
        eventOf({ type: 'Warning', reason: 'NotReady', action: 'Reconcile', note: message }),
        repaired('PeerAuthentication failing'),
      ],
    });
  });

  it('because it cannot be read makes the app unready, and writes nothing to it meanwhile', async () => {
    const child = refOf('Service', 'unread');
    const app = await readyApp('unread');
    const before = await live(child);
    const match = { verb: 'get', resource: 'services', name: 'unread' } as const;
    stage.proxy.inject(match, respond(500, 'InternalError'), { times: 4 });
    const mark = stage.proxy.mark();
    await merged({ spec: { selector: { app: 'stolen' } } })(stage.plane.api, child);
    const told = await stage.settled(app, (now) => condition(now, 'Ready')?.status === 'False');
    const message = 'Service unread: the last write failed for a passing reason and is tried again';
    expect(conditionTextsOf(told)).toEqual(
      unreadyConditions('ApplyFailed', message, { Reconciling: `True ProgressingWithRetry: ${message}` }),
    );
    await putRight('unread', child, before);
    expect(conditionTextsOf(await stage.ready(app))).toEqual(readyConditions);
    await stage.proxy.quietFor(300);
    expect({ writes: writesOf('unread', mark), events: await eventsOf('unread', 2) }).toEqual({
      writes: ['apply apptraffics/status unread', 'apply services unread', 'apply apptraffics/status unread'],
      events: [
        eventOf({ type: 'Warning', reason: 'NotReady', action: 'Reconcile', note: message }),
        repaired('Service unread'),
      ],
    });
  });

  it('because somebody else writes between our look and our write is seen in the answer, and put right', async () => {
    const child = refOf('DestinationRule', 'overtaken');
    await readyApp('overtaken');
    const before = await live(child);
    const held = stage.proxy.inject({ verb: 'apply', resource: 'destinationrules', name: 'overtaken' }, holdRequest);
    const mark = stage.proxy.mark();
    await merged({ spec: { exportTo: ['.'] } })(stage.plane.api, child);
    await held.firstHit;
    const listen = stage.proxy.stallWatches({ verb: 'watch', resource: 'destinationrules' });
    await merged({ spec: { trafficPolicy: { tls: { mode: 'DISABLE' } } } })(stage.plane.api, child);
    held.release();
    await putRight('overtaken', child, before);
    listen();
    await stage.proxy.quietFor(500);
    expect({ writes: writesOf('overtaken', mark), events: await eventsOf('overtaken', 1) }).toEqual({
      writes: ['apply destinationrules overtaken', 'patch destinationrules overtaken'],
      events: [repaired('DestinationRule overtaken')],
    });
  });
});

describe('another manager that changes a field back at once each time', () => {
  it('is left alone after five repairs, named in status, and made up with when it lets go', async () => {
    const child = refOf('PeerAuthentication', 'fought');
    const app = await readyApp('fought');
    // Somebody who only annotates the object is no party to the fight.
    await patched({ op: 'add', path: '/metadata/annotations', value: { note: 'x' } })(stage.plane.api, child);
    const rival = (mode: string): Promise<unknown> => applied({ mtls: { mode } }, 'rival')(stage.plane.api, child);
    const mark = stage.proxy.mark();
    for (let round = 0; round < 5; round += 1) {
      await rival('DISABLE');
      await stage.plane.api.waitFor(child, (now) => field(now, 'spec', 'mtls', 'mode') === 'STRICT');
    }
    await rival('DISABLE');
    const fought = await stage.settled(app, (now) => condition(now, 'Conflicted') !== undefined);
    const told = 'PeerAuthentication fought: rival keeps changing it back; the operator stopped writing it for a while';
    const problem = `spec: ${told}; let only one of the two manage the object`;
    expect(conditionTextsOf(fought)).toEqual({
      ...readyConditions,
      Ready: `False FieldFight: ${problem}`,
      Programmed: `False FieldFight: ${told}`,
      Stalled: `True FieldFight: ${problem}`,
      Conflicted: `True FieldFight: ${problem}`,
    });
    await rival('PERMISSIVE');
    await rival('DISABLE');
    expect(await stage.proxy.quietFor(500)).toEqual([]);
    const repair = 'apply peerauthentications fought';
    expect(writesOf('fought', mark)).toEqual([...Array<string>(5).fill(repair), 'apply apptraffics/status fought']);
    await rival('STRICT');
    expect(conditionTextsOf(await stage.ready(app))).toEqual(readyConditions);
    await stage.proxy.quietFor(300);
    expect({ writes: writesOf('fought', mark).slice(6), events: await eventsOf('fought', 2) }).toEqual({
      writes: ['apply apptraffics/status fought'],
      events: [
        eventOf({ type: 'Warning', reason: 'Conflicted', action: 'Claim', note: problem }),
        // The second repair made it a series, which tells its count again after half an hour.
        repaired('PeerAuthentication fought', 2),
      ],
    });
  });
});

describe('status', () => {
  it('has never said Ready of a generation while a child of it was not as wanted', () => {
    const { claims, lies } = judgeClaims(history.versions(), shapes);
    expect(lies).toEqual([]);
    // Every generation once; again after the deletion, the three waits and the fight.
    expect(claims).toBe(shapes.size + 5);
  });
});
