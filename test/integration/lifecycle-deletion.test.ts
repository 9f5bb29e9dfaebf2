import type { KubeObject } from '../testbed/kube-object.ts';
import { childrenIn, childStatesOf, conditionTextsOf, inSteps, nameOf, versionsOf, writeTexts } from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const spec = {
  port: 8080,
  backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
  split: { stable: 90, canary: 10 },
  internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] },
};
const specOf = (host: string): object => ({ ...spec, external: { hosts: [host] } });
const childNames = [
  'AuthorizationPolicy shop',
  'DestinationRule shop',
  'Gateway shop-istio',
  'PeerAuthentication shop',
  'Service shop',
  'VirtualService shop',
  'VirtualService shop-istio',
];

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({
    operator: { settings: { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '200ms' } },
  });
});
afterAll(() => stage?.stop());

/** A Ready app named shop in a namespace of its own. */
async function readyApp(namespace: string): Promise<KubeObject> {
  await stage.namespace(namespace);
  return stage.ready(await stage.app(namespace, 'shop', specOf(`${namespace}.example.com`)));
}

const childNamesIn = async (namespace: string): Promise<readonly string[]> =>
  (await childrenIn(stage.plane, namespace)).map(nameOf);

const ownersIn = async (namespace: string): Promise<readonly unknown[]> => {
  const owners = (await childrenIn(stage.plane, namespace)).map(({ metadata }) => metadata.ownerReferences?.[0]?.uid);
  return [...new Set(owners)];
};

describe('deleting an AppTraffic', () => {
  it.each(['Background', 'Foreground'] as const)(
    'with %s propagation lets the garbage collector take every child, and the operator writes nothing',
    async (propagationPolicy) => {
      const namespace = propagationPolicy.toLowerCase();
      const app = await readyApp(namespace);
      const children = await childrenIn(stage.plane, namespace);
      expect(children.map(nameOf)).toEqual(childNames);
      const mark = stage.proxy.mark();
      await stage.plane.api.delete(app, { propagationPolicy });
      await Promise.all([app, ...children].map((object) => stage.plane.api.waitGone(object)));
      await stage.proxy.quietFor(500);
      expect(writeTexts(stage.proxy, namespace, mark)).toEqual([]);
      expect(await childNamesIn(namespace)).toEqual([]);
    },
  );

  it('with Orphan propagation leaves the children, and the operator never touches them again', async () => {
    const app = await readyApp('orphan');
    const mark = stage.proxy.mark();
    await stage.plane.api.delete(app, { propagationPolicy: 'Orphan' });
    await stage.plane.api.waitGone(app);
    const [service, ...others] = (await childrenIn(stage.plane, 'orphan')).filter(({ kind }) => kind === 'Service');
    if (service === undefined) throw new Error('the Service is gone');
    expect(others).toEqual([]);
    await stage.plane.api.patch(service, { spec: { selector: { app: 'somebody' } } });
    await stage.plane.api.delete({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      namespace: 'orphan',
      name: 'shop-istio',
    });
    await stage.proxy.quietFor(1_000);
    expect(writeTexts(stage.proxy, 'orphan', mark)).toEqual([]);
    expect(await childNamesIn('orphan')).toEqual(childNames.filter((name) => name !== 'Gateway shop-istio'));
    expect(await ownersIn('orphan')).toEqual([undefined]);
  });
});

