import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { gatewayApiCrdFolder } from '../../hack/toolchain/istio-module.ts';
import { runCli } from '../../src/cli/program.ts';
import { ApiFailure } from '../testbed/api-client.ts';
import type { ApiClient } from '../testbed/api-client.ts';
import { installCrds } from '../testbed/crds.ts';
import { eventually } from '../testbed/eventually.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { hostsOf } from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(180_000);

const [shop, free] = ['shop', 'free'];
const settings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  hosts: {
    policy: 'Delegated',
    grants: [
      { namespace: shop, hosts: ['shop.example.com', '*.wild.example.com'] },
      { namespace: free, hosts: ['*.free.example.com'] },
    ],
  },
};

let stage: Stage;
/** Somebody who may do anything in his namespaces. */
let dev: ApiClient;

/** What the command prints for the settings. */
async function printed(): Promise<readonly KubeObject[]> {
  let [out, err] = ['', ''];
  const terminal = {
    cwd: stage.plane.run.folder,
    now: () => '',
    readStdin: () => Promise.resolve(''),
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  };
  const file = join(stage.plane.run.folder, 'settings.json');
  writeFileSync(file, JSON.stringify(settings));
  const code = await runCli(['admission-policy', '--settings', file, '--exempt-user', 'robot'], terminal);
  expect([code, err]).toEqual([0, '']);
  return parseAllDocuments(out).map((document) => document.toJS() as KubeObject);
}

beforeAll(async () => {
  stage = await startStage({ operator: { settings } });
  const { api } = stage.plane;
  await installCrds(api, [gatewayApiCrdFolder()]);
  for (const namespace of [shop, free]) await stage.namespace(namespace);
  await stage.namespace('ungranted');
  await api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: shop, name: 'dev' } });
  for (const namespace of [shop, free, 'ungranted']) {
    await api.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { namespace, name: 'dev' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', namespace: shop, name: 'dev' }],
    });
  }
  dev = await stage.plane.apiAs({ serviceAccount: { namespace: shop, name: 'dev' } });
  await Promise.all((await printed()).map((object) => api.apply(object)));
  // The API server takes up policies one by one, each a moment after it is there.
  const refusedAll = async (): Promise<boolean> => {
    const words = await Promise.all(Object.values(kinds).map((make) => verdict(make('others.example.com'))));
    return words.every((word) => word !== 'accepted');
  };
  await eventually('every policy is in force', refusedAll);
});
afterAll(() => stage?.stop());

/** What the API server says to making the object, in a dry run. */
async function verdict(object: KubeObject): Promise<string> {
  return dev.create(object, { dryRun: true }).then(
    () => 'accepted',
    (error: unknown) => {
      if (!(error instanceof ApiFailure)) throw error;
      return String(field(error.body, 'message'));
    },
  );
}

const made = (apiVersion: string, kind: string, spec: object, namespace = shop): KubeObject => ({
  apiVersion,
  kind,
  metadata: { namespace, name: 'one' },
  spec,
});

const app = (host: string, namespace = shop): KubeObject =>
  made('apptraffic.dev/v1alpha1', 'AppTraffic', { port: 8080, external: { hosts: [host] } }, namespace);
const backend = { service: { name: 'shop', port: { number: 80 } } };
const rule = (host?: string): object => ({
  ...(host === undefined ? {} : { host }),
  http: { paths: [{ path: '/', pathType: 'Prefix', backend }] },
});
const ingress = (spec: object): KubeObject => made('networking.k8s.io/v1', 'Ingress', spec);
const virtualService = (hosts: readonly string[], gateways?: readonly string[]): KubeObject =>
  made('networking.istio.io/v1', 'VirtualService', {
    hosts,
    ...(gateways === undefined ? {} : { gateways }),
    http: [{ route: [{ destination: { host: 'shop' } }] }],
  });
const gateway = (...hosts: readonly string[]): KubeObject =>
  made('networking.istio.io/v1', 'Gateway', {
    selector: { istio: 'ingressgateway' },
    servers: [
      { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['shop.example.com'] },
      { port: { number: 81, name: 'http-more', protocol: 'HTTP' }, hosts },
    ],
  });
const gatewayApi = 'gateway.networking.k8s.io/v1';
const listener = (hostname?: string): object => ({
  name: 'http',
  port: 80,
  protocol: 'HTTP',
  ...(hostname === undefined ? {} : { hostname }),
});
const gatewayOfApi = (hostname?: string): KubeObject =>
  made(gatewayApi, 'Gateway', { gatewayClassName: 'istio', listeners: [listener(hostname)] });
const listenerSet = (hostname?: string): KubeObject =>
  made(gatewayApi, 'ListenerSet', { parentRef: { name: 'one' }, listeners: [listener(hostname)] });
const apiRoute = (kind: string, hostnames?: readonly string[], parent: object = { name: 'one' }): KubeObject =>
  made(gatewayApi, kind, {
    parentRefs: [parent],
    ...(hostnames === undefined ? {} : { hostnames }),
    ...(kind === 'TLSRoute' ? { rules: [{ backendRefs: [{ name: 'shop', port: 443 }] }] } : {}),
  });

