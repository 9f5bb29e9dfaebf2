import { field } from '../testbed/kube-object.ts';
import type { KubeObject, Ref } from '../testbed/kube-object.ts';
import { childrenIn, childStatesOf, conditionTextsOf, inSteps, nameOf, versionsOf, writeTexts } from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const settleMs = 200;
const settings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  settle: `${settleMs}ms`,
  ingressClasses: [{ name: 'traefik', inMesh: true, namespace: 'traefik', serviceAccount: 'traefik' }],
};
const spec = {
  // A Headless Service gets the same port.
  ports: [{ name: 'http', port: 8080, targetPort: 8080, protocol: 'http' }],
  backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
  split: { stable: 90, canary: 10 },
  internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] },
};
const specOf = (namespace: string): object => ({ ...spec, external: { hosts: [`${namespace}.example.com`] } });
const summary = '1 host, 1 route, mTLS Strict, 1 caller';
const accepted = { Accepted: 'True Accepted: the spec is valid and permitted' };
const resolved = { ResolvedRefs: 'True ResolvedRefs: everything that the spec refers to is there' };
const served = {
  Ready: `True Ready: ${summary}`,
  ...accepted,
  ...resolved,
  Programmed: 'True Programmed: every object is as the spec wants it',
};

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ operator: { settings } });
  await stage.plane.api.create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'traefik' },
    spec: { controller: 'traefik.io/ingress-controller' },
  });
});
afterAll(() => stage?.stop());

const serviceRef = (namespace: string, name = 'shop'): Ref => ({ apiVersion: 'v1', kind: 'Service', namespace, name });

async function readyApp(namespace: string): Promise<KubeObject> {
  await stage.namespace(namespace);
  return stage.ready(await stage.app(namespace, 'shop', specOf(namespace)));
}

const isStalled = (app: KubeObject): boolean => 'Stalled' in conditionTextsOf(app);

/** The objects but the Service, with their versions. */
const othersIn = async (namespace: string): Promise<unknown> =>
  versionsOf((await childrenIn(stage.plane, namespace)).filter(({ kind }) => kind !== 'Service'));

describe('a change that Kubernetes forbids', () => {
  const headless = (namespace: string): object => ({ ...specOf(namespace), service: { type: 'Headless' } });
  const message = 'Kubernetes does not let a Service become headless, or cease to be, in place';

  it('is Stalled with the fix, touches nothing, and is over once it is taken back', async () => {
    await readyApp('stalled');
    const before = versionsOf(await childrenIn(stage.plane, 'stalled'));
    const mark = stage.proxy.mark();
    const stalled = await stage.settled(await stage.app('stalled', 'shop', headless('stalled')), isStalled);
    expect(conditionTextsOf(stalled)).toEqual({
      ...accepted,
      ...resolved,
      Ready: `False ImmutableField: Service shop: ${message}`,
      Programmed: `False ImmutableField: Service shop: ${message}`,
      Stalled: `True ImmutableField: Service shop: ${message}`,
    });
    expect(field(stalled, 'status', 'problems')).toEqual([
      {
        code: 'AT0403',
        severity: 'Error',
        field: 'spec.service.type',
        message: `Service shop: ${message}`,
        fix: 'undo the change, give the Service another name (spec.service.name), or delete the Service so that it is made anew',
      },
      {
        code: 'AT0702',
        severity: 'Warning',
        field: 'spec.split',
        message: 'callers inside the mesh choose the pod of a Headless Service, so a part of them has no effect there',
        fix: 'choose another service.type, or send routes inside the mesh to Services',
      },
    ]);
    await stage.proxy.quietFor(500);
    expect(conditionTextsOf(await stage.ready(await stage.app('stalled', 'shop', specOf('stalled'))))).toEqual(served);
    expect(writeTexts(stage.proxy, 'stalled', mark)).toEqual([
      'apply apptraffics/status shop',
      'apply apptraffics/status shop',
    ]);
    expect(versionsOf(await childrenIn(stage.plane, 'stalled'))).toEqual(before);
  });

  it('is made once the Service is deleted by hand', async () => {
    await readyApp('by-hand');
    const before = await othersIn('by-hand');
    const stalled = await stage.settled(await stage.app('by-hand', 'shop', headless('by-hand')), isStalled);
    await stage.plane.api.delete(serviceRef('by-hand'));
    expect(conditionTextsOf(await stage.ready(stalled))).toEqual(served);
    expect(field(await stage.plane.api.get(serviceRef('by-hand')), 'spec', 'clusterIP')).toBe('None');
    expect(await othersIn('by-hand')).toEqual(before);
  });

  it('is made under another name of the Service', async () => {
    await readyApp('renamed');
    const app = await stage.app('renamed', 'shop', {
      ...specOf('renamed'),
      service: { name: 'web', type: 'Headless' },
    });
    expect(conditionTextsOf(await stage.ready(app))).toEqual(served);
    expect(await stage.plane.api.get(serviceRef('renamed'))).toBeUndefined();
    expect(field(await stage.plane.api.get(serviceRef('renamed', 'web')), 'spec', 'clusterIP')).toBe('None');
  });
});

