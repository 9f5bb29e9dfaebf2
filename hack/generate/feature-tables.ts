/** All feature tables there are, found by their form: so a new table is in the support matrix without being named here. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialect } from '../../src/translate/ingress/dialect.ts';
import { dialects } from '../../src/translate/ingress/dialects/registry.ts';

/** What a row says of its feature. */
export type SupportRow =
  | { readonly support: 'exact'; readonly field: string }
  | { readonly support: 'differs'; readonly how: string; readonly field: string }
  | { readonly support: 'unsupported'; readonly why: string; readonly fix: string };

/** A table by the names of its rows. */
export type SupportTable = Readonly<Record<string, SupportRow>>;

const istioFolder = join(import.meta.dirname, '../../src/translate/istio');
const verdicts: readonly unknown[] = ['exact', 'differs', 'unsupported'];

function isTable(value: unknown): value is SupportTable {
  if (typeof value !== 'object' || value === null) return false;
  const rows: readonly unknown[] = Object.values(value);
  const isRow = (row: unknown): boolean =>
    typeof row === 'object' && row !== null && 'support' in row && verdicts.includes(row.support);
  return rows.length > 0 && rows.every(isRow);
}

/** The tables of a dialect, by their names there. */
export function tablesOf(dialect: Dialect): Readonly<Record<string, SupportTable>> {
  return Object.fromEntries(
    Object.entries(dialect).flatMap(([name, value]: [string, unknown]) => (isTable(value) ? [[name, value]] : [])),
  );
}

/** Every dialect. */
export const allDialects: readonly Dialect[] = dialects;

/** Every table that a file of the Istio target exports. */
export async function istioTables(): Promise<readonly SupportTable[]> {
  const files = readdirSync(istioFolder)
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const modules = await Promise.all(files.map((name) => import(join(istioFolder, name)) as Promise<object>));
  return modules.flatMap((module) => Object.values(module).filter(isTable));
}
