import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { istioCrdFile } from '../../hack/toolchain/istio-module.ts';
import { readSettings } from '../../src/cli/input/read-settings.ts';
import { operatorFlagNames } from '../../src/settings/flags.ts';
import { readOperatorFlags } from '../../src/settings/process-flags.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { readManifests } from '../testbed/crds.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../..');
const inRepository = (path: string): string => join(root, path);
const operatorNamespace = 'apptraffic-system';

let plane: ControlPlane;
let everything: readonly KubeObject[];
let copy: string;

async function kustomize(folder: string): Promise<readonly KubeObject[]> {
  const text = await plane.kubectl(['kustomize', folder]);
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'apptraffic-config-'));
  plane = await startControlPlane({ crds: [inRepository('crds'), istioCrdFile()] });
  everything = await kustomize(inRepository('config/default'));
  await plane.api.apply(one('Namespace', operatorNamespace));
  await plane.api.apply(one('ServiceAccount', 'apptraffic-controller'));
});
afterAll(async () => {
  rmSync(copy, { recursive: true, force: true });
  await plane.stop();
});

function one(kind: string, name?: string): KubeObject {
  const found = everything.filter((o) => o.kind === kind && (name === undefined || o.metadata.name === name));
  const [object, ...others] = found;
  if (object === undefined || others.length > 0) throw new Error(`${kind} ${name ?? ''}: ${found.length} objects`);
  return object;
}

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`;

/** Each object with what the API server says to a strict dry run of it. */
async function verdicts(objects: readonly KubeObject[]): Promise<Readonly<Record<string, string>>> {
  const asked = objects.map(async (object): Promise<readonly [string, string]> => {
    const said = plane.api.apply(object, { dryRun: true }).then(
      () => 'accepted',
      (error: Error) => error.message,
    );
    return [nameOf(object), await said];
  });
  return Object.fromEntries(await Promise.all(asked));
}

const allAccepted = (objects: readonly KubeObject[]): Readonly<Record<string, string>> =>
  Object.fromEntries(objects.map((object) => [nameOf(object), 'accepted']));

async function ensureNamespace(name: string): Promise<void> {
  await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

describe('config/default', () => {
  it('holds what an installation needs, and the API server accepts every field of it', async () => {
    const names = everything.map((object) => nameOf(object).replace(/(?<=settings-)[a-z0-9]{10}$/, 'HASH'));
    expect(names.sort()).toEqual([
      'ClusterRole apptraffic-controller',
      'ClusterRole apptraffic-edit',
      'ClusterRole apptraffic-view',
      'ClusterRoleBinding apptraffic-controller',
      'ConfigMap apptraffic-settings-HASH',
      'CustomResourceDefinition apptraffics.apptraffic.dev',
      'Deployment apptraffic-controller',
      'Namespace apptraffic-system',
      'NetworkPolicy apptraffic-controller',
      'PodDisruptionBudget apptraffic-controller',
      'Role apptraffic-leader-election',
      'RoleBinding apptraffic-leader-election',
      'Service apptraffic-metrics',
      'ServiceAccount apptraffic-controller',
    ]);
    expect(await verdicts(everything)).toEqual(allAccepted(everything));
  });

  describe("the Deployment's pods", () => {
    const podOf = (change: (spec: Record<string, unknown>) => object = () => ({})): KubeObject => {
      const template = field(one('Deployment'), 'spec', 'template') as Pick<KubeObject, 'metadata'> & {
        readonly spec: Record<string, unknown>;
      };
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...template.metadata, name: 'operator', namespace: operatorNamespace },
        spec: { ...template.spec, ...change(template.spec) },
      };
    };

    it('are admitted where Pod Security enforces the restricted standard, as their namespace does', async () => {
      expect(one('Namespace').metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
      const pod = await plane.api.create(podOf(), { dryRun: true });
      expect(field(pod, 'spec', 'serviceAccountName')).toBe('apptraffic-controller');
      const withoutIdentity = podOf(() => ({ securityContext: {} }));
      await expect(plane.api.create(withoutIdentity, { dryRun: true })).rejects.toMatchObject({
        status: 403,
        message: expect.stringContaining('violates PodSecurity "restricted:latest"') as string,
      });
    });

    it('hold one token, the projected one, at the place where clients look for it', async () => {
      const pod = await plane.api.create(podOf(), { dryRun: true });
      const volumes = field(pod, 'spec', 'volumes') as readonly { readonly name: string }[];
      expect(volumes.map(({ name }) => name)).toEqual(['settings', 'token']);
      expect(field(pod, 'spec', 'containers', 0, 'volumeMounts')).toEqual([
        { name: 'settings', mountPath: '/etc/apptraffic', readOnly: true },
        { name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
      ]);
    });

    it('are started with flags that the operator knows, serving the ports that probes and Services name', () => {
      const container = field(one('Deployment'), 'spec', 'template', 'spec', 'containers', 0);
      const [command, ...flags] = field(container, 'args') as readonly string[];
      expect(command).toBe('operator');
      const given = Object.fromEntries(
        flags.map((flag) => {
          const [name = '', value = 'true'] = flag.slice('--'.length).split(/=(.*)/s);
          return [name, value];
        }),
      );
      expect(Object.keys(given).filter((name) => !operatorFlagNames.some((known) => known === name))).toEqual([]);
      expect(readOperatorFlags(given)).toMatchObject({
        ok: true,
        value: { leaderElect: true, metricsBindAddress: { port: 8080 }, healthProbeBindAddress: { port: 8081 } },
      });
      expect(field(container, 'ports')).toEqual([
        { name: 'metrics', containerPort: 8080 },
        { name: 'probes', containerPort: 8081 },
      ]);
      expect(field(one('Service'), 'spec', 'ports', 0, 'targetPort')).toBe('metrics');
    });

    it('run the image of this version', () => {
      const { version } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as { version: string };
      const image = field(one('Deployment'), 'spec', 'template', 'spec', 'containers', 0, 'image');
      expect(image).toBe(`ghcr.io/apptraffic/apptraffic:${version}`);
    });

    it('are what every selector beside them selects', async () => {
      const [monitor] = await kustomize(inRepository('config/prometheus'));
      const labels = { 'app.kubernetes.io/name': 'apptraffic' };
      expect({
        pods: field(one('Deployment'), 'spec', 'template', 'metadata', 'labels'),
        deployment: field(one('Deployment'), 'spec', 'selector', 'matchLabels'),
        budget: field(one('PodDisruptionBudget'), 'spec', 'selector', 'matchLabels'),
        network: field(one('NetworkPolicy'), 'spec', 'podSelector', 'matchLabels'),
        service: field(one('Service'), 'spec', 'selector'),
        serviceItself: one('Service').metadata.labels,
        monitor: field(monitor, 'spec', 'selector', 'matchLabels'),
      }).toEqual({
        pods: labels,
        deployment: labels,
        budget: labels,
        network: labels,
        service: labels,
        serviceItself: labels,
        monitor: labels,
      });
      expect(field(monitor, 'spec', 'endpoints', 0, 'port')).toBe(field(one('Service'), 'spec', 'ports', 0, 'name'));
    });
  });

  it('names the settings after their content, so that changed settings roll the Deployment', async () => {
    const settingsIn = (objects: readonly KubeObject[]): unknown => {
      const deployment = objects.find(({ kind }) => kind === 'Deployment');
      return field(deployment, 'spec', 'template', 'spec', 'volumes', 0, 'configMap', 'name');
    };
    for (const folder of ['config', 'crds']) cpSync(inRepository(folder), join(copy, folder), { recursive: true });
    const file = join(copy, 'config/manager/settings.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('provider: Istio', 'provider: Ingress'));
    const changed = await kustomize(join(copy, 'config/default'));
    expect(settingsIn(everything)).toBe(one('ConfigMap').metadata.name);
    expect(settingsIn(changed)).toBe(changed.find(({ kind }) => kind === 'ConfigMap')?.metadata.name);
    expect(settingsIn(changed)).not.toBe(settingsIn(everything));
  });

  it('carries settings that the operator reads', () => {
    expect(readSettings('config/manager/settings.yaml', root)).toMatchObject({ ok: true });
    expect(field(one('ConfigMap'), 'data')).toEqual({
      'settings.yaml': readFileSync(inRepository('config/manager/settings.yaml'), 'utf8'),
    });
  });
});

describe.each(['envoy-filter', 'cert-manager'])('config/components/%s', (component) => {
  it('adds the role of its gate to an installation', async () => {
    const folder = join(copy, `gated-${component}`);
    for (const name of ['config', 'crds']) cpSync(inRepository(name), join(folder, name), { recursive: true });
    mkdirSync(join(folder, 'mine'));
    const lines = ['resources: [../config/default]', `components: [../config/components/${component}]`];
    writeFileSync(join(folder, 'mine/kustomization.yaml'), `${lines.join('\n')}\n`);
    const objects = await kustomize(join(folder, 'mine'));
    const known = new Set(everything.map(nameOf));
    const added = objects.filter((object) => !known.has(nameOf(object)));
    expect(added.map(nameOf)).toEqual([
      `ClusterRole apptraffic-${component}`,
      `ClusterRoleBinding apptraffic-${component}`,
    ]);
    expect(objects).toHaveLength(everything.length + added.length);
    expect(await verdicts(added)).toEqual(allAccepted(added));
  });

  it('has the role for watched namespaces beside it', async () => {
    await ensureNamespace('team-a');
    const objects = readManifests([inRepository(`config/components/${component}/namespaced`)]).map((object) => ({
      ...object,
      metadata: { ...object.metadata, namespace: 'team-a' },
    }));
    expect(objects.map(nameOf)).toEqual([`Role apptraffic-${component}`, `RoleBinding apptraffic-${component}`]);
    expect(await verdicts(objects)).toEqual(allAccepted(objects));
  });
});

describe('config/rbac/namespaced', () => {
  it('is accepted in any namespace that is watched', async () => {
    await ensureNamespace('team-a');
    const objects = readManifests([inRepository('config/rbac/namespaced')]).map((object) =>
      object.metadata.namespace === undefined
        ? object
        : { ...object, metadata: { ...object.metadata, namespace: 'team-a' } },
    );
    expect(objects.map(nameOf)).toEqual([
      'ClusterRole apptraffic-controller-read',
      'ClusterRoleBinding apptraffic-controller-read',
      'Role apptraffic-gateways',
      'RoleBinding apptraffic-gateways',
      'Role apptraffic-controller',
      'RoleBinding apptraffic-controller',
    ]);
    expect(await verdicts(objects)).toEqual(allAccepted(objects));
  });
});

describe('config/samples', () => {
  const folder = inRepository('config/samples');
  const files = globSync('**/*.yaml', { cwd: folder }).sort();
  const isTest = (path: string): boolean => path.endsWith('.test.yaml');
  const samples = files.filter((path) => !isTest(path));

  it('holds beside every AppTraffic its route tests, and but for the first one what a person writes by hand without it', () => {
    const folders = samples.filter((path) => path.endsWith('/before.yaml')).map((path) => dirname(path));
    const pairs = folders.flatMap((name) => [`${name}/apptraffic.yaml`, `${name}/before.yaml`]);
    expect(samples).toEqual([...pairs, 'shop.yaml'].sort());
    expect(folders).toHaveLength(8);
    expect(files.filter(isTest)).toEqual(
      [...folders.map((name) => `${name}/routes.test.yaml`), 'shop.test.yaml'].sort(),
    );
  });

  test.each(samples)('%s is accepted by the API server, field by field', async (sample) => {
    const objects = readManifests([join(folder, sample)]);
    const namespaces = objects.map(({ metadata }) => metadata.namespace).filter((name) => name !== undefined);
    for (const name of new Set(namespaces)) await ensureNamespace(name);
    expect(objects.length).toBeGreaterThan(0);
    expect(await verdicts(objects)).toEqual(allAccepted(objects));
  });
});
