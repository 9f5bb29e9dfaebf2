/** What cases inside the mesh play on: callers, and the pods they call. */
import { traceCollector } from '../../../testbed/mesh/istiod.ts';
import type { Mesh } from '../../../testbed/mesh/mesh.ts';
import type { PodOptions } from '../../../testbed/mesh/pod.ts';
import { createStage } from '../stage.ts';
import type { Stage } from '../stage.ts';
import { guardedContainers } from './allow.ts';
import { calledPods, callingPods, callsSettings, frugalPods, setUpCalls } from './calls.ts';
import { localityCallers, setUpLocalities } from './locality.ts';
import { loudNamespace, observabilitySettings } from './observability.ts';

/** Settings of the operator. */
export const insideSettings = { ...observabilitySettings, ...callsSettings };

/** Callers with a sidecar, by pod: namespace and ServiceAccount. */
const callers = {
  checkout: 'team/checkout',
  'batch-job': 'team/runner',
  'named-batch': 'team/batch',
  ops: 'team/ops',
  web: 'partner/web',
  'partner-ops': 'partner/ops',
  'partner-checkout': 'partner/checkout',
} as const;

/** Each app of the cases selects the pods by a label of its own. */
const reviewsApps = [
  'match',
  'by-cookie',
  'by-query',
  'by-regex',
  'without',
  'turned',
  'methods',
  'empty',
  'redirect',
  'respond',
  'edits',
  'rewrite',
  'replace',
  'pattern',
  'mirror',
  'sticky',
  'sticky-ttl',
  'fault',
  'sockets',
  'resilience',
  'defaults',
  'only-defaults',
  'jason',
  'headless',
  'two-ports',
  'shares',
  'no-shares',
];

const ports = [8080, 9090, 7070];

const servers: readonly PodOptions[] = [
  ...['strict', 'permissive', 'disable'].map((name) => ({ namespace: 'team', name, ports })),
  { namespace: 'team', name: 'all-strict', labels: { strict: 'all' }, ports },
  { namespace: 'team', name: 'sealed' },
  { namespace: 'team', name: 'told' },
  { namespace: loudNamespace, name: 'hushed' },
  { namespace: 'team', name: 'guarded', ports: guardedContainers },
  { namespace: 'team', name: 'closed', ports },
  { namespace: 'team', name: 'audited' },
  ...['v1', 'v2'].map((version) => ({
    namespace: 'team',
    name: `reviews-${version}`,
    labels: { version, ...Object.fromEntries(reviewsApps.map((name) => [`in-${name}`, 'yes'])) },
    serviceAccount: 'reviews',
    ports,
  })),
  { namespace: 'team', name: 'stranger', sidecar: false },
  {
    namespace: 'team',
    name: 'bare',
    labels: { app: 'bare', listens: 'true' },
    ports: [8080, { port: 9090, protocol: 'http2' }],
    sidecar: false,
  },
  { namespace: 'team', name: 'deaf', labels: { app: 'bare' }, ports: [7070], sidecar: false },
];

/** Starts what the cases need. */
export async function setUpInside(mesh: Mesh): Promise<Stage> {
  await Promise.all(['team', 'partner', loudNamespace].map((name) => mesh.namespace(name)));
  const calling = Object.entries(callers).map(([name, identity]) => {
    const [namespace = '', serviceAccount = ''] = identity.split('/');
    return { namespace, name, serviceAccount };
  });
  const spread = await setUpLocalities(mesh);
  await Promise.all([...servers, ...calledPods, ...calling, ...frugalPods, ...spread].map((pod) => mesh.pod(pod)));
  const { name, port } = traceCollector;
  await Promise.all([
    setUpCalls(mesh),
    mesh.api.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'team', name },
      spec: { ports: [{ name: 'http', port }] },
    }),
    mesh.api.create({
      apiVersion: 'telemetry.istio.io/v1',
      kind: 'Telemetry',
      metadata: { namespace: loudNamespace, name: 'default' },
      spec: { accessLogging: [{ providers: [{ name: 'envoy' }] }] },
    }),
  ]);
  return createStage(mesh, { callers: { ...callers, ...callingPods, ...localityCallers }, settings: insideSettings });
}
