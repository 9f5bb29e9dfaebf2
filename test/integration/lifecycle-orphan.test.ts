import type { KubeObject } from '../testbed/kube-object.ts';
import { holdRequest, loseResponse, respond } from '../testbed/proxy/injections.ts';
import { childrenIn, childStatesOf, conditionTextsOf, inSteps, nameOf, problemsOf, writeTexts } from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const finalizer = 'apptraffic.dev/cleanup';
const orphan = { lifecycle: { deletion: 'Orphan' } };
const plainSpec = (namespace: string): object => ({
  port: 8080,
  external: { hosts: [`${namespace}.example.com`] },
  internal: { mtls: { mode: 'Strict' } },
});
const orphanSpec = (namespace: string): object => ({ ...plainSpec(namespace), ...orphan });
const names = ['Gateway shop-istio', 'PeerAuthentication shop', 'Service shop', 'VirtualService shop-istio'];
const resources = ['gateways shop-istio', 'peerauthentications shop', 'services shop', 'virtualservices shop-istio'];
const letGo = resources.map((resource) => `patch ${resource}`);
const off = 'patch apptraffics shop';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({
    operator: {
      settings: { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '200ms' },
      flags: ['--max-backoff=2s'],
    },
  });
});
afterEach(() => stage?.recover());
afterAll(() => stage?.stop());

/** A Ready app named shop in a namespace of its own, with its children as they are live. */
async function served(
  namespace: string,
  spec: object = orphanSpec(namespace),
): Promise<{ readonly app: KubeObject; readonly children: readonly KubeObject[] }> {
  await stage.namespace(namespace);
  const app = await stage.ready(await stage.app(namespace, 'shop', spec));
  return { app, children: await childrenIn(stage.plane, namespace) };
}

/** What is left of the children: their uids, and what makes them ours. */
async function leftOf(children: readonly KubeObject[]): Promise<readonly unknown[]> {
  const live = await Promise.all(children.map((child) => stage.plane.api.get(child)));
  return live.map((object) => object && [object.metadata.uid, object.metadata.labels, object.metadata.ownerReferences]);
}
const untouched = (children: readonly KubeObject[]): readonly unknown[] =>
  children.map(({ metadata: { uid } }) => [uid, undefined, undefined]);

/** Labels that are all taken off leave an empty map behind, or none. */
const withoutEmpty = (left: readonly unknown[]): unknown => JSON.parse(JSON.stringify(left).replaceAll('{}', 'null'));
async function expectLetGo(children: readonly KubeObject[]): Promise<void> {
  await stage.proxy.quietFor(500);
  expect(withoutEmpty(await leftOf(children))).toEqual(withoutEmpty(untouched(children)));
}

const finalizersOf = (app: KubeObject): unknown => app.metadata.finalizers;

