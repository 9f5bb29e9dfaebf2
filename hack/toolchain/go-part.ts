/** Building the programs of a part from its Go module. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensurePrograms } from './cache-folder.ts';
import { dyingWithParent } from './dying-with-parent.ts';
import { assetPath, buildPlace, ToolchainError } from './location.ts';
import type { Part } from './parts.ts';
import { say, timed, withProgress } from './progress.ts';

/** Runs `go build -v` in a module; its output is counted, and shown only when it fails. */
async function goBuild(name: string, module: string, args: readonly string[]): Promise<void> {
  let output = '';
  let compiled = 0;
  let phase = 'looking for what has changed';
  const [command, words] = dyingWithParent('go', ['build', '-v', ...args]);
  const child = spawn(command, words, {
    cwd: module,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-8_000);
    const lines = text.split('\n').length - 1;
    if (!text.includes('downloading')) compiled += lines;
    phase = text.includes('downloading') ? 'downloading modules' : `${compiled} packages compiled`;
  });
  const done = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code));
  });
  const code = await withProgress(() => `${name}: ${phase}`, done);
  if (code !== 0) throw new ToolchainError(`${name}: go build failed\n${output.trimEnd()}`);
}

/** The name that `go build` gives to the program of a main package: its last element that is no major version. */
export function executableName(source: string): string {
  return source.replace(/\/v\d+$/, '').replace(/^.*\//, '');
}

/** Builds what the cache lacks of a part, all of it by one `go build`, which uses the cores better than one after the other. */
export async function buildGoPart(name: string, part: Part): Promise<void> {
  const wanted = Object.keys(part.programs).filter((program) => assetPath(program) === undefined);
  const given = Object.keys(part.programs).filter((program) => !wanted.includes(program));
  if (given.length > 0) say(`${name}: ${given.join(' ')} from KUBEBUILDER_ASSETS`);
  if (wanted.length === 0) return;
  const { module, flags, folder } = buildPlace(part);
  await ensurePrograms(name, folder, wanted, async (missing, temporary) => {
    const sources = missing.map((program) => part.programs[program] ?? '');
    await timed(`${name}: building ${missing.join(' ')}`, `${name}: built`, () =>
      goBuild(name, module, [...flags, '-o', `${temporary}/`, ...sources]),
    );
    return new Map(
      missing.map((program) => [program, join(temporary, executableName(part.programs[program] ?? program))]),
    );
  });
}