/** Every kind that takes a host, with one. */
const kinds: Readonly<Record<string, (host: string) => KubeObject>> = {
  AppTraffic: app,
  Ingress: (host) => ingress({ rules: [rule(host)] }),
  VirtualService: (host) => virtualService([host], ['istio-system/public']),
  Gateway: (host) => gateway(host),
  'Gateway of Gateway API': gatewayOfApi,
  ListenerSet: listenerSet,
  HTTPRoute: (host) => apiRoute('HTTPRoute', [host]),
  GRPCRoute: (host) => apiRoute('GRPCRoute', [host]),
  TLSRoute: (host) => apiRoute('TLSRoute', [host]),
};

const refused = (...hosts: readonly string[]): string =>
  `the platform grants namespace ${shop} no such host: ${hosts.join(', ')}; use a host that is granted, or ask the platform team for hosts.grants`;

describe('the admission policies for hosts', () => {
  it.each(Object.entries(kinds))('keep a namespace to its hosts: %s', async (_, make) => {
    const hosts = [
      'shop.example.com',
      'a.b.wild.example.com',
      '*.wild.example.com',
      'wild.example.com',
      '*.example.com',
    ];
    expect(await Promise.all(hosts.map((host) => verdict(make(host))))).toEqual([
      'accepted',
      'accepted',
      'accepted',
      expect.stringContaining(refused('wild.example.com')) as string,
      expect.stringContaining(refused('*.example.com')) as string,
    ]);
  });

  it.each<[string, () => KubeObject, string]>([
    ['an Ingress rule without a host', () => ingress({ rules: [rule()] }), refused('*')],
    ['a default backend', () => ingress({ defaultBackend: backend }), refused('*')],
    ['another case', () => virtualService(['EVIL.example.com'], ['a/b']), refused('evil.example.com')],
    ['a trailing dot', () => virtualService(['evil.example.com.'], ['a/b']), refused('evil.example.com')],
    ['every host', () => virtualService(['*'], ['a/b']), refused('*')],
    [
      'one host among granted ones',
      () => virtualService(['shop.example.com', 'x.com'], ['mesh', 'a/b']),
      refused('x.com'),
    ],
    ['a domain that looks like a Service', () => virtualService(['web.shop'], ['a/b']), refused('web.shop')],
    ['a domain below one', () => virtualService(['web.shop.svc.evil.com'], ['a/b']), refused('web.shop.svc.evil.com')],
    ['a Service of another namespace', () => virtualService(['web.free.svc'], ['a/b']), refused('web.free.svc')],
    [
      'a host behind a namespace',
      () => gateway('./x.com', '*/y.com', 'shop/shop.example.com'),
      refused('x.com, y.com'),
    ],
    ['a listener without a hostname', () => gatewayOfApi(), refused('*')],
    ['a route without hostnames', () => apiRoute('HTTPRoute'), refused('*')],
  ])('refuse %s', async (_, make, message) => {
    expect(await verdict(make())).toContain(message);
  });

  it.each<[string, () => KubeObject]>([
    ['an app without a host', () => made('apptraffic.dev/v1alpha1', 'AppTraffic', { port: 8080, internal: {} })],
    ['calls inside the mesh', () => virtualService(['api.stripe.com'])],
    ['calls inside the mesh by its name', () => virtualService(['api.stripe.com'], ['mesh'])],
    [
      'names of own Services at a gateway',
      () => virtualService(['shop', 'shop.shop.svc.cluster.local'], ['mesh', 'a/b']),
    ],
    ['a granted host as Istio may write it', () => virtualService(['Shop.example.com.'], ['a/b'])],
    ['a route of a Service', () => apiRoute('HTTPRoute', undefined, { group: '', kind: 'Service', name: 'shop' })],
  ])('have nothing against %s', async (_, make) => {
    expect(await verdict(make())).toBe('accepted');
  });

  it('know each namespace by itself; one without a grant has no host at all', async () => {
    expect(await verdict(app('a.free.example.com', free))).toBe('accepted');
    expect(await verdict(app('shop.example.com', free))).toContain(
      'grants namespace free no such host: shop.example.com',
    );
    expect(await verdict(app('shop.example.com', 'ungranted'))).toContain('grants namespace ungranted no such host');
  });

  it('leave objects alone that were there before, until somebody changes their spec', async () => {
    const { api } = stage.plane;
    const before = await api.create(virtualService(['before.example.com'], ['a/b']));
    const labelled = await dev.patch(before, { metadata: { labels: { team: 'web' } } });
    expect(labelled.metadata.labels).toEqual({ team: 'web' });
    await expect(dev.patch(before, { spec: { exportTo: ['.'] } })).rejects.toMatchObject({ status: 403 });
    await dev.delete(before);
  });

  it('do not bind the operator, which serves the app', async () => {
    const served = await stage.ready(
      await dev.create({ ...app('shop.example.com'), metadata: { namespace: shop, name: 'served' } }),
    );
    expect(hostsOf(served)).toEqual(['shop.example.com Granted']);
  });

  it('have no expression that the API server finds fault with', async () => {
    const policies = (await printed()).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    const warnings = await Promise.all(
      policies.map(async (policy) => {
        const checked = await stage.plane.api.waitFor(
          policy,
          (found) => field(found, 'status', 'typeChecking') !== undefined,
        );
        return [policy.metadata.name, field(checked, 'status', 'typeChecking')];
      }),
    );
    expect(warnings).toEqual(policies.map(({ metadata }) => [metadata.name, {}]));
  });
});
