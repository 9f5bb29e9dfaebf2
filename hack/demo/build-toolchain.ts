/** The programs that a demo starts. */
import { spawn } from 'node:child_process';
import { once as nextEvent } from 'node:events';
import { join } from 'node:path';
import { Refusal } from './talk.ts';

const program = join(import.meta.dirname, '../toolchain/build.ts');

/** Builds those parts of the test bed that are not in the cache yet, and shows its progress. */
export async function buildToolchain(parts: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [program, ...parts], { stdio: 'inherit', signal });
  const [code] = (await nextEvent(child, 'close')) as [number | null];
  if (code !== 0) throw new Refusal(`the programs of ${parts.join(', ')} could not be built`);
}
