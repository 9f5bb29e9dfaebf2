/** Every AppTraffic that the operator sees, parsed and indexed: who depends on what, who claims which host. */
import { parseAppTraffic } from '../api/v1alpha1/parse.ts';
import type { Parsed } from '../api/v1alpha1/parse.ts';
import { trafficOf } from '../compile/compile.ts';
import { claimsOf } from '../model/claims.ts';
import type { SpecClaim } from '../model/claims.ts';
import { hostsOverlap } from '../model/host.ts';
import type { Platform } from '../model/platform.ts';
import type { Traffic } from '../model/traffic.ts';
import type { SiblingApp } from '../model/world.ts';
import type { Manifest } from '../kube/manifest.ts';
import { overlapTokens, tokens, tokensOf } from './app-tokens.ts';
import { TokenIndex } from './token-index.ts';

/** One AppTraffic: as it is stored, and what it means where the schema accepts it. */
export type AppEntry = {
  /** `namespace/name`. */
  readonly key: string;
  readonly object: Manifest;
  readonly parsed: Parsed;
  readonly traffic?: Traffic;
  readonly claims: readonly SpecClaim[];
  readonly sibling?: SiblingApp;
};

/** The key of an app: `namespace/name`. */
export function appKey(app: { readonly namespace?: string; readonly name: string }): string {
  return `${app.namespace ?? ''}/${app.name}`;
}

/** All apps. Not persistent: rebuilt from the watch before the first write. */
export class AppIndex {
  readonly #platform: Platform;
  readonly #entries = new Map<string, AppEntry>();
  readonly #tokens = new TokenIndex();

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** The app under a key, if there is one. */
  get(key: string): AppEntry | undefined {
    return this.#entries.get(key);
  }

  /** All keys, sorted. */
  keys(): readonly string[] {
    return [...this.#entries.keys()].sort();
  }

  /** The keys of apps that carry one of the tokens. */
  dependents(wanted: readonly string[]): readonly string[] {
    return this.#tokens.find(wanted);
  }

  /** Stores an app as it is now and returns the keys of all other apps that the change may concern. */
  put(object: Manifest): readonly string[] {
    const entry = this.#entryOf(object);
    const before = this.#entries.get(entry.key);
    this.#entries.set(entry.key, entry);
    this.#tokens.set(entry.key, entry.traffic === undefined ? [] : tokensOf(entry.traffic, entry.claims));
    if (before !== undefined && sameToOthers(before, entry)) return [];
    return this.#concerned(entry.key, [before, entry]);
  }

  /** Forgets an app and returns the keys of all other apps that its going may concern. */
  remove(key: string): readonly string[] {
    const before = this.#entries.get(key);
    this.#entries.delete(key);
    this.#tokens.set(key, []);
    return this.#concerned(key, [before]);
  }

  /** The apps, `key` included, with a claim that overlaps with one of the hosts. */
  claimants(hosts: readonly string[]): readonly AppEntry[] {
    return this.#found(this.#tokens.find(hosts.flatMap(overlapTokens))).filter(({ claims }) =>
      claims.some((claim) => hosts.some((host) => hostsOverlap(host, claim.host))),
    );
  }

  /** The apps with a claim that overlaps with one of the hosts, or with a claim of an app found so far. */
  connected(hosts: readonly string[]): readonly AppEntry[] {
    const found = new Map(this.claimants(hosts).map((entry) => [entry.key, entry]));
    // A Map yields what is added while it is walked.
    for (const { claims } of found.values()) {
      for (const other of this.claimants(claims.map(({ host }) => host))) {
        if (!found.has(other.key)) found.set(other.key, other);
      }
    }
    return [...found.values()];
  }

  /** Other apps of the namespace that select one of the labels. */
  selecting(traffic: Traffic): readonly AppEntry[] {
    const labels = Object.entries(traffic.selector);
    const wanted = labels.map(([label, value]) => tokens.selects(traffic.app.namespace, label, value));
    return this.#found(this.#tokens.find(wanted)).filter(({ key }) => key !== appKey(traffic.app));
  }

  #found(keys: readonly string[]): readonly AppEntry[] {
    return keys.flatMap((key) => this.#entries.get(key) ?? []);
  }

  /** Who allows the app, selects its labels, or has a say in its hosts: directly, or through the hosts of others. */
  #concerned(key: string, versions: readonly (AppEntry | undefined)[]): readonly string[] {
    const wanted = versions.flatMap((entry) => {
      if (entry?.traffic === undefined) return [];
      const { app, selector } = entry.traffic;
      const labels = Object.entries(selector);
      return [
        tokens.allows(app.namespace, app.name),
        ...labels.map(([label, value]) => tokens.selects(app.namespace, label, value)),
      ];
    });
    const hosts = versions.flatMap((entry) => entry?.claims.map(({ host }) => host) ?? []);
    const keys = new Set([...this.#tokens.find(wanted), ...this.connected(hosts).map((entry) => entry.key)]);
    keys.delete(key);
    return [...keys].sort();
  }

  #entryOf(object: Manifest): AppEntry {
    const key = appKey(object.metadata);
    const parsed = parseAppTraffic(object);
    if (!parsed.ok) return { key, object, parsed, claims: [] };
    const traffic = trafficOf(parsed.value, { platform: this.#platform });
    return {
      key,
      object,
      parsed,
      traffic,
      claims: claimsOf(traffic, this.#platform),
      sibling: {
        app: traffic.app,
        selector: traffic.selector,
        serviceAccount: traffic.serviceAccount,
        hasInternal: traffic.internal !== undefined,
        created: object.metadata.creationTimestamp ?? '',
      },
    };
  }
}

/** Whether other apps cannot tell the two versions apart; status and generation do not count. */
function sameToOthers(a: AppEntry, b: AppEntry): boolean {
  const seen = ({ claims, sibling }: AppEntry): string => JSON.stringify([claims, sibling]);
  return seen(a) === seen(b);
}
