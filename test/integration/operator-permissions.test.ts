import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { readManifests } from '../testbed/crds.ts';
import { eventually } from '../testbed/eventually.ts';
import { childKindsBehind, kinds } from '../../src/kube/gvk.ts';
import { conditionsOf, conflictedConditions, hostsOf, problemsOf } from './app-view.ts';
import { quickSettings } from './platform-settings.ts';
import { requestTexts, tally } from './requests.ts';
import { operatorAccount, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(180_000);

const namespace = 'team';
const user = `system:serviceaccount:${operatorAccount.namespace}:${operatorAccount.name}`;
const settings = quickSettings({ featureGates: { EnvoyFilter: true } });
const shippedRoles = ['config/rbac/role.yaml', 'config/rbac/leader-election.yaml'];
const clusterRole = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'apptraffic-controller' };

/** Asked for by admission (OwnerReferencesPermissionEnforcement), not by a request of its own. */
const unloggedPermission = 'update apptraffic.dev/apptraffics/finalizers';

type Rule = Readonly<Record<'apiGroups' | 'resources' | 'verbs', readonly string[]>>;

const rulesOf = (role: KubeObject): readonly Rule[] => (role.rules ?? []) as readonly Rule[];

/** Each permission of roles as `verb group/resource[/subresource]`, sorted. */
function permissionsIn(roles: readonly KubeObject[]): readonly string[] {
  const all = roles
    .flatMap(rulesOf)
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
      ),
    );
  return [...new Set(all)].sort();
}

