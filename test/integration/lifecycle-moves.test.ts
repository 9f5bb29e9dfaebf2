import { field } from '../testbed/kube-object.ts';
import type { KubeObject, Ref } from '../testbed/kube-object.ts';
import {
  childrenIn,
  childStatesOf,
  conditionTextsOf,
  inSteps,
  nameOf,
  versionsOf,
  writesIn,
  writeTexts,
} from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const settleMs = 200;
const drainMs = 1_000;
const controllerOf = (name: string): object => ({ name, inMesh: true, namespace: name, serviceAccount: name });
const settings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  settle: `${settleMs}ms`,
  drainPeriod: `${drainMs}ms`,
  gateways: [
    { namespace: 'istio-system', selector: { istio: 'ingressgateway' }, serviceAccount: 'generated', default: true },
    { name: 'public', namespace: 'istio-ingress', selector: { istio: 'ingress' }, serviceAccount: 'public' },
    { name: 'later', namespace: 'istio-ingress', selector: { istio: 'ingress' }, serviceAccount: 'public' },
  ],
  ingressClasses: [controllerOf('nginx'), controllerOf('traefik')],
};

const internal = {
  mtls: { mode: 'Strict' },
  allow: [{ app: 'checkout' }],
  routes: [{ name: 'all', split: { stable: 90, canary: 10 } }],
};
const specOf = (namespace: string, edge: object): object => ({
  port: 8080,
  backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
  external: { hosts: [`${namespace}.example.com`], ...edge },
  internal,
});
/** What `internal` and the pods alone decide: a move of the edge never touches them. */
const untouched = ['DestinationRule shop', 'PeerAuthentication shop', 'Service shop', 'VirtualService shop'];
const common = ['AuthorizationPolicy shop', ...untouched];

const gatewayOf = (name: string): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'istio-ingress', name },
  spec: {
    selector: { istio: 'ingress' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*.example.com'] }],
  },
});

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ operator: { settings } });
  for (const [name, controller] of [
    ['nginx', 'k8s.io/ingress-nginx'],
    ['traefik', 'traefik.io/ingress-controller'],
  ]) {
    await stage.plane.api.create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: name ?? '' },
      spec: { controller },
    });
  }
  await stage.namespace('istio-ingress');
  await stage.plane.api.create(gatewayOf('public'));
});
afterAll(() => stage?.stop());
afterEach(() => stage.recover());

const childNamesIn = async (namespace: string): Promise<readonly string[]> =>
  (await childrenIn(stage.plane, namespace)).map(nameOf);

const untouchedIn = async (namespace: string): Promise<unknown> =>
  versionsOf((await childrenIn(stage.plane, namespace)).filter((object) => untouched.includes(nameOf(object))));

/** Plays the ingress controller. */
async function giveAddress(namespace: string, name: string): Promise<void> {
  const ingress: Ref = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace, name };
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  await stage.plane.api.patch(ingress, { status }, { subresource: 'status', type: 'merge' });
}

/** Resolves once no child drains any more. */
const drained = (app: KubeObject): Promise<KubeObject> =>
  stage.settled(app, (found) => Object.values(childStatesOf(found)).every((state) => state === 'Programmed'));

/** Resolves once a child drains with this text. */
const draining = (app: KubeObject, child: string, why: string): Promise<KubeObject> =>
  stage.settled(app, (found) => childStatesOf(found)[child] === `Draining: ${why}`);

/** The callers that the policy admits to what the gateway or controller serves, and everywhere. */
async function callersIn(namespace: string): Promise<readonly unknown[]> {
  const policies = (await childrenIn(stage.plane, namespace)).filter(({ kind }) => kind === 'AuthorizationPolicy');
  const rules = field(policies[0], 'spec', 'rules') as readonly unknown[];
  return rules.map((rule) => field(rule, 'from', 0, 'source', 'serviceAccounts', 0));
}

/** An app that has moved to another edge, from the first write to the last. */
type Move = { readonly since: number; readonly app: KubeObject; readonly before: unknown };

