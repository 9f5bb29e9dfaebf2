/** `make demo-mesh`: the shop sample in a real Istio mesh, with what its requests get beside what they should get. */
import { parseArgs } from 'node:util';
import { buildToolchain } from '../build-toolchain.ts';
import { runDemo } from '../run-demo.ts';
import { stayUp } from '../stay.ts';
import { Refusal, say } from '../talk.ts';
import { invitation } from './invitation.ts';
import { showShop } from './show.ts';
import { startStage } from './stage.ts';

const { once } = parseArgs({ options: { once: { type: 'boolean', default: false } } }).values;

await runDemo(async (signal) => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Refusal('the mesh is made of network namespaces, so it needs Linux and root: sudo make demo-mesh');
  }
  await buildToolchain(['etcd', 'kube', 'istio', 'envoy'], signal);
  const stage = await startStage(signal);
  try {
    await showShop(stage, signal);
    if (once) return;
    process.stdout.write(`${await invitation(stage)}\n`);
    await stayUp(stage.mesh.operator(), signal);
  } finally {
    await stage.mesh.stop();
    say('everything is stopped and removed');
  }
});
