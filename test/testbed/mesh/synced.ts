/**
 * Knowing that every proxy works by what the API server holds now. Three steps, none of them a fixed wait:
 * 1. istiod has seen everything: Services with their endpoints, and every object of Istio's in its latest version.
 * 2. istiod computes its configuration afresh from all of that. Its mesh configuration is changed for this, by one
 *    millisecond of the connect timeout, which then shows in every proxy.
 * 3. Every proxy shows that millisecond, has acknowledged clusters, endpoints, listeners and routes of that computation
 *    or a later one, has nothing warming up, and has answered a request since.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';
import { condition, field } from '../kube-object.ts';
import type { KubeObject } from '../kube-object.ts';
import { istioIngressClass } from './istiod.ts';
import type { Istiod } from './istiod.ts';
import type { Namespace } from './namespace.ts';
import { adminPage, isProxyReady } from './proxy.ts';

/** A proxy that has to follow. */
export type SyncedProxy = { readonly id: string; readonly namespace: Namespace };

/** What is to agree. */
export type Synced = { readonly api: ApiClient; readonly istiod: Istiod; readonly proxies: readonly SyncedProxy[] };

const everyMs = 25;

const kinds: Readonly<Record<string, readonly string[]>> = {
  'networking.istio.io/v1': ['VirtualService', 'DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar'],
  'networking.istio.io/v1alpha3': ['EnvoyFilter'],
  'security.istio.io/v1': ['PeerAuthentication', 'AuthorizationPolicy', 'RequestAuthentication'],
  'telemetry.istio.io/v1': ['Telemetry'],
  'networking.k8s.io/v1': ['Ingress'],
};

/** Asks until nothing is missing; rejects with what still is. */
async function untilNothing(deadline: number, missing: () => Promise<string | undefined>): Promise<void> {
  for (;;) {
    const what = await missing();
    if (what === undefined) return;
    if (performance.now() > deadline) throw new Error(`the mesh is not in step: ${what}`);
    await sleep(everyMs);
  }
}

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

const isReadyPod = (pod: KubeObject): boolean =>
  condition(pod, 'Ready')?.status === 'True' && pod.metadata.deletionTimestamp === undefined;

const strings = (value: unknown): readonly string[] => (value ?? []) as readonly string[];

function isSelected(pod: KubeObject, service: KubeObject): boolean {
  const selector = Object.entries((field(service, 'spec', 'selector') ?? {}) as Readonly<Record<string, string>>);
  const isInNamespace = pod.metadata.namespace === service.metadata.namespace;
  return isInNamespace && selector.length > 0 && selector.every(([key, value]) => pod.metadata.labels?.[key] === value);
}

/** Addresses of a Service's ready endpoints, as its EndpointSlices tell. */
function sliceAddresses(service: KubeObject, slices: readonly KubeObject[]): readonly string[] {
  const { namespace, name } = service.metadata;
  const own = slices.filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name,
  );
  const endpoints = own.flatMap((slice) => (field(slice, 'endpoints') ?? []) as readonly object[]);
  return endpoints
    .filter((endpoint) => field(endpoint, 'conditions', 'ready') !== false)
    .flatMap((endpoint) => strings(field(endpoint, 'addresses')))
    .sort();
}

type Shard = { readonly [key: string]: unknown };

function shardEndpoints(shards: unknown, host: string, namespace: string): readonly object[] {
  const found = field(shards, host, namespace, 'Shards') ?? {};
  return Object.values(found as Shard).flatMap((one) => one as readonly object[]);
}

/** istiod's number for endpoints that are not ready, which it keeps too (pilot/pkg/model, UnHealthy). */
const unhealthy = 2;

/** Addresses of a Service's ready endpoints that istiod knows, sorted. */
function istiodAddresses(shards: unknown, service: KubeObject): readonly string[] {
  const { namespace = '', name } = service.metadata;
  const all = shardEndpoints(shards, `${name}.${namespace}.svc.cluster.local`, namespace);
  const endpoints = all.filter((endpoint) => field(endpoint, 'HealthStatus') !== unhealthy);
  return [...new Set(endpoints.flatMap((endpoint) => strings(field(endpoint, 'Addresses'))))].sort();
}

const list = (api: ApiClient, apiVersion: string, kind: string): Promise<readonly KubeObject[]> =>
  api.list({ apiVersion, kind });

