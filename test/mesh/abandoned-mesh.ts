/** A mesh that nobody stops: starts one with a gateway and a pod, prints which run it is, and stays until it is killed. Used by killed-mesh.test.ts. */
import { startMesh } from '../testbed/mesh/mesh.ts';

const mesh = await startMesh({ operator: false });
await mesh.namespace('team');
await mesh.pod({ namespace: 'team', name: 'shop' });
const { id, folder } = mesh.plane.run;
process.stdout.write(`${JSON.stringify({ id, folder })}\n`);
setInterval(() => undefined, 60_000);
