/** A folder of the cache, filled by one process at a time; a program appears in it whole or not at all. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { acquireLock } from './machine-lock.ts';
import { say, withProgress } from './progress.ts';
import { markUsed, pruneCache } from './prune-cache.ts';

const temporaryPrefix = '.building-';

/** Those of `programs` that the folder lacks. */
export const missingIn = (folder: string, programs: readonly string[]): readonly string[] =>
  programs.filter((program) => !existsSync(join(folder, program)));

async function fill(folder: string, work: (temporary: string) => Promise<ReadonlyMap<string, string>>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) {
    if (file.startsWith(temporaryPrefix)) rmSync(join(folder, file), { recursive: true, force: true });
  }
  const temporary = join(folder, `${temporaryPrefix}${process.pid}`);
  mkdirSync(temporary);
  try {
    for (const [program, path] of await work(temporary)) renameSync(path, join(folder, program));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

type Make = (missing: readonly string[], temporary: string) => Promise<ReadonlyMap<string, string>>;

/**
 * Makes sure that `folder` holds `programs`, waiting for another process that fills it. `make` gets those still missing
 * and a temporary folder below `folder`, and tells where it made each; an interrupted `make` leaves nothing that counts.
 * Older folders with these programs are removed then, but for the last one and what may be in use.
 */
export async function ensurePrograms(
  name: string,
  folder: string,
  programs: readonly string[],
  make: Make,
): Promise<void> {
  if (missingIn(folder, programs).length === 0) say(`${name}: cached ${folder}`);
  else await fillAlone(name, folder, programs, make);
  if (!markUsed(folder)) return;
  for (const removed of pruneCache(folder, programs)) say(`${name}: removed ${removed}, which nothing has used lately`);
}

async function fillAlone(name: string, folder: string, programs: readonly string[], make: Make): Promise<void> {
  const acquired = acquireLock(`toolchain-${basename(folder)}`, () => say(`${name}: another build is running`));
  const lock = await withProgress(() => `${name}: waiting for the other build`, acquired);
  try {
    const missing = missingIn(folder, programs);
    if (missing.length > 0) await fill(folder, (temporary) => make(missing, temporary));
  } finally {
    lock.release();
  }
}
