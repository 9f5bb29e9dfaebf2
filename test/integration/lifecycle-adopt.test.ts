import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { holdRequest } from '../testbed/proxy/injections.ts';
import { rolloutsController } from '../testbed/rollouts.ts';
import { childrenIn, childStatesOf, conditionTextsOf, eventsOf, nameOf, problemsOf, writeTexts } from './app-view.ts';
import { handWritten } from './hand-written.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const plainSpec = (namespace: string): object => ({
  port: 8080,
  backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
  split: { stable: 90, canary: 10 },
  external: { hosts: [`${namespace}.example.com`] },
  internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }], calls: [] },
  resilience: { connectTimeout: '2s' },
  observability: { accessLog: 'Errors' },
});
const edgeSpec = (namespace: string): object => ({
  port: 8080,
  external: { provider: 'Ingress', hosts: [`${namespace}.example.com`] },
});
const adopting = (spec: object, more: object = {}): object => ({ ...spec, lifecycle: { adopt: 'Matching', ...more } });
const names = [
  'AuthorizationPolicy shop',
  'DestinationRule shop',
  'Gateway shop-istio',
  'PeerAuthentication shop',
  'Service shop',
  'Sidecar shop',
  'Telemetry shop',
  'VirtualService shop',
  'VirtualService shop-istio',
];
const ref = (kind: string, apiVersion: string, namespace: string, name = 'shop') => ({
  apiVersion,
  kind,
  namespace,
  name,
});
const serviceIn = (namespace: string) => ref('Service', 'v1', namespace);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({
    operator: { settings: { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '200ms' } },
  });
});
afterAll(() => stage?.stop());

const uidsOf = (objects: readonly KubeObject[]): object =>
  Object.fromEntries(objects.map((object) => [nameOf(object), object.metadata.uid]));