async function move(namespace: string, edge: object): Promise<Move> {
  const before = await untouchedIn(namespace);
  const since = stage.proxy.mark();
  return { since, before, app: await stage.app(namespace, 'shop', specOf(namespace, edge)) };
}

/** Milliseconds between the first writes with these texts. */
function msBetween(namespace: string, since: number, from: string, to: string): number {
  const writes = writesIn(stage.proxy, namespace, since);
  const texts = writeTexts(stage.proxy, namespace, since);
  return (writes[texts.indexOf(to)]?.at ?? Number.NaN) - (writes[texts.indexOf(from)]?.at ?? Number.NaN);
}

const address = 'serves until its successor has an address';
const clients = 'serves until clients have moved to its successor';

const served = {
  Ready: 'True Ready: 1 host, 1 route, mTLS Strict, 1 caller',
  Accepted: 'True Accepted: the spec is valid and permitted',
  ResolvedRefs: 'True ResolvedRefs: everything that the spec refers to is there',
  Programmed: 'True Programmed: every object is as the spec wants it',
};
const held = 'still holds what other routes need until they have switched';
/** While the old edge drains the policy still admits its callers. */
const moving = {
  ...served,
  Ready: `False Pending: AuthorizationPolicy shop: ${held}`,
  Programmed: `False Pending: AuthorizationPolicy shop: ${held}`,
  Reconciling: `True Progressing: AuthorizationPolicy shop: ${held}`,
};
const allProgrammed = (names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, 'Programmed']));

it('moves from Istio to Ingress: the Ingress first, Gateway and VirtualService when it has an address and has drained', async () => {
  await stage.namespace('to-ingress');
  await stage.ready(await stage.app('to-ingress', 'shop', specOf('to-ingress', { provider: 'Istio' })));
  const old = ['Gateway shop-istio', 'VirtualService shop-istio'];
  expect(await childNamesIn('to-ingress')).toEqual([...common, ...old].sort());
  const { app, since, before } = await move('to-ingress', { provider: 'Ingress', ingressClass: 'nginx' });

  const waiting = await draining(app, 'Gateway shop-istio', address);
  expect(conditionTextsOf(waiting)).toEqual(moving);
  expect(childStatesOf(waiting)).toEqual({
    ...allProgrammed([...untouched, 'Ingress shop-nginx-f9269e05']),
    'AuthorizationPolicy shop': `Pending: ${held}`,
    'Gateway shop-istio': `Draining: ${address}`,
    'VirtualService shop-istio': `Draining: ${address}`,
  });
  expect(await stage.proxy.quietFor(drainMs + 500)).toEqual([]);
  expect(writeTexts(stage.proxy, 'to-ingress', since)).toEqual([
    'apply authorizationpolicies shop',
    'apply ingresses shop-nginx-f9269e05',
    'apply apptraffics/status shop',
  ]);
  expect(await callersIn('to-ingress')).toEqual(['to-ingress/checkout', 'nginx/nginx', 'istio-system/generated']);

  const answered = stage.proxy.mark();
  const moved = draining(app, 'Gateway shop-istio', clients);
  const answeredAt = performance.now();
  await giveAddress('to-ingress', 'shop-nginx-f9269e05');
  await moved;
  const there = await drained(app);
  expect(performance.now() - answeredAt).toBeGreaterThanOrEqual(drainMs + settleMs);
  expect(inSteps(writeTexts(stage.proxy, 'to-ingress', answered), [1, 2])).toEqual([
    ['apply apptraffics/status shop'],
    ['delete gateways shop-istio', 'delete virtualservices shop-istio'],
    ['apply apptraffics/status shop', 'apply authorizationpolicies shop'],
  ]);
  const [gone, narrowed] = ['delete gateways shop-istio', 'apply authorizationpolicies shop'];
  expect(msBetween('to-ingress', answered, gone, narrowed)).toBeGreaterThanOrEqual(settleMs - 1);
  expect(conditionTextsOf(there)).toEqual(served);
  expect(await childNamesIn('to-ingress')).toEqual([...common, 'Ingress shop-nginx-f9269e05'].sort());
  expect(await callersIn('to-ingress')).toEqual(['to-ingress/checkout', 'nginx/nginx']);
  expect(await untouchedIn('to-ingress')).toEqual(before);
});

