/** Runs the suites of a group (`verify`, `test`) or those named, and ends with a table and one summing line. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suites } from './suites.ts';
import type { Suite } from './suites.ts';

type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };
type Row = Tally & { readonly suite: string; readonly seconds: number };

const root = join(import.meta.dirname, '..');
const isCi = process.env.CI === 'true';

function chosenSuites(words: readonly string[]): readonly Suite[] {
  const unknown = words.filter((w) => w !== 'verify' && w !== 'test' && !suites.some((s) => s.name === w));
  if (unknown.length > 0) {
    const names = suites.map((s) => s.name).join(' ');
    process.stderr.write(`run-suites: unknown suite ${unknown.join(' ')}; known: verify test ${names}\n`);
    process.exit(2);
  }
  if (words.includes('test')) return suites;
  return suites.filter((s) => words.includes(s.group) || words.includes(s.name));
}

function run(argv: readonly string[]): number {
  const [command, ...args] = argv;
  const result = spawnSync(command ?? 'false', args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.error) process.stderr.write(`${argv.join(' ')}: ${result.error.message}\n`);
  return result.status ?? 1;
}

function runJest(paths: readonly string[]): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'apptraffic-suite-'));
  const file = join(folder, 'result.json');
  const inBand = paths.every((path) => path.startsWith('test/unit') || path.startsWith('test/golden'))
    ? []
    : ['--runInBand'];
  const exit = run(['jest', '-c', 'hack/jest/jest.config.cjs', '--json', `--outputFile=${file}`, ...inBand, ...paths]);
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    const passed = report.numPassedTests ?? 0;
    const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
    const broken = (report.numFailedTests ?? 0) + (report.numRuntimeErrorTestSuites ?? 0);
    return { passed, skipped, failed: Math.max(broken, exit !== 0 || passed === 0 ? 1 : 0) };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a suite that needs root gives without it. */
function withoutRoot(name: string): Tally {
  const why = `${name}: left out, it makes network namespaces and needs root (sudo make ${name})`;
  process.stderr.write(isCi ? `${why}; under CI=true that is a failure\n` : `${why}\n`);
  return { passed: 0, failed: isCi ? 1 : 0, skipped: 0 };
}

function tally(suite: Suite): Tally {
  if (suite.kind === 'jest') {
    if (suite.needsRoot === true && process.getuid?.() !== 0) return withoutRoot(suite.name);
    return runJest(suite.paths);
  }
  return run(suite.argv) === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

function runSuite(suite: Suite): Row {
  const started = performance.now();
  process.stdout.write(`\n== ${suite.name}\n`);
  const counted = tally(suite);
  const skippedInCi = isCi ? counted.skipped : 0;
  if (skippedInCi > 0) process.stderr.write(`${suite.name}: a skipped test is a failure under CI=true\n`);
  return {
    suite: suite.name,
    ...counted,
    failed: counted.failed + skippedInCi,
    seconds: Math.round((performance.now() - started) / 1000),
  };
}

function table(rows: readonly Row[]): string {
  const cells = [
    ['SUITE', 'PASSED', 'FAILED', 'SKIPPED', 'SECONDS'],
    ...rows.map((r) => [r.suite, `${r.passed}`, `${r.failed}`, `${r.skipped}`, `${r.seconds}`]),
  ];
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  return cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('   ')).join('\n');
}

const rows = chosenSuites(process.argv.slice(2)).map(runSuite);
const sum = (pick: (row: Row) => number) => rows.reduce((total, row) => total + pick(row), 0);
const failed = sum((r) => r.failed);
process.stdout.write(`\n${table(rows)}\n\n${sum((r) => r.passed)} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || rows.length === 0 ? 1 : 0;
