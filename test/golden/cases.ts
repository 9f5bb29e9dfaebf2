/** Golden cases: a folder with what the user gives and, beside it, exactly what `apptraffic render` prints for it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runCli } from '../../src/cli/program.ts';

const root = join(import.meta.dirname, '../..');
const goldenFolder = join(root, 'test/golden');
const samplesFolder = join(root, 'config/samples');

/** One case. */
export type GoldenCase = {
  /** `<feature>/<situation>`, or `samples/<sample>`. */
  readonly name: string;
  /** Where the expected files are. */
  readonly folder: string;
  /** The folder that the input's path starts from. */
  readonly cwd: string;
  readonly input: string;
  readonly settings?: string;
};

/** The files of a case that are written, not given: standard output; the findings of standard error with the exit code, without where to read more of them. */
export const expectedFiles = ['manifests.yaml', 'findings.txt'] as const;

/** What a case gives: text by file name; an empty text means that the file is not there. */
export type Golden = Readonly<Record<(typeof expectedFiles)[number], string>>;

/** Time stands still, so that a golden never changes by itself. */
const now = '2026-01-01T00:00:00Z';

function below(folder: string, fileName: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(`/${fileName}`))
    .map((path) => dirname(path))
    .sort();
}

/** Every case: the folders of test/golden that hold an input.yaml, and the samples. */
export function goldenCases(): readonly GoldenCase[] {
  const features = below(goldenFolder, 'input.yaml').map((name): GoldenCase => {
    const folder = join(goldenFolder, name);
    const settings = existsSync(join(folder, 'settings.yaml')) ? { settings: 'settings.yaml' } : {};
    return { name, folder, cwd: folder, input: 'input.yaml', ...settings };
  });
  const samples = below(samplesFolder, 'apptraffic.yaml').map(
    (name): GoldenCase => sample(name, `config/samples/${name}/apptraffic.yaml`),
  );
  return [...features, sample('shop', 'config/samples/shop.yaml'), ...samples];
}

function sample(name: string, input: string): GoldenCase {
  return { name: `samples/${name}`, folder: join(goldenFolder, 'samples', name), cwd: root, input };
}

/** Runs a case through the command line, as a user would. */
export async function runCase({ cwd, input, settings }: GoldenCase): Promise<Golden> {
  let out = '';
  let err = '';
  const exitCode = await runCli(
    ['render', '-f', input, ...(settings === undefined ? [] : ['--settings', settings])],
    {
      cwd,
      now: () => now,
      readStdin: () => Promise.resolve(''),
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text.replace(/^read more: .*\n/m, '');
      },
    },
  );
  return { 'manifests.yaml': out, 'findings.txt': err === '' && exitCode === 0 ? '' : `${err}exit ${exitCode}\n` };
}

/** What the tree expects of a case. */
export function expectedOf({ folder }: GoldenCase): Golden {
  const read = (file: string): string => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');
  return { 'manifests.yaml': read('manifests.yaml'), 'findings.txt': read('findings.txt') };
}

/** Expected files that belong to no case any more, as paths of the repository. */
export function orphans(cases: readonly GoldenCase[]): readonly string[] {
  const known = new Set(cases.map(({ folder }) => folder));
  return expectedFiles
    .flatMap((file) => below(goldenFolder, file).map((name) => join(goldenFolder, name, file)))
    .filter((path) => !known.has(dirname(path)))
    .map((path) => relative(root, path))
    .sort();
}
