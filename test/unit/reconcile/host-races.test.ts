import { MemoryCluster } from './memory-cluster.ts';
import { OperatorRig, writesAfterRestart } from './operator-rig.ts';

const claim = { hosts: ['shop.example.com'] };

function stage(): { cluster: MemoryCluster; rig: OperatorRig } {
  const cluster = new MemoryCluster();
  for (const name of ['alpha', 'zeta']) cluster.namespace(name);
  return { cluster, rig: new OperatorRig(cluster) };
}

/** Runs `meanwhile` when the first request of an app is under way. */
function during(cluster: MemoryCluster, app: string, meanwhile: () => Promise<unknown>): void {
  let pending = true;
  cluster.turn = async (at) => {
    if (!pending || !at.includes(`${app}/shop`)) return;
    pending = false;
    await meanwhile();
  };
}

describe('two apps that want one host', () => {
  it('are not both served when the second comes while the first is being written, whatever their names', async () => {
    const { cluster, rig } = stage();
    cluster.app('zeta/shop', claim);
    cluster.watches.deliver();
    during(cluster, 'zeta', async () => {
      // Created within the same second, and before the other by name: nothing but the decision under way speaks against it.
      cluster.app('alpha/shop', claim);
      cluster.watches.deliver();
      await rig.step('alpha/shop');
    });
    await rig.step('zeta/shop');
    await rig.settle();
    expect(rig.children('zeta/shop')).toEqual(['Gateway shop-istio', 'Service shop', 'VirtualService shop-istio']);
    expect(rig.children('alpha/shop')).toEqual(['Service shop']);
    expect(cluster.writes.filter((write) => write.startsWith('delete'))).toEqual([]);
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('nor while the first waits for its policy to settle before it writes routes', async () => {
    const { cluster, rig } = stage();
    cluster.app('zeta/shop', { ...claim, internal: { allow: [] } });
    cluster.watches.deliver();
    expect(await rig.step('zeta/shop')).toEqual({ type: 'again', afterMs: 1000 });
    expect(rig.children('zeta/shop')).toEqual(['AuthorizationPolicy shop', 'Service shop']);
    cluster.app('alpha/shop', claim);
    await rig.settle();
    expect(rig.children('zeta/shop')).toContain('VirtualService shop-istio');
    expect(rig.children('alpha/shop')).toEqual(['Service shop']);
  });

  it('change hands when the one that was about to be written is deleted instead', async () => {
    const { cluster, rig } = stage();
    cluster.app('zeta/shop', { ...claim, internal: { allow: [] } });
    cluster.watches.deliver();
    await rig.step('zeta/shop');
    cluster.app('alpha/shop', claim);
    await rig.settle();
    cluster.remove('AppTraffic', 'zeta/shop');
    cluster.collect();
    await rig.settle();
    expect(rig.children('alpha/shop')).toEqual(['Gateway shop-istio', 'Service shop', 'VirtualService shop-istio']);
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });
});
