/** Plays actions on a memory cluster with an operator in it. */
import type { KindName } from '../../../src/kube/gvk.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import type { Action, Drift, Fact } from './actions.ts';
import { ingressClass, MemoryCluster } from './memory-cluster.ts';
import { OperatorRig } from './operator-rig.ts';
import type { RigOptions } from './operator-rig.ts';

const { gateways } = builtInPlatform();

/** The platform offers one named gateway beside the built-in one. */
export const playOptions: RigOptions = {
  platform: {
    gateways: [
      ...gateways,
      ...gateways.map((entry) => ({ ...entry, name: 'public', namespace: 'edge', default: false })),
    ],
  },
};

/** The cluster, and the operator in it. */
export class Play {
  readonly cluster = new MemoryCluster();
  readonly rig: OperatorRig;
  readonly #inHand = new Set<string>();
  readonly #running: Promise<unknown>[] = [];
  #created = 0;

  constructor(options: RigOptions = playOptions) {
    for (const name of ['alpha', 'zeta']) this.cluster.namespace(name);
    this.rig = new OperatorRig(this.cluster, options);
  }

  /** Plays the actions; while the operator waits for an answer, those that follow happen. Then everything comes to rest. */
  async run(actions: readonly Action[]): Promise<void> {
    const left = [...actions];
    this.cluster.turn = async () => {
      await Promise.resolve();
      this.#act(left.shift());
    };
    while (left.length > 0) {
      this.#act(left.shift());
      await Promise.resolve();
    }
    await Promise.all(this.#running);
    this.cluster.turn = () => Promise.resolve();
    for (const { kind, metadata } of this.cluster.objects.values()) {
      // An app is let go by the operator.
      const isHeld = metadata.deletionTimestamp !== undefined && kind !== 'AppTraffic';
      if (isHeld) this.cluster.release(kind as KindName, nameOf(metadata));
    }
    this.cluster.collect();
    await this.rig.settle();
  }

  #act(action: Action | undefined): void {
    if (action === undefined) return;
    if (action.do === 'deliver') this.cluster.watches.deliverOne(action.n);
    else if (action.do === 'step') this.#step(action.n);
    else if (action.do === 'drift') this.#drift(action.n, action.how);
    else if (action.do === 'fact') this.#facts[action.what]();
    else if (action.do === 'collect') this.cluster.collect();
    else if (action.do === 'delete') this.cluster.remove('AppTraffic', action.app);
    // Two in each second, so that names decide now and then.
    else this.cluster.app(action.app, action.spec, Math.floor(this.#created++ / 2));
  }

  /** As the queue hands keys out: none to two workers at once. */
  #step(n: number): void {
    const free = [...this.rig.queue].filter((key) => !this.#inHand.has(key));
    const key = free[n % Math.max(1, free.length)];
    if (key === undefined) return;
    this.#inHand.add(key);
    this.#running.push(this.rig.step(key).finally(() => this.#inHand.delete(key)));
  }

  #drift(n: number, how: Drift): void {
    const owned = [...this.cluster.objects.values()].filter(({ metadata }) => metadata.ownerReferences !== undefined);
    const child = owned[n % Math.max(1, owned.length)];
    if (child !== undefined) this.#drifts[how](child, child.kind as KindName, nameOf(child.metadata));
  }

  readonly #drifts: Readonly<Record<Drift, (child: Manifest, kind: KindName, name: string) => void>> = {
    add: (_, kind, name) => this.cluster.meddle(kind, name, { strange: true }),
    remove: ({ spec }, kind, name) =>
      this.cluster.meddle(kind, name, { [Object.keys(spec ?? {})[0] ?? 'strange']: undefined }),
    unlabel: (_, kind, name) => this.cluster.relabel(kind, name, { labels: {} }),
    annotate: (_, kind, name) => this.cluster.relabel(kind, name, { annotations: { note: 'mine' } }),
    delete: (_, kind, name) => this.cluster.remove(kind, name),
    finalize: (_, kind, name) => this.cluster.relabel(kind, name, { finalizers: ['example.com/keep'] }),
    release: (_, kind, name) => this.cluster.release(kind, name),
  };

  readonly #facts: Readonly<Record<Fact, () => void>> = {
    docs: () => this.#toggle('Service', 'alpha/docs', () => service('alpha', 'docs')),
    stranger: () => this.#toggle('Service', 'zeta/blog', () => service('zeta', 'blog')),
    gateway: () =>
      this.#toggle('Gateway', 'edge/public', () => ({
        apiVersion: 'networking.istio.io/v1',
        kind: 'Gateway',
        metadata: { namespace: 'edge', name: 'public' },
        spec: { servers: [{ hosts: ['*'] }] },
      })),
    nginx: () => this.#toggle('IngressClass', 'nginx', () => ingressClass('nginx', 'k8s.io/ingress-nginx')),
    default: () => this.#toggle('IngressClass', 'main', () => ingressClass('main', 'example.com/other', true)),
    mesh: () => {
      const { labels } = this.cluster.get('Namespace', 'alpha')?.metadata ?? {};
      this.cluster.namespace(
        'alpha',
        labels?.['istio-injection'] === 'enabled' ? {} : { 'istio-injection': 'enabled' },
      );
    },
  };

  #toggle(kind: KindName, name: string, make: () => Manifest): void {
    const held = this.cluster.get(kind, name);
    if (held === undefined) this.cluster.put(make());
    else if (held.metadata.ownerReferences === undefined) this.cluster.remove(kind, name);
  }
}

function service(namespace: string, name: string): Manifest {
  const spec = { selector: { app: 'docs' }, ports: [{ name: 'http', port: 80 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name }, spec };
}

function nameOf({ namespace, name }: Manifest['metadata']): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