describe('an app with deletion: Orphan', () => {
  it('has its finalizer before its first child, and each child has the namespace as second owner', async () => {
    await stage.namespace('made');
    const mark = stage.proxy.mark();
    const app = await stage.ready(await stage.app('made', 'shop', orphanSpec('made')));
    await stage.proxy.quietFor(500);
    const writes = writeTexts(stage.proxy, 'made', mark);
    expect(inSteps(writes, [1, 4, 1])).toEqual([
      [off],
      resources.map((resource) => `apply ${resource}`),
      ['apply apptraffics/status shop'],
    ]);
    expect(finalizersOf(app)).toEqual([finalizer]);
    const owners = (await childrenIn(stage.plane, 'made')).map(({ metadata }) =>
      metadata.ownerReferences?.map(
        ({ kind, controller }) => `${String(kind)}${controller === true ? ' controls' : ''}`,
      ),
    );
    expect(owners).toEqual(names.map(() => ['AppTraffic controls', 'Namespace']));
  });

  it('lets go of K children with K writes when it is deleted, and of itself with one', async () => {
    const { app, children } = await served('background');
    expect(children.map(nameOf)).toEqual(names);
    const mark = stage.proxy.mark();
    await stage.plane.api.delete(app, { propagationPolicy: 'Background' });
    await stage.plane.api.waitGone(app);
    await expectLetGo(children);
    expect(inSteps(writeTexts(stage.proxy, 'background', mark), [4, 1])).toEqual([letGo, [off]]);
  });

  it.each(['Foreground', 'Orphan'] as const)(
    'is gone soon with %s propagation, and none of its objects with it',
    async (propagationPolicy) => {
      const { app, children } = await served(propagationPolicy.toLowerCase());
      await stage.plane.api.delete(app, { propagationPolicy });
      await stage.plane.api.waitGone(app);
      await expectLetGo(children);
    },
  );

  it('loses no object to foreground deletion while the operator is away, and goes once it is back', async () => {
    const { app, children } = await served('away');
    await stage.operator().stop();
    await stage.plane.api.delete(app, { propagationPolicy: 'Foreground' });
    // The garbage collector takes our reference off each child, and leaves the rest to the operator.
    for (const child of children) {
      await stage.plane.api.waitFor(child, ({ metadata }) => metadata.ownerReferences?.length === 1);
    }
    await stage.startOperator();
    await stage.plane.api.waitGone(app);
    await expectLetGo(children);
  });

  it('can be made again at once: the new one takes over what the old one left', async () => {
    const { app, children } = await served('again');
    await stage.plane.api.delete(app);
    await stage.plane.api.waitGone(app);
    const spec = { ...plainSpec('again'), lifecycle: { adopt: 'Matching', deletion: 'Orphan' } };
    const next = await stage.ready(await stage.app('again', 'shop', spec));
    const live = await childrenIn(stage.plane, 'again');
    expect(live.map(({ metadata }) => metadata.uid)).toEqual(children.map(({ metadata }) => metadata.uid));
    expect(live.map(({ metadata }) => metadata.ownerReferences?.[0]?.uid)).toEqual(live.map(() => next.metadata.uid));
  });

  it.each([
    ['paused', { lifecycle: { deletion: 'Orphan', paused: true } }, 'Paused'],
    [
      'refused',
      { external: { provider: 'Ingress', hosts: ['refused.example.com'], routes: [{ name: 'a', timeout: '5s' }] } },
      'Stalled',
    ],
  ])('is let go too while it is %s', async (namespace, more, condition) => {
    const { app, children } = await served(namespace);
    await stage.settled(
      await stage.app(namespace, 'shop', { ...orphanSpec(namespace), ...more }),
      (found) => conditionTextsOf(found)[condition] !== undefined,
    );
    const mark = stage.proxy.mark();
    await stage.plane.api.delete(app);
    await stage.plane.api.waitGone(app);
    await expectLetGo(children);
    expect(inSteps(writeTexts(stage.proxy, namespace, mark), [4, 1])).toEqual([letGo, [off]]);
  });

  it('is no obstacle to the deletion of its namespace', async () => {
    const { app } = await served('doomed');
    const mark = stage.proxy.mark();
    await stage.plane.api.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'doomed' });
    await stage.plane.api.waitGone({ apiVersion: 'v1', kind: 'Namespace', name: 'doomed' }, { withinMs: 60_000 });
    await stage.proxy.quietFor(500);
    expect(await stage.plane.api.get(app)).toBeUndefined();
    expect(writeTexts(stage.proxy, 'doomed', mark).filter((write) => !write.startsWith('patch'))).toEqual([]);
  });

  it('does not bring back what was deleted by hand, and is not kept by it', async () => {
    const { app, children } = await served('by-hand');
    const [gateway, ...others] = children;
    if (gateway === undefined) throw new Error('there is no Gateway');
    const held = stage.proxy.inject({ verb: 'patch', resource: 'gateways', namespace: 'by-hand' }, holdRequest);
    const mark = stage.proxy.mark();
    await stage.plane.api.delete(app);
    await held.firstHit;
    await stage.plane.api.delete(gateway);
    held.release();
    await stage.plane.api.waitGone(app);
    await expectLetGo(others);
    expect(await stage.plane.api.get(gateway)).toBeUndefined();
    expect(writeTexts(stage.proxy, 'by-hand', mark).filter((write) => write.startsWith('apply'))).toEqual([]);
  });

  it('stays and says why while a child may not be patched, and goes once it may', async () => {
    const { app, children } = await served('forbidden');
    const refusal = stage.proxy.inject(
      { verb: 'patch', resource: 'services', namespace: 'forbidden' },
      respond(403, 'Forbidden', { message: 'services "shop" is forbidden: by a test' }),
      { times: 1_000 },
    );
    await stage.plane.api.delete(app);
    const message = 'services "shop" is forbidden: by a test';
    const told = await stage.plane.api.waitFor(app, (found) => problemsOf(found).length > 0);
    expect(problemsOf(told)).toEqual([
      `AT0404 Error spec: Service shop: ${message}; grant the operator what its shipped roles hold (config/rbac)`,
    ]);
    expect(childStatesOf(told)).toEqual({ 'Service shop': `Failed: ${message}` });
    expect(conditionTextsOf(told)['Ready']).toBe(`False Forbidden: Service shop: ${message}`);
    refusal.remove();
    await stage.plane.api.waitGone(app);
    await expectLetGo(children);
  });

  it('goes on after the operator was killed between two children', async () => {
    const { app, children } = await served('killed');
    const held = stage.proxy.inject({ verb: 'patch', resource: 'services', namespace: 'killed' }, holdRequest);
    await stage.plane.api.delete(app);
    await held.firstHit;
    await stage.killOperator();
    held.remove();
    await stage.startOperator();
    await stage.plane.api.waitGone(app);
    await expectLetGo(children);
  });

  it('reads back what it got no answer to', async () => {
    const { app, children } = await served('unanswered');
    const lost = { namespace: 'unanswered', verb: 'patch' } as const;
    stage.proxy.inject({ ...lost, resource: 'services' }, loseResponse);
    stage.proxy.inject({ ...lost, resource: 'apptraffics' }, loseResponse);
    const mark = stage.proxy.mark();
    await stage.plane.api.delete(app);
    await stage.plane.api.waitGone(app);
    await expectLetGo(children);
    const writes = writeTexts(stage.proxy, 'unanswered', mark);
    expect(writes.filter((write) => !write.startsWith(off)).toSorted()).toEqual(letGo);
    expect(writes.filter((write) => write.startsWith(off))[0]).toBe(off);
  });

  it('that is deleted while it waits for settle makes no other child, and lets go of those it has', async () => {
    await stage.namespace('settling');
    const spec = {
      ...orphanSpec('settling'),
      internal: { allow: [{ app: 'checkout' }] },
      app: { selector: { app: 'shop' } },
    };
    const mark = stage.proxy.mark();
    const app = await stage.app('settling', 'shop', spec);
    await stage.proxy.waitForRequest({ verb: 'apply', resource: 'services', namespace: 'settling' }, { since: mark });
    await stage.plane.api.delete(app);
    await stage.plane.api.waitGone(app);
    await stage.proxy.quietFor(500);
    const policy = {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      namespace: 'settling',
      name: 'shop',
    };
    const service = { apiVersion: 'v1', kind: 'Service', namespace: 'settling', name: 'shop' };
    const left = await Promise.all([policy, service].map((child) => stage.plane.api.get(child)));
    expect(left.map((object) => object?.metadata.ownerReferences)).toEqual([undefined, undefined]);
    expect(left.map((object) => object?.kind)).toEqual(['AuthorizationPolicy', 'Service']);
    expect(await childrenIn(stage.plane, 'settling')).toEqual([]);
  });

  it('lets go of an ExternalName Service as of any other', async () => {
    const { app, children } = await served('elsewhere', {
      port: 443,
      service: { type: 'ExternalName', externalName: 'api.example.net' },
      ...orphan,
    });
    expect(children.map(nameOf)).toEqual(['Service shop']);
    await stage.plane.api.delete(app);
    await stage.plane.api.waitGone(app);
    await expectLetGo(children);
  });
});

