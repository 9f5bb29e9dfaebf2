/** What the mesh demo plays on: a mesh with the shop sample, the pods it needs, and others that call it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startMesh } from '../../../test/testbed/mesh/mesh.ts';
import type { Mesh } from '../../../test/testbed/mesh/mesh.ts';
import type { Pod } from '../../../test/testbed/mesh/pod.ts';
import { sample, untilReady } from '../sample.ts';
import { say } from '../talk.ts';

/** Host of the shop outside the mesh. */
export const host = 'shop.example.com';

/** The shop's Service, by the name that pods call. */
export const serviceHost = 'shop.shop.svc.cluster.local';

/** The shop, and who calls it. */
export type Stage = {
  readonly mesh: Mesh;
  /** PEM of the authority that signed the shop's certificate, and the file that holds it. */
  readonly ca: string;
  readonly caFile: string;
  /** One pod of the shop. */
  readonly shop: Pod;
  /** In the mesh, and allowed to call the shop. */
  readonly checkout: Pod;
  /** In the mesh, and not allowed to. */
  readonly blog: Pod;
  /** Without a sidecar, so that it speaks plaintext. */
  readonly stranger: Pod;
};

/** Starts all of it and waits until it is in force; leaves nothing behind when it rejects. */
export async function startStage(signal: AbortSignal): Promise<Stage> {
  say('starting a control plane, istiod, a gateway and the operator');
  const mesh = await startMesh();
  try {
    return await furnish(mesh, signal);
  } catch (error) {
    await mesh.stop();
    throw error;
  }
}

async function furnish(mesh: Mesh, signal: AbortSignal): Promise<Stage> {
  signal.throwIfAborted();
  say('applying config/samples/shop.yaml, with a TLS Secret beside the gateway');
  await mesh.plane.kubectl(['apply', '-f', sample.file]);
  const ca = await mesh.tlsSecret('istio-system', 'shop-tls', [host]);
  const caFile = join(mesh.plane.run.folder, 'shop-ca.pem');
  writeFileSync(caFile, ca);
  say('starting pods: shop-v1, shop-v2, checkout, blog, and stranger without a sidecar');
  const { namespace } = sample;
  const [shop, , checkout, blog, stranger] = await Promise.all([
    mesh.pod({ namespace, name: 'shop-v1', labels: { app: 'shop', version: 'v1' } }),
    mesh.pod({ namespace, name: 'shop-v2', labels: { app: 'shop', version: 'v2' } }),
    mesh.pod({ namespace, name: 'checkout' }),
    mesh.pod({ namespace, name: 'blog' }),
    mesh.pod({ namespace, name: 'stranger', sidecar: false }),
  ]);
  signal.throwIfAborted();
  await untilReady(mesh.plane.kubectl, signal);
  await mesh.synced();
  return { mesh, ca, caFile, shop, checkout, blog, stranger };
}
