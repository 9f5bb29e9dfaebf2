/**
 * The network of a mesh: a bridge in a namespace of its own, the node, to which every other namespace has a cable. Nothing
 * of it is in the network of the machine, so its addresses meet nobody's and several meshes may run at once.
 */
import type { Run } from '../run.ts';
import { createNamespace } from './namespace.ts';
import type { Namespace } from './namespace.ts';

/** Address of the node, where istiod listens. */
export const nodeAddress = '10.244.0.1';

/** A network. */
export type Network = {
  readonly node: Namespace;
  /** A new namespace on the bridge; without `address` it gets the next free one of 10.244.0.0/16, the range of the pods. */
  readonly attach: (name: string, address?: string) => Promise<Attached>;
};

/** A namespace on the bridge. Everything outside it is one hop away: whatever address somebody on the bridge has. */
export type Attached = { readonly namespace: Namespace; readonly address: string };

/** Pod addresses begin here; the ones below are the node's. */
const firstPod = 10;

const podAddress = (index: number): string => `10.244.${index >> 8}.${index & 255}`;

async function batch(namespace: Namespace, lines: readonly string[]): Promise<void> {
  await namespace.run('ip', ['-batch', '-'], { stdin: `${lines.join('\n')}\n` });
}

/** Makes the node and its bridge. Needs root. */
export async function createNetwork(run: Run): Promise<Network> {
  const node = await createNamespace(run, 'node');
  await batch(node, [
    'link set lo up',
    'link add br0 type bridge',
    `addr add ${nodeAddress}/16 dev br0`,
    'link set br0 up',
    'route add default dev br0',
  ]);
  let last = firstPod - 1;
  return {
    node,
    attach: async (name, given) => {
      const address = given ?? podAddress((last += 1));
      const namespace = await createNamespace(run, name);
      const cable = `v${namespace.pid}`;
      await batch(node, [
        `link add ${cable} type veth peer name eth0 netns ${namespace.pid}`,
        `link set ${cable} master br0 up`,
      ]);
      await batch(namespace, [
        'link set lo up',
        `addr add ${address}/32 dev eth0`,
        'link set eth0 up',
        'route add default dev eth0',
      ]);
      return { namespace, address };
    },
  };
}
