import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import {
  childNames,
  childrenOf,
  conditionsOf,
  eventsOf,
  problemsOf,
  readyConditions,
  refusedConditions,
  writeText,
} from './app-view.ts';
import { offeredGateways, quickSettings } from './platform-settings.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const settings = quickSettings({
  gateways: offeredGateways,
  backends: { grants: [{ from: 'team', to: 'other', services: ['docs'] }] },
});

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ operator: { settings } });
  for (const name of ['team', 'other', 'istio-ingress']) await stage.namespace(name);
});
afterAll(() => stage?.stop());

/** The conditions of an app that waits for something it refers to; its objects are all written. */
const waitingFor = (reason: string): readonly string[] => [
  `Ready False ${reason}`,
  'Accepted True Accepted',
  `ResolvedRefs False ${reason}`,
  'Programmed True Programmed',
  'Reconciling True Progressing',
];

const isUnresolved = (app: KubeObject): boolean => condition(app, 'ResolvedRefs')?.status === 'False';
const isRefused = (app: KubeObject): boolean => condition(app, 'Accepted')?.status === 'False';

const unresolved = async (app: KubeObject): Promise<KubeObject> => stage.settled(app, isUnresolved);

/** The writes on one app while `change` leads to `settled`. */
async function writesUntil(
  app: string,
  change: () => Promise<unknown>,
  settled: () => Promise<unknown>,
): Promise<readonly string[]> {
  const mark = stage.proxy.mark();
  await change();
  await settled();
  return stage.proxy
    .writes(mark)
    .map(writeText)
    .filter((write) => write.endsWith(`/${app}`) || write.includes(`/${app}-`));
}

const service = (namespace: string, name: string, port = 80): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name },
  spec: { selector: { app: name }, ports: [{ port }] },
});

const spec = (host: string, backend: object): object => ({
  port: 8080,
  backends: { docs: { service: backend } },
  external: { hosts: [host], routes: [{ name: 'docs', match: { prefix: '/docs' }, to: 'docs' }, { name: 'rest' }] },
});

