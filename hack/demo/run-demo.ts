/** Running a demo from the command line: Ctrl-C ends it in order, and faults become a line and an exit code. */
import { ToolchainError } from '../toolchain/location.ts';
import { Refusal, say } from './talk.ts';

/**
 * Runs the demo with a signal that aborts on Ctrl-C; it settles when what it made is removed. Exit codes: 0; 1 when it
 * failed; 2 when it could not begin, for a reason that the person can mend; 130 when it was ended.
 */
export async function runDemo(demo: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) say('still removing what was made');
      stop.abort(name);
    });
  }
  // Whoever read the output has gone away: that ends the demo, it must not end the removal.
  process.stdout.on('error', () => stop.abort('SIGPIPE'));
  process.stderr.on('error', () => stop.abort('SIGPIPE'));
  try {
    await demo(stop.signal);
  } catch (error) {
    // What a signal cut short fails in its own words.
    if (stop.signal.aborted) process.exitCode = 130;
    else if (error instanceof Refusal || error instanceof ToolchainError) {
      say(error.message);
      process.exitCode = 2;
    } else {
      say(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    }
  }
}