describe('deletion changed while the app runs', () => {
  it('to Orphan is the finalizer and a write a child, and back the same; then all is collected again', async () => {
    const { children } = await served('turned', plainSpec('turned'));
    const applied = resources.map((resource) => `apply ${resource}`);
    const there = stage.proxy.mark();
    await stage.ready(await stage.app('turned', 'shop', orphanSpec('turned')));
    await stage.proxy.quietFor(500);
    expect(inSteps(writeTexts(stage.proxy, 'turned', there), [1, 4, 1])).toEqual([
      [off],
      applied,
      ['apply apptraffics/status shop'],
    ]);
    const back = stage.proxy.mark();
    const spec = { ...plainSpec('turned'), lifecycle: { deletion: 'Delete' } };
    const app = await stage.ready(await stage.app('turned', 'shop', spec));
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'turned', back).toSorted()).toEqual(
      [...applied, off, 'apply apptraffics/status shop'].toSorted(),
    );
    expect((await stage.plane.api.get(app))?.metadata.finalizers).toBeUndefined();
    await stage.plane.api.delete(app);
    await Promise.all([app, ...children].map((object) => stage.plane.api.waitGone(object)));
  });

  it('holds no app that was Orphan once and is deleted while it is paused', async () => {
    const { children } = await served('paused-then');
    const spec = { ...plainSpec('paused-then'), lifecycle: { deletion: 'Delete', paused: true } };
    const app = await stage.settled(await stage.app('paused-then', 'shop', spec));
    expect(finalizersOf(app)).toEqual([finalizer]);
    await stage.plane.api.delete(app);
    await Promise.all([app, ...children].map((object) => stage.plane.api.waitGone(object)));
  });

  it('by hand: a finalizer that somebody took off is put on again', async () => {
    const { app } = await served('by-force');
    await stage.plane.api.patch(app, { metadata: { finalizers: null } });
    const found = await stage.plane.api.waitFor(app, ({ metadata }) => metadata.finalizers !== undefined);
    expect(finalizersOf(found)).toEqual([finalizer]);
  });
});