it('moves back from Ingress to Istio, which has no address to wait for', async () => {
  await stage.namespace('to-istio');
  await stage.ready(
    await stage.app('to-istio', 'shop', specOf('to-istio', { provider: 'Ingress', ingressClass: 'nginx' })),
  );
  const { app, since, before } = await move('to-istio', { provider: 'Istio' });
  const waiting = await draining(app, 'Ingress shop-nginx-f9269e05', clients);
  expect(conditionTextsOf(waiting)).toEqual(moving);
  expect(conditionTextsOf(await drained(app))).toEqual(served);
  expect(inSteps(writeTexts(stage.proxy, 'to-istio', since), [1, 2, 1, 1, 1])).toEqual([
    ['apply authorizationpolicies shop'],
    ['apply gateways shop-istio', 'apply virtualservices shop-istio'],
    ['apply apptraffics/status shop'],
    ['delete ingresses shop-nginx-f9269e05'],
    ['apply authorizationpolicies shop'],
    ['apply apptraffics/status shop'],
  ]);
  const [made, gone] = ['apply virtualservices shop-istio', 'delete ingresses shop-nginx-f9269e05'];
  expect(msBetween('to-istio', since, 'apply authorizationpolicies shop', made)).toBeGreaterThanOrEqual(settleMs - 1);
  expect(msBetween('to-istio', since, made, gone)).toBeGreaterThanOrEqual(drainMs);
  expect(await childNamesIn('to-istio')).toEqual([...common, 'Gateway shop-istio', 'VirtualService shop-istio'].sort());
  expect(await callersIn('to-istio')).toEqual(['to-istio/checkout', 'istio-system/generated']);
  expect(await untouchedIn('to-istio')).toEqual(before);
});

it('moves from one Ingress class to another', async () => {
  await stage.namespace('to-class');
  await stage.ready(
    await stage.app('to-class', 'shop', specOf('to-class', { provider: 'Ingress', ingressClass: 'nginx' })),
  );
  await giveAddress('to-class', 'shop-nginx-f9269e05');
  const { app, since, before } = await move('to-class', { provider: 'Ingress', ingressClass: 'traefik' });
  await draining(app, 'Ingress shop-nginx-f9269e05', address);
  const moved = draining(app, 'Ingress shop-nginx-f9269e05', clients);
  await giveAddress('to-class', 'shop-traefik-67dc615f');
  await moved;
  expect(conditionTextsOf(await drained(app))).toEqual(served);
  expect(writeTexts(stage.proxy, 'to-class', since)).toEqual([
    'apply authorizationpolicies shop',
    'apply ingresses shop-traefik-67dc615f',
    'apply apptraffics/status shop',
    'apply apptraffics/status shop',
    'delete ingresses shop-nginx-f9269e05',
    'apply authorizationpolicies shop',
    'apply apptraffics/status shop',
  ]);
  expect(await childNamesIn('to-class')).toEqual([...common, 'Ingress shop-traefik-67dc615f'].sort());
  expect(await callersIn('to-class')).toEqual(['to-class/checkout', 'traefik/traefik']);
  expect(await untouchedIn('to-class')).toEqual(before);
});

it('moves from a generated to a named gateway', async () => {
  await stage.namespace('to-named');
  await stage.ready(await stage.app('to-named', 'shop', specOf('to-named', { provider: 'Istio' })));
  const { app, since, before } = await move('to-named', { provider: 'Istio', gateway: 'istio-ingress/public' });
  await draining(app, 'Gateway shop-istio', clients);
  expect(conditionTextsOf(await drained(app))).toEqual(served);
  expect(inSteps(writeTexts(stage.proxy, 'to-named', since), [1, 1, 1, 2, 1])).toEqual([
    ['apply authorizationpolicies shop'],
    ['apply virtualservices shop-istio-ingress-public-c50b3cc4'],
    ['apply apptraffics/status shop'],
    ['delete gateways shop-istio', 'delete virtualservices shop-istio'],
    ['apply authorizationpolicies shop'],
    ['apply apptraffics/status shop'],
  ]);
  expect(await childNamesIn('to-named')).toEqual(
    [...common, 'VirtualService shop-istio-ingress-public-c50b3cc4'].sort(),
  );
  expect(await callersIn('to-named')).toEqual(['to-named/checkout', 'istio-ingress/public']);
  expect(await untouchedIn('to-named')).toEqual(before);
});

