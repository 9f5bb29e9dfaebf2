import type { Manifest, ObjectMeta } from '../../../src/kube/manifest.ts';
import { childrenToRead } from '../../../src/plan/children-to-read.ts';
import type { LiveChild } from '../../../src/plan/live-child.ts';
import { newMemory } from '../../../src/plan/memory.ts';
import { plan } from '../../../src/plan/plan.ts';
import type { PlanInput } from '../../../src/plan/plan-input.ts';
import { app, child, owned } from './app-states.ts';
import { applied, wholeChild } from './live-model.ts';

const now = 1_000_000;
const istio = 'networking.istio.io/v1';

const service = child('v1', 'Service', 'shop', {
  selector: { app: 'shop' },
  ports: [{ name: 'http', port: 80, targetPort: 8080 }],
});
const route = {
  name: 'all',
  timeout: '15s',
  headers: { request: { set: { 'x-key': 'ours' } } },
  route: [{ destination: { host: 'shop.shop.svc.cluster.local', port: { number: 80 } } }],
};
const routes = child(istio, 'VirtualService', 'shop-istio', { hosts: ['shop.example.com'], http: [route] });
const ingress: Manifest = {
  ...child('networking.k8s.io/v1', 'Ingress', 'shop-ingress', { ingressClassName: 'nginx', rules: [] }),
  metadata: {
    ...child('networking.k8s.io/v1', 'Ingress', 'shop-ingress', {}).metadata,
    annotations: { 'nginx.ingress.kubernetes.io/ssl-redirect': 'false' },
  },
};
const policy = child('security.istio.io/v1', 'AuthorizationPolicy', 'shop', {
  rules: [{ from: [{ source: { serviceAccounts: ['shop/checkout'] } }] }],
});

/** The object as somebody else made it: no label of ours, no owner, kubectl's fields. */
function strange(manifest: Manifest, metadata: Partial<ObjectMeta> = {}): LiveChild {
  const { name, namespace = '', annotations = {} } = manifest.metadata;
  const managedFields = [{ manager: 'kubectl', operation: 'Update' as const, fieldsV1: { 'f:spec': {} } }];
  const plain = { name, namespace, annotations, uid: 'uid-strange', resourceVersion: '41', managedFields };
  return wholeChild({ ...manifest, metadata: { ...plain, ...metadata } });
}

function inputOf(desired: Manifest, live: readonly LiveChild[], more: Partial<PlanInput> = {}): PlanInput {
  const defaults = { app, unavailableKinds: [], resolved: true, memory: newMemory(0), now, settleMs: 0, drainMs: 0 };
  return { ...defaults, adopts: true, desired: [desired], live, ...more };
}

