import type { Manifest } from '../../../src/kube/manifest.ts';
import { MemoryCluster, refusal } from './memory-cluster.ts';
import { OperatorRig, writesAfterRestart } from './operator-rig.ts';

const orphan = { lifecycle: { deletion: 'Orphan' } };
const spec = { hosts: ['shop.example.com'] };
const children = ['Gateway shop-istio', 'Service shop', 'VirtualService shop-istio'];
const letGo = ['patch Gateway team/shop-istio', 'patch Service team/shop', 'patch VirtualService team/shop-istio'];
const off = 'patch AppTraffic team/shop';

async function served(more: object = orphan): Promise<{ cluster: MemoryCluster; rig: OperatorRig }> {
  const cluster = new MemoryCluster();
  cluster.namespace('team');
  const rig = new OperatorRig(cluster);
  cluster.app('shop', { ...spec, ...more });
  await rig.settle();
  return { cluster, rig };
}

/** The objects in the namespace that may be children, with what makes them ours. */
function marksIn(cluster: MemoryCluster): Readonly<Record<string, unknown>> {
  const objects = [...cluster.objects.values()].filter(({ kind }) => kind !== 'AppTraffic' && kind !== 'Namespace');
  const marks = ({ metadata: { labels = {}, ownerReferences = [] } }: Manifest): unknown => [
    ...Object.keys(labels),
    ...ownerReferences.map(({ kind }) => kind),
  ];
  return Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, marks(object)]));
}
const bare = Object.fromEntries(children.map((name) => [name, []]));
const ours = ['app.kubernetes.io/managed-by', 'apptraffic.dev/app'];

async function deleted(cluster: MemoryCluster, rig: OperatorRig): Promise<readonly string[]> {
  cluster.writes.length = 0;
  cluster.remove('AppTraffic', 'team/shop');
  await rig.settle();
  cluster.collect();
  await rig.settle();
  return cluster.writes;
}

