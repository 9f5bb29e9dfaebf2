import { textAt } from '../../../src/kube/json.ts';
import { MemoryCluster, refusal } from './memory-cluster.ts';
import { OperatorRig, writesAfterRestart } from './operator-rig.ts';

const shop = { hosts: ['shop.example.com'], internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] } };

async function served(name: string, spec: object): Promise<{ cluster: MemoryCluster; rig: OperatorRig }> {
  const cluster = new MemoryCluster();
  cluster.namespace('team');
  const rig = new OperatorRig(cluster);
  cluster.app(name, spec);
  await rig.settle();
  return { cluster, rig };
}

describe('one app over a cluster', () => {
  it('becomes its children, policies first, then one status; a restart writes nothing', async () => {
    const { cluster, rig } = await served('shop', shop);
    expect(cluster.writes).toEqual([
      'create AuthorizationPolicy team/shop',
      'create PeerAuthentication team/shop',
      'create Service team/shop',
      'create VirtualService team/shop-istio',
      'create Gateway team/shop-istio',
      'status AppTraffic team/shop',
    ]);
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(rig.events).toEqual([]);
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('is told under which identities its callers are admitted, in status as in the policy', async () => {
    const { cluster, rig } = await served('shop', { internal: { allow: [{ app: 'checkout' }, { namespace: 'ops' }] } });
    const admitted = (): unknown => ({
      status: cluster.get('AppTraffic', 'team/shop')?.status,
      policy: cluster.get('AuthorizationPolicy', 'team/shop')?.spec,
    });
    const as = (account: string): object => ({
      status: { callers: ['ops/*', `team/${account}`] },
      policy: {
        rules: [
          { from: [{ source: { serviceAccounts: [`team/${account}`] } }] },
          { from: [{ source: { namespaces: ['ops'] } }] },
        ],
      },
    });
    expect(admitted()).toMatchObject(as('checkout'));
    const before = cluster.writes.length;
    cluster.app('checkout', { serviceAccount: 'robot' });
    await rig.settle();
    expect(admitted()).toMatchObject(as('robot'));
    expect(cluster.writes.slice(before).filter((write) => write.endsWith('team/shop'))).toEqual([
      'apply AuthorizationPolicy team/shop',
      'status AppTraffic team/shop',
    ]);
  });

  it('says in status which settings it follows from; other settings cost one status write, the same ones none', async () => {
    const { cluster } = await served('shop', shop);
    const settings = (): unknown => textAt(cluster.get('AppTraffic', 'team/shop')?.status, 'settings');
    const before = settings();
    const platform = { drainMs: 12_345 };
    expect(await writesAfterRestart(cluster, { platform })).toEqual(['status AppTraffic team/shop']);
    expect(settings()).toMatch(/^[0-9a-f]{8}$/);
    expect(settings()).not.toBe(before);
    expect(await writesAfterRestart(cluster, { platform })).toEqual([]);
  });

  it('that only has its sidecars log is looked at again when its namespace comes into the mesh', async () => {
    const cluster = new MemoryCluster();
    cluster.namespace('team', {});
    const rig = new OperatorRig(cluster);
    cluster.app('shop', { observability: { accessLog: 'All' } });
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=False NotInMesh');
    cluster.namespace('team');
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
  });

  it('with a probe has one status more for each change of what is found, and none after a restart', async () => {
    const { cluster, rig } = await served('shop', {
      hosts: ['shop.example.com'],
      external: { probe: { path: '/healthz' } },
    });
    const reachable = (): unknown => rig.conditions('team/shop').find((text) => text.startsWith('Reachable'));
    expect(reachable()).toBe('Reachable=Unknown NotProbed');
    for (const [found, says] of [
      [{ status: 200 }, 'Reachable=True ProbeSucceeded'],
      [{ status: 503 }, 'Reachable=False UnexpectedStatus'],
      [{ fault: 'TimedOut' }, 'Reachable=False NoAnswer'],
    ] as const) {
      rig.found = found;
      const before = cluster.writes.length;
      for (let looks = 0; looks < 2; looks += 1) {
        rig.queue.add('team/shop');
        await rig.settle();
      }
      expect([reachable(), cluster.writes.slice(before)]).toEqual([says, ['status AppTraffic team/shop']]);
      expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
      expect(await writesAfterRestart(cluster)).toEqual([]);
    }
    expect(rig.events).toEqual([]);
  });

  it('is reconciled again when the answer to a status write brings a newer spec before the watch does', async () => {
    const { cluster, rig } = await served('shop', { hosts: ['shop.example.com'] });
    cluster.app('shop', { hosts: ['first.example.com'] });
    cluster.watches.deliver();
    let edited = false;
    // The user edits while the operator writes status; the answer carries the new spec, and overtakes the watch.
    cluster.written = ({ verb }) => {
      if (verb !== 'apply' || edited) return;
      edited = true;
      cluster.app('shop', { hosts: ['second.example.com'] });
    };
    await rig.settle();
    expect(cluster.get('AppTraffic', 'team/shop')?.status).toMatchObject({
      observedGeneration: 3,
      url: 'http://second.example.com',
    });
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('is told whose object it is that has a name it needs, in one status that stays as it is', async () => {
    const { cluster, rig } = await served('shop', { hosts: ['shop.example.com'] });
    const backends = { canary: { labels: { version: 'v2' } } };
    cluster.app('shop-istio', { internal: {}, backends, split: { app: 90, canary: 10 } }, 60);
    await rig.settle();
    const message = 'VirtualService shop-istio: an object of this name exists and belongs to AppTraffic shop';
    const fix = 'delete or rename that object, or give this AppTraffic another name';
    expect(cluster.get('AppTraffic', 'team/shop-istio')?.status).toMatchObject({
      problems: [{ code: 'AT0501', severity: 'Error', field: 'spec', message, fix }],
    });
    expect(rig.conditions('team/shop-istio')[0]).toBe('Ready=False NotOwned');
    // The gateway's routes of one app, the mesh routes of the other: of the kinds of an app only these can meet.
    expect(rig.children('team/shop-istio')).toEqual(['DestinationRule shop-istio', 'Service shop-istio']);
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    const before = cluster.writes.length;
    rig.queue.add('team/shop-istio');
    await rig.settle();
    expect(cluster.writes.slice(before)).toEqual([]);
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('leads nobody to the pods of another app: of two that would make one Service the later is refused until it may', async () => {
    const { cluster, rig } = await served('shop', { hosts: ['shop.example.com'] });
    cluster.app('web', { hosts: ['web.example.com'], service: { name: 'shop' } }, 60);
    await rig.settle();
    const message = 'Service shop belongs to AppTraffic shop';
    expect(cluster.get('AppTraffic', 'team/web')?.status).toMatchObject({ problems: [{ code: 'AT0212', message }] });
    expect(rig.children('team/web')).toEqual([]);
    cluster.app('shop', { hosts: ['shop.example.com'], service: { name: 'other' } });
    await rig.settle();
    expect(rig.conditions('team/web')[0]).toBe('Ready=True Ready');
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('says of what is tried again which child waits and why, as data: there is no stack to show', async () => {
    const cluster = new MemoryCluster();
    const rig = new OperatorRig(cluster);
    let refusals = 2;
    cluster.trouble = ({ key }) => {
      if (key === 'Service team/shop' && refusals-- > 0)
        return refusal(429, 'TooManyRequests', refusals > 0 ? { retryAfterMs: 2000 } : {});
      return undefined;
    };
    cluster.app('shop', {});
    await rig.settle();
    const failure = { type: 'backoff', error: 'Service shop: TooManyRequests' };
    expect(rig.failed).toEqual([
      { ...failure, reason: 'retryAfter', afterMs: 2000 },
      { ...failure, reason: 'retry' },
    ]);
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
  });

  it('is Ready with a backend in a namespace that is not watched, and says that nobody looked there', async () => {
    const cluster = new MemoryCluster();
    for (const namespace of ['team', 'wiki']) cluster.namespace(namespace);
    const backends = { grants: [{ from: 'team', to: 'wiki', services: ['docs'] }] };
    const rig = new OperatorRig(cluster, { watchNamespaces: ['team'], platform: { backends } });
    cluster.app('shop', {
      hosts: ['shop.example.com'],
      split: { docs: 100 },
      backends: { docs: { service: { name: 'docs', namespace: 'wiki', port: 80 } } },
    });
    await rig.settle();
    expect(rig.conditions('team/shop')).toEqual([
      'Ready=True Ready',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=True Programmed',
    ]);
    expect(cluster.get('AppTraffic', 'team/shop')?.status).toMatchObject({
      problems: [{ code: 'AT0211', severity: 'Warning', field: 'spec.backends.docs' }],
    });
  });

  it('tries again after a minute what admission refused, because nothing tells when that changes', async () => {
    const cluster = new MemoryCluster();
    const rig = new OperatorRig(cluster);
    cluster.trouble = ({ key }) => (key === 'Service team/shop' ? refusal(422, 'Invalid') : undefined);
    cluster.app('shop', { hosts: ['shop.example.com'] });
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=False AdmissionDenied');
    const next = (rig.later.get('team/shop') ?? 0) - rig.now;
    expect([next >= 59_000, next <= 72_000]).toEqual([true, true]);
    cluster.trouble = () => undefined;
    rig.now += next;
    rig.queue.add('team/shop');
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
  });

  it('removes what somebody added to a child while the operator wrote it, although the answer overtook the watch', async () => {
    const { cluster, rig } = await served('shop', { hosts: ['shop.example.com'] });
    cluster.app('shop', { hosts: ['first.example.com'] });
    let meddled = false;
    cluster.turn = (at) => {
      if (at === 'apply VirtualService team/shop-istio' && !meddled) {
        meddled = true;
        cluster.meddle('VirtualService', 'team/shop-istio', { tls: [] });
      }
      return Promise.resolve();
    };
    await rig.settle();
    expect(meddled).toBe(true);
    expect(cluster.get('VirtualService', 'team/shop-istio')?.spec).not.toHaveProperty('tls');
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('says what it may not read, writes nothing meanwhile, and goes on once it may', async () => {
    const { cluster, rig } = await served('shop', { hosts: ['shop.example.com'] });
    cluster.meddle('VirtualService', 'team/shop-istio', { tls: [] });
    cluster.trouble = ({ verb }) => (verb === 'get' ? refusal(403, 'Forbidden') : undefined);
    cluster.watches.deliver();
    const before = cluster.writes.length;
    for (let pass = 0; pass < 5; pass++) await rig.step('team/shop');
    expect(cluster.writes.slice(before)).toEqual(['status AppTraffic team/shop']);
    expect(rig.conditions('team/shop')).toContain('Programmed=False Forbidden');
    cluster.trouble = () => undefined;
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(cluster.get('VirtualService', 'team/shop-istio')?.spec).not.toHaveProperty('tls');
  });

  it('reads back a child whose first write was not answered, and takes it for its own', async () => {
    const cluster = new MemoryCluster();
    cluster.namespace('team');
    const rig = new OperatorRig(cluster);
    let lost = false;
    cluster.trouble = ({ verb, key }) => {
      const isFirst = !lost && verb === 'create' && key === 'Service team/shop';
      lost ||= isFirst;
      return isFirst ? 'lost' : undefined;
    };
    cluster.app('shop', { hosts: ['shop.example.com'] });
    cluster.watches.deliverOf('AppTraffic');
    await rig.step('team/shop');
    await rig.settle();
    expect(cluster.writes.filter((write) => write.endsWith('Service team/shop'))).toEqual(['create Service team/shop']);
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
  });

  it('deletes a child only as it was seen: one that somebody has just taken our label from is left alone', async () => {
    const { cluster, rig } = await served('shop', shop);
    cluster.app('shop', { hosts: ['shop.example.com'], internal: { mtls: { mode: 'Strict' } } });
    let released = false;
    cluster.turn = (at) => {
      if (at === 'delete AuthorizationPolicy team/shop' && !released) {
        released = true;
        cluster.relabel('AuthorizationPolicy', 'team/shop', { labels: {}, ownerReferences: [] });
      }
      return Promise.resolve();
    };
    await rig.settle();
    expect(released).toBe(true);
    expect(cluster.get('AuthorizationPolicy', 'team/shop')?.metadata.labels).toEqual({});
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(await writesAfterRestart(cluster)).toEqual([]);
  });

  it('names a child that it deleted for as long as somebody else holds it back', async () => {
    const { cluster, rig } = await served('shop', { hosts: ['shop.example.com'] });
    cluster.relabel('VirtualService', 'team/shop-istio', { finalizers: ['example.com/keep'] });
    cluster.app('shop', {});
    await rig.settle();
    const draining = { kind: 'VirtualService', state: 'Draining', reason: 'is being deleted' };
    expect(cluster.get('AppTraffic', 'team/shop')?.status).toMatchObject({
      children: [{ kind: 'Service', state: 'Programmed' }, draining],
    });
    expect(cluster.writes.filter((write) => write === 'delete VirtualService team/shop-istio')).toHaveLength(1);
    cluster.release('VirtualService', 'team/shop-istio');
    await rig.settle();
    expect(cluster.get('AppTraffic', 'team/shop')?.status).toMatchObject({ children: [{ kind: 'Service' }] });
  });

  it('waits for its namespace to be known instead of refusing what needs the mesh', async () => {
    const cluster = new MemoryCluster();
    const rig = new OperatorRig(cluster);
    cluster.namespace('team');
    cluster.app('shop', shop);
    cluster.watches.deliverOf('AppTraffic');
    await rig.step('team/shop');
    expect(cluster.writes).toEqual([]);
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(cluster.writes.filter((write) => write.startsWith('status'))).toHaveLength(1);
    expect(rig.events).toEqual([]);
  });
});
