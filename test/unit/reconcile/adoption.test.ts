import type { Manifest } from '../../../src/kube/manifest.ts';
import { MemoryCluster, refusal } from './memory-cluster.ts';
import { OperatorRig, writesAfterRestart } from './operator-rig.ts';

const adopt = { lifecycle: { adopt: 'Matching' } };
const spec = { hosts: ['shop.example.com'] };
const children = ['Gateway shop-istio', 'Service shop', 'VirtualService shop-istio'];

/** What an app called `shop` becomes, as somebody else has made it. */
async function strangers(): Promise<{ cluster: MemoryCluster; rig: OperatorRig }> {
  const made = new MemoryCluster();
  made.namespace('team');
  made.app('shop', spec);
  await new OperatorRig(made).settle();
  const cluster = new MemoryCluster();
  cluster.namespace('team');
  for (const object of made.objects.values()) {
    if (object.kind !== 'AppTraffic' && object.kind !== 'Namespace') cluster.put(asStranger(object));
  }
  return { cluster, rig: new OperatorRig(cluster) };
}

function asStranger({ metadata: { name, namespace = '' }, ...rest }: Manifest): Manifest {
  const managedFields = [{ manager: 'kubectl', operation: 'Update' as const, fieldsV1: { 'f:spec': {} } }];
  return { ...rest, metadata: { name, namespace, labels: { team: 'shop' }, managedFields } };
}

describe('an app that adopts what matches', () => {
  it('takes over what is there with one write an object and one status, and tells each; a restart writes nothing', async () => {
    const { cluster, rig } = await strangers();
    const uids = [...cluster.objects.values()].map(({ metadata }) => metadata.uid);
    cluster.app('shop', { ...spec, ...adopt });
    await rig.settle();
    expect(cluster.writes).toEqual([
      'apply Service team/shop',
      'apply VirtualService team/shop-istio',
      'apply Gateway team/shop-istio',
      'status AppTraffic team/shop',
    ]);
    expect(rig.children('team/shop')).toEqual(children);
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(rig.events.map(({ type, reason, note }) => `${type} ${reason}: ${note}`).sort()).toEqual(
      children.map(
        (name) => `Normal Adopted: ${name} was there already and is taken over: it is deleted with this app`,
      ),
    );
    const held = cluster.get('Service', 'team/shop')?.metadata;
    expect([uids.includes(held?.uid), held?.labels?.['team']]).toEqual([true, 'shop']);
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('keeps what it took over when adopt is Never again', async () => {
    const { cluster, rig } = await strangers();
    cluster.app('shop', { ...spec, ...adopt });
    await rig.settle();
    cluster.writes.length = 0;
    cluster.app('shop', spec);
    await rig.settle();
    expect(cluster.writes).toEqual(['status AppTraffic team/shop']);
    expect(rig.children('team/shop')).toEqual(children);
  });

  it('takes over nothing before it may: the rest is made, and setting adopt takes up what was in the way', async () => {
    const { cluster, rig } = await strangers();
    cluster.app('shop', spec);
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=False NotOwned');
    expect(rig.children('team/shop')).toEqual([]);
    cluster.app('shop', { ...spec, ...adopt });
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
  });

  it('makes what is not there, and leaves what differs until it is as it would make it', async () => {
    const { cluster, rig } = await strangers();
    cluster.remove('Gateway', 'team/shop-istio');
    const { spec: wanted } = cluster.get('Service', 'team/shop') ?? {};
    cluster.meddle('Service', 'team/shop', { selector: { app: 'other' } });
    const before = cluster.get('Service', 'team/shop');
    cluster.app('shop', { ...spec, ...adopt });
    await rig.settle();
    expect(cluster.writes).toEqual([
      'apply VirtualService team/shop-istio',
      'create Gateway team/shop-istio',
      'status AppTraffic team/shop',
    ]);
    expect(cluster.get('Service', 'team/shop')).toBe(before);
    const message =
      'Service shop: an object of this name exists and is not as this AppTraffic would make it: spec.selector.app is "other", not "shop"';
    expect(cluster.get('AppTraffic', 'team/shop')?.status).toMatchObject({ problems: [{ code: 'AT0501', message }] });
    cluster.meddle('Service', 'team/shop', wanted as Record<string, unknown>);
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
  });

  it('overrules nobody who changes the object between the read and the write', async () => {
    const { cluster, rig } = await strangers();
    cluster.trouble = ({ verb, key }) => {
      if (`${verb} ${key}` !== 'apply Service team/shop') return undefined;
      cluster.trouble = () => undefined;
      cluster.meddle('Service', 'team/shop', { selector: { app: 'other' } });
      return undefined;
    };
    cluster.app('shop', { ...spec, ...adopt });
    await rig.settle();
    expect(cluster.get('Service', 'team/shop')?.spec).toMatchObject({ selector: { app: 'other' } });
    expect(rig.children('team/shop')).toEqual(children.filter((name) => name !== 'Service shop'));
    expect(rig.conditions('team/shop')[0]).toBe('Ready=False NotOwned');
  });

  it('takes over nothing that is being deleted, and makes its own once that is gone', async () => {
    const { cluster, rig } = await strangers();
    cluster.relabel('Service', 'team/shop', { finalizers: ['example.com/keep'] });
    cluster.remove('Service', 'team/shop');
    cluster.app('shop', { ...spec, ...adopt });
    await rig.settle();
    expect(rig.children('team/shop')).toEqual(children.filter((name) => name !== 'Service shop'));
    cluster.release('Service', 'team/shop');
    await rig.settle();
    expect(rig.children('team/shop')).toEqual(children);
  });

  it('tells of a takeover once when the answer to it is lost', async () => {
    const { cluster, rig } = await strangers();
    cluster.trouble = ({ verb, key }) => {
      if (`${verb} ${key}` !== 'apply Service team/shop') return undefined;
      cluster.trouble = () => undefined;
      return 'lost';
    };
    cluster.app('shop', { ...spec, ...adopt });
    await rig.settle();
    expect(cluster.writes.filter((write) => write.endsWith('Service team/shop'))).toEqual(['apply Service team/shop']);
    expect(rig.events.map(({ note }) => note.replace(/ was .*/, '')).sort()).toEqual(children);
  });

  it('says what it may not read, and writes nothing meanwhile', async () => {
    const { cluster, rig } = await strangers();
    cluster.trouble = ({ verb, key }) =>
      verb === 'get' && key === 'Gateway team/shop-istio' ? refusal(403, 'Forbidden') : undefined;
    cluster.app('shop', { ...spec, ...adopt });
    for (let tries = 0; tries < 4; tries++) {
      cluster.watches.deliver();
      await rig.step('team/shop');
    }
    expect(cluster.writes).toEqual(['status AppTraffic team/shop']);
    expect(rig.conditions('team/shop')[0]).toBe('Ready=False Forbidden');
  });
});
