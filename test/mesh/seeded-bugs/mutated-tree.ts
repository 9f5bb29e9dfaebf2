/** A copy of the sources with one seeded bug in it; the checkout is never touched. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SeededBug } from './bugs.ts';

const root = resolve(import.meta.dirname, '../../..');

/** The text of the bug's file with the bug in it; throws where its place is not there exactly once. */
export function mutatedText({ file, find, put, name }: SeededBug): string {
  const parts = readFileSync(join(root, file), 'utf8').split(find);
  if (parts.length !== 2) throw new Error(`${name}: its place stands ${parts.length - 1} times in ${file}`);
  return parts.join(put);
}

/** Calls `use` with the folder of a copy that has the bug, and removes the copy. */
export async function withMutatedTree<T>(bug: SeededBug, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'apptraffic-seeded-bug-'));
  try {
    for (const part of ['src', 'test/mesh', 'package.json'])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, bug.file), mutatedText(bug));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
