/**
 * `make mesh-mutants`: puts the seeded bugs into the renderer, one at a time and in a copy of the sources, and runs the
 * worlds of CI that then look different. Each bug must be noticed; exit code 1 where one is not.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { everyCiWorld } from '../differential/ci-worlds.ts';
import { askText } from '../differential/disagreement-text.ts';
import { roundsOf } from '../differential/rounds.ts';
import type { Round } from '../differential/rounds.ts';
import { runRounds } from '../differential/run.ts';
import type { Disagreement } from '../differential/run.ts';
import { startStage } from '../differential/stage.ts';
import type { Stage } from '../differential/stage.ts';
import { prepare } from '../differential/world.ts';
import { seededBugs } from './bugs.ts';
import type { SeededBug } from './bugs.ts';
import { withMutatedTree } from './mutated-tree.ts';

type Rendered = Readonly<Record<string, readonly Manifest[]>>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const rounds = roundsOf(everyCiWorld());
const sound: Rendered = Object.fromEntries(rounds.flat().map((world) => [world.name, prepare(world).manifests]));

function renderedIn(folder: string): Rendered {
  const program = join(folder, 'test/mesh/seeded-bugs/render-worlds.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`a copy with a bug does not render: ${stderr}`);
  return JSON.parse(stdout) as Rendered;
}

/** The rounds with those worlds alone whose manifests the bug changes. */
function touched(mutated: Rendered): readonly Round[] {
  const isOther = (name: string): boolean => JSON.stringify(mutated[name]) !== JSON.stringify(sound[name]);
  return rounds.map((round) => round.filter(({ name }) => isOther(name))).filter((round) => round.length > 0);
}

async function firstNotice(stage: Stage, bug: SeededBug): Promise<Disagreement | undefined> {
  const mutated = await withMutatedTree(bug, (folder) => Promise.resolve(renderedIn(folder)));
  const { disagreements } = await runRounds(stage, touched(mutated), {
    manifestsOf: ({ name }) => mutated[name] ?? [],
    stopsAtDisagreement: true,
  });
  return disagreements[0];
}

const wanted = process.argv.slice(2).join(' ');
const bugs = seededBugs.filter(({ name }) => name.includes(wanted));
const stage = await startStage();
try {
  let unnoticed = 0;
  for (const bug of bugs) {
    const found = await firstNotice(stage, bug);
    if (found === undefined) unnoticed += 1;
    say(`${found === undefined ? 'NOT NOTICED' : 'noticed'}  ${bug.name}`);
    if (found !== undefined) say(`         ${askText(found.ask)}: ${found.differences.join('; ')}`);
  }
  say(`${bugs.length - unnoticed} of ${bugs.length} seeded bugs noticed`);
  process.exitCode = unnoticed === 0 ? 0 : 1;
} finally {
  await stage.mesh.stop();
}
