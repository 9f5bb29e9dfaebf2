/** `make bench`: how far the operator is from the physical limit, in one run on one server; prints figures, asserts nothing. */
import { istioCrdFile } from '../../hack/toolchain/istio-module.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { condition } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { startOperator } from '../testbed/operator.ts';
import type { Operator } from '../testbed/operator.ts';
import { benchApp, benchManifests, largestApp } from './bench-app.ts';
import { cpuMs, metricSum, rssMiB } from './process-figures.ts';
import { writeRaw } from './raw-client.ts';
import type { RawApp, WriteVerb } from './raw-client.ts';

const fewApps = 300;
const manyApps = 1000;
const deadline = { withinMs: 600_000 };
const account = { namespace: 'apptraffic-system', name: 'apptraffic-controller' };

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const row = (name: string, value: string): void => say(`${name.padEnd(58)} ${value}`);

async function inNamespace(
  plane: ControlPlane,
  namespace: string,
  from: number,
  to: number,
): Promise<readonly KubeObject[]> {
  if (from === 0) {
    const metadata = { name: namespace, labels: { 'istio-injection': 'enabled' } };
    await plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata });
  }
  const apps: KubeObject[] = [];
  for (let i = from; i < to; i += 8) {
    const batch = Array.from({ length: Math.min(8, to - i) }, (_, k) => benchApp(namespace, i + k));
    apps.push(...(await Promise.all(batch.map((app) => plane.api.create(app)))));
  }
  return apps;
}

/** The writes that converge these apps, as the operator would send them. */
async function rawApps(apps: readonly KubeObject[], ready: KubeObject, verb: WriteVerb): Promise<readonly RawApp[]> {
  return Promise.all(
    apps.map(async (app): Promise<RawApp> => {
      const { name, namespace, uid } = app.metadata;
      const owner = {
        apiVersion: app.apiVersion,
        kind: app.kind,
        name: name ?? '',
        uid: uid ?? '',
        controller: true,
        blockOwnerDeletion: true,
      };
      const manifests = await benchManifests({ ...app, metadata: { name: name ?? '', namespace: namespace ?? '' } });
      const children = manifests.map((manifest) => ({
        ...manifest,
        metadata: {
          ...manifest.metadata,
          ownerReferences: [owner],
          ...(verb === 'apply' ? { resourceVersion: '1' } : {}),
        },
      }));
      const status = {
        apiVersion: app.apiVersion,
        kind: app.kind,
        metadata: { name: name ?? '', namespace: namespace ?? '' },
        status: ready.status,
      };
      return { children, status };
    }),
  );
}

function allReady(plane: ControlPlane, namespace: string, count: number): Promise<readonly KubeObject[]> {
  return plane.api.waitForList(
    { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', namespace },
    (apps) => apps.filter((app) => condition(app, 'Ready')?.status === 'True').length >= count,
    deadline,
  );
}

async function start(plane: ControlPlane, kubeconfig: string): Promise<Operator> {
  return startOperator(plane, {
    kubeconfig,
    flags: ['--watch-namespaces=bench', '--log-level=warn'],
    readyWithinMs: 60_000,
  });
}

/** Creates apps in the bench namespace first, then starts the operator: the generator costs no CPU while it counts. */
async function converge(
  plane: ControlPlane,
  kubeconfig: string,
  from: number,
  to: number,
): Promise<{ operator: Operator; seconds: number }> {
  await inNamespace(plane, 'bench', from, to);
  const operator = await start(plane, kubeconfig);
  const started = performance.now();
  await allReady(plane, 'bench', to);
  return { operator, seconds: (performance.now() - started) / 1000 };
}

async function bench(plane: ControlPlane): Promise<void> {
  await plane.kubectl(['apply', '--server-side', '--force-conflicts', '-k', 'config/default']);
  const kubeconfig = await plane.serviceAccountKubeconfig(account.namespace, account.name);
  const empty = await start(plane, kubeconfig);
  row('RSS without apps (MiB)', rssMiB(empty.pid).toFixed(0));
  await empty.stop();

  const first = await converge(plane, kubeconfig, 0, fewApps);
  const metrics = await first.operator.metrics();
  const requests = metricSum(metrics, 'rest_client_requests_total');
  const appsPerSecond = fewApps / first.seconds;
  row(`${fewApps} apps, 7 children each: seconds until all are Ready`, first.seconds.toFixed(1));
  row('apps a second', appsPerSecond.toFixed(1));
  row('requests an app (8 are writes)', (requests / fewApps).toFixed(2));
  row('CPU of the operator a child, start included (ms)', (cpuMs(first.operator.pid) / (fewApps * 7)).toFixed(2));
  row(
    'event loop delay, p99 and longest (ms)',
    `${(metricSum(metrics, 'nodejs_eventloop_lag_p99_seconds') * 1000).toFixed(0)} and ${(metricSum(metrics, 'nodejs_eventloop_lag_max_seconds') * 1000).toFixed(0)}`,
  );
  row(`RSS with ${fewApps} apps (MiB)`, rssMiB(first.operator.pid).toFixed(0));
  await first.operator.stop();

  const [ready] = await allReady(plane, 'bench', fewApps);
  if (ready === undefined) throw new Error('no app is Ready');
  const endpoint = { url: plane.url, ca: plane.ca, token: await plane.tokenOf({ serviceAccount: account }) };
  for (const [namespace, verb] of [
    ['raw-apply', 'apply'],
    ['raw-post', 'post'],
  ] as const) {
    const apps = await inNamespace(plane, namespace, 0, fewApps);
    const seconds = await writeRaw(endpoint, await rawApps(apps, ready, verb), verb);
    row(`raw client, children by ${verb}: apps a second`, (fewApps / seconds).toFixed(1));
    row(`operator / raw client by ${verb}`, (appsPerSecond / (fewApps / seconds)).toFixed(2));
  }

  const second = await converge(plane, kubeconfig, fewApps, manyApps);
  row(`RSS with ${manyApps} apps (MiB)`, rssMiB(second.operator.pid).toFixed(0));
  await second.operator.stop();
  const began = performance.now();
  const restarted = await start(plane, kubeconfig);
  row(`cold start to synced with ${manyApps} apps (s)`, ((performance.now() - began) / 1000).toFixed(1));
  await restarted.stop();
}

/** How long `render` takes for an app at the bounds of the schema, once the program is warm. */
async function benchRender(): Promise<void> {
  const app = largestApp();
  await benchManifests(app);
  const began = performance.now();
  await benchManifests(app);
  row('render of 100 hosts and 200 routes (ms)', (performance.now() - began).toFixed(0));
}

say('Bench on one control plane; times depend on the machine, ratios hold.');
await benchRender();
const plane = await startControlPlane({ crds: ['crds/apptraffics.apptraffic.dev.yaml', istioCrdFile()] });
try {
  await bench(plane);
} finally {
  await plane.stop();
}
