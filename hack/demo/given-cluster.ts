/** The demo on a cluster that the user has: asks first, and removes what it made, nothing else. */
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { startOperator } from '../../test/testbed/operator.ts';
import type { Operator } from '../../test/testbed/operator.ts';
import { field } from '../../test/testbed/kube-object.ts';
import { startRun } from '../../test/testbed/run.ts';
import type { Run } from '../../test/testbed/run.ts';
import { kubectlWith } from './kubectl.ts';
import type { Kubectl } from './kubectl.ts';
import { createMaker } from './maker.ts';
import type { Maker } from './maker.ts';
import { sample, sampleObject, untilReady, whatBecame } from './sample.ts';
import { stayUp } from './stay.ts';
import { survey } from './survey.ts';
import { Refusal, say } from './talk.ts';

/** How to run it. `kubeconfig`: as in the variable KUBECONFIG. */
export type ClusterDemo = {
  readonly kubeconfig: string;
  readonly once: boolean;
  readonly yes: boolean;
  readonly signal: AbortSignal;
};

/** Shows the sample on the cluster of the current context; whatever happens, removes what it made before it settles. */
export async function demoOnCluster(demo: ClusterDemo): Promise<void> {
  const run = startRun();
  try {
    const pinned = await pin(demo.kubeconfig, run);
    const maker = createMaker(pinned.kubectl, run.id);
    const operator: { current?: Operator } = {};
    try {
      await show(demo, { ...pinned, run, maker, operator });
    } finally {
      // First, so that nothing is written any more to what is being removed.
      await operator.current?.stop();
      await maker.removeAll();
    }
  } finally {
    await run.end();
  }
}

type Stage = {
  readonly run: Run;
  readonly kubectl: Kubectl;
  readonly kubeconfig: string;
  readonly context: string;
  readonly server: string;
  readonly maker: Maker;
  readonly operator: { current?: Operator };
};

/** The current context alone, in a file of the run: a context that is switched meanwhile does not move the demo. */
async function pin(given: string, run: Run): Promise<Pick<Stage, 'kubectl' | 'kubeconfig' | 'context' | 'server'>> {
  if (given === '') throw new Refusal('KUBECONFIG is empty: name a file');
  const expanded = given.replace(/^~(?=\/)/, homedir());
  const view = ['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'];
  const text = await kubectlWith(expanded)(view).catch((error: Error) => {
    throw new Refusal(error.message);
  });
  const config: unknown = JSON.parse(text);
  const context = field(config, 'contexts', 0, 'name');
  const server = field(config, 'clusters', 0, 'cluster', 'server');
  if (typeof context !== 'string' || typeof server !== 'string') throw new Refusal(`${given} names no cluster`);
  const kubeconfig = join(run.folder, 'kubeconfig.json');
  writeFileSync(kubeconfig, text, { mode: 0o600 });
  return { kubectl: kubectlWith(kubeconfig), kubeconfig, context, server };
}

async function show(demo: ClusterDemo, stage: Stage): Promise<void> {
  const { once, signal } = demo;
  const { kubectl, context, server, maker, run, kubeconfig, operator } = stage;
  process.stdout.write(`context    ${context} (${server})\nnamespace  ${sample.namespace}\n\n`);
  const found = await survey(kubectl);
  process.stdout.write(`${found.announcement}\n`);
  await confirm(demo);
  for (const object of found.toMake) {
    signal.throwIfAborted();
    await maker.make(object);
  }
  signal.throwIfAborted();
  say(`starting the operator on this machine, for namespace ${sample.namespace} only`);
  operator.current = await startOperator(
    { run },
    { kubeconfig, flags: [`--watch-namespaces=${sample.namespace}`], env: environment() },
  );
  signal.throwIfAborted();
  await maker.make(sampleObject('AppTraffic'));
  await untilReady(kubectl, signal);
  process.stdout.write(`\n${await whatBecame(kubectl)}\n`);
  if (once) return;
  process.stdout.write('It stays up until Ctrl-C, and is then removed.\n');
  await stayUp(operator.current, signal);
}

/** Credential plugins of a kubeconfig need the user's own environment. */
function environment(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));
}

async function confirm({ yes, signal }: ClusterDemo): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new Refusal('nobody is there to ask: say YES=1 to go on without asking');
  // As a plain stream, so that Ctrl-C stays a signal.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const answer = await terminal.question('Go on? [y/N] ', { signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new Refusal('nothing was done');
  } finally {
    terminal.close();
  }
}