describe('an app whose objects are to outlive it', () => {
  it('gets its finalizer before its first child, and the namespace as second owner of each', async () => {
    const { cluster, rig } = await served();
    expect(cluster.writes).toEqual([
      off,
      'create Service team/shop',
      'create VirtualService team/shop-istio',
      'create Gateway team/shop-istio',
      'status AppTraffic team/shop',
    ]);
    expect(cluster.get('AppTraffic', 'team/shop')?.metadata.finalizers).toEqual(['apptraffic.dev/cleanup']);
    expect(marksIn(cluster)).toEqual(
      Object.fromEntries(children.map((name) => [name, [...ours, 'AppTraffic', 'Namespace']])),
    );
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('lets go of each child with one write when it is deleted, then of itself; nothing of ours is left on them', async () => {
    const { cluster, rig } = await served();
    const writes = await deleted(cluster, rig);
    expect([writes.slice(0, 3).toSorted(), writes.slice(3)]).toEqual([letGo, [off]]);
    expect(cluster.get('AppTraffic', 'team/shop')).toBeUndefined();
    expect(marksIn(cluster)).toEqual(bare);
  });

  it('can be made anew, and then adopts what it left', async () => {
    const { cluster, rig } = await served();
    await deleted(cluster, rig);
    const uid = cluster.get('Service', 'team/shop')?.metadata.uid;
    cluster.app('shop', { ...spec, lifecycle: { adopt: 'Matching' } });
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(rig.children('team/shop')).toEqual(children);
    expect(cluster.get('Service', 'team/shop')?.metadata.uid).toBe(uid);
  });

  it.each<[string, object]>([
    ['while it is paused', { lifecycle: { deletion: 'Orphan', paused: true } }],
    [
      'while it is refused',
      { ...orphan, external: { provider: 'Ingress', hosts: ['a.b'], routes: [{ name: 'a', timeout: '5s' }] } },
    ],
    ['while the schema refuses it', { ...orphan, split: { nobody: 100 } }],
  ])('is let go too %s', async (_what, more) => {
    const { cluster, rig } = await served();
    cluster.app('shop', { ...spec, ...more });
    await rig.settle();
    const writes = await deleted(cluster, rig);
    expect([...writes].sort()).toEqual([off, ...letGo]);
    expect(marksIn(cluster)).toEqual(bare);
  });

  it('is not kept by a child that is gone, nor by one that somebody has replaced, nor by a kind that is no more', async () => {
    const { cluster, rig } = await served();
    cluster.trouble = ({ verb, key }) => {
      if (verb === 'patch' && key === 'Service team/shop') cluster.remove('Service', 'team/shop');
      if (verb === 'patch' && key === 'Gateway team/shop-istio') return refusal(404, 'NotFound', { objectName: '' });
      if (verb === 'patch' && key === 'VirtualService team/shop-istio') {
        const held = cluster.get('VirtualService', 'team/shop-istio');
        cluster.remove('VirtualService', 'team/shop-istio');
        if (held !== undefined) cluster.put({ ...held, metadata: { name: 'shop-istio', namespace: 'team' } });
      }
      return undefined;
    };
    expect(await deleted(cluster, rig)).toEqual([off]);
    expect(cluster.get('AppTraffic', 'team/shop')).toBeUndefined();
    expect(marksIn(cluster)).toMatchObject({ 'VirtualService shop-istio': [] });
  });

  it('lets go of a child that somebody has taken our label from, and leaves alone what is not its own', async () => {
    const { cluster, rig } = await served();
    cluster.relabel('Service', 'team/shop', { labels: { 'apptraffic.dev/app': 'shop' } });
    const stranger = cluster.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'other',
        namespace: 'team',
        labels: { 'app.kubernetes.io/managed-by': 'apptraffic', 'apptraffic.dev/app': 'shop' },
      },
    });
    rig.queue.clear();
    cluster.remove('AppTraffic', 'team/shop');
    cluster.watches.deliver();
    await rig.settle();
    expect(marksIn(cluster)).toEqual({ ...bare, 'Service other': ours });
    expect(cluster.get('Service', 'team/other')).toBe(stranger);
  });

  it('goes on where a process stopped in the middle, and asks again where an answer was lost', async () => {
    const { cluster, rig } = await served();
    cluster.remove('AppTraffic', 'team/shop');
    cluster.watches.deliver();
    cluster.writes.length = 0;
    cluster.trouble = ({ verb, key }) => {
      if (verb !== 'patch' || key === 'Service team/shop') return undefined;
      return key.startsWith('Gateway') ? 'lost' : refusal(503, 'ServiceUnavailable');
    };
    await rig.step('team/shop');
    expect(cluster.writes.toSorted()).toEqual(['patch Gateway team/shop-istio', 'patch Service team/shop']);
    cluster.trouble = () => undefined;
    const after = await writesAfterRestart(cluster);
    expect(after).toEqual(['patch VirtualService team/shop-istio', off]);
    expect(marksIn(cluster)).toEqual(bare);
  });

  it('looks again when somebody else, such as the garbage collector, changes a child in between', async () => {
    const { cluster, rig } = await served();
    cluster.trouble = ({ verb, key }) => {
      if (verb !== 'patch' || key !== 'Service team/shop') return undefined;
      cluster.trouble = () => undefined;
      const { ownerReferences = [] } = cluster.get('Service', 'team/shop')?.metadata ?? {};
      const left = ownerReferences.filter(({ kind }) => kind !== 'AppTraffic');
      cluster.relabel('Service', 'team/shop', { ownerReferences: left });
      return undefined;
    };
    const writes = await deleted(cluster, rig);
    expect([...writes].sort()).toEqual([off, ...letGo]);
    expect(marksIn(cluster)).toEqual(bare);
  });

  it('stays, and says why, while it may not let go; goes once it may', async () => {
    const { cluster, rig } = await served();
    cluster.remove('AppTraffic', 'team/shop');
    cluster.watches.deliver();
    cluster.trouble = ({ verb, key }) =>
      verb === 'patch' && key === 'Service team/shop' ? refusal(403, 'Forbidden') : undefined;
    for (let tries = 0; tries < 4; tries++) {
      cluster.watches.deliver();
      await rig.step('team/shop');
    }
    expect(cluster.get('AppTraffic', 'team/shop')?.status).toMatchObject({
      children: [{ kind: 'Service', name: 'shop', state: 'Failed', reason: 'Forbidden' }],
      problems: [{ code: 'AT0404', field: 'spec', message: 'Service shop: Forbidden' }],
    });
    expect(rig.conditions('team/shop')[0]).toBe('Ready=False Forbidden');
    cluster.trouble = () => undefined;
    await rig.settle();
    expect(cluster.get('AppTraffic', 'team/shop')).toBeUndefined();
    expect(marksIn(cluster)).toEqual(bare);
  });

  it('stays, says why, and is looked at again when admission refuses to let go of a child', async () => {
    const { cluster, rig } = await served();
    cluster.remove('AppTraffic', 'team/shop');
    cluster.trouble = ({ verb, key }) => {
      if (verb !== 'patch' || key !== 'Service team/shop' || rig.now > start + 50_000) return undefined;
      return refusal(422, 'Invalid');
    };
    const start = rig.now;
    cluster.watches.deliver();
    expect(await rig.step('team/shop')).toEqual({ type: 'again', afterMs: 66_000 });
    expect(rig.conditions('team/shop')[0]).toBe('Ready=False AdmissionDenied');
    await rig.settle();
    expect(cluster.get('AppTraffic', 'team/shop')).toBeUndefined();
  });

  it('says so while its finalizer may not be taken off', async () => {
    const { cluster, rig } = await served();
    cluster.remove('AppTraffic', 'team/shop');
    cluster.trouble = ({ verb, key }) => (`${verb} ${key}` === off ? refusal(403, 'Forbidden') : undefined);
    for (let tries = 0; tries < 4; tries++) {
      cluster.watches.deliver();
      await rig.step('team/shop');
    }
    expect(rig.conditions('team/shop').filter((one) => one.includes('Forbidden'))).toEqual([
      'Ready=False Forbidden',
      'Programmed=False Forbidden',
    ]);
    expect(cluster.get('AppTraffic', 'team/shop')?.status).toMatchObject({
      problems: [{ code: 'AT0404', field: 'metadata.finalizers', message: 'Forbidden' }],
    });
    cluster.trouble = () => undefined;
    await rig.settle();
    expect(cluster.get('AppTraffic', 'team/shop')).toBeUndefined();
  });

  it('makes no child while its finalizer cannot be put on, and says so', async () => {
    const cluster = new MemoryCluster();
    cluster.namespace('team');
    const rig = new OperatorRig(cluster);
    cluster.trouble = ({ verb, key }) => (`${verb} ${key}` === off ? refusal(403, 'Forbidden') : undefined);
    cluster.app('shop', { ...spec, ...orphan });
    for (let tries = 0; tries < 4; tries++) {
      cluster.watches.deliver();
      await rig.step('team/shop');
    }
    expect(cluster.writes).toEqual(['status AppTraffic team/shop']);
    expect(rig.conditions('team/shop')[0]).toBe('Ready=False Forbidden');
    cluster.trouble = () => undefined;
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
  });

  it('that is gone before it has its finalizer gets no child, which nobody would collect', async () => {
    const cluster = new MemoryCluster();
    cluster.namespace('team');
    const rig = new OperatorRig(cluster);
    cluster.app('shop', { ...spec, ...orphan });
    cluster.watches.deliver();
    cluster.trouble = ({ verb, key }) => {
      if (`${verb} ${key}` === off) cluster.remove('AppTraffic', 'team/shop');
      return undefined;
    };
    await rig.step('team/shop');
    await rig.settle();
    expect(marksIn(cluster)).toEqual({});
    expect(rig.states.has('team/shop')).toBe(false);
  });

  it('loses its finalizer where the namespace is being deleted, without another write', async () => {
    const { cluster, rig } = await served();
    cluster.relabel('Namespace', 'team', { deletionTimestamp: '2026-01-01T01:00:00Z' });
    expect(await deleted(cluster, rig)).toEqual([off]);
    expect(cluster.get('AppTraffic', 'team/shop')).toBeUndefined();
  });

  it('does not try to end itself twice while the watch has not said that it is gone', async () => {
    const { cluster, rig } = await served();
    cluster.remove('AppTraffic', 'team/shop');
    cluster.watches.deliver();
    await rig.step('team/shop');
    cluster.writes.length = 0;
    await rig.step('team/shop');
    expect(cluster.writes).toEqual([]);
  });

  it('leaves finalizers of others on', async () => {
    const { cluster, rig } = await served();
    const finalizers = ['example.com/keep', 'apptraffic.dev/cleanup'];
    cluster.relabel('AppTraffic', 'team/shop', { finalizers });
    await rig.settle();
    await deleted(cluster, rig);
    expect(cluster.get('AppTraffic', 'team/shop')?.metadata.finalizers).toEqual(['example.com/keep']);
    expect(marksIn(cluster)).toEqual(bare);
    cluster.writes.length = 0;
    rig.queue.add('team/shop');
    await rig.settle();
    expect(cluster.writes).toEqual([]);
  });
});

