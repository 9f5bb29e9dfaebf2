import { readPlatform } from '../../src/settings/platform.ts';
import { field } from '../testbed/kube-object.ts';
import { startMesh } from '../testbed/mesh/mesh.ts';
import type { Mesh } from '../testbed/mesh/mesh.ts';
import type { Pod } from '../testbed/mesh/pod.ts';
import type { Ask, Ground } from './probers/allowed.ts';
import { prove } from './probers/change.ts';
import type { Change, Proven } from './probers/change.ts';
import type { Probe, Probing } from './probers/probing.ts';
import { failureLines, rowOf, tableOf } from './probers/report.ts';
import type { Row } from './probers/report.ts';

jest.setTimeout(300_000);

const settings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  // As shipped; only the drain period is cut from 30 s.
  settle: '1s',
  drainPeriod: '3s',
};

const host = 'shop.example.com';
const pods = ['v1', 'v2'].map((version) => ({
  namespace: 'team',
  name: `shop-${version}`,
  labels: { app: 'shop', version },
}));

let mesh: Mesh;
let ground: Ground;
const callers: Record<string, Pod> = {};
let service: string;
const rows: Row[] = [];

beforeAll(async () => {
  mesh = await startMesh({ settings, audit: 'Metadata' });
  await mesh.namespace('team');
  const platform = readPlatform(settings);
  if (!platform.ok) throw new Error(JSON.stringify(platform.issues));
  ground = { platform: platform.value, others: [], pods };
  const accounts = ['checkout', 'billing', 'stranger'];
  const started = await Promise.all([
    ...accounts.map((name) => mesh.pod({ namespace: 'team', name })),
    ...pods.map((pod) => mesh.pod(pod)),
  ]);
  for (const [at, account] of accounts.entries()) callers[account] = started[at] as Pod;
  await mesh.serve('team', 'shop', { port: 8080, external: { hosts: [host] } });
  const object = await mesh.api.get({ apiVersion: 'v1', kind: 'Service', namespace: 'team', name: 'shop' });
  service = String(field(object, 'spec', 'clusterIP'));
});
afterAll(async () => {
  await mesh?.stop();
  process.stdout.write(`\n${tableOf(rows)}\n`);
});

/** From outside, through the first gateway. */
function outside(path: string, more: Partial<Ask> = {}): Probe {
  const ask: Ask = { host, path, ...more };
  const to = `${mesh.gateways[0]?.address ?? ''}:80`;
  return { name: `${ask.method ?? 'GET'} http://${ask.host}${path}`, ask, from: mesh.internet, to };
}

/** From a pod with a sidecar to the Service. */
function inside(account: string, path: string, more: Partial<Ask> = {}): Probe {
  const from = callers[account];
  if (from === undefined) throw new Error(`no caller ${account}`);
  const ask: Ask = { host: 'shop.team', path, caller: { namespace: 'team', serviceAccount: account }, ...more };
  return { name: `${account}: ${ask.method ?? 'GET'} shop.team${path}`, ask, from, to: `${service}:80` };
}

/** Makes changes one after the other, each from the spec before, under the same probes; nothing may fail. */
async function noGap(scenario: string, changes: readonly Omit<Change, 'namespace' | 'name'>[]): Promise<void> {
  const proven: Proven[] = [];
  for (const change of changes) proven.push(await prove(mesh, ground, { namespace: 'team', name: 'shop', ...change }));
  const judged = proven.flatMap((one) => one.judged);
  rows.push(
    rowOf(
      scenario,
      judged,
      proven.reduce((sum, one) => sum + one.leftOut, 0),
    ),
  );
  expect(failureLines(judged)).toEqual([]);
}

/** The changes along a list of specs. */
function along(specs: readonly object[], probes: readonly Probe[]): readonly Omit<Change, 'namespace' | 'name'>[] {
  return specs.slice(1).map((spec, at) => ({ old: specs[at] ?? {}, new: spec, probes }));
}

const backends = { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } };
const external = { hosts: [host] };

it('moves weights without a gap', async () => {
  const spec = (canary: number): object => ({
    port: 8080,
    backends,
    split: { stable: 100 - canary, canary },
    external,
    internal: { mtls: { mode: 'Strict' } },
  });
  await noGap(
    'weights move',
    along([spec(0), spec(50), spec(100), spec(10)], [outside('/a?b=1'), inside('stranger', '/a')]),
  );
});

describe('probers report', () => {
  const spec = { port: 8080, external, internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] } };
  /** Deletes a child while the operator cannot repair it. */
  const hand =
    (apiVersion: string, kind: string, name: string) =>
    async (probing: Probing): Promise<void> => {
      mesh.operator().pause();
      await mesh.api.delete({ apiVersion, kind, namespace: 'team', name });
      await mesh.synced();
      await probing.more(5);
      mesh.operator().resume();
    };

  it('a route that was deleted by hand', async () => {
    const meanwhile = hand('networking.istio.io/v1', 'VirtualService', 'shop-istio');
    const probes = [outside('/a'), inside('checkout', '/a')];
    const { judged } = await prove(mesh, ground, {
      namespace: 'team',
      name: 'shop',
      old: spec,
      new: spec,
      probes,
      meanwhile,
    });
    const lines = failureLines(judged);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !line.includes('changing, GET http://shop.example.com/a: not as old: pod'))).toEqual(
      [],
    );
  });

  it('a pod that answers without its policy', async () => {
    const meanwhile = hand('security.istio.io/v1', 'AuthorizationPolicy', 'shop');
    const probes = [outside('/a'), inside('checkout', '/a'), inside('stranger', '/a')];
    const { judged } = await prove(mesh, ground, {
      namespace: 'team',
      name: 'shop',
      old: spec,
      new: spec,
      probes,
      meanwhile,
    });
    const lines = failureLines(judged);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !line.includes('changing, stranger: GET shop.team/a: not as old: status'))).toEqual(
      [],
    );
  });
});
