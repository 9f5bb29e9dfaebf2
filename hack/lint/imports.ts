/** Reads the import specifiers of TypeScript sources, `import type` and `import()` included. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** One import: the file that has it, its line, the specifier as written. Paths are relative to the repository. */
export type Import = { readonly file: string; readonly line: number; readonly specifier: string };

const importPattern = /(?:^|[;}\s])(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\s*\(?\s*['"]([^'"]+)['"]/g;

/** Lists the TypeScript files below a folder, sorted, as repository paths. */
export function sourceFiles(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).split(sep).join('/'))
    .sort();
}

/** Finds every import of one file; comments are blanked first so that prose never counts. */
export function importsOf(root: string, file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) =>
    comment.replace(/[^\n]/g, ' '),
  );
  return [...text.matchAll(importPattern)].map((match) => {
    const specifier = match[1] ?? match[2] ?? '';
    const at = (match.index ?? 0) + match[0].indexOf(specifier);
    return { file, line: text.slice(0, at).split('\n').length, specifier };
  });
}

/** Resolves a relative specifier to a repository path; undefined for packages and node: modules. */
export function resolveImport(root: string, found: Import): string | undefined {
  if (!found.specifier.startsWith('.')) return undefined;
  return relative(root, join(root, dirname(found.file), found.specifier))
    .split(sep)
    .join('/');
}
