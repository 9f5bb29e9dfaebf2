import { MemoryCluster } from './memory-cluster.ts';
import { OperatorRig, writesAfterRestart } from './operator-rig.ts';
import type { RigOptions } from './operator-rig.ts';
import { playOptions } from './play.ts';

const claim = { hosts: ['shop.example.com'] };

function stage(options: RigOptions = {}): { cluster: MemoryCluster; rig: OperatorRig } {
  const cluster = new MemoryCluster();
  for (const name of ['alpha', 'zeta']) cluster.namespace(name);
  return { cluster, rig: new OperatorRig(cluster, options) };
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

describe('a host that an app drops while its objects stand as they are', () => {
  const other = 'other.example.com';
  const served = ['Gateway shop-istio', 'Service shop', 'VirtualService shop-istio'];
  const isTold = (rig: OperatorRig): boolean => rig.conditions('alpha/shop').includes('Conflicted=True HostConflict');

  /** zeta serves the host, alpha waits for it. */
  async function waiting(options: RigOptions = {}): Promise<ReturnType<typeof stage>> {
    const { cluster, rig } = stage(options);
    cluster.app('zeta/shop', claim);
    await rig.settle();
    cluster.app('alpha/shop', claim);
    await rig.settle();
    expect([isTold(rig), rig.children('alpha/shop')]).toEqual([true, ['Service shop']]);
    return { cluster, rig };
  }

  it.each([
    ['is paused', { hosts: [other], paused: true }],
    ['is paused and has no hosts any more', { paused: true }],
    ['is refused', { hosts: [other], external: { provider: 'Ingress', routes: [{ name: 'slow', timeout: '5s' }] } }],
  ])('stays with it while it %s, after a restart too, and goes over when the spec is put right', async (_, spec) => {
    const { cluster, rig } = await waiting();
    cluster.app('zeta/shop', spec);
    await rig.settle();
    expect([isTold(rig), rig.children('alpha/shop'), rig.children('zeta/shop')]).toEqual([
      true,
      ['Service shop'],
      served,
    ]);
    expect(await writesAfterRestart(cluster)).toEqual([]);
    const again = new OperatorRig(cluster);
    await again.settle();
    cluster.app('zeta/shop', { hosts: [other] });
    await again.settle();
    expect([again.children('alpha/shop'), again.children('zeta/shop')]).toEqual([served, served]);
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('goes over when its objects are deleted by hand, or the app is', async () => {
    for (const kind of ['VirtualService', 'AppTraffic'] as const) {
      const { cluster, rig } = await waiting();
      cluster.app('zeta/shop', { hosts: [other], paused: true });
      await rig.settle();
      cluster.remove(kind, kind === 'AppTraffic' ? 'zeta/shop' : 'zeta/shop-istio');
      await rig.settle();
      expect(rig.children('alpha/shop')).toEqual(served);
    }
  });

  it('goes over once an app that moves to another gateway has drained the old one', async () => {
    const { cluster, rig } = await waiting(playOptions);
    cluster.put({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { namespace: 'edge', name: 'public' },
      spec: { servers: [{ hosts: ['*'] }] },
    });
    cluster.app('zeta/shop', { hosts: [other], external: { gateway: 'edge/public' } });
    const mark = cluster.writes.length;
    await rig.settle();
    const writes = cluster.writes.slice(mark);
    const [gone, taken] = ['delete VirtualService zeta/shop-istio', 'create VirtualService alpha/shop-istio'].map(
      (text) => writes.findIndex((write) => write.startsWith(text)),
    );
    expect(rig.children('alpha/shop')).toEqual(served);
    expect(gone).toBeGreaterThan(0);
    expect(taken).toBeGreaterThan(gone ?? 0);
    expect(await writesAfterRestart(cluster, playOptions)).toEqual([]);
  });

  it('goes over at once when nothing keeps the app from letting go', async () => {
    const { cluster, rig } = await waiting();
    // Its Service has settled.
    rig.now += 1_000;
    cluster.app('zeta/shop', { hosts: [other] });
    cluster.watches.deliver();
    // Before the first app is looked at.
    await rig.step('alpha/shop');
    expect(rig.children('alpha/shop')).toEqual(served);
  });
});
