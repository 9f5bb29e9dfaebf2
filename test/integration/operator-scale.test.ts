import { readFileSync } from 'node:fs';
import { childKindsBehind } from '../../src/kube/gvk.ts';
import { eventually } from '../testbed/eventually.ts';
import { condition } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { requestTexts, tally, watchStart } from './requests.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(300_000);

const namespaces = ['red', 'green', 'blue'];
const appsInEach = 100;
const appCount = namespaces.length * appsInEach;
const convergesWithinMs = 200_000;
const settings = { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '200ms' };
const names = Array.from({ length: appsInEach }, (_, index) => `app${index}`);

/** Five children, two of them VirtualServices: there are more of those than fit into one answer. */
const appOf = (namespace: string, name: string): KubeObject => ({
  apiVersion: 'apptraffic.dev/v1alpha1',
  kind: 'AppTraffic',
  metadata: { namespace, name },
  spec: {
    port: 8080,
    backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
    split: { stable: 90, canary: 10 },
    external: { hosts: [`${name}.${namespace}.example.com`] },
    internal: { routes: [{ name: 'all', to: 'stable' }] },
  },
});
const childrenOf = (name: string): readonly string[] => [
  `services ${name}`,
  `gateways ${name}-istio`,
  `destinationrules ${name}`,
  `virtualservices ${name}`,
  `virtualservices ${name}-istio`,
];
/** Every app's children and its status once; the order is the operator's affair. */
const expectedWrites = namespaces
  .flatMap((namespace) =>
    names.flatMap((name) => [
      `apply apptraffics/status ${namespace}/${name}`,
      ...childrenOf(name).map((child) => `apply ${child.replace(' ', ` ${namespace}/`)}`),
    ]),
  )
  .toSorted();

/** Watches of one process: the apps, each child kind without a gate, and Services, IngressClasses and Namespaces as facts. */
const watches = 1 + childKindsBehind({ EnvoyFilter: false, CertManager: false }).length + 3;

const isReady = (app: KubeObject): boolean => condition(app, 'Ready')?.status === 'True';

/** Resident memory of a process in MB (proc(5), VmRSS). */
const residentMb = (pid: number): number =>
  Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

describe(`${appCount} apps`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ operator: { settings, flags: ['--relist-period=10s'] } });
    for (const namespace of namespaces) await stage.namespace(namespace);
  });
  afterAll(() => stage?.stop());

  it('created at once are all Ready, with one write a child and one for status, and no answer holds more than 500', async () => {
    const { plane, proxy } = stage;
    const empty = residentMb(stage.operator().pid);
    const mark = proxy.mark();
    const started = performance.now();
    for (const name of names) {
      await Promise.all(namespaces.map((namespace) => plane.api.create(appOf(namespace, name))));
    }
    const selection = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic' };
    const withinMs = convergesWithinMs;
    await plane.api.waitForList(selection, (apps) => apps.length === appCount && apps.every(isReady), { withinMs });
    const seconds = Math.round((performance.now() - started) / 1000);
    expect(requestTexts(proxy.writes(mark))).toEqual(expectedWrites);
    // A relist of everything, after the last write.
    const since = proxy.mark();
    const more = (request: { verb: string; resource: string; query: Readonly<Record<string, string>> }): boolean =>
      request.verb === 'list' && request.resource === 'virtualservices' && request.query.continue !== undefined;
    await proxy.waitForRequest(more, { since });
    const lists = proxy.requests({ verb: 'list' });
    // A list under way has no answer yet.
    expect(lists.filter(({ items = 0 }) => items > 500)).toEqual([]);
    const pages = lists.filter(({ resource, index }) => resource === 'virtualservices' && index >= since);
    expect(pages.map(({ items }) => items)).toEqual([500, 2 * appCount - 500]);
    expect(await proxy.quietFor(1_000)).toEqual([]);
    process.stderr.write(
      `${appCount} apps: created and Ready in ${seconds} s; resident memory ${empty} MB without apps, ${residentMb(stage.operator().pid)} MB with them\n`,
    );
  });

  it('cost a restarted operator one streamed request a watch, and not one write', async () => {
    const { proxy } = stage;
    await stage.operator().stop();
    const mark = proxy.mark();
    const operator = await stage.startOperator({ flags: [] });
    const reconciled = `controller_runtime_reconcile_total{controller="apptraffic",result="success"} ${appCount}\n`;
    await eventually('every app is reconciled', async () => (await operator.metrics()).includes(reconciled), 60_000);
    expect(await proxy.quietFor(1_000)).toEqual([]);
    const asked = proxy.requests({}, mark);
    expect(tally(asked.map(({ verb }) => verb))).toEqual({ other: 1, watch: watches });
    expect(tally(asked.filter(({ verb }) => verb === 'watch').map(watchStart))).toEqual({ list: watches });
    expect(await operator.metrics()).toContain(reconciled);
    process.stderr.write(`${appCount} apps: resident memory ${residentMb(stage.operator().pid)} MB after a restart\n`);
  });
});
