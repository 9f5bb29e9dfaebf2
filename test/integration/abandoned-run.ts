/** A run that nobody stops: starts a control plane, prints which run it is, and stays until it is killed. Used by killed-run.test.ts. */
import { startControlPlane } from '../testbed/control-plane.ts';

const { run } = await startControlPlane();
process.stdout.write(`${JSON.stringify({ id: run.id, folder: run.folder })}\n`);
setInterval(() => undefined, 60_000);