describe('a part of a spec whose fields are all removed', () => {
  it('cannot be applied as an empty object; it has to go too', async () => {
    await stage.namespace('emptied');
    await stage.app('emptied', 'shop', { port: 80, lifecycle: { paused: true } });
    await expect(stage.app('emptied', 'shop', { port: 80, lifecycle: {} })).rejects.toThrow(
      'spec.lifecycle in body must be of type object: "null"',
    );
    expect((await stage.app('emptied', 'shop', { port: 80 })).spec).toEqual({ port: 80 });
  });
});

describe('a spec that the provider cannot serve', () => {
  it('changes, prunes and repairs nothing until it is put right', async () => {
    const namespace = 'unsupported';
    await readyApp(namespace);
    const before = versionsOf(await childrenIn(stage.plane, namespace));
    const mark = stage.proxy.mark();
    // Without internal, split and the old host: were it accepted, most objects would go.
    const routes = [{ name: 'all', timeout: '5s' }];
    const external = { hosts: ['other.example.com'], provider: 'Ingress', ingressClass: 'traefik', routes };
    const refused = await stage.settled(await stage.app(namespace, 'shop', { port: 8080, external }), isStalled);
    const message =
      'UnsupportedByProvider: spec.external.routes[0].timeout: plain Ingress has no way for it: an Ingress has no timeouts; ' +
      'remove it, or set provider: Istio';
    expect(conditionTextsOf(refused)).toEqual({
      ...resolved,
      Ready: `False ${message}`,
      Accepted: `False ${message}`,
      Programmed: 'False NotAccepted: nothing is written while the spec is refused; objects stand as they are',
      Stalled: `True ${message}`,
    });
    expect(new Set(Object.values(childStatesOf(refused)))).toEqual(
      new Set(['Pending: stands as it is while the spec is refused']),
    );
    await stage.plane.api.patch(serviceRef(namespace), { spec: { selector: { app: 'somebody' } } });
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, namespace, mark)).toEqual(['apply apptraffics/status shop']);
    const { 'Service shop': _, ...others } = before;
    expect(await othersIn(namespace)).toEqual(others);

    const going = stage.proxy.mark();
    await stage.ready(await stage.app(namespace, 'shop', specOf(namespace)));
    expect(writeTexts(stage.proxy, namespace, going)).toEqual(['apply services shop', 'apply apptraffics/status shop']);
    expect(field(await stage.plane.api.get(serviceRef(namespace)), 'spec', 'selector')).toEqual({ app: 'shop' });
  });

  it('becomes nothing where it is new, and everything once it is put right', async () => {
    await stage.namespace('new-refused', { mesh: false });
    const mark = stage.proxy.mark();
    const app = await stage.app('new-refused', 'shop', specOf('new-refused'));
    const refused = await stage.settled(app, isStalled);
    expect(conditionTextsOf(refused).Accepted).toBe(
      'False NotInMesh: spec.internal: namespace new-refused has no sidecar injection, so nothing under internal would ' +
        'hold; label the namespace istio-injection=enabled and restart its pods, or remove internal',
    );
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'new-refused', mark)).toEqual(['apply apptraffics/status shop']);
    const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'new-refused' };
    await stage.plane.api.patch(namespace, { metadata: { labels: { 'istio-injection': 'enabled' } } });
    expect(conditionTextsOf(await stage.ready(app))).toEqual(served);
  });
});

