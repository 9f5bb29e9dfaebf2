/** Every AppTraffic that the operator sees, parsed and indexed: who depends on what, who claims and who serves which host. */
import { parseAppTraffic } from '../api/v1alpha1/parse.ts';
import type { Parsed } from '../api/v1alpha1/parse.ts';
import { trafficOf } from '../compile/compile.ts';
import { claimsOf } from '../model/claims.ts';
import type { SpecClaim } from '../model/claims.ts';
import { contend, placeKey } from '../model/claim-contention.ts';
import type { ClaimPlace } from '../model/claim-contention.ts';
import type { Platform } from '../model/platform.ts';
import { siblingOf } from '../model/sibling.ts';
import type { Traffic } from '../model/traffic.ts';
import type { SiblingApp } from '../model/world.ts';
import type { Manifest } from '../kube/manifest.ts';
import { hostTokens, overlapTokens, serverTokens, tokens, tokensOf } from './app-tokens.ts';
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

/** An app with those of its claims that have to do with what is in question, and with the hosts of its live objects that do. */
export type Contender = {
  readonly entry: AppEntry;
  readonly claims: readonly SpecClaim[];
  readonly carried: readonly string[];
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
  /** What live objects carry, by app and host. */
  readonly #carried = new Map<string, ReadonlyMap<string, string>>();
  readonly #carriedTokens = new TokenIndex();

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
    const key = appKey(object.metadata);
    const before = this.#entries.get(key);
    if (before !== undefined && asksTheSame(before.object, object)) {
      this.#entries.set(key, { ...before, object });
      return [];
    }
    const entry = this.#entryOf(object);
    this.#entries.set(key, entry);
    this.#tokens.set(key, entry.traffic === undefined ? [] : tokensOf(entry.traffic, entry.claims));
    return this.#concerned(key, before, entry);
  }

  /** Forgets an app and returns the keys of all other apps that its going may concern. */
  remove(key: string): readonly string[] {
    const before = this.#entries.get(key);
    this.#entries.delete(key);
    this.#tokens.set(key, []);
    return this.#concerned(key, before, undefined);
  }

  /**
   * Notes the hosts that live objects of an app carry now, each with a text that says what it carries there, and returns
   * the keys of all other apps that the change may concern.
   */
  carry(key: string, now: ReadonlyMap<string, string>): readonly string[] {
    const before = this.#carried.get(key) ?? new Map<string, string>();
    const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
      (host) => before.get(host) !== now.get(host),
    );
    if (changed.length === 0) return [];
    if (now.size === 0) this.#carried.delete(key);
    else this.#carried.set(key, now);
    this.#carriedTokens.set(key, [...now.keys()].flatMap(hostTokens));
    return sortedOthers(key, this.#rivals(placesOf(key, changed)));
  }

  /**
   * The claims, and the live hosts, that can have a say in one of `asked`, directly or through others, by app; those of
   * who asks among them.
   */
  contenders(asked: readonly ClaimPlace[]): readonly Contender[] {
    const { shared } = this.#platform.hosts;
    const found = new Map<string, FoundContender>();
    const places = new Map(asked.map((place) => [placeKey(place), place]));
    // A Map yields what is added while it is walked.
    for (const place of places.values()) {
      const wanted = overlapTokens(place.host);
      const keys = new Set([...this.#tokens.find(wanted), ...this.#carriedTokens.find(wanted)]);
      for (const entry of this.#found([...keys])) {
        const claims = entry.claims.filter((one) => contend(place, one, shared));
        const carried = this.#carriedBy(entry.key).filter((one) => contend(place, one, shared));
        if (claims.length + carried.length === 0) continue;
        const known = getOrAdd(found, entry.key, () => ({ entry, claims: new Set(), carried: new Set() }));
        for (const claim of claims) known.claims.add(claim);
        for (const { host } of carried) known.carried.add(host);
        for (const one of [...claims, ...carried]) getOrAdd(places, placeKey(one), () => one);
      }
    }
    return Array.from(found.values(), ({ entry, claims, carried }) => ({
      entry,
      claims: [...claims],
      carried: [...carried],
    }));
  }

  /** Other apps of the namespace that select one of the labels, would make the same Service, or may call one of the same servers elsewhere. */
  rivals(traffic: Traffic): readonly AppEntry[] {
    const { app, selector, service } = traffic;
    const labels = Object.entries(selector);
    const wanted = labels.map(([label, value]) => tokens.selects(app.namespace, label, value));
    const made = tokens.makes(app.namespace, service.name);
    const found = this.#found(this.#tokens.find([...wanted, made, ...serverTokens(traffic)]));
    return found.filter(({ key }) => key !== appKey(app));
  }

  #carriedBy(key: string): readonly ClaimPlace[] {
    return placesOf(key, [...(this.#carried.get(key)?.keys() ?? [])]);
  }

  #rivals(places: readonly ClaimPlace[]): readonly string[] {
    return this.contenders(places).map(({ entry }) => entry.key);
  }

  #found(keys: readonly string[]): readonly AppEntry[] {
    return keys.flatMap((key) => this.#entries.get(key) ?? []);
  }

  /** Who allows or calls the app, selects its labels, would make its Service, or has a say in the hosts that changed: directly, or through the hosts of others. */
  #concerned(key: string, before: AppEntry | undefined, after: AppEntry | undefined): readonly string[] {
    const versions = [before, after];
    const wanted = isSame(before?.sibling, after?.sibling) ? [] : versions.flatMap(siblingTokens);
    // What is live beyond the spec is claimed or not, as the spec is in force or not.
    const isLetGo = isInForce(before) === isInForce(after) && after !== undefined;
    const carried = this.#carriedBy(key).filter(
      ({ host }) => !isLetGo || !after.claims.some((claim) => claim.host === host),
    );
    const rivals = this.#rivals([...changedClaims(before, after), ...carried]);
    return sortedOthers(key, [...this.#tokens.find(wanted), ...rivals]);
  }

  #entryOf(object: Manifest): AppEntry {
    const key = appKey(object.metadata);
    // What another version wrote into status is no reason to refuse what is wanted.
    const { status: _, ...wanted } = object;
    const parsed = parseAppTraffic(wanted);
    if (!parsed.ok) return { key, object, parsed, claims: [] };
    const traffic = trafficOf(parsed.value, { platform: this.#platform });
    return {
      key,
      object,
      parsed,
      traffic,
      claims: claimsOf(traffic, this.#platform),
      sibling: siblingOf(traffic, object.metadata.creationTimestamp ?? '', this.#platform),
    };
  }
}

/** A contender while it is put together. */
type FoundContender = { readonly entry: AppEntry; readonly claims: Set<SpecClaim>; readonly carried: Set<string> };

/** Whether the two are one object with one spec, and both are to stay or to go; status and the rest of metadata do not count. */
function asksTheSame(a: Manifest, b: Manifest): boolean {
  return a.metadata.uid === b.metadata.uid && isGoing(a) === isGoing(b) && isSame(a.spec, b.spec);
}

function isGoing({ metadata }: Manifest): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Whether the spec is carried out, as far as the object alone tells. */
function isInForce(entry: AppEntry | undefined): boolean {
  return entry?.traffic !== undefined && entry.traffic.held === undefined && !isGoing(entry.object);
}

function placesOf(key: string, hosts: readonly string[]): readonly ClaimPlace[] {
  const [namespace = '', name = ''] = key.split('/');
  return hosts.map((host) => ({ app: { namespace, name }, host }));
}

function sortedOthers(key: string, keys: readonly string[]): readonly string[] {
  return [...new Set(keys)].filter((other) => other !== key).sort();
}

/** The tokens of apps that allow or call this one, select its labels, would make its Service, or may call a server that it may call. */
function siblingTokens(entry: AppEntry | undefined): readonly string[] {
  if (entry?.traffic === undefined) return [];
  const { app, selector, service } = entry.traffic;
  const labels = Object.entries(selector);
  return [
    tokens.names(app.namespace, app.name),
    tokens.makes(app.namespace, service.name),
    ...serverTokens(entry.traffic),
    // Who sends to it is let in, or no longer.
    ...(entry.sibling?.admission === undefined ? [] : [tokens.service(app.namespace, service.name)]),
    ...labels.map(([label, value]) => tokens.selects(app.namespace, label, value)),
  ];
}

/** The claims that one version has and the other has not; with another object behind them all are new. */
function changedClaims(before: AppEntry | undefined, after: AppEntry | undefined): readonly SpecClaim[] {
  const all = [...(before?.claims ?? []), ...(after?.claims ?? [])];
  if (before?.object.metadata.uid !== after?.object.metadata.uid) return all;
  const textsOf = (entry: AppEntry | undefined): ReadonlySet<string> =>
    new Set(entry?.claims.map((claim) => JSON.stringify(claim)));
  const [old, now] = [textsOf(before), textsOf(after)];
  return all.filter((claim) => old.has(JSON.stringify(claim)) !== now.has(JSON.stringify(claim)));
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
