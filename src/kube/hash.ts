/** A stable fingerprint of plain JSON: the same value gives the same text and hash, whatever the order of its keys. */
import { createHash } from 'node:crypto';
import { isJsonObject } from './json.ts';
import type { JsonObject } from './json.ts';

/** Prints JSON with sorted keys; properties that are undefined do not count, as in JSON.stringify. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isJsonObject(inner) ? sorted(inner) : inner)) ?? 'null';
}

/** sha256 of {@link stableText}, 64 hex digits. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(stableText(value)).digest('hex');
}

function sorted(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
