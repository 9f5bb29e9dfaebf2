import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { readManifests } from '../testbed/crds.ts';
import { eventually } from '../testbed/eventually.ts';
import { operatorAccount, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(180_000);

const namespace = 'team';
const user = `system:serviceaccount:${operatorAccount.namespace}:${operatorAccount.name}`;
const settings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  settle: '200ms',
  drainPeriod: '1s',
};
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
  return stage.plane.auditEvents().filter((event) => event.user.username === user && event.responseStatus?.code === 403);
}

let stage: Stage;

/** Whether RBAC lets the operator do it now. */
async function isAllowed(resourceAttributes: object): Promise<boolean> {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, resourceAttributes: { namespace, ...resourceAttributes } } };
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

const meshSpec = (more: object = {}): object => ({
  port: 8080,
  backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
  split: { stable: 90, canary: 10 },
  external: { hosts: ['mesh.example.com'] },
  internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] },
  ...more,
});
const edgeSpec = (more: object = {}): object => ({
  port: 8080,
  external: { provider: 'Ingress', hosts: ['edge.example.com'] },
  ...more,
});

const settle = async (name: string, spec: object): Promise<KubeObject> =>
  stage.ready(await stage.app(namespace, name, spec));

describe('the shipped roles', () => {
  it('grant exactly what the operator uses', async () => {
    const { api } = stage.plane;
    const granted = permissionsIn(readManifests(['config/rbac/role.yaml', 'config/rbac/leader-election.yaml']));
    const logged = granted.filter((permission) => permission !== unloggedPermission);
    expect(granted).toHaveLength(logged.length + 1);
    await settle('mesh', meshSpec());
    await settle('edge', edgeSpec());
    // Each kind is edited, so read whole and patched, and later deleted.
    await settle(
      'mesh',
      meshSpec({
        ports: [{ name: 'http', port: 80, targetPort: 8080 }, { name: 'admin', port: 81, targetPort: 8081 }],
        port: undefined,
        backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v3' } } },
        external: { hosts: ['mesh2.example.com'] },
        internal: { mtls: { mode: 'Permissive' }, allow: [{ app: 'billing' }] },
      }),
    );
    await settle('edge', edgeSpec({ external: { provider: 'Ingress', hosts: ['edge2.example.com'] } }));
    await settle('mesh', { port: 8080, service: { name: 'other' } });
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
    expect(permissionsUsed(stage)).toEqual(logged);
    expect(refusals(stage)).toEqual([]);
    await stage.startOperator();
  });

  it.each([
    { group: '', resource: 'services', verb: 'create', app: 'no-create', said: 'User "USER" cannot create resource "services" in API group "" in the namespace "team"' },
    { group: 'apptraffic.dev', resource: 'apptraffics', subresource: 'finalizers', verb: 'update', app: 'no-finalizers', said: 'x' },
  ])('must hold $verb of $resource $subresource: without it the app says so, and comes up once it is back', async ({ app: name, said, ...asked }) => {
    const { api } = stage.plane;
    const role = await api.waitFor(clusterRole, () => true);
    const resource = [asked.resource, asked.subresource].filter((part) => part !== undefined).join('/');
    const without = rulesOf(role).map((rule) =>
      rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== asked.verb) } : rule,
    );
    await api.patch(clusterRole, { rules: without.filter(({ verbs }) => verbs.length > 0) });
    await eventually('the permission is gone', async () => !(await isAllowed(asked)));
    const app = await stage.app(namespace, name, { port: 8080 });
    const refused = await stage.settled(app);
    const message = `Service ${name}: services "${name}" is forbidden: ${said.replace('USER', user)}`;
    expect(field(refused, 'status', 'conditions')).toMatchObject([
      { type: 'Ready', status: 'False', reason: 'Forbidden', message },
      { type: 'Accepted', status: 'True', reason: 'Accepted' },
      { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs' },
      { type: 'Programmed', status: 'False', reason: 'Forbidden', message },
      { type: 'Reconciling', status: 'True', reason: 'Progressing', message },
    ]);
    const fix = 'grant the operator what its shipped roles hold (config/rbac)';
    expect(field(refused, 'status', 'problems')).toEqual([{ code: 'AT0404', severity: 'Error', field: 'spec', message, fix }]);
    await api.patch(clusterRole, { rules: rulesOf(role) });
    const ready = await stage.ready(app);
    expect(field(ready, 'status', 'problems')).toBeUndefined();
  });
});
