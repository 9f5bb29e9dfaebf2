import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conditionsOf, problemsOf, readyConditions, refusedConditions } from '../integration/app-view.ts';
import { readManifests } from '../testbed/crds.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { startMesh } from '../testbed/mesh/mesh.ts';
import type { Mesh } from '../testbed/mesh/mesh.ts';
import type { Pod, PodOptions } from '../testbed/mesh/pod.ts';
import { ensure } from '../testbed/mesh/workload.ts';
import { fromOutside, insideResults, liveResults } from './route-tests.ts';

jest.setTimeout(300_000);

let mesh: Mesh;
/** Without a sidecar, in a namespace of its own. */
let plain: Pod;
/** In namespace shop, in the mesh: the caller that the shop allows, and a stranger to others. */
let checkout: Pod;

const ingressKind = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
const ingressClass = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'istio' } };

beforeAll(async () => {
  mesh = await startMesh();
  // The samples of provider Ingress name no class: they get the cluster's default one.
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
  await mesh.api.patch(ingressClass, { metadata: { annotations } });
  await mesh.namespace('outside', { injected: false });
  await mesh.namespace('shop');
  checkout = await mesh.pod({ namespace: 'shop', name: 'checkout' });
  plain = await mesh.pod({ namespace: 'outside', name: 'stranger', sidecar: false });
});
afterAll(() => mesh?.stop());

const fileOf = (sample: string): string => `config/samples/${sample}/apptraffic.yaml`;
const testOf = (sample: string): string => `config/samples/${sample}/routes.test.yaml`;

const appsOf = (file: string): readonly KubeObject[] =>
  readManifests([file]).filter(({ kind }) => kind === 'AppTraffic');

