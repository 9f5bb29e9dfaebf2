/** Counts how often each way of every branch of src/decide is taken. Import it before what is counted. */
import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInstrumenter } from 'istanbul-lib-instrument';

const root = resolve(import.meta.dirname, '../../..');
const counted = join(root, 'src/decide');
const variable = '__decideBranches';

type Place = { readonly start: { readonly line: number; readonly column: number } };
type Branch = { readonly type: string; readonly loc: Place; readonly locations: readonly Place[] };
type FileCounts = {
  readonly branchMap: Readonly<Record<string, Branch>>;
  readonly b: Readonly<Record<string, readonly number[]>>;
  /** Calls of functions; the default of an argument is a branch of its function. */
  readonly s: Readonly<Record<string, number>>;
};

const instrumenter = createInstrumenter({
  esModules: true,
  parserPlugins: ['typescript'],
  compact: false,
  coverageVariable: variable,
});

registerHooks({
  load(url, context, nextLoad) {
    const file = url.startsWith('file:') ? fileURLToPath(url) : '';
    if (!file.startsWith(counted)) return nextLoad(url, context);
    const source = instrumenter.instrumentSync(readFileSync(file, 'utf8'), file);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});

/** The source files whose branches are counted, relative to the checkout. */
export function countedFiles(): readonly string[] {
  return readdirSync(counted)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/decide/${name}`);
}

/**
 * The branches that were not taken both ways so far, as `file:line text: what never happened`; sorted. Of `a && b` and
 * `a ?? b` both ways are: going on to `b`, and ending at `a`.
 */
export function oneWayBranches(): readonly string[] {
  const files = Object.entries(
    (globalThis as Record<string, unknown>)[variable] as Readonly<Record<string, FileCounts>>,
  );
  return files
    .flatMap(([file, { branchMap, b }]) => {
      const lines = readFileSync(file, 'utf8').split('\n');
      return Object.entries(branchMap).flatMap(([id, branch]) =>
        missingWays(branch, b[id] ?? []).map(({ place, never }) => {
          const { line, column } = place.start;
          const text = (lines[line - 1] ?? '').slice(column, column + 60).trim();
          return `${relative(root, file)}:${line} ${text}: ${never}`;
        }),
      );
    })
    .sort();
}

type Missing = { readonly place: Place; readonly never: string };

function missingWays(branch: Branch, counts: readonly number[]): readonly Missing[] {
  if (branch.type !== 'binary-expr') {
    return counts.flatMap((count, i) =>
      count > 0
        ? []
        : [
            {
              place: branch.loc,
              never: branch.type === 'if' || branch.type === 'cond-expr' ? `never ${i === 0}` : `never way ${i}`,
            },
          ],
    );
  }
  return counts.flatMap((count, i): readonly Missing[] => {
    const place = branch.locations[i] ?? branch.loc;
    if (count === 0) return [{ place, never: 'never looked at' }];
    const next = counts[i + 1];
    return next !== undefined && next === count ? [{ place, never: 'never decides by itself' }] : [];
  });
}
