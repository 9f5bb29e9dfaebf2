/** `node fuzz.ts [WORLDS] [SEED]`: random worlds through the real mesh; prints the seed first and every disagreement at the end. */
import { randomInt } from 'node:crypto';
import { disagreementText, reportText } from './disagreement-text.ts';
import { run } from './run.ts';
import { worldsOf } from './seeds.ts';
import { startStage } from './stage.ts';

const [count = '500', given] = process.argv.slice(2);
const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`seed ${seed}, ${count} worlds; the same again: make mesh-fuzz N=${count} SEED=${seed}`);
const stage = await startStage();
try {
  const report = await run(stage, worldsOf(seed, Number(count)), {
    log: say,
    pairsPerWorld: 250,
    onDisagreement: (one) => say(`---\n${disagreementText(one)}`),
  });
  say(reportText(report));
  process.exitCode = report.disagreements.length === 0 ? 0 : 1;
} finally {
  await stage.mesh.stop();
}