/** Makes the namespaces of the file's objects and the pods; those of samples that say nothing of a mesh are outside of it. */
async function furnish(file: string, pods: readonly PodOptions[]): Promise<readonly Pod[]> {
  const objects = readManifests([file]);
  for (const one of objects.filter(({ kind }) => kind === 'Namespace')) await ensure(mesh.api, one);
  const names = new Set([
    ...objects.flatMap(({ metadata }) => metadata.namespace ?? []),
    ...pods.map(({ namespace }) => namespace),
  ]);
  for (const name of names) await ensure(mesh.api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return Promise.all(pods.map((pod) => mesh.pod(pod)));
}

/** Istiod has seen an Ingress when it has written its address: that of the Service which MeshConfig.ingressService names. */
async function untilAddressed(ingress: KubeObject): Promise<void> {
  const address = await mesh.api.waitFor(
    ingress,
    (one) => field(one, 'status', 'loadBalancer', 'ingress', 0) !== undefined,
  );
  expect(field(address, 'status', 'loadBalancer', 'ingress', 0, 'ip')).toBe(mesh.gateways[0]?.address);
}

/** Applies the file as a person does, and waits until all of it holds. */
async function serve(file: string): Promise<void> {
  await mesh.plane.kubectl(['apply', '-f', file]);
  for (const { metadata } of await Promise.all(appsOf(file).map(mesh.ready))) {
    const ingresses = await mesh.api.list({ ...ingressKind, namespace: metadata.namespace ?? '' });
    const own = ingresses.filter((one) => one.metadata.labels?.['apptraffic.dev/app'] === metadata.name);
    for (const ingress of own) await untilAddressed(ingress);
  }
  await mesh.synced();
}

/** Several samples want the same hosts, so none stays. */
async function removeApps(): Promise<void> {
  for (const app of await mesh.api.list({ apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic' })) {
    await mesh.api.delete(app, { propagationPolicy: 'Foreground' });
    await mesh.api.waitGone(app);
  }
}
afterEach(removeApps);

const outsideMesh = (namespace: string, name: string, port: number): PodOptions => ({
  namespace,
  name,
  ports: [port],
  sidecar: false,
});

describe('a sample of provider Ingress, on a class that istiod serves', () => {
  it('hello-world', async () => {
    await furnish(fileOf('hello-world'), [outsideMesh('hello', 'hello-world', 8080)]);
    await serve(fileOf('hello-world'));
    expect(await liveResults(mesh, testOf('hello-world'))).toEqual([
      'Pass the path is passed on as it is; without app, route',
      'Pass everything below the path goes there too',
      'Pass a path that only begins alike does not',
      'Pass nothing else is served',
    ]);
  });

  it('one-domain: three apps share a host, and each gets its own requests', async () => {
    const pods = await furnish(
      fileOf('one-domain'),
      ['api', 'blog', 'stats'].map((name) => outsideMesh('site', name, 8080)),
    );
    await serve(fileOf('one-domain'));
    expect(await liveResults(mesh, testOf('one-domain'))).toEqual([
      'Pass the api has its path; without app',
      'Pass the blog has its path; without app',
      'Pass statistics have theirs; without app',
      'Pass what nobody asked for is not found',
    ]);
    const counts = pods.map(
      async (pod) =>
        [
          pod.name,
          await Promise.all(['/api/v1/items', '/blog/', '/stats', '/api/v2'].map((path) => pod.count(path))),
        ] as const,
    );
    expect(Object.fromEntries(await Promise.all(counts))).toEqual({
      api: [400, 0, 0, 0],
      blog: [0, 400, 0, 0],
      stats: [0, 0, 400, 0],
    });
  });

  it('grafana', async () => {
    await furnish(fileOf('grafana'), [outsideMesh('monitoring', 'grafana', 3000)]);
    await serve(fileOf('grafana'));
    expect(await liveResults(mesh, testOf('grafana'))).toEqual([
      "Pass the whole host is grafana's; without app, route",
      'Pass another host is not',
    ]);
  });
});

describe('a sample written for ingress-nginx', () => {
  const orClass = 'let external.ingressClass name a class whose controller is ingress-nginx';
  const cases = [
    {
      sample: 'two-hosts-rewrite',
      urls: ['http://example.com/app', 'http://api.example.com/'],
      field: 'spec.external.routes[0].rewrite.prefix',
      message: 'plain Ingress has no way for it: an Ingress cannot change the path of a request',
      fix: `${orClass}, or remove the rewrite`,
    },
    {
      sample: 'secure-tls',
      urls: ['http://secure.example.com/'],
      field: 'spec.external.tls',
      message:
        'plain Ingress has no way for it: whether plain http is redirected to https depends on the controller, and it is not known',
      fix: `set httpsRedirect: false, or ${orClass}`,
    },
  ];

  it.each(cases)('is left alone by istiod, and refused on its class: $sample', async ({ sample, urls, ...problem }) => {
    const { field: at, message, fix } = problem;
    const objects = readManifests([fileOf(sample)]);
    const [app] = objects.filter(({ kind }) => kind === 'AppTraffic');
    if (app === undefined) throw new Error(`${sample} has no AppTraffic`);
    const { namespace = '', name } = app.metadata;
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: 'api-service' } };
    await furnish(fileOf(sample), [outsideMesh(namespace, name, 8080)]);
    await furnish(fileOf('grafana'), []);
    await ensure(mesh.api, { ...service, spec: { selector: { app: name }, ports: [{ port: 8080 }] } });
    // So that the gateway listens at all.
    await serve(fileOf('grafana'));
    await mesh.plane.kubectl(['apply', '-f', fileOf(sample)]);
    expect(conditionsOf(await mesh.ready(app))).toEqual(readyConditions);
    await mesh.synced();
    const answers = urls.map((url) => mesh.request({ host: new URL(url).host, path: new URL(url).pathname }));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(urls.map(() => 404));
    await removeApps();

    const spec = app.spec as { readonly external: object };
    const refused = await mesh.app(namespace, name, { ...spec, external: { ...spec.external, ingressClass: 'istio' } });
    const status = await mesh.api.waitFor(refused, (one) => problemsOf(one).length > 0);
    expect(conditionsOf(status)).toEqual(refusedConditions('UnsupportedByProvider'));
    expect(problemsOf(status)).toEqual([`AT0701 Error ${at}: ${message}; ${fix}`]);
    expect(await mesh.api.list({ ...ingressKind, namespace })).toEqual([]);

    const files = [
      { ...app, spec: refused.spec },
      { ...ingressClass, spec: { controller: 'istio.io/ingress-controller' } },
    ];
    const file = join(mesh.plane.run.folder, `${sample}.yaml`);
    writeFileSync(file, files.map((one) => JSON.stringify(one)).join('\n---\n'));
    expect(await fromOutside(mesh, ['validate', '-f', file])).toContain(
      `Error  AT0701  ${at}: ${message}. Fix: ${fix}.\n1 file, 1 AppTraffic: 1 error, 0 warnings`,
    );
  });
});

const version = (namespace: string, app: string, label: string, port: number): PodOptions => ({
  namespace,
  name: `${app}-${label}`,
  labels: { app, version: label },
  ports: [port],
});

describe('a sample of provider Istio', () => {
  it('bookinfo-gateway', async () => {
    await furnish(fileOf('bookinfo-gateway'), [{ namespace: 'bookinfo', name: 'reviews', ports: [9080] }]);
    await serve(fileOf('bookinfo-gateway'));
    expect(await liveResults(mesh, testOf('bookinfo-gateway'))).toEqual([
      'Pass reviews are served over plain http',
      'Pass dot segments are gone before a route is chosen',
      'Pass host names ignore case, and a port does not count',
      'Pass nothing else is served',
    ]);
  });

  it('shop, from outside and inside', async () => {
    const [shop, , ...callers] = await furnish('config/samples/shop.yaml', [
      version('shop', 'shop', 'v1', 8080),
      version('shop', 'shop', 'v2', 8080),
      { namespace: 'shop', name: 'blog' },
    ]);
    const ca = join(mesh.plane.run.folder, 'shop-ca.pem');
    writeFileSync(ca, await mesh.tlsSecret('istio-system', 'shop-tls', ['shop.example.com']));
    await serve('config/samples/shop.yaml');
    const file = 'config/samples/shop.test.yaml';
    expect(await liveResults(mesh, file, ca)).toEqual([
      'Pass one visitor in ten gets the canary',
      'Pass the backend sees the path cleaned up, and the host as it was asked for',
      'Pass nobody can pretend to have come through another route',
      'Pass plain http is sent to https, with path and query',
      "Pass an unknown host is nobody's",
      'NotJudged checkout may call the shop, and gets the canary as visitors do',
      'NotJudged no other workload may',
    ]);
    const inside = { callers: [...callers, checkout], plain, podAddress: `${shop?.address}:8080` };
    expect(await insideResults(file, inside, (label) => (label === 'v1' ? 'stable' : 'canary'))).toEqual([
      'Pass checkout may call the shop, and gets the canary as visitors do',
      'Pass no other workload may',
    ]);
  });

  it('strict-mtls, inside', async () => {
    const [payments, ...callers] = await furnish(fileOf('strict-mtls'), [
      { namespace: 'payments', name: 'payments' },
      { namespace: 'payments', name: 'checkout' },
    ]);
    await serve(fileOf('strict-mtls'));
    const inside = { callers: [...callers, checkout], plain, podAddress: `${payments?.address}:8080` };
    expect(await insideResults(testOf('strict-mtls'), inside, String)).toEqual([
      'Pass checkout may call payments',
      'Pass a checkout in another namespace is someone else',
      'Pass plaintext is not taken',
    ]);
  });

  it('reviews-by-user, inside', async () => {
    const [reviews, , ...callers] = await furnish(fileOf('reviews-by-user'), [
      version('bookinfo-mesh', 'reviews', 'v1', 9080),
      version('bookinfo-mesh', 'reviews', 'v2', 9080),
      { namespace: 'bookinfo-mesh', name: 'productpage' },
    ]);
    await serve(fileOf('reviews-by-user'));
    const inside = { callers, plain, podAddress: `${reviews?.address}:9080` };
    expect(await insideResults(testOf('reviews-by-user'), inside, String)).toEqual([
      'Pass jason gets v2',
      'Pass everyone else gets v1',
      'Pass a caller without a sidecar gets the plain Service, whoever he says he is',
    ]);
  });
});
