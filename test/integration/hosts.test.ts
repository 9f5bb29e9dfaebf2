import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { holdRequest } from '../testbed/proxy/injections.ts';
import { readManifests } from '../testbed/crds.ts';
import {
  childNames,
  childrenOf,
  conditionsOf,
  conflictedConditions,
  eventsOf,
  hostsOf,
  problemsOf,
  readyConditions,
  writeText,
} from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const gateways = [
  { namespace: 'istio-system', selector: { istio: 'ingressgateway' }, serviceAccount: 'gateway', default: true },
  { name: 'public', namespace: 'istio-ingress', selector: { istio: 'ingress' }, serviceAccount: 'ingress', tls: true },
];
const settings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  gateways,
  settle: '200ms',
  drainPeriod: '1s',
};
const elsewhere = 'use another host, or ask the platform team to let both namespaces share it (hosts.shared)';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ operator: { settings } });
  for (const name of ['a-late', 'm-first', 'site', 'istio-ingress']) await stage.namespace(name);
  await stage.plane.api.create({
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { namespace: 'istio-ingress', name: 'public' },
    spec: {
      selector: { istio: 'ingress' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    },
  });
});
afterAll(() => stage?.stop());
afterEach(() => stage.recover());

/** The spec of an app on these hosts, served by a Gateway of its own. */
const on = (...hosts: readonly string[]): object => ({ port: 8080, external: { hosts } });

const isConflicted = (app: KubeObject): boolean => condition(app, 'Conflicted')?.status === 'True';

const conflicted = (app: KubeObject): Promise<KubeObject> => stage.settled(app, isConflicted);

/** Makes an app and waits until it is Ready. */
const served = async (namespace: string, name: string, spec: object): Promise<KubeObject> =>
  stage.ready(await stage.app(namespace, name, spec));

/** Makes an app and waits until it is told of a conflict. */
const refused = async (namespace: string, name: string, spec: object): Promise<KubeObject> =>
  conflicted(await stage.app(namespace, name, spec));

/** The writes since `mark` on the app or its objects, all of which begin with its name. */
const writesOn = (app: string, mark: number): readonly string[] =>
  stage.proxy
    .writes(mark)
    .map(writeText)
    .filter((write) => write.includes(` ${app}`));

const heldElsewhere = (host: string, at = 0): string =>
  `AT0302 Error spec.external.hosts[${at}]: host ${host} is held by another namespace; ${elsewhere}`;