describe('a backend Service', () => {
  it('is waited for, and waited for again once it is deleted', async () => {
    const app = await stage.app('team', 'reader', spec('reader.example.com', { name: 'manual', port: 80 }));
    const waiting = await unresolved(app);
    expect(conditionsOf(waiting)).toEqual(waitingFor('BackendNotFound'));
    expect(problemsOf(waiting)).toEqual([
      'AT0201 Error spec.backends.docs: backend docs names Service team/manual, which does not exist; create the ' +
        'Service, or correct its name; the route starts to work by itself',
    ]);
    const backend = service('team', 'manual');
    const status = ['apply apptraffics/status team/reader'];
    const create = (): Promise<unknown> => stage.plane.api.create(backend);
    expect(await writesUntil('reader', create, () => stage.ready(app))).toEqual(status);
    expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    const remove = (): Promise<unknown> => stage.plane.api.delete(backend);
    expect(await writesUntil('reader', remove, () => unresolved(app))).toEqual(status);
    expect(await stage.proxy.quietFor(500)).toEqual([]);
    expect(await eventsOf(stage.plane, 'team', 'reader', 1)).toEqual([
      'Warning NotReady: spec.backends.docs: backend docs names Service team/manual, which does not exist; create the ' +
        'Service, or correct its name; the route starts to work by itself',
    ]);
  });

  it('without the port is waited for until it has it', async () => {
    await stage.plane.api.create(service('team', 'ported', 80));
    const app = await stage.app('team', 'dialer', spec('dialer.example.com', { name: 'ported', port: 8080 }));
    const waiting = await unresolved(app);
    expect(conditionsOf(waiting)).toEqual(waitingFor('BackendNotFound'));
    expect(problemsOf(waiting)).toEqual([
      'AT0202 Error spec.backends.docs: Service team/ported has no port 8080; use one of its ports: 80',
    ]);
    await stage.plane.api.patch(service('team', 'ported'), { spec: { ports: [{ port: 8080 }] } });
    expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
  });

  it('of an app that lets the gateway in nowhere is a Warning, until its list names the gateway', async () => {
    const listing = (...allow: readonly object[]): Promise<KubeObject> =>
      stage.app('team', 'closed', { port: 8080, internal: { allow } });
    await stage.ready(await listing({ app: 'checkout' }));
    const app = await stage.ready(
      await stage.app('team', 'outsider', spec('outsider.example.com', { name: 'closed', port: 80 })),
    );
    const [namespace, serviceAccount] = ['istio-system', 'gateway'];
    const told = `AT0607 Warning spec.backends.docs: backend docs is Service team/closed, whose app lets the gateway (${namespace}/${serviceAccount}) in nowhere`;
    expect([conditionsOf(app), problemsOf(app).map((text) => text.slice(0, told.length))]).toEqual([
      readyConditions,
      [told],
    ]);
    const hasProblems = (count: number) => (found: KubeObject) => problemsOf(found).length === count;
    const status = ['apply apptraffics/status team/outsider'];
    const letIn = (): Promise<unknown> => listing({ app: 'checkout' }, { namespace, serviceAccount });
    expect(await writesUntil('outsider', letIn, () => stage.settled(app, hasProblems(0)))).toEqual(status);
    const keepOut = (): Promise<unknown> => listing();
    expect(await writesUntil('outsider', keepOut, () => stage.settled(app, hasProblems(1)))).toEqual(status);
  });

  it('of another namespace serves a route where the platform grants it', async () => {
    await stage.plane.api.create(service('other', 'docs'));
    const app = await stage.app(
      'team',
      'granted',
      spec('granted.example.com', { namespace: 'other', name: 'docs', port: 80 }),
    );
    expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    const [, , virtualService] = await childrenOf(stage.plane, 'team', 'granted');
    expect(field(virtualService, 'spec', 'http', 0, 'route')).toEqual([
      { destination: { host: 'docs.other.svc.cluster.local', port: { number: 80 } } },
    ]);
  });

  it('of another namespace without a grant: its route answers 503, the others are served', async () => {
    await stage.plane.api.create(service('other', 'private'));
    const app = await stage.settled(
      await stage.app(
        'team',
        'ungranted',
        spec('ungranted.example.com', { namespace: 'other', name: 'private', port: 80 }),
      ),
    );
    expect(conditionsOf(app)).toEqual([
      'Ready False RefNotPermitted',
      'Accepted True Accepted',
      'ResolvedRefs True ResolvedRefs',
      'Programmed True Programmed',
      'Stalled True RefNotPermitted',
      'PartiallyInvalid True RefNotPermitted',
    ]);
    expect(problemsOf(app)).toEqual([
      'AT0209 Error spec.backends.docs: backend docs is Service private of namespace other, which team is not granted: ' +
        'route docs answers 503; use a Service of namespace team, or ask the platform team for backends.grants {from: team, ' +
        'to: other, services: [private]}',
    ]);
    const [, , virtualService] = await childrenOf(stage.plane, 'team', 'ungranted');
    expect(field(virtualService, 'spec', 'http')).toEqual([
      {
        name: 'docs',
        match: [{ uri: { exact: '/docs' } }, { uri: { prefix: '/docs/' } }],
        directResponse: { status: 503 },
      },
      {
        name: 'rest',
        match: [{ uri: { prefix: '/' } }],
        route: [{ destination: { host: 'ungranted.team.svc.cluster.local', port: { number: 80 } } }],
        headers: { request: { set: { 'x-apptraffic-route': 'team/ungranted/rest' } } },
      },
    ]);
  });
});