describe('the Service', () => {
  it('keeps its addresses through every change of type that Kubernetes allows', async () => {
    await readyApp('types');
    const seen = async (): Promise<object> => {
      const service = await stage.plane.api.get(serviceRef('types'));
      const ports = field(service, 'spec', 'ports', 0, 'nodePort');
      return {
        type: field(service, 'spec', 'type'),
        address: [service?.metadata.uid, field(service, 'spec', 'clusterIP')],
        nodePort: typeof ports,
      };
    };
    const { address } = (await seen()) as { readonly address: unknown };
    const found: object[] = [];
    const mark = stage.proxy.mark();
    for (const type of ['NodePort', 'LoadBalancer', 'ClusterIP']) {
      await stage.ready(await stage.app('types', 'shop', { ...specOf('types'), service: { type } }));
      found.push(await seen());
    }
    expect(found).toEqual([
      { type: 'NodePort', address, nodePort: 'number' },
      { type: 'LoadBalancer', address, nodePort: 'number' },
      { type: 'ClusterIP', address, nodePort: 'undefined' },
    ]);
    expect(inSteps(writeTexts(stage.proxy, 'types', mark), [1, 1, 1, 1, 1])).toEqual([
      ['apply services shop'],
      ['apply apptraffics/status shop'],
      ['apply services shop'],
      ['apply apptraffics/status shop'],
      ['apply services shop'],
      ['apply apptraffics/status shop'],
    ]);
  });

  it('of the app itself is not deleted for type Existing, but can be handed over', async () => {
    await readyApp('handed-over');
    const before = versionsOf(await childrenIn(stage.plane, 'handed-over'));
    const existing = { ...specOf('handed-over'), app: { selector: { app: 'shop' } }, service: { type: 'Existing' } };
    const app = await stage.app('handed-over', 'shop', existing);
    expect(conditionTextsOf(await stage.settled(app, isStalled)).Accepted).toBe(
      'False RefNotPermitted: spec.service: Service shop is made by this AppTraffic, and type Existing would delete it; ' +
        'name a Service that is made elsewhere; to keep this one, remove its ownerReference and its label apptraffic.dev/app',
    );
    expect(versionsOf(await childrenIn(stage.plane, 'handed-over'))).toEqual(before);
    const mark = stage.proxy.mark();
    await stage.plane.api.patch(serviceRef('handed-over'), { metadata: { ownerReferences: null } });
    await stage.plane.api.patch(serviceRef('handed-over'), { metadata: { labels: { 'apptraffic.dev/app': null } } });
    expect(conditionTextsOf(await stage.ready(app))).toEqual(served);
    await stage.proxy.quietFor(settleMs + 300);
    // The watch of labelled children may lag behind the watch of Services: then a delete is tried, and refused as out of date.
    const done = writeTexts(stage.proxy, 'handed-over', mark).filter((text) => text !== 'delete services shop -> 409');
    expect([...new Set(done)]).toEqual(['apply apptraffics/status shop']);
    const { 'Service shop': _, ...others } = before;
    expect(await othersIn('handed-over')).toEqual(others);
    expect(await stage.plane.api.get(serviceRef('handed-over'))).toBeDefined();
  });

  it('that others made is referred to and never written, and the own one goes when routes lead there', async () => {
    await readyApp('existing');
    const foreign = await stage.plane.api.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'existing', name: 'legacy' },
      spec: { selector: { app: 'shop' }, ports: [{ port: 8080 }] },
    });
    const mark = stage.proxy.mark();
    const service = { type: 'Existing', name: 'legacy' };
    await stage.ready(
      await stage.app('existing', 'shop', { ...specOf('existing'), app: { selector: { app: 'shop' } }, service }),
    );
    expect(inSteps(writeTexts(stage.proxy, 'existing', mark), [3, 1])).toEqual([
      ['apply destinationrules shop', 'apply virtualservices shop', 'apply virtualservices shop-istio'],
      ['delete services shop'],
      ['apply apptraffics/status shop'],
    ]);
    const back = stage.proxy.mark();
    await stage.ready(await stage.app('existing', 'shop', specOf('existing')));
    expect(inSteps(writeTexts(stage.proxy, 'existing', back), [1, 3])).toEqual([
      ['apply services shop'],
      ['apply destinationrules shop', 'apply virtualservices shop', 'apply virtualservices shop-istio'],
      ['apply apptraffics/status shop'],
    ]);
    expect((await stage.plane.api.get(foreign))?.metadata.resourceVersion).toBe(foreign.metadata.resourceVersion);
    expect((await childrenIn(stage.plane, 'existing')).map(nameOf)).not.toContain('Service legacy');
  });
});
