/** Fails when a pure folder reaches for the clock, randomness, I/O, timers, the process or async code (architecture: pure core). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './imports.ts';

const root = join(import.meta.dirname, '../..');
const pureFolders = [
  'schema',
  'api',
  'model',
  'normalize',
  'policy',
  'decide',
  'translate',
  'compile',
  'plan',
  'report',
];
const banned: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b/, 'the clock; take `now` as an argument'],
  [/\bMath\.random\b|\brandomUUID\b|\bcrypto\b/, 'randomness; take it as an argument'],
  [/\b(?:process|console|globalThis)\s*\./, 'the process; return a value instead'],
  [/\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\s*\(/, 'timers and I/O'],
  [/\basync\b|\bawait\b|\bPromise\b/, 'async code; pure code answers at once'],
  [/^(?:let|var)\s/m, 'module-level mutable state'],
];

function existing(): readonly string[] {
  return pureFolders.flatMap((folder) => {
    try {
      return sourceFiles(root, `src/${folder}`);
    } catch {
      return [];
    }
  });
}

/** Blanks comments and string contents, so that words in prose do not count. */
function codeOnly(text: string): string {
  const blank = (found: string): string => found.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/gm, blank);
}

const files = existing();
const faults = files.flatMap((file) => {
  const code = codeOnly(readFileSync(join(root, file), 'utf8'));
  return banned.flatMap(([pattern, why]) => {
    const at = code.search(pattern);
    return at < 0 ? [] : [`${file}:${code.slice(0, at).split('\n').length}: pure code may not use ${why}`];
  });
});
for (const text of faults) process.stderr.write(`${text}\n`);
process.stdout.write(`purity: ${files.length} files, ${faults.length} faults\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
