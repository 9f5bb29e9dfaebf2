import { join } from 'node:path';
import { kinds } from '../../src/kube/gvk.ts';
import { systemEnvironment } from '../../src/runtime/environment.ts';
import type { EventNote } from '../../src/runtime/event-note.ts';
import { createEventRecorder } from '../../src/runtime/events.ts';
import type { EventRecorder } from '../../src/runtime/events.ts';
import { createHttpsTransport } from '../../src/runtime/https-transport.ts';
import { loadClusterConfig } from '../../src/runtime/kube-config.ts';
import { createResourceClient } from '../../src/runtime/kube-client.ts';
import type { RuntimeEvent } from '../../src/runtime/observer.ts';
import type { Transport } from '../../src/runtime/transport.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { eventually } from '../testbed/eventually.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { loseResponse } from '../testbed/proxy/injections.ts';
import { startProxy } from '../testbed/proxy/proxy.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../..');
const serviceAccount = { namespace: 'apptraffic-system', name: 'apptraffic-controller' };
const microTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;

describe('the event recorder against the API server, under the shipped role', () => {
  let plane: ControlPlane;
  let proxy: Proxy;
  let transport: Transport;
  let recorder: EventRecorder;
  let running: Promise<void>;
  const stop = new AbortController();
  const observed: RuntimeEvent[] = [];

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: false });
    const { namespace } = serviceAccount;
    await plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await plane.api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: serviceAccount });
    await plane.kubectl(['apply', '-f', join(root, 'config/rbac/role.yaml')]);
    proxy = await startProxy(plane);
    const environment = systemEnvironment((event) => observed.push(event));
    const kubeconfig = await proxy.kubeconfigFor({ serviceAccount });
    const config = loadClusterConfig({ kubeconfig, clock: environment.clock });
    if (!config.ok) throw config.error;
    transport = createHttpsTransport({ cluster: config.cluster, environment, userAgent: 'apptraffic/test' });
    recorder = createEventRecorder({
      events: createResourceClient(transport, kinds.Event, { fieldManager: 'apptraffic-controller' }),
      reporter: { controller: 'apptraffic.dev/controller', instance: 'pod-1_0' },
      environment,
    });
    running = recorder.run(stop.signal);
  });
  afterAll(async () => {
    stop.abort();
    await running;
    transport.close();
    await plane.stop();
  });

  async function configMap(name: string, namespace = 'default'): Promise<KubeObject> {
    return plane.api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } });
  }
  function noteOn({ apiVersion, kind, metadata }: KubeObject, note: string): EventNote {
    const { namespace = '', name, uid = '' } = metadata;
    const regarding = { apiVersion, kind, namespace, name, uid };
    return { regarding, type: 'Warning', reason: 'Repaired', action: 'Apply', note };
  }
  async function eventsOn({ metadata }: KubeObject): Promise<readonly KubeObject[]> {
    const namespace = metadata.namespace ?? 'default';
    const all = await plane.api.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace });
    return all.filter(({ regarding }) => (regarding as { readonly uid?: string }).uid === metadata.uid);
  }

  it('writes an Event that kubectl shows, and its series when it comes again', async () => {
    const shop = await configMap('shop');
    const note = noteOn(shop, 'Service shop was put right');
    recorder.record(note);
    await proxy.waitForRequest({ verb: 'create', resource: 'events' });
    recorder.record(note);
    await proxy.waitForRequest({ verb: 'patch', resource: 'events' });
    expect(await eventsOn(shop)).toEqual([
      expect.objectContaining({
        eventTime: microTime,
        reportingController: 'apptraffic.dev/controller',
        reportingInstance: 'pod-1_0',
        action: 'Apply',
        reason: 'Repaired',
        type: 'Warning',
        note: 'Service shop was put right',
        regarding: note.regarding,
        series: { count: 2, lastObservedTime: microTime },
      }),
    ]);
    expect(await plane.kubectl(['events', '--for=configmap/shop', '--no-headers'])).toMatch(
      /\(x2 over \S+\)\s+Warning\s+Repaired\s+ConfigMap\/shop\s+Service shop was put right/,
    );
  });

  it('writes one Event when the answer to its creation is lost', async () => {
    const shop = await configMap('lost-answer');
    const lost = proxy.inject({ verb: 'create', resource: 'events' }, loseResponse);
    const recorded = observed.filter(({ type }) => type === 'event.recorded').length;
    recorder.record(noteOn(shop, 'once'));
    await lost.firstHit;
    await eventually('it is known', () => observed.filter(({ type }) => type === 'event.recorded').length > recorded);
    expect((await eventsOn(shop)).map(({ note }) => note)).toEqual(['once']);
  });

  it('is understood with the longest name and note that it makes', async () => {
    const shop = await configMap(`${'a'.repeat(235)}.${'b'.repeat(17)}`);
    recorder.record(noteOn(shop, 'ä'.repeat(2_000)));
    await eventually('it is there', async () => (await eventsOn(shop)).length > 0);
    expect((await eventsOn(shop)).map(({ note }) => note)).toEqual([`${'ä'.repeat(510)}…`]);
  });

  it('gives up in a namespace that is being deleted', async () => {
    const namespace = await plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'going' } });
    const shop = await configMap('shop', 'going');
    await plane.api.delete(namespace);
    const mark = proxy.mark();
    recorder.record(noteOn(shop, 'too late'));
    await eventually('it is given up', () => observed.some(({ type }) => type === 'event.failed'));
    const failed = observed.find((event) => event.type === 'event.failed');
    expect([failed, proxy.requests({ resource: 'events' }, mark).map(({ status }) => status)]).toMatchObject([
      { reason: 'Repaired', error: { status: 403, causes: [{ reason: 'NamespaceTerminating' }] } },
      [403],
    ]);
  });
});
