/** Where the programs of the toolchain lie: in KUBEBUILDER_ASSETS, or in a cache that every checkout of this machine shares. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cacheKey, isNewEnough, requiredGo, requiredVersion, wheelKey } from './cache-key.ts';
import { partOf } from './parts.ts';
import type { GoProgram, Part } from './parts.ts';
import { markUsed } from './prune-cache.ts';
import { wheelOf } from './wheels.ts';
import type { Wheel, WheelProgram } from './wheels.ts';

/** Name of a program of the toolchain. */
export type ProgramName = GoProgram | WheelProgram;

/** A fault that the person at the terminal can mend; its message says how. */
export class ToolchainError extends Error {
  override readonly name = 'ToolchainError';
}

/** Where a part is built: its module, `go build` arguments but for output and package, and the folder of its programs. */
export type BuildPlace = { readonly module: string; readonly flags: readonly string[]; readonly folder: string };

const assetsVariable = 'KUBEBUILDER_ASSETS';

/**
 * Path of a program in the folder that KUBEBUILDER_ASSETS names (the convention of setup-envtest), if it is there.
 * Throws a ToolchainError when the folder lacks kube-apiserver or etcd.
 */
export function assetPath(program: string): string | undefined {
  const given = process.env[assetsVariable];
  if (given === undefined || given === '') return undefined;
  const path = join(resolve(given), program);
  if (existsSync(path)) return path;
  if (program !== 'etcd' && program !== 'kube-apiserver') return undefined;
  throw new ToolchainError(
    `${assetsVariable}=${given} has no ${program}: point it at a folder with etcd and kube-apiserver, or unset it to build them`,
  );
}

/** `${XDG_CACHE_HOME:-~/.cache}/apptraffic/toolchain`; relative values of XDG_CACHE_HOME are ignored, as its specification asks. */
function cacheRoot(): string {
  const given = process.env.XDG_CACHE_HOME;
  const base = given?.startsWith('/') ? given : join(homedir(), '.cache');
  return join(base, 'apptraffic/toolchain');
}

function goEnvironment(module: string, goMod: string): { goVersion: string; goos: string; goarch: string } {
  const required = requiredGo(goMod);
  const fix = `install Go ${required} or newer (https://go.dev/dl), or set KUBEBUILDER_ASSETS to a folder with prebuilt programs`;
  const result = spawnSync('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { cwd: module, encoding: 'utf8' });
  if (result.error) throw new ToolchainError(`Go is not on the PATH: ${fix}`);
  if (result.status !== 0) throw new ToolchainError(`go env failed: ${result.stderr.trim()}; ${fix}`);
  const [goVersion = '', goos = '', goarch = ''] = result.stdout.trim().split('\n');
  if (!isNewEnough(goVersion, required)) throw new ToolchainError(`${goVersion} is too old: ${fix}`);
  return { goVersion, goos, goarch };
}

/** Where a part is or will be built, under the key of its inputs. Runs `go env`; throws a ToolchainError when Go is missing or too old. */
export function buildPlace(part: Part): BuildPlace {
  const module = join(import.meta.dirname, part.folder);
  const goMod = readFileSync(join(module, 'go.mod'), 'utf8');
  const main = join(module, 'main.go');
  const goSum = readFileSync(join(module, 'go.sum'), 'utf8') + (existsSync(main) ? readFileSync(main, 'utf8') : '');
  const linkerFlags = ['-s', '-w', ...part.linkerFlags(requiredVersion(goMod, part.versionOf))].join(' ');
  const flags = ['-trimpath', '-buildvcs=false', `-ldflags=${linkerFlags}`];
  const key = cacheKey({ goMod, goSum, flags, ...goEnvironment(module, goMod) });
  return { module, flags, folder: join(cacheRoot(), key) };
}

/** Where a wheel's program lies or will lie, under the key of the pinned hashes and of this machine's architecture. */
export function wheelPlace(wheel: Wheel): { readonly requirements: string; readonly folder: string } {
  const requirements = join(import.meta.dirname, wheel.folder, 'requirements.txt');
  const key = wheelKey(readFileSync(requirements, 'utf8'), process.arch);
  return { requirements, folder: join(cacheRoot(), key) };
}

function cachedPath(program: ProgramName): string {
  const wheel = wheelOf(program);
  const { folder } = wheel === undefined ? buildPlace(partOf(program)) : wheelPlace(wheel);
  return join(folder, program);
}

const found = new Map<ProgramName, string>();

/**
 * Path of a program, for tests and the demo.
 * Throws a ToolchainError that names the fix when `make toolchain` has not put it into the cache yet.
 */
export function programPath(program: ProgramName): string {
  const known = found.get(program) ?? assetPath(program) ?? cachedPath(program);
  if (!existsSync(known)) throw new ToolchainError(`${program} is not there yet: run make toolchain`);
  found.set(program, known);
  if (assetPath(program) === undefined) markUsed(dirname(known));
  return known;
}