describe('a Service that the app only refers to', () => {
  const existing = {
    port: 8080,
    ports: undefined,
    service: { type: 'Existing', name: 'legacy' },
    app: { selector: { app: 'legacy' } },
  };

  it('is waited for, and refused while it selects other pods', async () => {
    const app = await stage.app('team', 'wrapper', existing);
    const waiting = await unresolved(app);
    expect(problemsOf(waiting)).toEqual([
      'AT0206 Error spec.service: Service legacy does not exist in namespace team; create it, correct service.name, or ' +
        'use another service.type to have it generated',
    ]);
    await stage.plane.api.create({
      ...service('team', 'legacy'),
      spec: { selector: { app: 'stranger' }, ports: [{ port: 80 }] },
    });
    const refused = await stage.settled(app, isRefused);
    expect(conditionsOf(refused)).toEqual(refusedConditions('SelectorMismatch'));
    expect(problemsOf(refused)).toEqual([
      'AT0207 Error spec.service: Service legacy selects app=stranger, app.selector is app=legacy; give the Service and ' +
        'app.selector the same labels',
    ]);
    await stage.plane.api.patch(service('team', 'legacy'), { spec: { selector: { app: 'legacy' } } });
    expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    expect(await childNames(stage.plane, 'team', 'wrapper')).toEqual([]);
  });
});

describe('a named Gateway', () => {
  const gateway: KubeObject = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { namespace: 'istio-ingress', name: 'public' },
    spec: {
      selector: { istio: 'ingress' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    },
  };

  it('is waited for, and waited for again once it is deleted', async () => {
    const app = await stage.app('team', 'guest', {
      port: 8080,
      external: { hosts: ['guest.example.com'], gateway: 'istio-ingress/public' },
    });
    const waiting = await unresolved(app);
    expect(conditionsOf(waiting)).toEqual(waitingFor('GatewayNotFound'));
    expect(problemsOf(waiting)).toEqual([
      'AT0203 Error spec.external.gateway: gateway istio-ingress/public does not exist in the cluster; ask the platform ' +
        'team to create the Gateway, or name another one',
    ]);
    await stage.plane.api.create(gateway);
    await stage.ready(app);
    await stage.plane.api.delete(gateway);
    expect(conditionsOf(await unresolved(app))).toEqual(waitingFor('GatewayNotFound'));
  });
});

describe('an IngressClass', () => {
  const ingressClass = (name: string, controller: string, annotations = {}): KubeObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name, annotations },
    spec: { controller },
  });
  const ingressOf = async (app: string): Promise<KubeObject> => {
    const [ingress, ...others] = (await childrenOf(stage.plane, 'team', app)).filter(({ kind }) => kind === 'Ingress');
    if (ingress === undefined || others.length > 0) throw new Error(`${app} has ${others.length} further Ingresses`);
    return ingress;
  };

  it('that is named is waited for', async () => {
    const app = await stage.app('team', 'named', {
      port: 8080,
      external: { provider: 'Ingress', ingressClass: 'traefik', hosts: ['named.example.com'] },
    });
    const waiting = await unresolved(app);
    expect(conditionsOf(waiting)).toEqual(waitingFor('IngressClassNotFound'));
    expect(problemsOf(waiting)).toEqual([
      'AT0205 Error spec.external.ingressClass: IngressClass traefik does not exist, so no controller serves the hosts; ' +
        'create the IngressClass, or correct its name',
    ]);
    await stage.plane.api.create(ingressClass('traefik', 'traefik.io/ingress-controller'));
    expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    await stage.plane.api.delete(ingressClass('traefik', ''));
    expect(conditionsOf(await unresolved(app))).toEqual(waitingFor('IngressClassNotFound'));
  });

  it('that is the default decides the dialect of apps that name none, from when it is there', async () => {
    const app = await stage.app('team', 'default', {
      port: 8080,
      external: { provider: 'Ingress', hosts: ['default.example.com'], tls: { secretName: 'default-tls' } },
    });
    const refused = await stage.settled(app, isRefused);
    expect(conditionsOf(refused)).toEqual(refusedConditions('UnsupportedByProvider'));
    expect(problemsOf(refused)).toEqual([
      'AT0701 Error spec.external.tls: plain Ingress has no way for it: whether plain http is redirected to https depends ' +
        'on the controller, and it is not known; set httpsRedirect: false, or let external.ingressClass name a class whose ' +
        'controller is ingress-nginx',
    ]);
    const nginx = ingressClass('nginx', 'k8s.io/ingress-nginx');
    await stage.plane.api.create(nginx);
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    await stage.plane.api.patch(nginx, { metadata: { annotations } });
    expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    const ingress = await ingressOf('default');
    expect(ingress.metadata.annotations).toEqual({ 'nginx.ingress.kubernetes.io/ssl-redirect': 'true' });
    expect(field(ingress, 'spec', 'ingressClassName')).toBe('nginx');
  });
});

