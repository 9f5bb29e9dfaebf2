/** Writes generated files, or says which of those in the tree are not what a generator makes now. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One generated file: its path from the root of the tree, and its whole text. */
export type GeneratedFile = { readonly path: string; readonly text: string };

/** A generator and the folders that hold nothing but what it makes. */
export type Generator = {
  readonly folders: readonly string[];
  readonly run: () => Promise<readonly GeneratedFile[]>;
};

const root = join(import.meta.dirname, '../..');

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name).slice(root.length + 1)] : [],
    );
  } catch {
    return [];
  }
}

/** What is wrong with the tree: one line for each file that is missing, different or no longer made. */
export function differences(files: readonly GeneratedFile[], folders: readonly string[]): readonly string[] {
  const made = new Set(files.map((file) => file.path));
  const stale = folders.flatMap(filesBelow).filter((path) => !made.has(path));
  return [
    ...files.flatMap(({ path, text }) => {
      const found = readOrUndefined(path);
      if (found === text) return [];
      return [found === undefined ? `${path} is missing` : `${path} differs at line ${firstDifference(found, text)}`];
    }),
    ...stale.map((path) => `${path} is no longer generated`),
  ];
}

function firstDifference(found: string, wanted: string): number {
  const lines = found.split('\n');
  const at = wanted.split('\n').findIndex((line, n) => line !== lines[n]);
  return (at < 0 ? lines.length : at) + 1;
}

/** Brings the tree to what was generated; returns the paths that changed. */
export function write(files: readonly GeneratedFile[], folders: readonly string[]): readonly string[] {
  const made = new Set(files.map((file) => file.path));
  const stale = folders.flatMap(filesBelow).filter((path) => !made.has(path));
  for (const path of stale) rmSync(join(root, path));
  const changed = files.filter(({ path, text }) => readOrUndefined(path) !== text);
  for (const { path, text } of changed) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...changed.map((file) => file.path), ...stale];
}
