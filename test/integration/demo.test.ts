import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { programPath } from '../../hack/toolchain/location.ts';
import { istioCrdFile } from '../../hack/toolchain/istio-module.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { createDemoPlace } from '../testbed/demo-process.ts';
import type { Demo } from '../testbed/demo-process.ts';
import { runKubectl } from '../testbed/kubectl.ts';
import { startRun } from '../testbed/run.ts';

jest.setTimeout(180_000);

const root = join(import.meta.dirname, '../..');

const run = startRun();
const place = createDemoPlace(run);
const shims = join(place.temporary, 'shims');
const goLog = join(place.temporary, 'go.log');

beforeAll(() => {
  // A `go` that writes down what it is asked, to see that nothing is built.
  mkdirSync(shims);
  const realGo = (process.env.PATH ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'go'))) ?? '';
  const shim = `#!/bin/sh\necho "go $*" >> '${goLog}'\nexec '${join(realGo, 'go')}' "$@"\n`;
  writeFileSync(join(shims, 'go'), shim);
  chmodSync(join(shims, 'go'), 0o755);
});
afterAll(async () => {
  place.remove();
  await run.end();
});

/** kubectl as a user has it; a KUBECONFIG of the environment must not matter. */
const startDemo = (words: readonly string[]): Demo =>
  place.start('demo', words, [shims, dirname(programPath('kubectl')), process.env.PATH ?? ''].join(delimiter));

const table = /^NAME +READY +REASON +HOSTS .*\nshop +True +Ready +shop\.example\.com /m;

describe('make demo', () => {
  it('shows the app and the objects it became, ends with ONCE=1, leaves nothing', async () => {
    const demo = startDemo(['ONCE=1']);
    expect([await demo.ended, demo.stderr()]).toEqual([0, expect.stringContaining('cached') as string]);
    expect(demo.stdout()).toMatch(table);
    const objects = [...demo.stdout().matchAll(/^([a-z]+)\S*\/(\S+) /gm)].map(([, kind, name]) => `${kind} ${name}`);
    expect(objects).toEqual([
      'service shop',
      'gateway shop-istio',
      'virtualservice shop',
      'virtualservice shop-istio',
      'destinationrule shop',
      'peerauthentication shop',
      'authorizationpolicy shop',
    ]);
    expect(place.left()).toEqual([]);
  });

  it('builds nothing a second time, stays up with a kubeconfig that works until Ctrl-C, then leaves nothing', async () => {
    const builtAt = (): number => statSync(join(root, 'dist/apptraffic.cjs')).mtimeMs;
    const before = builtAt();
    const demo = startDemo([]);
    await demo.says('It stays up until Ctrl-C');
    const [, kubeconfig = ''] = /export KUBECONFIG=(\S+)/.exec(demo.stdout()) ?? [];
    const ask = ['get', 'apptraffic', 'shop', '-n', 'shop', '-o', 'jsonpath={.status.url}'];
    expect(await runKubectl(run, kubeconfig, ask)).toBe('https://shop.example.com');
    demo.interrupt();
    await demo.ended;
    expect(place.left()).toEqual([]);
    expect(existsSync(goLog) ? readFileSync(goLog, 'utf8') : '').not.toContain('go build');
    expect(builtAt()).toBe(before);
  });
});

const kindsToList = [
  { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  { apiVersion: 'v1', kind: 'Namespace' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' },
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
];

/** What the cluster holds, by uid. */
async function holdingsOf({ api }: ControlPlane): Promise<readonly string[]> {
  const lists = await Promise.all(kindsToList.map((kind) => api.list(kind)));
  return lists
    .flat()
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.uid}`);
}

describe('make demo on a cluster that has nothing of it', () => {
  it('says where first, shows the app, and removes all that it made: CRDs, namespace and app', async () => {
    const plane = await startControlPlane();
    try {
      const before = await holdingsOf(plane);
      const demo = startDemo(['ONCE=1', 'YES=1', `KUBECONFIG=${plane.kubeconfig}`]);
      expect([await demo.ended, demo.stderr()]).toEqual([0, expect.stringContaining('removed AppTraffic') as string]);
      expect(demo.stdout()).toMatch(new RegExp(`^context +testbed \\(${plane.url}\\)\nnamespace +shop\n`));
      expect(demo.stdout()).toMatch(table);
      expect(await holdingsOf(plane)).toEqual(before);
      expect(place.left()).toEqual([]);
    } finally {
      await plane.stop();
    }
  });
});

describe('make demo on a cluster that has the CRDs', () => {
  let plane: ControlPlane;
  let before: readonly string[];
  beforeAll(async () => {
    plane = await startControlPlane({ crds: [join(root, 'crds'), istioCrdFile()] });
  });
  beforeEach(async () => {
    before = await holdingsOf(plane);
  });
  afterAll(() => plane.stop());

  it('removes namespace and app on Ctrl-C, and not the CRDs', async () => {
    const demo = startDemo(['YES=1', `KUBECONFIG=${plane.kubeconfig}`]);
    await demo.says('It stays up until Ctrl-C');
    expect(await holdingsOf(plane)).not.toEqual(before);
    demo.interrupt();
    await demo.ended;
    expect(await holdingsOf(plane)).toEqual(before);
    expect(place.left()).toEqual([]);
  });

  it('does nothing when nobody is there to ask', async () => {
    const demo = startDemo([`KUBECONFIG=${plane.kubeconfig}`]);
    expect(await demo.ended).not.toBe(0);
    expect(demo.stdout()).toContain('context    testbed');
    expect(demo.stderr()).toContain('say YES=1 to go on without asking');
    expect(await holdingsOf(plane)).toEqual(before);
  });

  it('removes the app when it fails, and not the namespace that was there, nor what stood in its way', async () => {
    const labels = { 'istio-injection': 'enabled' };
    await plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } });
    await plane.api.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { selector: { app: 'other' }, ports: [{ port: 80 }] },
    });
    const held = await holdingsOf(plane);
    const demo = startDemo(['ONCE=1', 'YES=1', `KUBECONFIG=${plane.kubeconfig}`]);
    expect(await demo.ended).not.toBe(0);
    expect(demo.stderr()).toMatch(/the app is not Ready: .*Service shop/);
    expect(await holdingsOf(plane)).toEqual(held);
    expect(await plane.api.list({ apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic' })).toEqual([]);
    expect(place.left()).toEqual([]);
  });

  it('refuses where an app of that name is there already, and leaves it', async () => {
    await plane.kubectl(['apply', '-f', join(root, 'config/samples/shop.yaml')]);
    const demo = startDemo(['YES=1', `KUBECONFIG=${plane.kubeconfig}`]);
    expect(await demo.ended).not.toBe(0);
    expect(demo.stderr()).toContain("AppTraffic shop/shop is there already, and is not the demo's");
    expect(await plane.api.list({ apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic' })).toHaveLength(1);
  });
});