/** What a ServiceEntry tells of each of its endpoints, as istiod would keep it; undefined where it lists none. */
function entryEndpoints({ spec }: KubeObject): readonly string[] | undefined {
  const ports = (field(spec, 'ports') ?? []) as readonly object[];
  const endpoints = field(spec, 'endpoints') as readonly object[] | undefined;
  return endpoints?.flatMap((one) =>
    ports.map((port) => {
      const target: unknown = field(port, 'targetPort') ?? field(port, 'number');
      return `${String(field(one, 'address'))}:${String(target)}`;
    }),
  );
}

/** Of ServiceEntries istiod keeps no version in its registry, which comes to know them later than its store does. */
function missingEntries(
  entries: readonly KubeObject[],
  registry: readonly object[],
  shards: unknown,
): string | undefined {
  const external = registry.filter((one) => field(one, 'Attributes', 'ServiceRegistry') === 'External');
  const known = new Set(external.map((one) => String(field(one, 'hostname'))));
  for (const entry of entries) {
    const { namespace = '' } = entry.metadata;
    for (const host of strings(field(entry.spec, 'hosts'))) {
      if (!known.has(host)) return `istiod's registry lacks ${host}`;
      const endpoints = entryEndpoints(entry);
      const found = shardEndpoints(shards, host, namespace).map(
        (one) => `${strings(field(one, 'Addresses')).join()}:${String(field(one, 'EndpointPort'))}`,
      );
      // Several entries may be about one host.
      if (endpoints?.some((one) => !found.includes(one)) === true)
        return `istiod's endpoints of ${host} lack some of ${endpoints.join(', ')}`;
    }
  }
  const wanted = new Set(entries.flatMap(({ spec }) => strings(field(spec, 'hosts'))));
  const gone = [...known].find((host) => !wanted.has(host));
  return gone === undefined ? undefined : `istiod's registry still has ${gone}`;
}

async function missingEndpoints({ api, istiod }: Synced): Promise<string | undefined> {
  const [services, entries, pods, slices, registry, shards] = await Promise.all([
    list(api, 'v1', 'Service'),
    list(api, 'networking.istio.io/v1', 'ServiceEntry'),
    list(api, 'v1', 'Pod'),
    list(api, 'discovery.k8s.io/v1', 'EndpointSlice'),
    istiod.debug('/debug/registryz'),
    istiod.debug('/debug/endpointShardz'),
  ]);
  const known = new Map(
    (registry as readonly object[]).map((one) => [String(field(one, 'hostname')), field(one, 'ResourceVersion')]),
  );
  for (const service of services.filter(({ spec }) => field(spec, 'type') !== 'ExternalName')) {
    const { namespace = '', name, resourceVersion } = service.metadata;
    if (known.get(`${name}.${namespace}.svc.cluster.local`) !== resourceVersion)
      return `istiod has an older ${keyOf(service)}`;
    if (field(service, 'spec', 'selector') === undefined) continue;
    const wanted = pods
      .filter((pod) => isReadyPod(pod) && isSelected(pod, service))
      .map((pod) => String(field(pod, 'status', 'podIP')));
    const expected = JSON.stringify(wanted.sort());
    if (JSON.stringify(sliceAddresses(service, slices)) !== expected)
      return `EndpointSlices of ${keyOf(service)} lack ${expected}`;
    if (JSON.stringify(istiodAddresses(shards, service)) !== expected)
      return `istiod's endpoints of ${keyOf(service)} are not ${expected}`;
  }
  return missingEntries(entries, registry as readonly object[], shards);
}

/** Objects that istiod makes itself, from Ingresses. */
const isGenerated = ({ metadata }: KubeObject): boolean => metadata.name.includes('istio-autogenerated');

/** Whether istiod has to know the object: all of its own kinds, but only those Ingresses that it serves. */
const isIstios = (object: KubeObject): boolean =>
  object.kind !== 'Ingress' || field(object, 'spec', 'ingressClassName') === istioIngressClass;

