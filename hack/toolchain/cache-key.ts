/** What a built part depends on, as one key: two builds with equal keys give the same programs. */
import { createHash } from 'node:crypto';

/** Everything that decides what a build produces. */
export type BuildInputs = {
  readonly goMod: string;
  readonly goSum: string;
  /** The arguments of `go build` but for the output path. */
  readonly flags: readonly string[];
  /** As `go env` prints them: go1.26.8, linux, amd64. */
  readonly goVersion: string;
  readonly goos: string;
  readonly goarch: string;
};

/** 20 hex digits that change whenever one of the inputs does. */
export function cacheKey(inputs: BuildInputs): string {
  const { goMod, goSum, flags, goVersion, goos, goarch } = inputs;
  const text = JSON.stringify([goMod, goSum, flags, goVersion, goos, goarch]);
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}

/** 20 hex digits that change with the pinned hashes of a requirements file and with the architecture. */
export function wheelKey(requirements: string, arch: string): string {
  return createHash('sha256')
    .update(JSON.stringify([requirements, arch]))
    .digest('hex')
    .slice(0, 20);
}

/** The version that a go.mod requires of a module, e.g. `v1.36.3`; throws when it requires none. */
export function requiredVersion(goMod: string, module: string): string {
  for (const line of goMod.split('\n')) {
    const [first, second, third] = line.trim().split(/\s+/);
    if (first === module && second !== undefined && second !== '=>') return second;
    if (first === 'require' && second === module && third !== undefined) return third;
  }
  throw new Error(`go.mod requires no version of ${module}`);
}

/** The lowest Go version a go.mod accepts, e.g. `1.26.0`; throws when the file has no go line. */
export function requiredGo(goMod: string): string {
  const found = /^go (\d+(?:\.\d+)*)\s*$/m.exec(goMod)?.[1];
  if (found === undefined) throw new Error('go.mod has no go line');
  return found;
}

/** Whether an installed Go (`go1.26.8`) is at least the required one (`1.26.0`). */
export function isNewEnough(installed: string, required: string): boolean {
  const numbers = (text: string): readonly number[] => (/\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const [have, want] = [numbers(installed), numbers(required)];
  for (const [index, part] of want.entries()) {
    const difference = (have[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
