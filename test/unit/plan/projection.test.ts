import { desiredHash, liveHash, liveProjection } from '../../../src/plan/projection.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { child, owned } from './app-states.ts';
import { applied } from './live-model.ts';

const ports = [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }];
const livePorts = [{ name: 'http', protocol: 'TCP', appProtocol: 'http', port: 80, targetPort: 8080 }];
const selector = { app: 'shop' };
const single = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', sessionAffinity: 'None' };
const clusterIP = { clusterIP: '10.96.116.15', clusterIPs: ['10.96.116.15'] };
const nodePorts = [{ ...livePorts[0], nodePort: 30644 }];

/** What kube-apiserver 1.36.3 made of each type of Service (second) that was applied (first). */
const serviceTypes: readonly (readonly [string, unknown, unknown])[] = [
  [
    'ClusterIP',
    { ports, selector },
    { ports: livePorts, selector, ...clusterIP, type: 'ClusterIP', ...single, internalTrafficPolicy: 'Cluster' },
  ],
  [
    'headless',
    { clusterIP: 'None', ports, selector },
    {
      ports: livePorts,
      selector,
      clusterIP: 'None',
      clusterIPs: ['None'],
      type: 'ClusterIP',
      ...single,
      internalTrafficPolicy: 'Cluster',
    },
  ],
  [
    'NodePort',
    { type: 'NodePort', ports, selector },
    {
      ports: nodePorts,
      selector,
      ...clusterIP,
      type: 'NodePort',
      ...single,
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
    },
  ],
  [
    'LoadBalancer',
    { type: 'LoadBalancer', ports, selector },
    {
      ports: nodePorts,
      selector,
      ...clusterIP,
      type: 'LoadBalancer',
      ...single,
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: true,
    },
  ],
  [
    'ExternalName',
    { type: 'ExternalName', externalName: 'a.example.net' },
    { type: 'ExternalName', sessionAffinity: 'None', externalName: 'a.example.net' },
  ],
];

const service = (spec: unknown): Manifest => child('v1', 'Service', 'shop', spec);
const asLive = (spec: unknown, liveSpec: unknown): Manifest => ({
  ...applied(owned(service(spec)), 'uid', '7'),
  spec: liveSpec,
});

test.each(serviceTypes)('what the server adds to a Service of type %s does not count', (_type, spec, liveSpec) => {
  expect(liveHash(asLive(spec, liveSpec))).toBe(desiredHash(owned(service(spec))));
});

const [, plainSpec, plainLive] = serviceTypes[0] ?? [];
test.each([
  [
    'session affinity',
    { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } },
  ],
  ['an external address', { externalIPs: ['192.0.2.1'] }],
  ['another selector', { selector: { app: 'other' } }],
  ['another type', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: true }],
  ['addresses before pods are ready', { publishNotReadyAddresses: true }],
  ['a further port', { ports: [...livePorts, { name: 'debug', protocol: 'TCP', port: 6060, targetPort: 6060 }] }],
  ['another target port', { ports: [{ ...livePorts[0], targetPort: 9090 }] }],
])('%s that somebody slipped into a Service counts', (_what, slipped) => {
  const live = asLive(plainSpec, { ...(plainLive as object), ...slipped });
  expect(liveHash(live)).not.toBe(desiredHash(owned(service(plainSpec))));
});

test('the order of a Service’s ports does not count', () => {
  const two = [...ports, { name: 'admin', port: 9000, targetPort: 9000 }];
  expect(desiredHash(owned(service({ ports: two })))).toBe(desiredHash(owned(service({ ports: two.toReversed() }))));
});

describe('the class of an Ingress', () => {
  const rules = [{ host: 'shop.example.com' }];
  const ingress = (spec: unknown): Manifest => child('networking.k8s.io/v1', 'Ingress', 'shop-ingress', spec);
  const classless = owned(ingress({ rules }));
  const filledIn = { ...applied(classless, 'uid', '7'), spec: { rules, ingressClassName: 'nginx' } };

  test('does not count where the API server filled it in', () => {
    expect(liveHash(filledIn)).toBe(desiredHash(classless));
  });

  test('counts where somebody set it', () => {
    const fieldsV1 = { 'f:spec': { 'f:ingressClassName': {} } };
    const managedFields = [
      ...(filledIn.metadata.managedFields ?? []),
      { manager: 'kubectl-edit', operation: 'Update' as const, fieldsV1 },
    ];
    expect(liveHash({ ...filledIn, metadata: { ...filledIn.metadata, managedFields } })).not.toBe(
      desiredHash(classless),
    );
  });

  test('counts where the app names one', () => {
    const named = owned(ingress({ rules, ingressClassName: 'traefik' }));
    const live = { ...applied(named, 'uid', '7'), spec: { rules, ingressClassName: 'nginx' } };
    expect(liveHash(live)).not.toBe(desiredHash(named));
  });
});

describe('metadata', () => {
  const annotated = owned({
    ...service(plainSpec),
    metadata: { ...service(plainSpec).metadata, annotations: { 'example.com/ours': 'yes' } },
  });
  const live = applied(annotated, 'uid', '7');
  const withMetadata = (more: Partial<Manifest['metadata']>): Manifest => ({
    ...live,
    metadata: { ...live.metadata, ...more },
  });

  test('of somebody else does not count: labels, annotations, finalizers, further owners', () => {
    const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' };
    const changed = withMetadata({
      labels: { ...live.metadata.labels, team: 'a' },
      annotations: { ...live.metadata.annotations, 'kubectl.kubernetes.io/note': 'b' },
      finalizers: ['example.com/hold'],
      ownerReferences: [...(live.metadata.ownerReferences ?? []), other],
    });
    expect(liveProjection(changed)).toEqual(liveProjection(live));
    expect(liveHash(changed)).toBe(desiredHash(annotated));
  });

  test.each([
    ['our label is gone', withMetadata({ labels: {} })],
    ['our annotation is gone', withMetadata({ annotations: {} })],
    ['our annotation has another value', withMetadata({ annotations: { 'example.com/ours': 'no' } })],
    ['our owner reference is gone', withMetadata({ ownerReferences: [] })],
    ['nobody knows any more who set what', withMetadata({ managedFields: [] })],
  ])('%s: that counts', (_what, changed) => {
    expect(liveHash(changed)).not.toBe(desiredHash(annotated));
  });

  test('an annotation that the operator applied and no longer wants counts', () => {
    expect(liveHash(live)).not.toBe(desiredHash(owned(service(plainSpec))));
  });
});