describe('an AppTraffic made again under the same name', () => {
  it('does not take over orphans: it says whose way they are in, and goes on with each that is deleted', async () => {
    const old = await readyApp('orphans-again');
    await stage.plane.api.delete(old, { propagationPolicy: 'Orphan' });
    await stage.plane.api.waitGone(old);
    const orphans = await childrenIn(stage.plane, 'orphans-again');
    const mark = stage.proxy.mark();
    const app = await stage.app('orphans-again', 'shop', specOf('orphans-again.example.com'));
    const told = await stage.settled(app);
    await stage.proxy.quietFor(1_000);
    expect(writeTexts(stage.proxy, 'orphans-again', mark)).toEqual(['apply apptraffics/status shop']);
    expect(versionsOf(await childrenIn(stage.plane, 'orphans-again'))).toEqual(versionsOf(orphans));
    const notOwned = 'an object of this name exists and is not controlled by this AppTraffic';
    expect(childStatesOf(told)).toEqual(Object.fromEntries(childNames.map((name) => [name, `NotOwned: ${notOwned}`])));
    const fix = 'delete or rename that object, or give this AppTraffic another name';
    const [first, second, third] = childNames.map((name) => `spec: ${name}: ${notOwned}; ${fix}`);
    const conflict = `NotOwned: ${first}. ${second}. ${third}. 4 more`;
    expect(conditionTextsOf(told)).toEqual({
      Ready: `False ${conflict}`,
      Accepted: 'True Accepted: the spec is valid and permitted',
      ResolvedRefs: 'True ResolvedRefs: everything that the spec refers to is there',
      Programmed: `False NotOwned: ${['Service shop', 'Gateway shop-istio', 'VirtualService shop'].map((name) => `${name}: ${notOwned}`).join('. ')}. 4 more`,
      Stalled: `True ${conflict}`,
      Conflicted: `True ${conflict}`,
    });
    for (const orphan of orphans) await stage.plane.api.delete(orphan);
    await stage.ready(app);
    expect(await ownersIn('orphans-again')).toEqual([app.metadata.uid]);
  });

  it('waits for the children of the old one, which the garbage collector takes, and makes its own', async () => {
    const old = await readyApp('recreated');
    const [service] = (await childrenIn(stage.plane, 'recreated')).filter(({ kind }) => kind === 'Service');
    if (service === undefined) throw new Error('there is no Service');
    // Somebody's finalizer keeps the old Service after the garbage collector has deleted it.
    await stage.plane.api.patch(service, { metadata: { finalizers: ['example.com/slow'] } });
    await stage.plane.api.delete(old, { propagationPolicy: 'Background' });
    await stage.plane.api.waitGone(old);
    const app = await stage.app('recreated', 'shop', specOf('recreated.example.com'));
    const waiting = await stage.settled(app, (found) => childStatesOf(found)['VirtualService shop'] === 'Programmed');
    const message = 'Service shop: the object of the AppTraffic that had this name before is not gone yet';
    expect(conditionTextsOf(waiting)).toEqual({
      Ready: `False Pending: ${message}`,
      Accepted: 'True Accepted: the spec is valid and permitted',
      ResolvedRefs: 'True ResolvedRefs: everything that the spec refers to is there',
      Programmed: `False Pending: ${message}`,
      Reconciling: `True Progressing: ${message}`,
    });
    await stage.plane.api.patch(service, { metadata: { finalizers: null } });
    await stage.ready(app);
    expect(await childNamesIn('recreated')).toEqual(childNames);
    expect(await ownersIn('recreated')).toEqual([app.metadata.uid]);
  });
});

describe('deleting a namespace with apps in it', () => {
  it('ends, and the operator asks for nothing in it any more', async () => {
    const app = await readyApp('doomed');
    await stage.ready(await stage.app('doomed', 'blog', { port: 80, external: { hosts: ['blog.example.com'] } }));
    const mark = stage.proxy.mark();
    await stage.plane.api.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'doomed' });
    await stage.plane.api.waitGone({ apiVersion: 'v1', kind: 'Namespace', name: 'doomed' }, { withinMs: 60_000 });
    await stage.proxy.quietFor(2_000);
    expect(await stage.plane.api.get(app)).toBeUndefined();
    const asked = stage.proxy.requests(({ namespace }) => namespace === 'doomed', mark);
    expect(asked.map(({ verb, resource, name, status }) => `${verb} ${resource} ${name} ${status}`)).toEqual([]);
  });
});

