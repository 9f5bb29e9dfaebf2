/** Which kinds the API server serves, kept current by polling. */
import { listAt, textAt, textsAt } from '../kube/json.ts';
import { ApiError } from './api-error.ts';
import { jittered } from './backoff.ts';
import { classify } from './classify.ts';
import { sleep } from './clock.ts';
import type { Environment } from './environment.ts';
import { groupVersionPath } from './resource.ts';
import type { Resource } from './resource.ts';
import type { ApiResponse, Transport } from './transport.ts';

/** What the server serves, writes included. Kinds of the core group are always there and never asked for. */
export type Discovery = {
  /** Whether the server serves the resource; undefined before the first answer. One that was served stays so for `goneAfterMs`. */
  serves(resource: Resource): boolean | undefined;
  /** Asks now (calls under way are shared); rejects with ApiError. */
  refresh(): Promise<void>;
  /** Resolves when the resource is served, or `signal` aborts. */
  whenServed(resource: Resource, signal: AbortSignal): Promise<void>;
  /** Called after the set of served kinds changed, or one that was missed is found again; the result ends it. */
  onChange(callback: () => void): () => void;
  /** Polls until `signal` aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
};

/** What discovery asks, and for which resources. */
export type DiscoveryOptions = {
  readonly transport: Transport;
  readonly environment: Environment;
  /** The resources that anybody will ask about; others count as not served. */
  readonly resources: readonly Resource[];
  /** How often to ask; the answer to an unchanged question has no body. Default 30 s. */
  readonly pollMs?: number;
  /** The same while one of the resources is not served, or missed. Default 5 s. */
  readonly missingPollMs?: number;
};

/**
 * A kind that was served is believed gone when answers have left it out for so long, in ms: a server that starts does not
 * list its custom resources yet.
 */
const goneAfterMs = 15_000;

/** One answer: the resources that take writes, and those that are listed but no longer do. */
type Answer = { readonly served: ReadonlySet<string>; readonly ending: ReadonlySet<string> };

/** All groups, versions and resources in one answer (KEP-3352; stable since 1.30), or the list of groups from older servers. */
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Polling discovery over a transport. */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  return new PolledDiscovery(options);
}

