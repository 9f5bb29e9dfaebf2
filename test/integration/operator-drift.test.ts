import { apiVersionOf, kinds } from '../../src/kube/gvk.ts';
import type { ChildKind } from '../../src/kube/gvk.ts';
import { ApiFailure } from '../testbed/api-client.ts';
import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject, Ref } from '../testbed/kube-object.ts';
import { judgeClaims, shapeOf, startHistory } from './history.ts';
import type { History } from './history.ts';
import { nameOf, writeText } from './observed.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const namespace = 'drift';
let stage: Stage;
let history: History;
/** How each child of each app was when the app was Ready first: `shop 1` to `Service shop` to its shape. */
const shapes = new Map<string, Map<string, object>>();
/** The apps as they were then. */
const apps = new Map<string, KubeObject>();

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

const childRef = (kind: ChildKind, name: string): Ref => ({
  apiVersion: apiVersionOf(kinds[kind]),
  kind,
  namespace,
  name,
});

async function live(ref: Ref | KubeObject): Promise<KubeObject> {
  const found = await stage.plane.api.get(ref);
  if (found === undefined) throw new Error(`${JSON.stringify(ref)} is not there`);
  return found;
}

/** Makes an app, waits until it is Ready, and remembers how its children are. */
async function readyApp(name: string, spec: object): Promise<KubeObject> {
  const app = await stage.ready(await stage.app(namespace, name, spec));
  const told = (field(app, 'status', 'children') ?? []) as readonly {
    readonly kind: ChildKind;
    readonly name: string;
  }[];
  const children = await Promise.all(told.map((child) => live(childRef(child.kind, child.name))));
  shapes.set(`${name} 1`, new Map(children.map((child) => [nameOf(child), shapeOf(child)])));
  apps.set(name, app);
  return app;
}

const isAsBefore = (app: string, child: KubeObject): boolean =>
  JSON.stringify(shapeOf(child)) === JSON.stringify(shapes.get(`${app} 1`)?.get(nameOf(child)));

/** The writes about one app since a mark. */
const writesOf = (app: string, since: number): readonly string[] =>
  stage.proxy
    .writes(since)
    .filter(({ name }) => name === app || name.startsWith(`${app}-`))
    .map(writeText);

/** The events about one app, without times and identities. */
async function eventsOf(name: string): Promise<readonly object[]> {
  const events = await stage.plane.api.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace });
  return events
    .filter((event) => field(event, 'regarding', 'name') === name)
    .map((event) => ({
      type: event.type,
      reason: event.reason,
      action: event.action,
      note: event.note,
      reportingController: event.reportingController,
      related: field(event, 'related', 'name'),
      uid: field(event, 'regarding', 'uid') === apps.get(name)?.metadata.uid,
      count: field(event, 'series', 'count') ?? 1,
    }));
}

const repaired = (child: string, count = 1): object => ({
  type: 'Normal',
  reason: 'Repaired',
  action: 'Repair',
  note: `${child} was changed by somebody else and is put right`,
  reportingController: 'apptraffic.dev/controller',
  related: child.split(' ')[1],
  uid: true,
  count,
});

/** As kubectl edit does it: reads, changes, and writes the whole object; again when somebody was faster. */
async function edit(child: Ref, change: (object: KubeObject) => KubeObject, fieldManager: string): Promise<void> {
  const { api } = stage.plane;
  const path = `${await api.pathOf(child)}?fieldManager=${fieldManager}`;
  const answer = await api.request({ method: 'PUT', path, body: change(await live(child)) });
  if (answer.status === 409) return edit(child, change, fieldManager);
  if (answer.status !== 200) throw new ApiFailure(`PUT ${path}`, answer);
}

const withSpec =
  (more: object) =>
  (object: KubeObject): KubeObject => ({ ...object, spec: { ...(object.spec as object), ...more } });

const edited =
  (more: object) =>
  (child: Ref): Promise<unknown> =>
    edit(child, withSpec(more), 'kubectl-edit');

const merged =
  (patch: object) =>
  (child: Ref): Promise<unknown> =>
    stage.plane.api.patch(child, patch, { fieldManager: 'kubectl-patch' });

