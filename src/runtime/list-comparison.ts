/** Compares a full list with the store, to find what the watch has missed. */
import { sleep } from './clock.ts';
import type { Clock } from './clock.ts';
import type { ObjectStore } from './object-store.ts';
import type { ResourceReader, Selection } from './resource-client.ts';
import { keyOf } from './resource.ts';
import { compareResourceVersions } from './resource-version.ts';

/** How long an event may be on its way before its absence counts as a miss. */
const graceMs = 5_000;

/** What a comparison needs. */
export type ComparisonOptions<T> = {
  readonly reader: ResourceReader;
  readonly store: ObjectStore<T>;
  readonly selection: Selection;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** How many objects the list held, and the keys about which the store is behind it. */
export type Comparison = { readonly items: number; readonly missed: readonly string[] };

type Listed = { readonly uid: string; readonly resourceVersion: string };

/** Lists metadata only; rejects with ApiError. The store may move on meanwhile: what is newer than the list is right. */
export async function compareWithList<T>(options: ComparisonOptions<T>): Promise<Comparison> {
  const { reader, store, selection, clock, signal } = options;
  const listed = new Map<string, Listed>();
  let listVersion = '';
  for await (const page of reader.list(selection, { metadataOnly: true, signal })) {
    listVersion = page.resourceVersion;
    for (const { metadata } of page.items) {
      listed.set(keyOf(metadata), { uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' });
    }
  }
  const behind = (key: string): boolean => isBehind(store.entryOf(key), listed.get(key), listVersion);
  const suspects = new Set([...listed.keys(), ...keysWithin(store, selection.namespace)].filter(behind));
  if (suspects.size > 0) await sleep(clock, graceMs, signal);
  return { items: listed.size, missed: [...suspects].filter(behind) };
}

function keysWithin<T>(store: ObjectStore<T>, namespace: string | undefined): readonly string[] {
  return namespace === undefined ? store.keys() : store.keys().filter((key) => key.startsWith(`${namespace}/`));
}

function isBehind(held: Listed | undefined, listed: Listed | undefined, listVersion: string): boolean {
  if (listed === undefined) {
    return held !== undefined && compareResourceVersions(held.resourceVersion, listVersion) <= 0;
  }
  if (held === undefined) return true;
  return (
    held.resourceVersion !== listed.resourceVersion &&
    compareResourceVersions(held.resourceVersion, listed.resourceVersion) <= 0
  );
}
