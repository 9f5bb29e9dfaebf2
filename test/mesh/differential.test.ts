import { everyCiWorld } from './differential/ci-worlds.ts';
import { disagreementText, reportText } from './differential/disagreement-text.ts';
import { run } from './differential/run.ts';
import { startStage } from './differential/stage.ts';
import type { Stage } from './differential/stage.ts';

jest.setTimeout(900_000);

/** How many disagreements are shown in full. */
const shown = 10;

describe('the mesh', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage?.mesh.stop());

  it('does what decide says, for every request of the CI seeds and of the regression cases', async () => {
    const worlds = everyCiWorld();
    const report = await run(stage, worlds);
    process.stdout.write(`differential: ${reportText(report)}\n`);
    const texts = report.disagreements.map(disagreementText);
    expect(texts.slice(0, shown).join('\n---\n')).toBe('');
    expect([
      report.worlds,
      report.pairs >= 5_000,
      report.connections > 0,
      report.splits > 0,
      report.mirrors > 0,
    ]).toEqual([worlds.length, true, true, true, true]);
  });
});