describe('two namespaces that claim one host', () => {
  it('leave it to the first; the other is told without names from elsewhere, and serves all but the host', async () => {
    const first = await served('m-first', 'told', on('told.example.com'));
    const mark = stage.proxy.mark();
    const loser = await refused('a-late', 'told', {
      ...on('told.example.com'),
      internal: { mtls: { mode: 'Strict' } },
    });
    expect(conditionsOf(loser)).toEqual(conflictedConditions('HostConflict'));
    expect(problemsOf(loser)).toEqual([heldElsewhere('told.example.com')]);
    const text = `spec.external.hosts[0]: host told.example.com is held by another namespace; ${elsewhere}`;
    for (const type of ['Ready', 'Stalled', 'Conflicted']) expect(condition(loser, type)?.message).toBe(text);
    expect(hostsOf(loser)).toEqual(['told.example.com Conflicted']);
    expect(field(loser, 'status', 'url')).toBeUndefined();
    expect(await childNames(stage.plane, 'a-late', 'told')).toEqual(['Service told', 'PeerAuthentication told']);
    expect(await stage.proxy.quietFor(1_000)).toEqual([]);
    expect(await eventsOf(stage.plane, 'a-late', 'told', 1)).toEqual([`Warning Conflicted: ${text}`]);
    expect(writesOn('m-first/', mark)).toEqual([]);
    expect(hostsOf(await stage.ready(first))).toEqual(['told.example.com Granted']);
  });

  it('hand it over the moment the first is deleted', async () => {
    const first = await served('m-first', 'gone', on('gone.example.com'));
    const loser = await refused('a-late', 'gone', on('gone.example.com'));
    const mark = stage.proxy.mark();
    await stage.plane.api.delete(first);
    const heir = await stage.ready(loser);
    expect(conditionsOf(heir)).toEqual(readyConditions);
    expect(hostsOf(heir)).toEqual(['gone.example.com Granted']);
    const writes = writesOn('a-late/gone', mark);
    expect([...writes].sort()).toEqual([
      'apply apptraffics/status a-late/gone',
      'apply gateways a-late/gone-istio',
      'apply virtualservices a-late/gone-istio',
    ]);
    expect(writes.at(-1)).toBe('apply apptraffics/status a-late/gone');
    expect(writesOn('m-first/gone', mark)).toEqual([]);
  });

  it('hand it over the moment the first drops it', async () => {
    await served('m-first', 'drops', on('drops.example.com', 'stays.example.com'));
    const loser = await refused('a-late', 'drops', on('drops.example.com'));
    await stage.app('m-first', 'drops', on('stays.example.com'));
    expect(hostsOf(await stage.ready(loser))).toEqual(['drops.example.com Granted']);
  });

  it('hand it over the moment the first has no spec.external any more, and the first does not get it back', async () => {
    const first = await served('m-first', 'inward', on('inward.example.com'));
    const loser = await refused('a-late', 'inward', on('inward.example.com'));
    await stage.app('m-first', 'inward', { port: 8080 });
    await stage.ready(loser);
    const back = await refused('m-first', 'inward', on('inward.example.com'));
    expect(problemsOf(back)).toEqual([heldElsewhere('inward.example.com')]);
    expect(hostsOf(await stage.ready(loser))).toEqual(['inward.example.com Granted']);
    await stage.plane.api.delete(first);
  });

  it('find who came first although the operator was killed before it could say so, by what is live', async () => {
    // The older app, whose name sorts first: without the live objects everything speaks for it.
    const older = await served('a-late', 'killed', on('older.example.com'));
    const status = { verb: 'apply', subresource: 'status', namespace: 'm-first', name: 'killed' } as const;
    const held = stage.proxy.inject(status, holdRequest, { times: Infinity });
    const incumbent = await stage.app('m-first', 'killed', on('killed.example.com'));
    // Status comes last: every child is there.
    await held.firstHit;
    await stage.killOperator();
    stage.proxy.heal();
    expect(field(await stage.plane.api.get(incumbent), 'status')).toEqual({ observedGeneration: -1 });
    const claimed = await stage.app('a-late', 'killed', on('older.example.com', 'killed.example.com'));
    expect(older.metadata.uid).toBe(claimed.metadata.uid);
    const mark = stage.proxy.mark();
    await stage.startOperator();
    expect(hostsOf(await stage.ready(incumbent))).toEqual(['killed.example.com Granted']);
    const loser = await conflicted(claimed);
    expect(hostsOf(loser)).toEqual(['killed.example.com Conflicted', 'older.example.com Granted']);
    expect(problemsOf(loser)).toEqual([heldElsewhere('killed.example.com', 1)]);
    expect(writesOn('m-first/killed', mark)).toEqual(['apply apptraffics/status m-first/killed']);
    expect(writesOn('a-late/killed', mark)).toEqual(['apply apptraffics/status a-late/killed']);
  });
});

