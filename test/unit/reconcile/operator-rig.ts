/** The reconciler over a memory cluster: real caches, triggers and reconcile; the test turns the crank. */
import type { ProbeFinding } from '../../../src/report/reachable.ts';
import type { ReportedEvent } from '../../../src/report/events.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { childKinds } from '../../../src/kube/gvk.ts';
import type { KindName } from '../../../src/kube/gvk.ts';
import type { Platform } from '../../../src/model/platform.ts';
import { AppStates } from '../../../src/reconcile/app-state.ts';
import { createCaches } from '../../../src/reconcile/caches.ts';
import type { Caches } from '../../../src/reconcile/caches.ts';
import { reconcile } from '../../../src/reconcile/reconcile.ts';
import type { Outcome } from '../../../src/runtime/outcome.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { settingsHash } from '../../../src/settings/settings-hash.ts';
import type { MemoryCluster } from './memory-cluster.ts';

/** How an operator differs from the plain one. */
export type RigOptions = {
  readonly platform?: Partial<Platform>;
  readonly watchNamespaces?: readonly string[];
  /** Kinds that the cluster does not serve. */
  readonly missing?: readonly KindName[];
};

/** How long after the start of its crank a rig still waits for what wants another look, in ms. */
const patienceMs = 80_000;
const mostSteps = 2_000;

/** One operator. `queue` is what its caches woke, `later` what asked for another look. */
export class OperatorRig {
  readonly cluster: MemoryCluster;
  readonly caches: Caches;
  readonly states: AppStates;
  readonly queue = new Set<string>();
  readonly later = new Map<string, number>();
  readonly stop = new AbortController();
  readonly failures = new Map<string, number>();
  /** Outcomes that wanted another try, in order. */
  readonly failed: Outcome[] = [];
  readonly events: (ReportedEvent & { readonly app: string })[] = [];
  readonly missing: Set<KindName>;
  now = Date.UTC(2026, 0, 1, 12);
  /** What probes have settled on, of every app that has one. */
  found: ProbeFinding | undefined;
  readonly #platform: Platform;
  readonly #discoveryCallbacks: (() => void)[] = [];

  constructor(cluster: MemoryCluster, { platform, watchNamespaces = [], missing = [] }: RigOptions = {}) {
    this.cluster = cluster;
    this.missing = new Set(missing);
    this.#platform = { ...builtInPlatform(), ...platform };
    this.states = new AppStates(this.now - 60_000);
    this.caches = createCaches({
      platform: this.#platform,
      watchNamespaces,
      informer: cluster.watches.informer,
      discovery: {
        serves: ({ kind }) => !this.missing.has(kind as KindName),
        refresh: () => Promise.resolve(),
        whenServed: () => Promise.resolve(),
        onChange: (callback) => {
          this.#discoveryCallbacks.push(callback);
          return () => {};
        },
        run: () => Promise.resolve(),
      },
      wake: (apps) => {
        for (const app of apps) this.queue.add(app);
      },
    });
  }

  /** Discovery finds that the cluster serves other kinds now. */
  serveAllBut(...missing: readonly KindName[]): void {
    this.missing.clear();
    for (const kind of missing) this.missing.add(kind);
    for (const callback of this.#discoveryCallbacks) callback();
  }

  /** One reconcile of one key, as the controller does it; faults put the key back into the queue. */
  async step(key: string): Promise<Outcome> {
    this.queue.delete(key);
    this.later.delete(key);
    const outcome = await reconcile(key, this.#tools(), {
      failures: this.failures.get(key) ?? 0,
      signal: this.stop.signal,
    });
    if (outcome.type === 'backoff' || outcome.type === 'terminal') {
      this.failed.push(outcome);
      this.failures.set(key, (this.failures.get(key) ?? 0) + 1);
      this.queue.add(key);
    } else this.failures.delete(key);
    if (outcome.type === 'again') this.later.set(key, this.now + outcome.afterMs);
    return outcome;
  }

  /** Delivers and reconciles until nothing is left to do within the rig's patience. Throws when that never comes. */
  async settle(): Promise<void> {
    const start = this.now;
    for (let steps = 0; steps < mostSteps; steps++) {
      this.cluster.watches.deliver();
      const [key] = this.queue;
      if (key !== undefined) {
        await this.step(key);
        this.now += 10;
        continue;
      }
      const [next] = [...this.later].sort(([, a], [, b]) => a - b);
      if (next === undefined || next[1] > start + patienceMs) return;
      this.now = Math.max(this.now, next[1]);
      this.queue.add(next[0]);
    }
    throw new Error(`never quiet; still queued: ${[...this.queue].join(', ')}`);
  }

  /** The status of an app as the cluster has it, in short: reasons of its conditions. */
  conditions(app: string): readonly string[] {
    const status = this.cluster.get('AppTraffic', app)?.status as
      { conditions?: readonly { type: string; status: string; reason: string }[] } | undefined;
    return (status?.conditions ?? []).map((one) => `${one.type}=${one.status} ${one.reason}`);
  }

  /** The children of an app in the cluster: `Kind name`. */
  children(app: string): readonly string[] {
    const uid = this.cluster.get('AppTraffic', app)?.metadata.uid;
    return [...this.cluster.objects.values()]
      .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true)
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      .sort();
  }

  #tools(): Parameters<typeof reconcile>[1] {
    return {
      ...this.caches,
      states: this.states,
      writer: this.cluster.writer,
      prober: { want: (_key, _uid, request) => (request === undefined ? undefined : this.found) },
      platform: this.#platform,
      settingsHash: settingsHash(this.#platform),
      now: () => this.now,
      random: () => 0.5,
      record: (app: Manifest, event) => {
        this.events.push({ ...event, app: `${app.metadata.namespace ?? ''}/${app.metadata.name}` });
      },
    };
  }
}

/** What an operator that starts now would write: none when everything is as it should be. */
export async function writesAfterRestart(cluster: MemoryCluster, options: RigOptions = {}): Promise<readonly string[]> {
  const before = cluster.writes.length;
  cluster.watches.close();
  await new OperatorRig(cluster, options).settle();
  return cluster.writes.slice(before);
}

/** Whether a key in the cluster's words is that of a child. */
export function isChildKey(key: string): boolean {
  return childKinds.some((kind) => key.startsWith(`${kind} `));
}