class PolledDiscovery implements Discovery {
  readonly #options: DiscoveryOptions;
  readonly #callbacks = new Set<() => void>();
  #served: ReadonlySet<string> | undefined;
  /** Served ones that answers leave out, since when (monotonic ms). */
  #missed: ReadonlyMap<string, number> = new Map();
  #answer: Answer = { served: new Set(), ending: new Set() };
  #etag: string | undefined;
  #underWay: Promise<void> | undefined;
  /** Ends the pause: what is served is no longer what its length was reckoned by. */
  #news = new AbortController();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  serves(resource: Resource): boolean | undefined {
    return resource.group === '' ? true : this.#served?.has(idOf(resource));
  }

  refresh(): Promise<void> {
    this.#underWay ??= this.#ask()
      .catch((error: unknown) => {
        this.#startDoubtsOver();
        throw error;
      })
      .finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  whenServed(resource: Resource, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.serves(resource) !== true && !signal.aborted) return;
        ignore();
        signal.removeEventListener('abort', look);
        resolve();
      };
      const ignore = this.onChange(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }

  onChange(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.refresh();
      } catch (error) {
        this.#options.environment.observe({ type: 'discovery.failed', error });
      }
      await this.#pause(signal);
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { environment, resources, pollMs = 30_000, missingPollMs = 5_000 } = this.#options;
    do {
      this.#news = new AbortController();
      const isComplete = this.#missed.size === 0 && resources.every((resource) => this.serves(resource));
      const period = isComplete ? pollMs : missingPollMs;
      const end = AbortSignal.any([signal, this.#news.signal]);
      await sleep(environment.clock, jittered(period, 0.1, environment.random), end);
    } while (this.#news.signal.aborted && !signal.aborted);
  }

  async #ask(): Promise<void> {
    const answer = await this.#get('/apis', aggregated, this.#etag);
    if (answer.status !== 304) {
      const { body } = answer;
      this.#answer =
        textAt(body, 'kind') === 'APIGroupDiscoveryList' ? this.#fromAggregated(body) : await this.#fromGroups(body);
      this.#etag = answer.etag;
    }
    this.#learn(this.#answer);
  }

  /** A question that failed confirms nothing. */
  #startDoubtsOver(): void {
    const now = this.#options.environment.clock.now();
    this.#missed = new Map([...this.#missed.keys()].map((id) => [id, now]));
  }

  /** A version whose server did not answer is marked Stale: then what was known of it stays true. */
  #fromAggregated(body: unknown): Answer {
    const found = emptyAnswer();
    for (const group of listAt(body, 'items')) {
      for (const version of listAt(group, 'versions')) {
        const prefix = `${textAt(group, 'metadata', 'name') ?? ''}/${textAt(version, 'version') ?? ''}`;
        for (const resource of listAt(version, 'resources')) {
          listFor(resource, found).add(`${prefix}/${textAt(resource, 'resource') ?? ''}`);
        }
        if (textAt(version, 'freshness') !== 'Stale') continue;
        for (const known of this.#served ?? []) if (known.startsWith(`${prefix}/`)) found.served.add(known);
      }
    }
    return found;
  }

  /** Servers before 1.27 answer with the groups alone; the versions we care about are then asked one by one. */
  async #fromGroups(body: unknown): Promise<Answer> {
    const served = new Set(
      listAt(body, 'groups').flatMap((group) =>
        listAt(group, 'versions').map((version) => textAt(version, 'groupVersion')),
      ),
    );
    const found = emptyAnswer();
    const wanted = new Map(
      this.#options.resources.map((resource) => [`${resource.group}/${resource.version}`, resource]),
    );
    for (const [groupVersion, resource] of wanted) {
      if (!served.has(groupVersion)) continue;
      for (const each of await this.#resourcesAt(groupVersionPath(resource))) {
        listFor(each, found).add(`${groupVersion}/${textAt(each, 'name') ?? ''}`);
      }
    }
    return found;
  }

  async #resourcesAt(path: string): Promise<readonly unknown[]> {
    try {
      return listAt((await this.#get(path)).body, 'resources');
    } catch (error) {
      // The group went away between the two questions.
      if (error instanceof ApiError && classify('list', error) === 'kindMissing') return [];
      throw error;
    }
  }

  #get(path: string, accept?: string, etag?: string): Promise<ApiResponse> {
    return this.#options.transport.request({
      verb: 'get',
      method: 'GET',
      path,
      resource: 'discovery',
      timeoutMs: 30_000,
      ...(accept === undefined ? {} : { accept }),
      ...(etag === undefined ? {} : { etag }),
    });
  }

  #learn(answer: Answer): void {
    const missedBefore = this.#missed;
    this.#missed = this.#missedFrom(answer);
    // Only what somebody may ask about is kept: a cluster can serve thousands of kinds.
    const wanted = new Set(this.#options.resources.map(idOf));
    const before = this.#served;
    const after = new Set([...wanted].filter((id) => answer.served.has(id) || this.#missed.has(id)));
    this.#served = after;
    const appeared = [...after].filter((id) => before?.has(id) !== true);
    const vanished = [...(before ?? [])].filter((id) => !after.has(id));
    const isChanged = before === undefined || appeared.length + vanished.length > 0;
    if (isChanged) this.#options.environment.observe({ type: 'discovery.changed', appeared, vanished });
    if (isChanged || !isSameSet(missedBefore, this.#missed)) this.#news.abort();
    const isFoundAgain = [...missedBefore.keys()].some((id) => answer.served.has(id));
    if (isChanged || isFoundAgain) for (const callback of this.#callbacks) callback();
  }

  /** What was served and is left out, but not for long enough to be believed gone. */
  #missedFrom({ served, ending }: Answer): ReadonlyMap<string, number> {
    const now = this.#options.environment.clock.now();
    const left = [...(this.#served ?? [])].filter((id) => !served.has(id) && !ending.has(id));
    const since = left.map((id) => [id, this.#missed.get(id) ?? now] as const);
    return new Map(since.filter(([, at]) => now - at < goneAfterMs));
  }
}

function emptyAnswer(): { readonly served: Set<string>; readonly ending: Set<string> } {
  return { served: new Set(), ending: new Set() };
}

function isSameSet(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  return a.size === b.size && [...a.keys()].every((id) => b.has(id));
}

/** A CustomResourceDefinition that is being deleted is served to the end, without patch, create and update (apiextensions-apiserver, crdHandler). */
function listFor<S>(resource: unknown, answer: { readonly served: S; readonly ending: S }): S {
  return textsAt(resource, 'verbs').includes('patch') ? answer.served : answer.ending;
}

function idOf({ group, version, plural }: Resource): string {
  return `${group}/${version}/${plural}`;
}
