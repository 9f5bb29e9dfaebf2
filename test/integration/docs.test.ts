import { programPath } from '../../hack/toolchain/location.ts';
import { documentsFor, stepsOf } from '../docs/shell-block.ts';
import { openWorkspace } from '../docs/workspace.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { startStage } from './stage.ts';

jest.setTimeout(180_000);

/** Documents that say how to install; all others start where config/default is installed and the operator runs. */
const installing: readonly string[] = ['docs/how-to/watch-namespaces.md'];

async function clusterFor(file: string): Promise<ControlPlane> {
  if (installing.includes(file)) return startControlPlane();
  return (await startStage()).plane;
}

describe('every block that needs a cluster', () => {
  it.each(documentsFor('integration'))('does and prints what %s says', async (file) => {
    const plane = await clusterFor(file);
    try {
      const workspace = await openWorkspace(
        { kubectl: programPath('kubectl') },
        { KUBECONFIG: plane.kubeconfig, ...plane.run.environment },
      );
      try {
        const { said, seen } = await workspace.follow(stepsOf(file), 'integration');
        expect(seen).toEqual(said);
      } finally {
        workspace.remove();
      }
    } finally {
      await plane.stop();
    }
  });
});
