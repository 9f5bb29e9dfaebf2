import { startMesh } from '../testbed/mesh/mesh.ts';
import type { Mesh } from '../testbed/mesh/mesh.ts';
import { insideCases } from './live/inside/cases.ts';
import { insideSettings, setUpInside } from './live/inside/set-up.ts';
import { serveCases } from './live/stage.ts';
import type { Stage } from './live/stage.ts';

jest.setTimeout(300_000);

describe('a call inside the mesh', () => {
  let mesh: Mesh;
  let stage: Stage;
  beforeAll(async () => {
    mesh = await startMesh({ settings: insideSettings });
    stage = await setUpInside(mesh);
    await serveCases(stage, insideCases);
  });
  afterAll(async () => {
    for (const line of stage?.report() ?? []) process.stdout.write(`  ${line}\n`);
    await mesh?.stop();
  });

  for (const { title, run } of insideCases) it(title, () => run(stage));
});
