/** The operator: caches, queue and controller of AppTraffic, put together over the runtime. */
import { kinds } from '../kube/gvk.ts';
import type { Kind } from '../kube/gvk.ts';
import { fieldManager } from '../kube/identity.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { Platform } from '../model/platform.ts';
import type { ReportedEvent } from '../report/events.ts';
import { createController } from '../runtime/controller.ts';
import type { Controller } from '../runtime/controller.ts';
import type { Discovery } from '../runtime/discovery.ts';
import type { Environment } from '../runtime/environment.ts';
import type { EventRecorder } from '../runtime/events.ts';
import { createInformer } from '../runtime/informer.ts';
import type { Informer } from '../runtime/informer.ts';
import type { AskOutside } from '../runtime/outside-request.ts';
import type { WatchStatus } from '../runtime/watch-status.ts';
import type { WatchTiming } from '../runtime/watch-timing.ts';
import { initialPriority, normalPriority } from '../runtime/queue.ts';
import { createResourceClient } from '../runtime/kube-client.ts';
import type { ResourceClient, WriteGate } from '../runtime/resource-client.ts';
import type { Transport } from '../runtime/transport.ts';
import { AppStates } from './app-state.ts';
import { createCaches } from './caches.ts';
import type { Caches } from './caches.ts';
import { createProber } from './prober.ts';
import type { Prober } from './prober.ts';
import { reconcile } from './reconcile.ts';
import type { ReconcileTools } from './reconcile.ts';
import { resourceWriter } from './resource-writer.ts';
import type { Wake } from './wiring.ts';

/** The name of the controller in logs and metrics. */
export const controllerName = 'apptraffic';

/** Reconciles at the same time: more only make the API server's queue longer (measured: 4 to 8 saturate two cores). */
const workers = 8;

/** What the operator is made of. */
export type OperatorOptions = {
  readonly transport: Transport;
  readonly environment: Environment;
  readonly discovery: Discovery;
  readonly recorder: EventRecorder;
  readonly platform: Platform;
  /** Hash of `platform`, for status. */
  readonly settingsHash: string;
  /** Namespaces of apps; empty: all. */
  readonly watchNamespaces: readonly string[];
  readonly timing: Partial<WatchTiming>;
  readonly maxBackoffMs: number;
  readonly fence: WriteGate;
  readonly writeTimeoutMs: number;
  /** Sends the probes of apps. */
  readonly ask: AskOutside;
};

/** A running or stopped operator. */
export type Operator = {
  /** Fills the caches and keeps them current until `signal` aborts; every replica does. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
  /** Reconciles until `signal` aborts and work under way has ended; only the leader does. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  readonly isSynced: () => boolean;
  readonly watches: () => readonly WatchStatus[];
  /** Objects in the caches by resource. */
  readonly counts: () => readonly { readonly resource: string; readonly objects: number }[];
  readonly queue: Controller['stats'];
  /** Apps whose probe is due, and those that wait for theirs. */
  readonly probes: Controller['stats'];
};

/** Puts the operator together; nothing runs yet. */
export function createOperator(options: OperatorOptions): Operator {
  const { environment, discovery, platform } = options;
  let states = new AppStates(environment.clock.wallTime());
  let leads = false;
  const client = memoized((kind: Kind) => clientOf(kind, options));
  const caches = cachesOf(options, client, (apps, origin) => {
    // A standby would only gather keys, of apps long gone too.
    if (!leads) return;
    for (const app of apps) controller.enqueue(app, origin === 'initial' ? initialPriority : normalPriority);
  });
  const prober = proberOf(options, (app) => controller.enqueue(app));
  const tools: Omit<ReconcileTools, 'states'> = {
    ...caches,
    platform,
    settingsHash: options.settingsHash,
    writer: resourceWriter({ child: (kind) => client(kinds[kind]), apps: client(kinds.AppTraffic) }),
    now: () => environment.clock.wallTime(),
    random: environment.random,
    prober,
    record: (app, event) => options.recorder.record(eventNote(app, event)),
  };
  const controller = createController({
    name: controllerName,
    workers,
    environment,
    maxBackoffMs: options.maxBackoffMs,
    waitFor: caches.informers.map((informer) => (signal: AbortSignal) => informer.whenSynced(signal)),
    generationOf: (key) => caches.sources.apps.get(key)?.object.metadata.generation,
    reconcile: (key, context) => reconcile(key, { ...tools, states }, context),
  });
  return {
    watch: async (signal) => {
      await Promise.all([discovery.run(signal), ...caches.informers.map((informer) => informer.run(signal))]);
    },
    lead: async (signal) => {
      states = new AppStates(environment.clock.wallTime());
      leads = true;
      for (const app of caches.sources.apps.keys()) controller.enqueue(app, initialPriority);
      await Promise.all([controller.run(signal), prober.run(signal)]);
    },
    isSynced: () => discovery.serves(kinds.Ingress) !== undefined && caches.informers.every((one) => one.synced()),
    watches: () => caches.informers.flatMap((informer) => informer.status()),
    counts: () => counts(caches.informers),
    queue: () => controller.stats(),
    probes: () => prober.stats(),
  };
}

function cachesOf(options: OperatorOptions, client: (kind: Kind) => ResourceClient, wake: Wake): Caches {
  const { platform, discovery, environment, watchNamespaces, timing } = options;
  return createCaches({
    platform,
    discovery,
    watchNamespaces,
    informer: (kind, shape) => createInformer({ ...shape, reader: client(kind), environment, discovery, timing }),
    wake,
  });
}

function proberOf({ ask, environment, platform }: OperatorOptions, wake: (app: string) => void): Prober {
  return createProber({ ask, environment, intervalMs: platform.probes.intervalMs, wake });
}

function clientOf(kind: Kind, { transport, fence, writeTimeoutMs }: OperatorOptions): ResourceClient {
  return createResourceClient(transport, kind, { fieldManager, fence, writeTimeoutMs });
}

/** Some resources are in two caches: as children, and as what apps refer to. */
function counts(informers: readonly Informer<unknown>[]): ReturnType<Operator['counts']> {
  const objects = new Map<string, number>();
  for (const informer of informers) {
    const resource = informer.status()[0]?.resource ?? '';
    objects.set(resource, (objects.get(resource) ?? 0) + informer.store.size);
  }
  return Array.from(objects, ([resource, count]) => ({ resource, objects: count }));
}

function memoized<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

function eventNote(app: Manifest, event: ReportedEvent): Parameters<EventRecorder['record']>[0] {
  const { namespace, name, uid = '' } = app.metadata;
  return {
    ...event,
    regarding: {
      apiVersion: app.apiVersion,
      kind: app.kind,
      name,
      uid,
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}