describe('an object that is there already', () => {
  it('is taken over where it is as desired: one apply of the version that was seen', () => {
    const { manifest, hash } = { manifest: owned(service), hash: expect.any(String) as string };
    const found = plan(inputOf(service, [strange(service)]));
    const key = { kind: 'Service', namespace: 'shop', name: 'shop' };
    expect({ phases: found.phases, children: found.children }).toEqual({
      phases: [
        {
          name: 'expand',
          startAfterSettle: false,
          changes: [
            {
              op: 'apply',
              key,
              repair: false,
              completes: true,
              needs: [],
              hash,
              adopts: true,
              manifest: {
                ...manifest,
                metadata: { ...manifest.metadata, uid: 'uid-strange', resourceVersion: '41' },
              },
            },
          ],
        },
      ],
      // Without its uid: it is not ours yet.
      children: [{ key, state: 'Pending', adopts: true, message: 'is about to be written' }],
    });
  });

  it.each<[string, LiveChild]>([
    ['what the server fills in', strange({ ...service, spec: { ...(service.spec as object), clusterIP: '10.0.0.1' } })],
    ['labels of others', strange(service, { labels: { team: 'shop', 'app.kubernetes.io/instance': 'shop' } })],
    ['annotations of others', strange(service, { annotations: { 'example.com/note': 'mine' } })],
    [
      'an owner that does not control it',
      strange(service, { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'b' }] }),
    ],
    ['labels that an app of this name left', strange(service, { labels: service.metadata.labels ?? {} })],
  ])('is taken over with %s', (_what, live) => {
    expect(plan(inputOf(service, [live])).phases).toMatchObject([{ changes: [{ op: 'apply', adopts: true }] }]);
  });

  it('is left alone where it only says what it would do, and the app would have it refuse', () => {
    const dryRun = strange(policy, { annotations: { 'istio.io/dry-run': 'true' } });
    const found = plan(inputOf(policy, [dryRun]));
    expect([found.phases, JSON.stringify(found.children).includes('istio.io/dry-run')]).toEqual([[], true]);
  });

  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'u', controller: true };
  const former = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', name: 'shop', uid: 'old' };
  const exists = 'an object of this name exists and';
  it.each<{ readonly what: string; readonly live: LiveChild; readonly told: string; readonly fix?: string }>([
    {
      what: 'controlled by somebody else',
      live: strange(service, { ownerReferences: [owner] }),
      told: `NotOwned: ${exists} belongs to Deployment other`,
    },
    {
      what: 'left by the app that had the name before',
      live: strange(service, { ownerReferences: [{ ...former, controller: true }] }),
      told: 'Pending: the object of the AppTraffic that had this name before is not gone yet',
    },
    {
      what: 'being deleted',
      live: strange(service, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      told: `NotOwned: ${exists} is being deleted`,
      fix: 'nothing, if it is on its way: it is looked at again',
    },
    {
      what: 'in a release of Helm',
      live: strange(service, {
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'shop' },
      }),
      told: `NotOwned: ${exists} is managed by Helm (annotation meta.helm.sh/release-name)`,
      fix: 'let Helm let go of the object and take that annotation off it, or give this AppTraffic another name',
    },
    {
      what: 'tracked by Argo CD',
      live: strange(service, { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Service:shop/shop' } }),
      told: `NotOwned: ${exists} is managed by Argo CD (annotation argocd.argoproj.io/tracking-id)`,
      fix: 'let Argo CD let go of the object and take that annotation off it, or give this AppTraffic another name',
    },
    {
      what: 'of a Kustomization of Flux',
      live: strange(service, { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }),
      told: `NotOwned: ${exists} is managed by Flux (label kustomize.toolkit.fluxcd.io/name)`,
      fix: 'let Flux let go of the object and take that label off it, or give this AppTraffic another name',
    },
    {
      what: 'labelled for another AppTraffic',
      live: strange(service, { labels: { 'apptraffic.dev/app': 'blog' } }),
      told: `NotOwned: ${exists} is managed by AppTraffic blog (label apptraffic.dev/app)`,
      fix: 'let AppTraffic blog let go of the object and take that label off it, or give this AppTraffic another name',
    },
    {
      what: 'labelled as managed by anybody else',
      live: strange(service, { labels: { 'app.kubernetes.io/managed-by': 'platform' } }),
      told: `NotOwned: ${exists} is managed by platform (label app.kubernetes.io/managed-by)`,
      fix: 'let platform let go of the object and take that label off it, or give this AppTraffic another name',
    },
  ])('is left alone while it is $what', ({ live, told, fix }) => {
    const { phases, children } = plan(inputOf(service, [live]));
    const [row] = children;
    expect({ phases, told: `${row?.state ?? ''}: ${row?.message ?? ''}`, fix: row?.fix }).toEqual({
      phases: [],
      told,
      fix,
    });
  });

  const differs = `NotOwned: ${exists} is not as this AppTraffic would make it: `;
  const other = (spec: object): LiveChild => strange({ ...routes, spec: { ...(routes.spec as object), ...spec } });
  it.each<[string, Manifest, LiveChild, string]>([
    ['a value', routes, other({ http: [{ ...route, timeout: '5s' }] }), 'spec.http[0].timeout is "5s", not "15s"'],
    [
      'what is absent, and what is there beside',
      routes,
      other({ http: [{ name: 'all', headers: route.headers, route: route.route, retries: { attempts: 2 } }] }),
      'spec.http[0].retries is set, not absent; spec.http[0].timeout is absent, not "15s"',
    ],
    ['a list of values', routes, other({ hosts: ['a', 'b'] }), 'spec.hosts is ["a","b"], not ["shop.example.com"]'],
    ['a list of objects', routes, other({ http: [] }), 'spec.http is [], not 1 item'],
    [
      'the port of a Service',
      service,
      strange({ ...service, spec: { selector: { app: 'shop' }, ports: [{ name: 'http', port: 80 }] } }),
      'spec.ports[0].targetPort is absent, not 8080',
    ],
    [
      'a long value, cut',
      routes,
      other({ hosts: ['x'.repeat(100)] }),
      `spec.hosts[0] is "${'x'.repeat(58)}…, not "shop.example.com"`,
    ],
    [
      'what a header is set to, without the value',
      routes,
      other({ http: [{ ...route, headers: { request: { set: { 'x-key': 'a secret' } } } }] }),
      'spec.http[0].headers.request.set.x-key is another value, not "ours"',
    ],
    [
      'a Service of another namespace, without its name',
      routes,
      other({ http: [{ ...route, route: [{ destination: { host: 'docs.payments', port: { number: 80 } } }] }] }),
      'spec.http[0].route[0].destination.host is another value, not "shop.shop.svc.cluster.local"',
    ],
    [
      'callers, without their names',
      policy,
      strange({ ...policy, spec: { rules: [{ from: [{ source: { serviceAccounts: ['payments/robot', 'a/b'] } }] }] } }),
      'spec.rules[0].from[0].source.serviceAccounts is 2 items, not ["shop/checkout"]',
    ],
    [
      'more than three places',
      routes,
      other({ hosts: ['a'], gateways: ['x'], tcp: [], tls: [], exportTo: ['payments'] }),
      'spec.exportTo is 1 item, not absent; spec.gateways is ["x"], not absent; spec.hosts[0] is "a", not "shop.example.com"; 2 more',
    ],
    [
      'an annotation that the spec wants',
      ingress,
      strange(ingress, { annotations: {} }),
      'metadata.annotations["nginx.ingress.kubernetes.io/ssl-redirect"] is absent, not "false"',
    ],
    [
      'an annotation that its controller goes by',
      ingress,
      strange(ingress, {
        annotations: { ...ingress.metadata.annotations, 'nginx.ingress.kubernetes.io/configuration-snippet': 'secret' },
      }),
      'metadata.annotations["nginx.ingress.kubernetes.io/configuration-snippet"] is set, not absent',
    ],
    [
      'the annotation for the class, as before Kubernetes 1.18',
      ingress,
      strange(ingress, { annotations: { ...ingress.metadata.annotations, 'kubernetes.io/ingress.class': 'traefik' } }),
      'metadata.annotations["kubernetes.io/ingress.class"] is set, not absent',
    ],
  ])('is left alone where it differs, and the places are named: %s', (_what, desired, live, places) => {
    const { phases, children } = plan(inputOf(desired, [live]));
    const [row] = children;
    expect({ phases, told: `${row?.state ?? ''}: ${row?.message ?? ''}`, fix: row?.fix }).toEqual({
      phases: [],
      told: `${differs}${places}`,
      fix: 'make the object and the spec say the same, delete or rename the object, or give this AppTraffic another name',
    });
  });

  it('is left alone without adopt: Matching, whatever it is', () => {
    const { phases, children } = plan({ ...inputOf(service, [strange(service)]), adopts: false });
    expect({ phases, children }).toEqual({
      phases: [],
      children: [
        {
          key: { kind: 'Service', namespace: 'shop', name: 'shop' },
          state: 'NotOwned',
          message: `${exists} is not controlled by this AppTraffic`,
        },
      ],
    });
  });

  it('is told of by a preview', () => {
    const { phases, children } = plan(inputOf(service, [strange(service)], { hold: 'Preview' }));
    expect({ phases, children }).toEqual({
      phases: [],
      children: [
        {
          key: { kind: 'Service', namespace: 'shop', name: 'shop' },
          state: 'Pending',
          adopts: true,
          message: 'would be adopted: it is there as the spec wants it',
        },
      ],
    });
  });
});