const patched =
  (...operations: readonly object[]) =>
  (child: Ref): Promise<unknown> =>
    stage.plane.api.patch(child, operations, { type: 'json', fieldManager: 'kubectl-patch' });

const applied =
  (spec: object) =>
  ({ name, ...kind }: Ref): Promise<unknown> =>
    stage.plane.api.apply(
      { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { namespace, name }, spec },
      { fieldManager: 'gitops', force: true },
    );

type Drift = {
  readonly what: string;
  readonly app: string;
  readonly kind: ChildKind;
  /** After the app's name. */
  readonly suffix?: string;
  readonly by: (child: Ref) => Promise<unknown>;
  /** Without the app's name. */
  readonly writes: readonly string[];
  readonly provider?: 'Ingress';
};

const tls = { trafficPolicy: { tls: { mode: 'DISABLE' } } };
const anyone = { from: [{ source: { notNamespaces: ['nowhere'] } }] };

const drifts: readonly Drift[] = [
  {
    what: 'a field changed by kubectl edit',
    app: 'changed',
    kind: 'PeerAuthentication',
    by: edited({ mtls: { mode: 'PERMISSIVE' } }),
    writes: ['apply peerauthentications changed'],
  },
  {
    what: 'a field taken over by a forced apply',
    app: 'taken',
    kind: 'AuthorizationPolicy',
    by: applied({ action: 'AUDIT' }),
    writes: ['apply authorizationpolicies taken'],
  },
  {
    what: 'a field removed by a merge patch',
    app: 'removed',
    kind: 'VirtualService',
    by: merged({ spec: { exportTo: null } }),
    writes: ['apply virtualservices removed'],
  },
  {
    what: 'a trafficPolicy.tls slipped in by kubectl edit',
    app: 'tls-edit',
    kind: 'DestinationRule',
    by: edited(tls),
    writes: ['patch destinationrules tls-edit'],
  },
  {
    what: 'a trafficPolicy.tls slipped in by a merge patch',
    app: 'tls-merge',
    kind: 'DestinationRule',
    by: merged({ spec: tls }),
    writes: ['patch destinationrules tls-merge'],
  },
  {
    what: 'a trafficPolicy.tls slipped in by a forced apply',
    app: 'tls-apply',
    kind: 'DestinationRule',
    by: applied(tls),
    writes: ['patch destinationrules tls-apply'],
  },
  {
    what: 'a trafficPolicy.tls slipped into one subset',
    app: 'tls-subset',
    kind: 'DestinationRule',
    by: patched({ op: 'add', path: '/spec/subsets/0/trafficPolicy', value: tls.trafficPolicy }),
    writes: ['apply destinationrules tls-subset'],
  },
  {
    what: 'a field changed and another added at once',
    app: 'both',
    kind: 'DestinationRule',
    by: edited({ host: 'elsewhere.example.com', ...tls }),
    writes: ['patch destinationrules both', 'apply destinationrules both'],
  },
  {
    what: 'a rule added to the atomic list of an allow-list',
    app: 'rule',
    kind: 'AuthorizationPolicy',
    by: patched({ op: 'add', path: '/spec/rules/-', value: anyone }),
    writes: ['apply authorizationpolicies rule'],
  },
  {
    what: 'a host added to the atomic list of a server',
    app: 'host',
    kind: 'Gateway',
    suffix: '-istio',
    by: patched({ op: 'add', path: '/spec/servers/0/hosts/-', value: 'stolen.example.com' }),
    writes: ['apply gateways host-istio'],
  },
  {
    what: 'a route put first in the atomic list of routes',
    app: 'route',
    kind: 'VirtualService',
    suffix: '-istio',
    by: patched({ op: 'add', path: '/spec/http/0', value: { name: 'stolen', directResponse: { status: 200 } } }),
    writes: ['apply virtualservices route-istio'],
  },
  {
    what: 'a port added to the Service',
    app: 'port',
    kind: 'Service',
    by: patched({ op: 'add', path: '/spec/ports/-', value: { name: 'debug', port: 6060 } }),
    writes: ['patch services port'],
  },
  {
    what: 'a Service opened on the nodes',
    app: 'nodes',
    kind: 'Service',
    by: merged({ spec: { type: 'NodePort' } }),
    writes: ['patch services nodes'],
  },
  {
    what: 'a Service pointed at other pods',
    app: 'pods',
    kind: 'Service',
    by: merged({ spec: { selector: { app: 'stolen' } } }),
    writes: ['apply services pods'],
  },
  {
    what: 'a rule added to the atomic list of an Ingress',
    app: 'path',
    kind: 'Ingress',
    suffix: '-ingress',
    by: patched({ op: 'add', path: '/spec/rules/-', value: { host: 'stolen.example.com' } }),
    writes: ['apply ingresses path-ingress'],
    provider: 'Ingress',
  },
  {
    what: 'our labels stripped',
    app: 'labels',
    kind: 'Gateway',
    suffix: '-istio',
    by: patched({ op: 'remove', path: '/metadata/labels' }),
    writes: ['apply gateways labels-istio'],
  },
  {
    what: 'our label pointed at another app',
    app: 'label',
    kind: 'Service',
    by: merged({ metadata: { labels: { 'apptraffic.dev/app': 'other' } } }),
    writes: ['apply services label'],
  },
  {
    what: 'our ownerReference stripped',
    app: 'owner',
    kind: 'DestinationRule',
    by: patched({ op: 'remove', path: '/metadata/ownerReferences' }),
    writes: ['apply destinationrules owner'],
  },
  {
    what: 'our ownerReference no longer the controller',
    app: 'controller',
    kind: 'Service',
    by: patched({ op: 'replace', path: '/metadata/ownerReferences/0/controller', value: false }),
    writes: ['apply services controller'],
  },
  {
    what: 'labels and ownerReference stripped together',
    app: 'disowned',
    kind: 'VirtualService',
    by: patched({ op: 'remove', path: '/metadata/labels' }, { op: 'remove', path: '/metadata/ownerReferences' }),
    writes: ['apply virtualservices disowned'],
  },
  {
    what: 'managedFields wiped, and our label with them',
    app: 'managers',
    kind: 'Service',
    by: merged({ metadata: { managedFields: [{}], labels: { 'app.kubernetes.io/managed-by': null } } }),
    writes: ['apply services managers'],
  },
  {
    what: 'the child deleted',
    app: 'deleted',
    kind: 'VirtualService',
    suffix: '-istio',
    by: (child) => stage.plane.api.delete(child),
    // Status names the uid of each child.
    writes: ['apply virtualservices deleted-istio', 'apply apptraffics/status deleted'],
  },
];