describe('an app with adopt: Matching', () => {
  it('takes over each object that is as it would make it with one write, whatever its kind, and tells of each', async () => {
    const made = await handWritten(stage, 'adopted', plainSpec);
    expect(made.map(nameOf).toSorted()).toEqual(names);
    const mark = stage.proxy.mark();
    const app = await stage.ready(await stage.app('adopted', 'shop', adopting(plainSpec('adopted'))));
    await stage.proxy.quietFor(500);
    const writes = writeTexts(stage.proxy, 'adopted', mark);
    expect([...writes].sort()).toEqual([
      'apply apptraffics/status shop',
      'apply authorizationpolicies shop',
      'apply destinationrules shop',
      'apply gateways shop-istio',
      'apply peerauthentications shop',
      'apply services shop',
      'apply sidecars shop',
      'apply telemetries shop',
      'apply virtualservices shop',
      'apply virtualservices shop-istio',
    ]);
    const live = await childrenIn(stage.plane, 'adopted');
    expect(uidsOf(live)).toEqual(uidsOf(made));
    expect(live.map(({ metadata }) => metadata.labels)).toEqual(
      live.map(() => ({ team: 'shop', 'app.kubernetes.io/managed-by': 'apptraffic', 'apptraffic.dev/app': 'shop' })),
    );
    expect(live.map(({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid))).toEqual(
      live.map(() => [app.metadata.uid]),
    );
    const told = 'was there already and is taken over: it is deleted with this app';
    expect([...(await eventsOf(stage.plane, 'adopted', 'shop', names.length))].sort()).toEqual(
      names.map((name) => `Normal Adopted: ${name} ${told}`),
    );

    const still = stage.proxy.mark();
    await stage.ready(await stage.app('adopted', 'shop', plainSpec('adopted')));
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'adopted', still)).toEqual(['apply apptraffics/status shop']);

    await stage.plane.api.delete(app);
    await Promise.all([app, ...made].map((object) => stage.plane.api.waitGone(object)));
  });

  it('takes over an Ingress too, and follows the spec from then on', async () => {
    const made = await handWritten(stage, 'ingress', edgeSpec);
    expect(made.map(nameOf).toSorted()).toEqual(['Ingress shop-ingress', 'Service shop']);
    const app = await stage.ready(await stage.app('ingress', 'shop', adopting(edgeSpec('ingress'))));
    expect(uidsOf(await childrenIn(stage.plane, 'ingress'))).toEqual(uidsOf(made));
    const edited = { ...edgeSpec('ingress'), port: 8081 };
    await stage.ready(await stage.app('ingress', 'shop', adopting(edited)));
    const { spec } = await stage.plane.api.waitFor(serviceIn('ingress'), () => true);
    expect(field(spec, 'ports')).toMatchObject([{ port: 80, targetPort: 8081 }]);
    expect(app.metadata.uid).toBeDefined();
  });

  it('takes over routes that Argo Rollouts moves weights in as they are, and leaves the weights to it', async () => {
    const specOf = (namespace: string): object => ({ ...plainSpec(namespace), weightsManagedBy: 'ArgoRollouts' });
    const made = await handWritten(stage, 'rolling', specOf);
    const rollouts = rolloutsController(stage.plane.api, {
      namespace: 'rolling',
      virtualService: 'shop-istio',
      routes: ['default'],
      destinationRule: 'shop',
    });
    await rollouts.updateHash({ canary: 'b', stable: 'a' });
    await rollouts.setWeight(30);
    const mark = stage.proxy.mark();
    await stage.ready(await stage.app('rolling', 'shop', adopting(specOf('rolling'))));
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'rolling', mark).filter((text) => /shop-istio|destinationrules/.test(text))).toEqual(
      ['apply destinationrules shop', 'apply virtualservices shop-istio', 'apply gateways shop-istio'],
    );
    await rollouts.setWeight(40);
    await stage.proxy.quietFor(500);
    const live = await childrenIn(stage.plane, 'rolling');
    expect(uidsOf(live)).toEqual(uidsOf(made));
    const specs = Object.fromEntries(live.map((object) => [nameOf(object), object.spec]));
    expect(specs['VirtualService shop-istio']).toMatchObject({
      http: [{ name: 'default', route: [{ weight: 40 }, { weight: 60 }] }],
    });
    const label = 'rollouts-pod-template-hash';
    expect(specs['DestinationRule shop']).toMatchObject({
      subsets: [
        { name: 'canary', labels: { version: 'v2', [label]: 'b' } },
        { name: 'stable', labels: { version: 'v1', [label]: 'a' } },
      ],
    });
  });

  it('takes away what it took over together with others, without calling that a repair', async () => {
    await handWritten(stage, 'edited', plainSpec);
    await stage.ready(await stage.app('edited', 'shop', adopting(plainSpec('edited'))));
    const told = await eventsOf(stage.plane, 'edited', 'shop', names.length);
    const { resilience: _, ...edited } = plainSpec('edited') as { resilience: object };
    await stage.ready(await stage.app('edited', 'shop', adopting(edited)));
    const rule = await stage.plane.api.waitFor(ref('DestinationRule', 'networking.istio.io/v1', 'edited'), () => true);
    expect(field(rule.spec, 'trafficPolicy', 'connectionPool')).toBeUndefined();
    await stage.proxy.quietFor(500);
    expect((await eventsOf(stage.plane, 'edited', 'shop', names.length)).toSorted()).toEqual(told.toSorted());
  });

  it('leaves alone what differs, and says where and what to do; once it matches it is taken over', async () => {
    const made = await handWritten(stage, 'differs', (namespace) => ({
      port: 8080,
      internal: {},
      app: { selector: { app: 'shop', ns: namespace } },
    }));
    expect(made.map(nameOf)).toEqual(['Service shop']);
    const spec = { port: 8081, app: { selector: { app: 'shop', ns: 'differs' } } };
    const mark = stage.proxy.mark();
    const told = await stage.settled(await stage.app('differs', 'shop', adopting(spec)));
    const why =
      'an object of this name exists and is not as this AppTraffic would make it: spec.ports[0].targetPort is 8080, not 8081';
    const fix =
      'make the object and the spec say the same, delete or rename the object, or give this AppTraffic another name';
    expect(problemsOf(told)).toEqual([`AT0501 Error spec: Service shop: ${why}; ${fix}`]);
    expect(conditionTextsOf(told)['Stalled']).toBe(`True NotOwned: spec: Service shop: ${why}; ${fix}`);
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'differs', mark)).toEqual(['apply apptraffics/status shop']);
    await stage.ready(await stage.app('differs', 'shop', adopting({ ...spec, port: 8080 })));
    expect(uidsOf(await childrenIn(stage.plane, 'differs'))).toEqual(uidsOf(made));
  });

  it.each([
    {
      what: 'belongs to a release of Helm',
      namespace: 'helm',
      patch: {
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'helm' },
      },
      told: 'is managed by Helm (annotation meta.helm.sh/release-name)',
    },
    {
      what: 'is tracked by Argo CD',
      namespace: 'argo',
      patch: { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Service:argo/shop' } },
      told: 'is managed by Argo CD (annotation argocd.argoproj.io/tracking-id)',
    },
    {
      what: 'is controlled by somebody else',
      namespace: 'controlled',
      patch: { ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'controlled', controller: true }] },
      told: 'belongs to Namespace controlled',
    },
    {
      what: 'is being deleted',
      namespace: 'going',
      patch: { finalizers: ['example.com/slow'] },
      told: 'is being deleted',
    },
  ])('leaves alone what $what', async ({ namespace, patch, told }) => {
    const { api } = stage.plane;
    const [service] = await handWritten(stage, namespace, () => ({ port: 8080 }));
    if (service === undefined) throw new Error('there is no Service');
    const { uid } = (await api.waitFor({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, () => true)).metadata;
    const owners = 'ownerReferences' in patch ? patch.ownerReferences?.map((one) => ({ ...one, uid })) : undefined;
    await api.patch(service, { metadata: { ...patch, ...(owners === undefined ? {} : { ownerReferences: owners }) } });
    if (namespace === 'going') await api.delete(service);
    const before = await api.waitFor(serviceIn(namespace), () => true);
    const mark = stage.proxy.mark();
    const app = await stage.settled(await stage.app(namespace, 'shop', adopting({ port: 8080 })));
    expect(childStatesOf(app)).toEqual({ 'Service shop': `NotOwned: an object of this name exists and ${told}` });
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, namespace, mark)).toEqual(['apply apptraffics/status shop']);
    expect(await api.waitFor(serviceIn(namespace), () => true)).toEqual(before);
    if (namespace === 'going') await api.patch(service, { metadata: { finalizers: null } });
  });

  it('overrules nobody who changes the object after it was read', async () => {
    const { api } = stage.plane;
    const [service] = await handWritten(stage, 'raced', () => ({ port: 8080 }));
    if (service === undefined) throw new Error('there is no Service');
    const held = stage.proxy.inject({ verb: 'apply', resource: 'services', namespace: 'raced' }, holdRequest);
    const app = await stage.app('raced', 'shop', adopting({ port: 8080 }));
    await held.firstHit;
    await api.patch(service, { spec: { selector: { app: 'other' } } });
    held.release();
    const told = await stage.settled(app);
    expect(childStatesOf(told)).toEqual({
      'Service shop':
        'NotOwned: an object of this name exists and is not as this AppTraffic would make it: spec.selector.app is "other", not "shop"',
    });
    const { metadata } = await api.waitFor(serviceIn('raced'), () => true);
    expect([metadata.ownerReferences, metadata.labels]).toEqual([undefined, { team: 'shop' }]);
  });

  it('takes over what an app of its name left behind when it was deleted with Orphan propagation', async () => {
    await stage.namespace('left');
    const old = await stage.ready(await stage.app('left', 'shop', plainSpec('left')));
    const children = await childrenIn(stage.plane, 'left');
    await stage.plane.api.delete(old, { propagationPolicy: 'Orphan' });
    await stage.plane.api.waitGone(old);
    const app = await stage.ready(await stage.app('left', 'shop', adopting(plainSpec('left'))));
    const live = await childrenIn(stage.plane, 'left');
    expect(uidsOf(live)).toEqual(uidsOf(children));
    expect(live.map(({ metadata }) => metadata.ownerReferences?.[0]?.uid)).toEqual(live.map(() => app.metadata.uid));
  });
});