describe('a host that an app drops while its objects stand as they are', () => {
  const hostsLive = async (namespace: string, name: string): Promise<unknown> =>
    field(
      await stage.plane.api.get({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', namespace, name }),
      'spec',
      'hosts',
    );

  it.each([
    {
      state: 'refused',
      change: { provider: 'Ingress', routes: [{ name: 'slow', timeout: '5s' }] },
      lifecycle: {},
      condition: 'Accepted False UnsupportedByProvider',
    },
    { state: 'paused', change: {}, lifecycle: { lifecycle: { paused: true } }, condition: 'Paused True Paused' },
  ])('stays with it while it is $state, after a restart too, and goes over once it lets go', async (given) => {
    const [name, host, other] = [given.state, `${given.state}.example.com`, `${given.state}.example.org`];
    await served('m-first', name, on(host));
    const loser = await refused('a-late', name, on(host));
    const mark = stage.proxy.mark();
    const spec = { port: 8080, external: { hosts: [other], ...given.change }, ...given.lifecycle };
    const standing = await stage.settled(await stage.app('m-first', name, spec));
    expect(conditionsOf(standing)).toContain(given.condition);
    expect(await stage.proxy.quietFor(500)).toEqual([]);
    await stage.operator().stop();
    await stage.startOperator();
    expect(await stage.proxy.quietFor(1_000)).toEqual([]);
    expect(stage.proxy.writes(mark).map(writeText)).toEqual([`apply apptraffics/status m-first/${name}`]);
    expect(hostsOf(await conflicted(loser))).toEqual([`${host} Conflicted`]);
    expect(await hostsLive('m-first', `${name}-istio`)).toEqual([host, `${host}.`]);
    const back = await stage.app('m-first', name, on(other));
    expect(hostsOf(await stage.ready(loser))).toEqual([`${host} Granted`]);
    expect(hostsOf(await stage.ready(back))).toEqual([`${other} Granted`]);
    expect(await hostsLive('a-late', `${name}-istio`)).toEqual([host, `${host}.`]);
    expect(await hostsLive('m-first', `${name}-istio`)).toEqual([other, `${other}.`]);
  });

  it('goes over the moment the app that moves away from it has drained its old gateway', async () => {
    await served('m-first', 'mover', on('mover.example.com'));
    const loser = await refused('a-late', 'mover', on('mover.example.com'));
    const mark = stage.proxy.mark();
    const external = { hosts: ['mover.example.org'], gateway: 'istio-ingress/public' };
    await stage.app('m-first', 'mover', { port: 8080, external });
    expect(hostsOf(await stage.ready(loser))).toEqual(['mover.example.com Granted']);
    const writes = stage.proxy.writes(mark).map(writeText);
    const routes = ['delete virtualservices m-first/mover-istio', 'apply virtualservices a-late/mover-istio'];
    expect(writes.filter((write) => routes.includes(write))).toEqual(routes);
  });
});

describe('an app with two hosts of which one is held elsewhere', () => {
  it('is served on the other one, by objects without a trace of the refused one', async () => {
    await served('m-first', 'half', on('taken.example.com'));
    const mark = stage.proxy.mark();
    const app = await refused('a-late', 'half', on('taken.example.com', 'free.example.com'));
    expect(conditionsOf(app)).toEqual(conflictedConditions('HostConflict'));
    expect(hostsOf(app)).toEqual(['free.example.com Granted', 'taken.example.com Conflicted']);
    expect(field(app, 'status', 'url')).toBe('http://free.example.com');
    const [service, gateway, virtualService, ...others] = await childrenOf(stage.plane, 'a-late', 'half');
    expect(others).toEqual([]);
    expect(service?.spec).toMatchObject({ selector: { app: 'half' } });
    expect(gateway?.spec).toEqual({
      selector: { istio: 'ingressgateway' },
      servers: [
        {
          port: { number: 80, name: 'http', protocol: 'HTTP' },
          hosts: ['free.example.com', 'free.example.com.'],
        },
      ],
    });
    expect(virtualService?.spec).toEqual({
      hosts: ['free.example.com', 'free.example.com.'],
      gateways: ['a-late/half-istio'],
      http: [
        {
          name: 'default',
          match: [{ uri: { prefix: '/' } }],
          route: [{ destination: { host: 'half.a-late.svc.cluster.local', port: { number: 80 } } }],
          headers: { request: { set: { 'x-apptraffic-route': 'a-late/half/default' } } },
        },
      ],
      exportTo: ['istio-system'],
    });
    expect(writesOn('m-first/', mark)).toEqual([]);
  });
});

describe('a wildcard and a host below it, of two namespaces', () => {
  it.each([
    { first: '*.wild.example.com', second: 'x.wild.example.com' },
    { first: 'x.exact.example.com', second: '*.exact.example.com' },
    { first: '*.outer.example.com', second: '*.inner.outer.example.com' },
  ])('block each other: $second waits for $first', async ({ first, second }) => {
    const holder = await served('m-first', 'wild', on(first));
    const mark = stage.proxy.mark();
    const loser = await refused('a-late', 'wild', on(second));
    expect(problemsOf(loser)).toEqual([
      `AT0302 Error spec.external.hosts[0]: host ${second} overlaps with a host that another namespace holds; ${elsewhere}`,
    ]);
    expect(writesOn('m-first/', mark)).toEqual([]);
    await stage.plane.api.delete(holder);
    expect(hostsOf(await stage.ready(loser))).toEqual([`${second} Granted`]);
    await stage.plane.api.delete(loser);
    await stage.plane.api.waitGone(loser);
  });

  it('do not when both are of one namespace', async () => {
    const wide = await served('site', 'wide', on('*.own.example.com'));
    const narrow = await served('site', 'narrow', on('x.own.example.com'));
    expect([conditionsOf(wide), conditionsOf(narrow)]).toEqual([readyConditions, readyConditions]);
  });

  it('wait for each of several that hold hosts below, and a host that waits blocks nobody', async () => {
    const first = await served('m-first', 'below', on('a.chain.example.com'));
    const wide = await refused('a-late', 'below', on('*.chain.example.com'));
    const last = await served('site', 'below', on('b.chain.example.com'));
    await stage.plane.api.delete(first);
    expect(await stage.proxy.quietFor(500)).toEqual([]);
    expect(hostsOf(await conflicted(wide))).toEqual(['*.chain.example.com Conflicted']);
    await stage.plane.api.delete(last);
    expect(hostsOf(await stage.ready(wide))).toEqual(['*.chain.example.com Granted']);
  });
});

describe('apps of one namespace that share a host by path', () => {
  const narrow = (route: string): string =>
    `narrow the match of route ${route} until no request matches both, or use another host`;

  it('are all served on provider Ingress; one that overlaps waits, with both routes named', async () => {
    const [api, blog, stats] = readManifests(['config/samples/one-domain/apptraffic.yaml']);
    if (api === undefined || blog === undefined || stats === undefined) throw new Error('the sample has three apps');
    for (const app of [api, blog, stats]) await stage.plane.api.apply(app);
    for (const app of [api, blog, stats]) expect(hostsOf(await stage.ready(app))).toEqual(['example.com Granted']);
    const mark = stage.proxy.mark();
    const fourth = await refused('site', 'archive', {
      port: 8080,
      external: {
        provider: 'Ingress',
        hosts: ['example.com'],
        routes: [
          { name: 'old', match: { prefix: '/blog/2019' } },
          { name: 'archive', match: { prefix: '/archive' } },
        ],
      },
    });
    expect(conditionsOf(fourth)).toEqual(conflictedConditions('PathConflict'));
    expect(problemsOf(fourth)).toEqual([
      'AT0303 Error spec.external.routes[0]: route old (prefix /blog/2019) matches requests for example.com that ' +
        `route blog (prefix /blog) of app blog matches too; ${narrow('old')}`,
    ]);
    const paths = async (): Promise<unknown> => {
      const [ingress] = (await childrenOf(stage.plane, 'site', 'archive')).filter(({ kind }) => kind === 'Ingress');
      const found = field(ingress, 'spec', 'rules', 0, 'http', 'paths') as readonly { readonly path: string }[];
      return found.map(({ path }) => path);
    };
    expect(await paths()).toEqual(['/archive']);
    for (const app of ['api', 'blog', 'stats']) expect(writesOn(`site/${app}`, mark)).toEqual([]);
    await stage.plane.api.delete(blog);
    expect(conditionsOf(await stage.ready(fourth))).toEqual(readyConditions);
    expect(await paths()).toEqual(['/blog/2019', '/archive']);
  });

  it('keep what they serve when an older app widens a route over it', async () => {
    const help = (route: object): object => ({
      port: 8080,
      external: { provider: 'Ingress', hosts: ['help.example.com'], routes: [{ name: 'help', ...route }] },
    });
    await served('site', 'older', help({ match: { exact: '/help' } }));
    await served('site', 'younger', help({ match: { prefix: '/help/faq' } }));
    const mark = stage.proxy.mark();
    const wider = await refused('site', 'older', help({ match: { prefix: '/help' } }));
    expect(problemsOf(wider)).toEqual([
      'AT0303 Error spec.external.routes[0]: route help (prefix /help) matches requests for help.example.com that route ' +
        `help (prefix /help/faq) of app younger matches too; ${narrow('help')}`,
    ]);
    expect(writesOn('site/younger', mark)).toEqual([]);
  });

  const shared = (prefix: string, route: string): object => ({
    port: 8080,
    external: {
      gateway: 'istio-ingress/public',
      hosts: ['shared.example.com'],
      routes: [{ name: route, match: { prefix } }],
    },
  });

  it('are all served on a named gateway; one that overlaps waits, and takes over when the other moves its route', async () => {
    for (const name of ['app1', 'app2', 'app3']) await served('site', name, shared(`/${name}`, name));
    const mark = stage.proxy.mark();
    const fourth = await refused('site', 'app4', shared('/app2/x', 'inner'));
    expect(problemsOf(fourth)).toEqual([
      'AT0303 Error spec.external.routes[0]: route inner (prefix /app2/x) matches requests for shared.example.com ' +
        `that route app2 (prefix /app2) of app app2 matches too; ${narrow('inner')}`,
    ]);
    expect(await childNames(stage.plane, 'site', 'app4')).toEqual(['Service app4']);
    for (const app of ['app1', 'app2', 'app3']) expect(writesOn(`site/${app}`, mark)).toEqual([]);
    const moved = stage.proxy.mark();
    await stage.app('site', 'app2', shared('/two', 'app2'));
    expect(conditionsOf(await stage.ready(fourth))).toEqual(readyConditions);
    for (const app of ['app1', 'app3']) expect(writesOn(`site/${app}`, moved)).toEqual([]);
    const virtualServices = await stage.plane.api.list({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      namespace: 'site',
    });
    const sharing = virtualServices.filter((one) => field(one, 'spec', 'gateways', 0) === 'istio-ingress/public');
    expect(sharing.map((one) => [one.metadata.labels?.['apptraffic.dev/app'], field(one, 'spec', 'hosts')])).toEqual(
      ['app1', 'app2', 'app3', 'app4'].map((app) => [app, ['shared.example.com', 'shared.example.com.']]),
    );
  });

  it('have at most one that takes every request that no other one wants', async () => {
    const site = await served('site', 'rest', shared('/', 'rest'));
    const second = await refused('site', 'rest2', shared('/', 'rest2'));
    expect(problemsOf(second)).toEqual([
      'AT0303 Error spec.external.routes[0]: route rest2 takes every request for shared.example.com, as does route ' +
        'rest (prefix /) of app rest; give route rest2 a prefix of its own: one app alone can take what no other route matches',
    ]);
    await stage.plane.api.delete(site);
    expect(conditionsOf(await stage.ready(second))).toEqual(readyConditions);
  });

  it('cannot with a Gateway of their own', async () => {
    await served('site', 'own1', on('generated.example.com'));
    const second = await refused('site', 'own2', on('generated.example.com'));
    expect(problemsOf(second)).toEqual([
      'AT0302 Error spec.external.hosts[0]: host generated.example.com is held by app own1, and a Gateway generated for one ' +
        'app cannot share its hosts; name the same gateway in external.gateway of both apps, or use another host',
    ]);
  });
});

describe('hosts that the platform hands out', () => {
  const delegated = (grants: readonly object[]): object => ({ ...settings, hosts: { policy: 'Delegated', grants } });

  it('are served where they are granted and nowhere else, and by whom the settings say after a restart', async () => {
    await stage.operator().stop();
    const mark = stage.proxy.mark();
    const spec = on('mine.platform.example.com', 'yours.platform.example.com');
    const app = await stage.app('m-first', 'handed', spec);
    await stage.startOperator({
      settings: delegated([{ namespace: 'm-first', hosts: ['mine.platform.example.com', '*.example.org'] }]),
    });
    const half = await conflicted(app);
    expect(conditionsOf(half)).toEqual(conflictedConditions('HostNotGranted'));
    expect(hostsOf(half)).toEqual(['mine.platform.example.com Granted', 'yours.platform.example.com NotPermitted']);
    expect(problemsOf(half)).toEqual([
      'AT0304 Error spec.external.hosts[1]: host yours.platform.example.com is not granted to namespace m-first; use a ' +
        'granted host, or ask the platform team for hosts.grants {namespace: m-first, hosts: [yours.platform.example.com]}',
    ]);
    const wild = await served('m-first', 'below', on('deep.down.example.org'));
    expect(hostsOf(wild)).toEqual(['deep.down.example.org Granted']);
    await stage.operator().stop();
    await stage.startOperator({ settings: delegated([{ namespace: 'm-first', hosts: ['*.platform.example.com'] }]) });
    expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    const revoked = await conflicted(wild);
    expect(hostsOf(revoked)).toEqual(['deep.down.example.org NotPermitted']);
    expect(await childNames(stage.plane, 'm-first', 'below')).toEqual(['Service below']);
    expect(writesOn('m-first/handed', mark).filter((write) => write.startsWith('delete'))).toEqual([]);
  });

  it('are shared by path between the namespaces that the settings list', async () => {
    await stage.operator().stop();
    const namespaces = ['a-late', 'm-first'];
    await stage.startOperator({
      settings: { ...settings, hosts: { shared: [{ host: 'portal.example.com', namespaces }] } },
    });
    const portal = (prefix: string): object => ({
      port: 8080,
      external: {
        gateway: 'istio-ingress/public',
        hosts: ['portal.example.com'],
        routes: [{ name: 'part', match: { prefix } }],
      },
    });
    await served('m-first', 'portal', portal('/first'));
    await served('a-late', 'portal', portal('/late'));
    const overlapping = await refused('a-late', 'portal2', portal('/first/x'));
    expect(problemsOf(overlapping)).toEqual([
      'AT0303 Error spec.external.routes[0]: route part (prefix /first/x) matches requests for portal.example.com that ' +
        'another namespace holds; narrow the match of route part until no request matches both, or use another host',
    ]);
    const outsider = await refused('site', 'portal', portal('/site'));
    expect(problemsOf(outsider)).toEqual([heldElsewhere('portal.example.com')]);
  });
});
