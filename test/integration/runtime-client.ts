/** The runtime in the test's own process, connected to a control plane through a proxy. */
import { createDiscovery } from '../../src/runtime/discovery.ts';
import type { Discovery } from '../../src/runtime/discovery.ts';
import { systemEnvironment } from '../../src/runtime/environment.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { createHttpsTransport } from '../../src/runtime/https-transport.ts';
import { createInformer } from '../../src/runtime/informer.ts';
import type { Informer, InformerOptions } from '../../src/runtime/informer.ts';
import { createResourceClient } from '../../src/runtime/kube-client.ts';
import { loadClusterConfig } from '../../src/runtime/kube-config.ts';
import type { RuntimeEvent } from '../../src/runtime/observer.ts';
import type { ResourceClient, ResourceClientOptions } from '../../src/runtime/resource-client.ts';
import type { KubeObject, Resource } from '../../src/runtime/resource.ts';
import type { StoreReader } from '../../src/runtime/store.ts';
import type { Transport } from '../../src/runtime/transport.ts';

/** The kind that tests of the runtime drive: it knows nothing of this project. */
export const configMaps: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

/** What a test keeps of a ConfigMap. */
export type ConfigMap = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly data: Readonly<Record<string, string>>;
};

/** Reads a ConfigMap. */
export function configMapOf({ metadata, data }: KubeObject): ConfigMap {
  const { namespace = '', name, uid = '' } = metadata;
  return { namespace, name, uid, data: (data ?? {}) as Readonly<Record<string, string>> };
}

/** One process's worth of runtime. */
export type RuntimeClient = {
  readonly environment: Environment;
  readonly events: readonly RuntimeEvent[];
  readonly transport: Transport;
  readonly discovery: Discovery;
  readonly client: (resource?: Resource, options?: Partial<ResourceClientOptions>) => ResourceClient;
  /** An informer of ConfigMaps that runs until `stop`. */
  readonly watchConfigMaps: (options?: Partial<InformerOptions<ConfigMap>>) => Informer<ConfigMap>;
  /** Runs something until `stop`. */
  readonly run: (work: (signal: AbortSignal) => Promise<void>) => void;
  /** Resolves when everything has ended. */
  readonly stop: () => Promise<void>;
};

/** Connects as the kubeconfig says; discovery asks about these resources every 200 ms. */
export function connectRuntime(kubeconfig: string, resources: readonly Resource[] = [configMaps]): RuntimeClient {
  const events: RuntimeEvent[] = [];
  const environment = systemEnvironment((event) => void events.push(event));
  const loaded = loadClusterConfig({ kubeconfig, clock: environment.clock });
  if (!loaded.ok) throw loaded.error;
  const transport = createHttpsTransport({ cluster: loaded.cluster, environment, userAgent: 'runtime-test' });
  const discovery = createDiscovery({ transport, environment, resources, pollMs: 200, missingPollMs: 200 });
  const abort = new AbortController();
  const running: Promise<void>[] = [];
  const run = (work: (signal: AbortSignal) => Promise<void>): void => void running.push(work(abort.signal));
  const client: RuntimeClient['client'] = (resource = configMaps, options = {}) =>
    createResourceClient(transport, resource, { fieldManager: 'runtime-test', ...options });
  return {
    environment,
    events,
    transport,
    discovery,
    client,
    run,
    watchConfigMaps: (options = {}) => {
      const reader = client();
      const informer = createInformer({ reader, discovery, environment, transform: configMapOf, ...options });
      run((signal) => informer.run(signal));
      return informer;
    },
    stop: async () => {
      abort.abort();
      await Promise.all(running);
      transport.close();
    },
  };
}

/** Resolves once the store is so, and rejects with what it holds after `withinMs`. */
export function whenStore<T>(
  store: StoreReader<T>,
  isSo: (store: StoreReader<T>) => boolean,
  withinMs = 20_000,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!isSo(store)) return;
      clearTimeout(timer);
      leave();
      resolve();
    };
    const timer = setTimeout(() => {
      leave();
      reject(new Error(`the store never became so; it holds ${JSON.stringify(store.list())}`));
    }, withinMs);
    const leave = store.subscribe(() => queueMicrotask(look));
    look();
  });
}