const driftChild = ({ kind, app, suffix = '' }: Drift): Ref => childRef(kind, `${app}${suffix}`);

beforeAll(async () => {
  const settings = { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '200ms' };
  stage = await startStage({ operator: { settings } });
  await stage.namespace(namespace);
  history = await startHistory(stage.plane, namespace);
});
afterAll(async () => {
  history?.stop();
  await stage?.stop();
});

describe('drift', () => {
  let mark: number;
  beforeAll(async () => {
    await Promise.all(
      drifts.map(({ app, provider }) => readyApp(app, provider === 'Ingress' ? ingressSpecOf(app) : specOf(app))),
    );
    mark = stage.proxy.mark();
    await Promise.all(
      drifts.map(async (drift) => {
        const child = driftChild(drift);
        const { metadata } = await live(child);
        await drift.by(child);
        await stage.plane.api.waitFor(
          child,
          (now) => now.metadata.resourceVersion !== metadata.resourceVersion && isAsBefore(drift.app, now),
          { what: drift.what },
        );
      }),
    );
    await stage.proxy.quietFor(1_000);
  });

  it.each(drifts)('is put right with its writes and one event: $what', async (drift) => {
    const { app, writes } = drift;
    expect({ writes: writesOf(app, mark), events: await eventsOf(app) }).toEqual({
      writes,
      events: [repaired(`${driftChild(drift).kind} ${driftChild(drift).name}`)],
    });
    const settled = await live(apps.get(app) ?? childRef('Service', app));
    expect(condition(settled, 'Ready')).toEqual(condition(apps.get(app) ?? settled, 'Ready'));
  });
});

it('is Ready by status only while every child is so', () => {
  const { claims, lies } = judgeClaims(history.versions(), shapes);
  expect(lies).toEqual([]);
  expect(claims).toBeGreaterThan(shapes.size - 1);
});
