/** A short name for the effective settings: equal settings, however written, have equal hashes. */
import { hashOf } from '../kube/hash.ts';
import type { Platform } from '../model/platform.ts';

/** The first 8 hex digits of sha256 over the settings, every default applied. */
export function settingsHash(platform: Platform): string {
  return hashOf(platform).slice(0, 8);
}