async function missingConfig({ api, istiod }: Synced): Promise<string | undefined> {
  const selections = Object.entries(kinds).flatMap(([apiVersion, names]) =>
    names.map((kind) => [apiVersion, kind] as const),
  );
  const [stored, ...lists] = await Promise.all([
    istiod.debug('/debug/configz'),
    ...selections.map(([apiVersion, kind]) => list(api, apiVersion, kind)),
  ]);
  const objects = lists.flat();
  const kindNames = new Set(selections.map(([, kind]) => kind));
  const own = (stored as readonly KubeObject[]).filter((object) => kindNames.has(object.kind) && !isGenerated(object));
  const known = new Map(own.map((object) => [keyOf(object), object.metadata.resourceVersion]));
  const behind = objects.find(
    (object) => isIstios(object) && known.get(keyOf(object)) !== object.metadata.resourceVersion,
  );
  if (behind !== undefined) return `istiod has not seen ${keyOf(behind)} at ${behind.metadata.resourceVersion}`;
  const wanted = new Set(objects.map(keyOf));
  const gone = [...known.keys()].find((key) => !wanted.has(key));
  return gone === undefined ? undefined : `istiod still has ${gone}`;
}

/** Number of the computation that a nonce belongs to: `TIME/NUMBER`, then a UUID of 36 characters. */
const computationOf = (nonce: string): number => Number(nonce.slice(0, -36).split('/')[1] ?? 0);

type SyncStatus = { readonly proxy: string } & Readonly<Record<string, string>>;

function unacknowledged(id: string, status: SyncStatus | undefined): string | undefined {
  if (status === undefined) return `${id} is not connected`;
  const computed = computationOf(status.cluster_sent ?? '');
  for (const type of ['cluster', 'endpoint', 'listener', 'route']) {
    const [sent, acked] = [status[`${type}_sent`] ?? '', status[`${type}_acked`] ?? ''];
    if (sent !== acked) return `${id} has not acknowledged its ${type}s`;
    // Sent in this order, after clusters and before listeners; by a computation that changes none, not at all.
    if (type === 'endpoint') continue;
    if (sent !== '' && computationOf(sent) < computed) return `${id} waits for its ${type}s`;
  }
  return undefined;
}

/** Whether the proxy has clusters with that connect timeout, which tells what they were computed from. */
async function showsTimeout({ namespace }: SyncedProxy, timeout: string): Promise<boolean> {
  const page = await adminPage(
    namespace,
    '/config_dump?resource=dynamic_active_clusters&name_regex=^BlackHoleCluster$',
  );
  return page.includes(`"connect_timeout": "${timeout}"`);
}

/** What is warming up in the proxy: listeners that wait for routes or secrets, clusters that wait for endpoints. */
async function warming({ namespace }: SyncedProxy): Promise<string | undefined> {
  const filter = '^(listener_manager.total_listeners_warming|cluster_manager.warming_clusters)$';
  const page = await adminPage(namespace, `/stats?filter=${encodeURIComponent(filter)}`);
  const lines = page.split('\n').filter((line) => line !== '' && !line.endsWith(': 0'));
  return lines.length === 0 ? undefined : lines.join(', ');
}

async function behind({ istiod, proxies }: Synced, timeout: string): Promise<string | undefined> {
  const shown = await Promise.all(proxies.map((proxy) => showsTimeout(proxy, timeout)));
  const late = proxies.find((_proxy, index) => shown[index] !== true);
  if (late !== undefined) return `${late.id} has older clusters`;
  const status = (await istiod.debug('/debug/syncz')) as readonly SyncStatus[];
  for (const { id } of proxies) {
    const what = unacknowledged(
      id,
      status.find(({ proxy }) => proxy === id),
    );
    if (what !== undefined) return what;
  }
  const all = await Promise.all(proxies.map(async (proxy) => ({ id: proxy.id, what: await warming(proxy) })));
  const cold = all.find(({ what }) => what !== undefined);
  return cold === undefined ? undefined : `${cold.id}: ${cold.what}`;
}

/** The connect timeout that computation `index` shows, as JSON of a protobuf Duration. */
export const timeoutOf = (index: number): string => `10.${String(index).padStart(3, '0')}s`;

/** Resolves when every proxy works by what the API server held when this was called; rejects with what is behind after `withinMs`. `index`: 1 to 999, another one at each call. */
export async function untilSynced(mesh: Synced, index: number, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  await untilNothing(deadline, async () => (await missingEndpoints(mesh)) ?? (await missingConfig(mesh)));
  await mesh.istiod.recompute(timeoutOf(index));
  await untilNothing(deadline, () => behind(mesh, timeoutOf(index)));
  await Promise.all(mesh.proxies.map(({ namespace }) => isProxyReady(namespace)));
}