describe('deletion: Delete', () => {
  it('becomes Orphan with the finalizer and one write a child, and Delete again with as many', async () => {
    const { cluster, rig } = await served({});
    cluster.writes.length = 0;
    cluster.app('shop', { ...spec, ...orphan });
    await rig.settle();
    const applied = letGo.map((write) => write.replace('patch', 'apply'));
    expect([cluster.writes[0], cluster.writes.slice(1).toSorted()]).toEqual([
      off,
      [...applied, 'status AppTraffic team/shop'],
    ]);
    cluster.writes.length = 0;
    cluster.app('shop', { ...spec, lifecycle: { deletion: 'Delete' } });
    await rig.settle();
    expect(cluster.writes.toSorted()).toEqual([...applied, off, 'status AppTraffic team/shop'].toSorted());
    expect(cluster.get('AppTraffic', 'team/shop')?.metadata.finalizers).toEqual([]);
    expect(await deleted(cluster, rig)).toEqual([]);
    expect(marksIn(cluster)).toEqual({});
  });

  it('hands over to the garbage collector what an app still keeps that was Orphan when it was paused', async () => {
    const { cluster, rig } = await served();
    cluster.app('shop', { ...spec, lifecycle: { deletion: 'Delete', paused: true } });
    await rig.settle();
    expect(cluster.get('AppTraffic', 'team/shop')?.metadata.finalizers).toEqual(['apptraffic.dev/cleanup']);
    expect((await deleted(cluster, rig)).toSorted()).toEqual([off, ...letGo]);
    expect(marksIn(cluster)).toEqual({});
  });

  it('puts no finalizer on an app that has no children and gets none', async () => {
    const { cluster } = await served({ lifecycle: { deletion: 'Orphan', paused: true } });
    expect(cluster.writes).toEqual(['status AppTraffic team/shop']);
  });
});

