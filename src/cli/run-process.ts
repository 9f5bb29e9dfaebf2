/** Runs a command as this process: its arguments, its streams, its exit code. */
import { basename } from 'node:path';
import { runCli } from './program.ts';
import { exitCodes } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Runs the command of `process.argv`. The process ends by itself once everything is written, so output to a pipe is whole. */
export async function runProcess(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endOnBrokenStream);
  const [, script = '', ...args] = process.argv;
  const name = basename(script).startsWith('kubectl-') ? 'kubectl apptraffic' : 'apptraffic';
  try {
    process.exitCode = await runCli(args, processTerminal(), name);
  } catch (error) {
    process.stderr.write(`${name}: this is a bug: ${stackOf(error)}\n`);
    process.exitCode = exitCodes.error;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A reader that has seen enough (`| head`) is no error; a full disk is. */
function endOnBrokenStream(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') process.exit();
  process.exit(exitCodes.error);
}

function processTerminal(): Terminal {
  return {
    cwd: process.cwd(),
    now: () => new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    readStdin: async () => {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(Buffer.from(part as Uint8Array));
      return Buffer.concat(parts).toString('utf8');
    },
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
}