it('keeps the old gateway while the named one that was asked for is not there', async () => {
  await stage.namespace('to-missing');
  await stage.ready(await stage.app('to-missing', 'shop', specOf('to-missing', { provider: 'Istio' })));
  const { app, since } = await move('to-missing', { provider: 'Istio', gateway: 'istio-ingress/later' });
  const waiting = await draining(app, 'Gateway shop-istio', 'serves until what its successor refers to is there');
  const missing =
    'GatewayNotFound: spec.external.gateway: gateway istio-ingress/later does not exist in the cluster; ask the platform team to create the Gateway, or name another one';
  expect(conditionTextsOf(waiting)).toEqual({
    ...moving,
    Ready: `False ${missing}`,
    ResolvedRefs: `False ${missing}`,
    Reconciling: `True Progressing: ${missing.replace('GatewayNotFound: ', '')}`,
  });
  await stage.proxy.quietFor(drainMs + settleMs);
  expect(writeTexts(stage.proxy, 'to-missing', since)).toEqual([
    'apply authorizationpolicies shop',
    'apply virtualservices shop-istio-ingress-later-4a538a05',
    'apply apptraffics/status shop',
  ]);
  const moved = draining(app, 'Gateway shop-istio', clients);
  await stage.plane.api.create(gatewayOf('later'));
  await moved;
  expect(conditionTextsOf(await drained(app))).toEqual(served);
  expect(await childNamesIn('to-missing')).toEqual(
    [...common, 'VirtualService shop-istio-ingress-later-4a538a05'].sort(),
  );
});

it('takes a move back: the old edge is as it was, and the new one drains as an old one does', async () => {
  await stage.namespace('to-and-fro');
  await stage.ready(await stage.app('to-and-fro', 'shop', specOf('to-and-fro', { provider: 'Istio' })));
  const edge = async () =>
    versionsOf((await childrenIn(stage.plane, 'to-and-fro')).filter(({ metadata }) => metadata.name === 'shop-istio'));
  const old = await edge();
  const there = await move('to-and-fro', { provider: 'Ingress', ingressClass: 'nginx' });
  await draining(there.app, 'Gateway shop-istio', address);
  const back = await move('to-and-fro', { provider: 'Istio' });
  expect(conditionTextsOf(await drained(back.app))).toEqual(served);
  expect(await edge()).toEqual(old);
  expect(writeTexts(stage.proxy, 'to-and-fro', back.since)).toEqual([
    'apply apptraffics/status shop',
    'delete ingresses shop-nginx-f9269e05',
    'apply authorizationpolicies shop',
    'apply apptraffics/status shop',
  ]);
  expect(await callersIn('to-and-fro')).toEqual(['to-and-fro/checkout', 'istio-system/generated']);
});

it('ends a move that a restarted operator finds half done', async () => {
  await stage.namespace('half-way');
  await stage.ready(await stage.app('half-way', 'shop', specOf('half-way', { provider: 'Istio' })));
  const { app, before } = await move('half-way', { provider: 'Ingress', ingressClass: 'nginx' });
  await draining(app, 'Gateway shop-istio', address);
  await stage.killOperator();
  await giveAddress('half-way', 'shop-nginx-f9269e05');
  const since = stage.proxy.mark();
  await stage.startOperator();
  await drained(app);
  expect(inSteps(writeTexts(stage.proxy, 'half-way', since), [1, 2, 1])).toEqual([
    ['apply apptraffics/status shop'],
    ['delete gateways shop-istio', 'delete virtualservices shop-istio'],
    ['apply authorizationpolicies shop'],
    ['apply apptraffics/status shop'],
  ]);
  expect(await childNamesIn('half-way')).toEqual([...common, 'Ingress shop-nginx-f9269e05'].sort());
  expect(await untouchedIn('half-way')).toEqual(before);
});