describe('an app that says what requests from outside must meet', () => {
  const guarded = { external: { hosts: ['shop.example.com'], allowCIDRs: ['10.0.0.0/8'] } };

  it('has its finalizer before its first child, and loses it with its guards', async () => {
    const { cluster, rig } = await served(guarded);
    expect(cluster.writes).toEqual([
      off,
      'create AuthorizationPolicy team/shop-external',
      'create Service team/shop',
      'create VirtualService team/shop-istio',
      'create Gateway team/shop-istio',
      'status AppTraffic team/shop',
    ]);
    cluster.app('shop', { external: { hosts: ['shop.example.com'] } });
    await rig.settle();
    expect(cluster.get('AppTraffic', 'team/shop')?.metadata.finalizers ?? []).toEqual([]);
    expect(rig.children('team/shop')).toEqual(children);
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('has its routes go first when it is deleted, and is let go once every proxy has heard of it', async () => {
    const { cluster, rig } = await served(guarded);
    const from = rig.now;
    const writes = await deleted(cluster, rig);
    expect(writes).toEqual(['delete VirtualService team/shop-istio', off]);
    expect(rig.now - from).toBeGreaterThanOrEqual(1000);
    expect(cluster.get('AppTraffic', 'team/shop')).toBeUndefined();
  });

  it('keeps its routes where its objects are to outlive it', async () => {
    const { cluster, rig } = await served({ ...guarded, ...orphan });
    const writes = await deleted(cluster, rig);
    expect(writes.filter((write) => write.startsWith('delete'))).toEqual([]);
  });

  it('is not let go while a route cannot be deleted', async () => {
    const { cluster, rig } = await served(guarded);
    cluster.remove('AppTraffic', 'team/shop');
    cluster.trouble = ({ verb, key }) =>
      verb === 'delete' && key.startsWith('VirtualService') ? refusal(403, 'Forbidden') : undefined;
    for (let tries = 0; tries < 4; tries++) {
      cluster.watches.deliver();
      await rig.step('team/shop');
    }
    expect(cluster.get('AppTraffic', 'team/shop')?.metadata.finalizers).toEqual(['apptraffic.dev/cleanup']);
    expect(rig.conditions('team/shop')[0]).toBe('Ready=False Forbidden');
    cluster.trouble = () => undefined;
    await rig.settle();
    expect(cluster.get('AppTraffic', 'team/shop')).toBeUndefined();
  });
});