describe('lifecycle.paused', () => {
  it('leaves drift and edits alone and says so; afterwards everything is applied', async () => {
    await readyApp('paused');
    const before = versionsOf(await childrenIn(stage.plane, 'paused'));
    const mark = stage.proxy.mark();
    const paused = { ...specOf('paused.example.com'), lifecycle: { paused: true } };
    const told = await stage.settled(await stage.app('paused', 'shop', paused));
    const still = {
      Accepted: 'True Accepted: the spec is valid and permitted',
      ResolvedRefs: 'True ResolvedRefs: everything that the spec refers to is there',
      Paused: 'True Paused: the operator writes nothing until spec.lifecycle.paused is false',
    };
    expect(conditionTextsOf(told)).toEqual({
      ...still,
      Ready: 'True Ready: 1 host, 1 route, mTLS Strict, 1 caller',
      Programmed: 'True Programmed: every object is as the spec wants it',
    });
    expect(versionsOf(await childrenIn(stage.plane, 'paused'))).toEqual(before);

    // Edits: weights, a removed part, another service name. Drift: a changed field, a deleted child.
    const edited = { ...paused, split: { stable: 50, canary: 50 }, internal: { mtls: { mode: 'Strict' } } };
    await stage.plane.api.patch(
      { apiVersion: 'v1', kind: 'Service', namespace: 'paused', name: 'shop' },
      { spec: { selector: { app: 'x' } } },
    );
    await stage.plane.api.delete({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      namespace: 'paused',
      name: 'shop-istio',
    });
    const drifted = await stage.settled(
      await stage.app('paused', 'shop', edited),
      (found) => childStatesOf(found)['Gateway shop-istio']?.startsWith('Pending') === true,
    );
    const held = 'differs from the spec and is not written while the app is paused';
    const message = `Service shop: ${held}. Gateway shop-istio: ${held}. VirtualService shop: ${held}. 1 more`;
    expect(conditionTextsOf(drifted)).toEqual({
      ...still,
      Ready: `False Paused: ${message}`,
      Programmed: `False Paused: ${message}`,
      Reconciling: `True Progressing: ${message}`,
    });
    expect(childStatesOf(drifted)).toEqual({
      'AuthorizationPolicy shop': 'Draining: stays while the app is paused',
      'DestinationRule shop': 'Programmed',
      'Gateway shop-istio': `Pending: ${held}`,
      'PeerAuthentication shop': 'Programmed',
      'Service shop': `Pending: ${held}`,
      'VirtualService shop': `Pending: ${held}`,
      'VirtualService shop-istio': `Pending: ${held}`,
    });
    await stage.proxy.quietFor(1_000);
    expect([...new Set(writeTexts(stage.proxy, 'paused', mark))]).toEqual(['apply apptraffics/status shop']);

    const going = stage.proxy.mark();
    const { lifecycle: _, ...resumed } = edited;
    const ready = await stage.ready(await stage.app('paused', 'shop', resumed));
    expect(Object.keys(conditionTextsOf(ready))).toEqual(['Ready', 'Accepted', 'ResolvedRefs', 'Programmed']);
    expect(inSteps(writeTexts(stage.proxy, 'paused', going), [1, 3, 1])).toEqual([
      ['apply services shop'],
      ['apply gateways shop-istio', 'apply virtualservices shop', 'apply virtualservices shop-istio'],
      ['delete authorizationpolicies shop'],
      ['apply apptraffics/status shop'],
    ]);
    expect(childStatesOf(ready)).toEqual({
      'DestinationRule shop': 'Programmed',
      'Gateway shop-istio': 'Programmed',
      'PeerAuthentication shop': 'Programmed',
      'Service shop': 'Programmed',
      'VirtualService shop': 'Programmed',
      'VirtualService shop-istio': 'Programmed',
    });
  });

  it('makes no child of an app that starts paused', async () => {
    await stage.namespace('starts-paused');
    const mark = stage.proxy.mark();
    const paused = { ...specOf('starts-paused.example.com'), lifecycle: { paused: true } };
    await stage.settled(await stage.app('starts-paused', 'shop', paused));
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'starts-paused', mark)).toEqual(['apply apptraffics/status shop']);
  });
});
