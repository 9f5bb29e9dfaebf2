/** A short name for the effective settings: equal settings, however written, have equal hashes. */
import { createHash } from 'node:crypto';
import type { Platform } from '../model/platform.ts';

/** The first 8 hex digits of sha256 over the settings with every default applied and every map's keys sorted. */
export function settingsHash(platform: Platform): string {
  return createHash('sha256').update(canonicalJson(platform)).digest('hex').slice(0, 8);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, found: unknown) =>
    typeof found === 'object' && found !== null && !Array.isArray(found)
      ? Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
      : found,
  );
}
