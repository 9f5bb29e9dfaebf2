/** Builds the parts of the test bed named on the command line (all without a name) into the cache: `make toolchain`. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { dyingWithParent } from './dying-with-parent.ts';
import { assetPath, buildPlace, ToolchainError } from './location.ts';
import type { BuildPlace } from './location.ts';
import { acquireLock } from './machine-lock.ts';
import { parts } from './parts.ts';
import type { Part } from './parts.ts';
import { ensurePrerequisites } from './prerequisites.ts';

const progressEveryMs = 10_000;
const temporaryPrefix = '.building-';

const say = (line: string): void => void process.stderr.write(`toolchain: ${line}\n`);

/** Says every ten seconds what is going on, for as long as `work` takes; resolves as it does. */
async function withProgress<T>(what: () => string, work: Promise<T>): Promise<T> {
  const started = performance.now();
  const timer = setInterval(() => {
    say(`${what()}, ${Math.round((performance.now() - started) / 1000)} s so far`);
  }, progressEveryMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** Runs `go build`, its output held back and shown only when it fails. */
async function goBuild(args: readonly string[], place: BuildPlace, program: string): Promise<void> {
  let output = '';
  let phase = 'building';
  const [command, words] = dyingWithParent('go', ['build', ...args]);
  const child = spawn(command, words, {
    cwd: place.module,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-8_000);
    phase = text.includes('downloading') ? 'downloading modules' : 'building';
  });
  const done = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code));
  });
  const code = await withProgress(() => `${program}: ${phase}`, done);
  if (code !== 0) throw new ToolchainError(`${program}: go build failed\n${output.trimEnd()}`);
}

async function buildProgram(program: string, source: string, place: BuildPlace): Promise<void> {
  const temporary = join(place.folder, `${temporaryPrefix}${process.pid}-${program}`);
  const started = performance.now();
  say(`${program}: building`);
  try {
    await goBuild([...place.flags, '-o', temporary, source], place, program);
    renameSync(temporary, join(place.folder, program));
  } finally {
    rmSync(temporary, { force: true });
  }
  say(`${program}: built in ${Math.round((performance.now() - started) / 1000)} s`);
}

const missingIn = (place: BuildPlace, programs: readonly string[]): readonly string[] =>
  programs.filter((program) => !existsSync(join(place.folder, program)));

async function buildPart(name: string, part: Part): Promise<void> {
  const wanted = Object.keys(part.programs).filter((program) => assetPath(program) === undefined);
  const given = Object.keys(part.programs).filter((program) => !wanted.includes(program));
  if (given.length > 0) say(`${name}: ${given.join(' ')} from KUBEBUILDER_ASSETS`);
  if (wanted.length === 0) return;
  const place = buildPlace(part);
  if (missingIn(place, wanted).length === 0) {
    say(`${name}: cached ${place.folder}`);
    return;
  }
  const acquired = acquireLock(`toolchain-${basename(place.folder)}`, () => say(`${name}: another build is running`));
  const lock = await withProgress(() => `${name}: waiting for the other build`, acquired);
  try {
    mkdirSync(place.folder, { recursive: true });
    for (const file of readdirSync(place.folder)) {
      if (file.startsWith(temporaryPrefix)) rmSync(join(place.folder, file), { force: true });
    }
    for (const program of missingIn(place, wanted)) {
      await buildProgram(program, part.programs[program] ?? '', place);
    }
  } finally {
    lock.release();
  }
}

function chosenParts(words: readonly string[]): readonly (readonly [string, Part])[] {
  const all: readonly (readonly [string, Part])[] = Object.entries(parts);
  const unknown = words.filter((word) => !all.some(([name]) => name === word));
  if (unknown.length > 0) {
    throw new ToolchainError(`no part ${unknown.join(' ')}; known: ${all.map(([name]) => name).join(' ')}`);
  }
  return words.length === 0 ? all : all.filter(([name]) => words.includes(name));
}

try {
  const chosen = chosenParts(process.argv.slice(2));
  ensurePrerequisites(say);
  for (const [name, part] of chosen) await buildPart(name, part);
} catch (error) {
  if (!(error instanceof ToolchainError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
