/** Fails when a file below src/ imports a folder or package that layers.json does not allow it, or when imports go in a circle. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf, resolveImport, sourceFiles } from './imports.ts';
import type { Import } from './imports.ts';

type Rule = {
  readonly folders: readonly string[];
  readonly packages: readonly string[];
  readonly files?: Readonly<Record<string, readonly string[]>>;
};

const root = join(import.meta.dirname, '../..');
const rules = JSON.parse(readFileSync(join(import.meta.dirname, 'layers.json'), 'utf8')) as Record<string, Rule>;

const layerOf = (path: string): string => path.split('/')[1] ?? '';
const allows = (list: readonly string[], name: string): boolean =>
  list.some((entry) =>
    entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry || name.startsWith(`${entry}/`),
  );

function fault(found: Import): string | undefined {
  const layer = layerOf(found.file);
  const rule = rules[layer];
  if (rule === undefined) return `folder src/${layer} is not in layers.json; add it with a decision`;
  const target = resolveImport(root, found);
  if (target === undefined) {
    const own = rule.files?.[found.file.split('/').slice(2).join('/')] ?? [];
    if (allows([...rule.packages, ...own], found.specifier)) return undefined;
    return `src/${layer} may not import package ${found.specifier}; move the idea or change layers.json with a decision`;
  }
  if (target === 'package.json' && layer === 'cli') return undefined;
  if (!target.startsWith('src/')) return `src never imports ${target}`;
  if (!found.specifier.endsWith('.ts')) return `relative imports end in .ts: ${found.specifier}`;
  const other = layerOf(target);
  if (other === layer || allows(rule.folders, other)) return undefined;
  return `src/${layer} may not import src/${other}; move the idea or change layers.json with a decision`;
}

function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) found.push([...path.slice(at), node].join(' -> '));
    if (at >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

const files = sourceFiles(root, 'src');
const imports = files.flatMap((file) => importsOf(root, file));
const graph = new Map<string, string[]>(files.map((file) => [file, []]));
for (const found of imports) {
  const target = resolveImport(root, found);
  if (target !== undefined) graph.get(found.file)?.push(target);
}
const faults = [
  ...imports.flatMap((found) => {
    const text = fault(found);
    return text === undefined ? [] : [`${found.file}:${found.line}: ${text}`];
  }),
  ...cycles(graph).map((circle) => `imports in a circle: ${circle}`),
];
for (const text of faults) process.stderr.write(`${text}\n`);
process.stdout.write(`layers: ${files.length} files, ${imports.length} imports, ${faults.length} faults\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