describe('a namespace', () => {
  it('that joins the mesh lets in what needs it; one that leaves refuses it, and nothing is taken away', async () => {
    await stage.namespace('joining', { mesh: false });
    const app = await stage.app('joining', 'member', { port: 8080, internal: { mtls: { mode: 'Strict' }, allow: [] } });
    expect(conditionsOf(await stage.settled(app, isRefused))).toEqual(refusedConditions('NotInMesh'));
    expect(await childNames(stage.plane, 'joining', 'member')).toEqual([]);
    const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'joining' };
    await stage.plane.api.patch(namespace, { metadata: { labels: { 'istio-injection': 'enabled' } } });
    expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    const children = ['Service member', 'PeerAuthentication member', 'AuthorizationPolicy member'];
    expect(await childNames(stage.plane, 'joining', 'member')).toEqual(children);
    await stage.plane.api.patch(namespace, { metadata: { labels: { 'istio-injection': null } } });
    expect(conditionsOf(await stage.settled(app, isRefused))).toEqual(refusedConditions('NotInMesh'));
    expect(await childNames(stage.plane, 'joining', 'member')).toEqual(children);
  });
});

describe('other apps', () => {
  it('that select the same pods refuse the later one until the first is gone', async () => {
    const first = await stage.ready(await stage.app('team', 'aaa', { port: 8080, app: { selector: { app: 'pods' } } }));
    const later = await stage.app('team', 'bbb', {
      port: 8080,
      app: { selector: { app: 'pods', tier: 'web' } },
      internal: { allow: [] },
    });
    const refused = await stage.settled(later, isRefused);
    expect(conditionsOf(refused)).toEqual(refusedConditions('SelectorConflict'));
    expect(problemsOf(refused)).toEqual([
      'AT0602 Error spec.app.selector: selector app=pods,tier=web and selector app=pods of app aaa can mean the same ' +
        'pods; give the pods of the two apps different labels and set app.selector, or merge this app into aaa',
    ]);
    expect(conditionsOf(await stage.ready(first))).toEqual(readyConditions);
    await stage.plane.api.delete(first);
    expect(conditionsOf(await stage.ready(later))).toEqual(readyConditions);
  });

  it('that an allow list names are admitted under the identity that they have now', async () => {
    const app = await stage.app('team', 'callee', {
      port: 8080,
      internal: { allow: [{ app: 'caller', namespace: 'other' }] },
    });
    await stage.ready(app);
    const policy = {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      namespace: 'team',
      name: 'callee',
    };
    const admits = (account: string) => (): Promise<KubeObject> =>
      stage.plane.api.waitFor(
        policy,
        (found) =>
          JSON.stringify(field(found, 'spec', 'rules')) ===
          JSON.stringify([{ from: [{ source: { serviceAccounts: [`other/${account}`] } }] }]),
      );
    const shows = (account: string) => async (): Promise<unknown> => {
      await admits(account)();
      const callers = JSON.stringify([`other/${account}`]);
      return stage.settled(app, (found) => JSON.stringify(field(found, 'status', 'callers')) === callers);
    };
    await shows('caller')();
    const writes = ['apply authorizationpolicies team/callee', 'apply apptraffics/status team/callee'];
    const caller = (serviceAccount: string) => (): Promise<KubeObject> =>
      stage.app('other', 'caller', { port: 8080, app: { serviceAccount } });
    expect(await writesUntil('callee', caller('robot'), shows('robot'))).toEqual(writes);
    expect(await writesUntil('callee', caller('human'), shows('human'))).toEqual(writes);
    const gone = (): Promise<void> =>
      stage.plane.api.delete({
        apiVersion: 'apptraffic.dev/v1alpha1',
        kind: 'AppTraffic',
        namespace: 'other',
        name: 'caller',
      });
    expect(await writesUntil('callee', gone, shows('caller'))).toEqual(writes);
  });
});
