import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../src/cli/program.ts';
import { wordsOf } from './words.ts';

/** What a command gave, by the name of the file that holds it. */
export type CaseResult = Readonly<Record<'stdout.txt' | 'stderr.txt' | 'exit.txt', string>>;

/** The folder of all cases. */
export const casesFolder = import.meta.dirname;

/** The names of all cases. A case is a folder with `command.txt`, what the command reads, and what it gives. */
export function caseNames(): readonly string[] {
  return readdirSync(casesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Runs the command of a case in its folder, at a fixed time, with `stdin.txt` as its input. */
export async function runCase(name: string): Promise<CaseResult> {
  const cwd = join(casesFolder, name);
  const written = { out: '', err: '' };
  const stdin = join(cwd, 'stdin.txt');
  const args = wordsOf(readFileSync(join(cwd, 'command.txt'), 'utf8'));
  const exitCode = await runCli(args, {
    cwd,
    now: () => '2026-01-02T03:04:05Z',
    readStdin: () => Promise.resolve(existsSync(stdin) ? readFileSync(stdin, 'utf8') : ''),
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
  });
  return { 'stdout.txt': written.out, 'stderr.txt': written.err, 'exit.txt': `${exitCode}\n` };
}