test('what may be taken over is read before it is written: what is not in the store, and what nobody controls', () => {
  const key = { kind: 'Service', namespace: 'shop', name: 'shop' };
  const { whole: _, ...labelled } = strange(service, { labels: service.metadata.labels ?? {} });
  const read = (live: readonly LiveChild[], more: Partial<PlanInput> = {}): readonly unknown[] =>
    childrenToRead(inputOf(service, live, more));
  expect([read([]), read([labelled]), read([], { hold: 'Preview' })]).toEqual([[key], [key], [key]]);
  const mine = wholeChild(applied(owned(service), 'uid', '7'));
  expect([read([mine]), read([], { hold: 'Paused' }), read([labelled], { adopts: false })]).toEqual([[], [], []]);
});

test('an edit that takes away what its former owner holds too is no repair', () => {
  const rule = child(istio, 'DestinationRule', 'shop', { host: 'shop', trafficPolicy: { tls: { mode: 'DISABLE' } } });
  const held = applied(owned(rule), 'uid', '7');
  const kubectl = { 'f:spec': { 'f:host': {}, 'f:trafficPolicy': { 'f:tls': { 'f:mode': {} } } } };
  const managedFields = [
    ...(held.metadata.managedFields ?? []),
    { manager: 'kubectl', operation: 'Update' as const, fieldsV1: kubectl },
  ];
  const live = wholeChild({ ...held, metadata: { ...held.metadata, managedFields } });
  const { memory } = plan(inputOf(rule, [live]));
  const edited = child(istio, 'DestinationRule', 'shop', { host: 'shop' });
  const change = (more: Partial<PlanInput>): unknown => plan(inputOf(edited, [live], more)).phases[0]?.changes[0];
  expect(change({ memory })).toMatchObject({ op: 'strip', repair: false });
  // A process that has not seen it before cannot know.
  expect(change({})).toMatchObject({ op: 'strip', repair: true });
});