/** The permissions that the operator's requests took, as the API server wrote them down. A patch that creates takes two. */
function permissionsUsed(stage: Stage): readonly string[] {
  const requests = stage.plane.auditEvents().filter((event) => event.user.username === user);
  const used = requests.flatMap(({ verb, objectRef, responseStatus }) => {
    if (objectRef?.resource === undefined) return [];
    const { apiGroup = '', resource, subresource } = objectRef;
    const what = `${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
    return [`${verb} ${what}`, ...(verb === 'patch' && responseStatus?.code === 201 ? [`create ${what}`] : [])];
  });
  return [...new Set(used)].sort();
}

/** The operator's requests that were not allowed. */
function refusals(stage: Stage): readonly unknown[] {
  return stage.plane
    .auditEvents()
    .filter((event) => event.user.username === user && event.responseStatus?.code === 403);
}

let stage: Stage;

/** Whether RBAC lets the operator do it now. */
async function isAllowed(resourceAttributes: object): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes: { namespace, ...resourceAttributes } },
  };
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const { body } = await stage.plane.api.request({ method: 'POST', path, body: review });
  return field(body, 'status', 'allowed') === true;
}

beforeAll(async () => {
  stage = await startStage({
    audit: 'Metadata',
    operator: { settings, flags: ['--leader-elect', '--relist-period=5s', '--max-backoff=2s'] },
  });
  await stage.namespace(namespace);
});
afterAll(() => stage?.stop());

const backends = (version: string, port: number): object => ({
  stable: { labels: { version: 'v1' } },
  canary: { labels: { version } },
  legacy: { host: 'legacy.example.net', port },
});
const routes = [{ name: 'legacy', match: { prefix: '/legacy' }, to: 'legacy' }, { name: 'all' }];
const meshSpec = (more: object = {}): object => ({
  port: 8080,
  backends: backends('v2', 80),
  split: { stable: 90, canary: 10 },
  external: { hosts: ['mesh.example.com'], routes },
  internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }], calls: [] },
  observability: { accessLog: 'Errors' },
  ...more,
});
const limitedSpec = (maxBodySize: string): object => ({
  port: 8080,
  external: { hosts: ['limited.example.com'], maxBodySize },
});
const guardedSpec = (issuer: string): object => ({
  port: 8080,
  external: { hosts: ['guarded.example.com'], auth: { jwt: [{ issuer, jwksUri: 'https://id.example.com/keys' }] } },
});
const edgeSpec = (more: object = {}): object => ({
  port: 8080,
  external: { provider: 'Ingress', hosts: ['edge.example.com'] },
  ...more,
});

const settle = async (name: string, spec: object): Promise<KubeObject> =>
  stage.ready(await stage.app(namespace, name, spec));

describe('the shipped roles', () => {
  it('hold nothing of EnvoyFilters unless the component of the gate is installed', () => {
    const isOfGate = (permission: string): boolean => permission.endsWith('/envoyfilters');
    expect(permissionsIn(readManifests(shippedRoles)).filter(isOfGate)).toEqual([]);
    expect(permissionsIn(readManifests(['config/components/envoy-filter/role.yaml'])).every(isOfGate)).toBe(true);
  });

  it('grant exactly what the operator uses', async () => {
    const { api } = stage.plane;
    const granted = permissionsIn(readManifests([...shippedRoles, 'config/components/envoy-filter/role.yaml']));
    const logged = granted.filter((permission) => permission !== unloggedPermission);
    expect(granted).toHaveLength(logged.length + 1);
    await settle('mesh', meshSpec());
    await settle('limited', limitedSpec('8Mi'));
    await settle('guarded', guardedSpec('id'));
    await settle('edge', edgeSpec({ lifecycle: { deletion: 'Orphan' } }));
    // Each kind is edited, so read whole and patched, and later deleted.
    await settle(
      'mesh',
      meshSpec({
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'admin', port: 81, targetPort: 8081 },
        ],
        port: undefined,
        backends: backends('v3', 8080),
        external: { hosts: ['mesh2.example.com'], routes },
        internal: { mtls: { mode: 'Permissive' }, allow: [{ app: 'billing' }], calls: [{ app: 'inventory' }] },
        observability: { accessLog: 'All' },
      }),
    );
    await settle('edge', edgeSpec({ external: { provider: 'Ingress', hosts: ['edge2.example.com'] } }));
    await settle('limited', limitedSpec('9Mi'));
    await settle('guarded', guardedSpec('other'));
    await settle('mesh', { port: 8080, service: { name: 'other' } });
    await settle('limited', { port: 8080 });
    await settle('guarded', { port: 8080 });
    await settle('edge', { port: 8080 });
    // The same drift twice makes an Event and then its series.
    const service = { apiVersion: 'v1', kind: 'Service', namespace, name: 'edge' };
    const events = { apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace };
    for (const times of [1, 2]) {
      await api.patch(service, { spec: { selector: { app: `stranger${times}` } } });
      await api.waitFor(service, ({ spec }) => field(spec, 'selector', 'app') === 'edge');
      const isTold = (event: KubeObject): boolean => Number(field(event, 'series', 'count') ?? 1) === times;
      await api.waitForList(events, (found) => found.some((event) => event.reason === 'Repaired' && isTold(event)));
    }
    const unused = (): readonly string[] => {
      const used = new Set(permissionsUsed(stage));
      return logged.filter((permission) => !used.has(permission));
    };
    // Lists come with the next relist; a watch is logged when it ends.
    await eventually('the relist has come', () => unused().every((permission) => permission.startsWith('watch ')));
    await stage.operator().stop();
    const seen = { used: permissionsUsed(stage), refused: refusals(stage) };
    await stage.startOperator();
    expect(seen).toEqual({ used: logged, refused: [] });
  });

  it.each([
    {
      permission: 'create of what is applied',
      asked: { group: '', resource: 'services', subresource: '', verb: 'create' },
      app: 'no-create',
      said: `User "${user}" cannot create resource "services" in API group "" in the namespace "team"`,
    },
    {
      permission: 'apptraffics/finalizers',
      asked: { group: 'apptraffic.dev', resource: 'apptraffics', subresource: 'finalizers', verb: 'update' },
      app: 'no-finalizers',
      said: "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: , <nil>",
    },
  ])(
    'hold $permission: without it an app says so, and comes up once it is back',
    async ({ asked, app: name, said }) => {
      const { api } = stage.plane;
      const role = await api.waitFor(clusterRole, () => true);
      const resource = [asked.resource, asked.subresource].filter((part) => part !== '').join('/');
      const without = rulesOf(role).map((rule) =>
        rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== asked.verb) } : rule,
      );
      await api.patch(clusterRole, { rules: without.filter(({ verbs }) => verbs.length > 0) });
      await eventually('the permission is gone', async () => !(await isAllowed(asked)));
      const app = await stage.app(namespace, name, { port: 8080 });
      const refused = await stage.settled(app);
      const message = `Service ${name}: services "${name}" is forbidden: ${said}`;
      expect(field(refused, 'status', 'conditions')).toMatchObject([
        { type: 'Ready', status: 'False', reason: 'Forbidden', message },
        { type: 'Accepted', status: 'True', reason: 'Accepted' },
        { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs' },
        { type: 'Programmed', status: 'False', reason: 'Forbidden', message },
        { type: 'Reconciling', status: 'True', reason: 'Progressing', message },
      ]);
      const fix = 'grant the operator what its shipped roles hold (config/rbac)';
      expect(field(refused, 'status', 'problems')).toEqual([
        { code: 'AT0404', severity: 'Error', field: 'spec', message, fix },
      ]);
      await api.patch(clusterRole, { rules: rulesOf(role) });
      const ready = await stage.ready(app);
      expect(field(ready, 'status', 'problems')).toBeUndefined();
    },
  );
});

describe('the roles for some namespaces', () => {
  const watched = ['watched-a', 'watched-b'];
  const spec = { port: 8080, external: { provider: 'Ingress', hosts: ['shop.example.com'] } };
  const selector = { istio: 'public' };
  const gateway = { namespace: 'edge', name: 'public' };

  beforeAll(async () => {
    const { api, kubectl } = stage.plane;
    for (const name of [...watched, 'elsewhere', gateway.namespace]) await stage.namespace(name);
    // Known to the operator while it still sees everything.
    await stage.ready(await stage.app('elsewhere', 'shop', spec));
    await stage.operator().stop();
    await kubectl(['delete', '-f', 'config/rbac/role.yaml']);
    for (const object of readManifests(['config/rbac/namespaced/role.yaml'])) {
      for (const name of watched) await api.apply({ ...object, metadata: { ...object.metadata, namespace: name } });
    }
    for (const object of readManifests(['config/rbac/namespaced/gateway-role.yaml'])) {
      await api.apply({ ...object, metadata: { ...object.metadata, namespace: gateway.namespace } });
    }
    await kubectl(['apply', '--server-side', '-f', 'config/rbac/namespaced/cluster-read.yaml']);
    await api.create({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: gateway,
      spec: { selector, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] },
    });
    await eventually(
      'the ClusterRole is gone',
      async () => !(await isAllowed({ verb: 'patch', resource: 'services' })),
    );
  });

  it('are all that --watch-namespaces needs: apps there are served, others are not seen, and hosts are judged among the former', async () => {
    const { plane, proxy } = stage;
    const [mark, before] = [proxy.mark(), refusals(stage).length];
    await stage.startOperator({
      flags: ['--leader-elect', `--watch-namespaces=${watched.join()}`],
      settings: {
        ...quickSettings(),
        gateways: [{ ...gateway, selector, serviceAccount: 'public' }],
        backends: { grants: [{ from: 'watched-a', to: 'elsewhere', services: ['shop'] }] },
      },
    });
    const ignored = await stage.app('elsewhere', 'shop', { ...spec, port: 9090 });
    await stage.ready(await stage.app('watched-a', 'shop', spec));
    const external = { gateway: 'edge/public', hosts: ['named.example.com'], routes: [{ name: 'all', to: 'other' }] };
    const backends = { other: { service: { name: 'shop', namespace: 'elsewhere', port: 80 } } };
    const named = await stage.ready(await stage.app('watched-a', 'named', { port: 8080, backends, external }));
    expect(problemsOf(named)).toEqual([
      'AT0211 Warning spec.backends.other: backend other names Service elsewhere/shop, and namespace elsewhere is not ' +
        'watched: whether the Service is there and has port 80 is not known; ask the platform team to add elsewhere to ' +
        '--watch-namespaces; if the Service is there, the route works all the same',
    ]);
    const loser = await stage.settled(await stage.app('watched-b', 'shop', spec));
    expect(conditionsOf(loser)).toEqual(conflictedConditions('HostConflict'));
    expect(hostsOf(loser)).toEqual(['shop.example.com Conflicted']);
    expect(await proxy.quietFor(1_000)).toEqual([]);
    expect(requestTexts(proxy.writes(mark))).toEqual([
      'apply apptraffics/status watched-a/named',
      'apply apptraffics/status watched-a/shop',
      'apply apptraffics/status watched-b/shop',
      'apply ingresses watched-a/shop-ingress',
      'apply services watched-a/named',
      'apply services watched-a/shop',
      'apply services watched-b/shop',
      'apply virtualservices watched-a/named-edge-public-4889c16f',
    ]);
    expect(field(await plane.api.get(ignored), 'status', 'observedGeneration')).toBe(1);
    // Everything with a namespace is watched there and nowhere else.
    const where = tally(
      proxy.requests({ verb: 'watch' }, mark).map(({ resource, namespace: inside }) => `${resource} ${inside}`.trim()),
    );
    const everywhere = ['ingressclasses', 'namespaces', 'gateways edge'];
    const watchedKinds = childKindsBehind({ EnvoyFilter: false, CertManager: false });
    const inEach = ['apptraffics', ...watchedKinds.map((kind) => kinds[kind].plural)].flatMap((resource) =>
      watched.map((name) => `${resource} ${name}`),
    );
    // Services are watched twice: as children, and as what apps refer to.
    expect(where).toEqual(tally([...everywhere, ...inEach, ...watched.map((name) => `services ${name}`)]));
    await stage.operator().stop();
    expect(refusals(stage).slice(before)).toEqual([]);
    expect(
      stage
        .operator()
        .logs()
        .filter(({ level }) => level !== 'info'),
    ).toEqual([]);
  });
});
