/** What the cache may lose: programs of older keys, which no checkout asks for any more. */
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder that was used within so long (ms) may be in use: longer than any run of tests takes. */
const inUseMs = 24 * 60 * 60 * 1000;

/**
 * Notes that programs of the folder are used at `now` (ms since the epoch): pruning goes by that time. False: the cache
 * belongs to somebody else, or there is no such folder.
 */
export function markUsed(folder: string, now = Date.now()): boolean {
  try {
    utimesSync(folder, now / 1000, now / 1000);
    return true;
  } catch {
    return false;
  }
}

type Entry = { readonly folder: string; readonly usedAt: number };

/**
 * Removes older folders of the part that `folder` holds now, and what interrupted builds have left. What stays: `folder`,
 * the one of the others that was used last (for whoever goes back a version), and all that was used within a day.
 * `programs`: names that only this part has. Returns what was removed. `now` in ms since the epoch.
 */
export function pruneCache(folder: string, programs: readonly string[], now = Date.now()): readonly string[] {
  const others = entriesBeside(folder);
  const older = others.filter((entry) => programs.some((program) => existsSync(join(entry.folder, program))));
  const previous = older.toSorted((a, b) => b.usedAt - a.usedAt).slice(1);
  const unfinished = others.filter((entry) => readdirSync(entry.folder).every((file) => file.startsWith('.')));
  const removed = [...previous, ...unfinished].filter(({ usedAt }) => now - usedAt > inUseMs).map((one) => one.folder);
  for (const each of removed) rmSync(each, { recursive: true, force: true });
  return removed;
}

function entriesBeside(folder: string): readonly Entry[] {
  const root = dirname(folder);
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(root, name))
    .filter((other) => other !== folder)
    .map((other) => ({ folder: other, usedAt: statSync(other).mtimeMs }));
}