describe('a preview with adopt: Matching', () => {
  it('tells what would be adopted and what is in the way, and writes nothing', async () => {
    const made = await handWritten(stage, 'previewed', plainSpec);
    const gateway = made.find(({ kind }) => kind === 'Gateway');
    if (gateway === undefined) throw new Error('there is no Gateway');
    await stage.plane.api.delete(gateway);
    const mark = stage.proxy.mark();
    const told = await stage.settled(
      await stage.app(
        'previewed',
        'shop',
        adopting(
          {
            ...plainSpec('previewed'),
            internal: { mtls: { mode: 'Permissive' }, allow: [{ app: 'checkout' }], calls: [] },
          },
          { mode: 'Preview' },
        ),
      ),
    );
    const would = 'Pending: would be adopted: it is there as the spec wants it';
    const differs = 'NotOwned: an object of this name exists and is not as this AppTraffic would make it:';
    expect(childStatesOf(told)).toEqual({
      ...Object.fromEntries(names.map((name) => [name, would])),
      'Gateway shop-istio': 'Pending: would be created',
      'PeerAuthentication shop': `${differs} spec.mtls.mode is "STRICT", not "PERMISSIVE"`,
    });
    expect(condition(told, 'Paused')?.message).toContain('it would create 1, adopt 7, change 0 and delete 0 objects');
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'previewed', mark)).toEqual(['apply apptraffics/status shop']);
  });
});
