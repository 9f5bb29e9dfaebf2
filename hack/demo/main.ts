/** `make demo`: one AppTraffic live, on a control plane of its own or on a cluster that the user has. */
import { parseArgs } from 'node:util';
import { ToolchainError } from '../toolchain/location.ts';
import { demoEmbedded } from './embedded.ts';
import { demoOnCluster } from './given-cluster.ts';
import { Refusal, say } from './talk.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    once: { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
  },
});

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

const { kubeconfig, once, yes } = values;
try {
  if (kubeconfig === undefined) await demoEmbedded({ once, signal: stop.signal });
  else await demoOnCluster({ kubeconfig, once, yes, signal: stop.signal });
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
