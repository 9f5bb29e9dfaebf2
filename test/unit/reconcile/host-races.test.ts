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

describe('an app that meets the one whose host changes only through a third', () => {
  it('is told of the new holder too', async () => {
    const { cluster, rig } = stage();
    cluster.app('alpha/shop', { hosts: ['x.example.com'] });
    cluster.app('zeta/near', { hosts: ['*.y.example.com'] });
    await rig.settle();
    cluster.app('zeta/far', { hosts: ['*.example.com'] });
    cluster.app('beta/shop', { hosts: ['*.y.example.com'] });
    await rig.settle();
    const told = (): unknown => cluster.get('AppTraffic', 'beta/shop')?.status;
    const message = (text: string): object => ({ problems: [{ code: 'AT0302', message: text }] });
    expect(told()).toMatchObject(message('host *.y.example.com is held by another namespace'));
    // Frees the wildcard of zeta/far, which is named first of the two that beta/shop meets from then on.
    cluster.app('alpha/shop', {});
    await rig.settle();
    expect(told()).toMatchObject(message('host *.y.example.com overlaps with a host that another namespace holds'));
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });
});
