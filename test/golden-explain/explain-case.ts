import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../src/cli/program.ts';
import { root } from '../docs/markdown.ts';
import { wordsOf } from '../golden-cli/words.ts';

/** What the requests of a sample get, by the name of the file that holds it. */
export type Answers = Readonly<Record<'answers.txt' | 'answers.json', string>>;

/** The folder of all cases: one for each sample, with the requests to it and what they get. */
export const casesFolder = import.meta.dirname;

const samplesFolder = join(root, 'config/samples');

/** The samples by name, each with its file. */
export function samples(): ReadonlyMap<string, string> {
  const entries = readdirSync(samplesFolder)
    .filter((entry) => !entry.endsWith('.test.yaml'))
    .sort();
  return new Map(
    entries.map((entry) => {
      const file = entry.endsWith('.yaml') ? entry : `${entry}/apptraffic.yaml`;
      return [entry.replace(/\.yaml$/, ''), file];
    }),
  );
}

/** The names of the cases. */
export function caseNames(): readonly string[] {
  return readdirSync(casesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Asks all requests of a sample, as text and as JSON. */
export async function answersOf(name: string): Promise<Answers> {
  const requests = readFileSync(join(casesFolder, name, 'requests.txt'), 'utf8')
    .trim()
    .split('\n');
  const texts: string[] = [];
  const values: unknown[] = [];
  for (const request of requests) {
    const command = `explain ${request} -f ${samples().get(name) ?? ''}`;
    const text = await run(command);
    texts.push(`$ apptraffic ${command}\n${text.err}${text.out}`);
    const json = await run(`${command} -o json`);
    values.push({ request, answer: JSON.parse(json.out) as unknown });
  }
  return { 'answers.txt': texts.join('\n'), 'answers.json': `${JSON.stringify(values, null, 2)}\n` };
}

/** What stands in the files of a case; empty where a file is not there. */
export function goldenOf(name: string): Answers {
  const textOf = (file: string): string => {
    const path = join(casesFolder, name, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  return { 'answers.txt': textOf('answers.txt'), 'answers.json': textOf('answers.json') };
}

async function run(command: string): Promise<{ readonly out: string; readonly err: string }> {
  const written = { out: '', err: '' };
  const exitCode = await runCli(wordsOf(command), {
    cwd: samplesFolder,
    now: () => '2026-01-02T03:04:05Z',
    readStdin: () => Promise.resolve(''),
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
  });
  if (exitCode !== 0) throw new Error(`exit code ${exitCode} of ${command}\n${written.err}`);
  return written;
}
