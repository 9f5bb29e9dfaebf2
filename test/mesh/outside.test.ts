import { extensionProviders } from '../testbed/mesh/istiod.ts';
import { startMesh } from '../testbed/mesh/mesh.ts';
import type { Mesh } from '../testbed/mesh/mesh.ts';
import { outsideCases } from './live/outside/cases.ts';
import { askers, relayed } from './live/outside/entry-parts.ts';
import { outsideGateway, outsideIstiod, outsideSettings, setUpOutside } from './live/outside/set-up.ts';
import { serveCases } from './live/stage.ts';
import type { Stage } from './live/stage.ts';

jest.setTimeout(300_000);

describe('a request from outside', () => {
  let mesh: Mesh;
  let stage: Stage;
  beforeAll(async () => {
    mesh = await startMesh({
      settings: outsideSettings,
      gateways: [outsideGateway, relayed.options],
      meshConfig: { extensionProviders: [...extensionProviders, ...askers.providers] },
      istiod: outsideIstiod,
      certManager: true,
    });
    stage = await setUpOutside(mesh);
    await serveCases(stage, outsideCases);
  });
  afterAll(async () => {
    for (const line of stage?.report() ?? []) process.stdout.write(`  ${line}\n`);
    await mesh?.stop();
  });

  for (const { title, run } of outsideCases) it(title, () => run(stage));
});
