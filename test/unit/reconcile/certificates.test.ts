import type { Manifest } from '../../../src/kube/manifest.ts';
import { certificateName } from '../../../src/translate/istio/certificate.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { MemoryCluster, refusal } from './memory-cluster.ts';
import { OperatorRig, writesAfterRestart } from './operator-rig.ts';

const name = certificateName({ namespace: 'team', name: 'shop' });
const made = `istio-system/${name}`;
const finalizer = 'patch AppTraffic team/shop';
const issuer = { kind: 'ClusterIssuer', name: 'letsencrypt' };
const withIssuer = { hosts: ['shop.example.com'], external: { tls: { issuer } } };
const platform = {
  featureGates: { ...builtInPlatform().featureGates, CertManager: true },
  certManager: { issuers: [{ kind: 'ClusterIssuer', name: 'letsencrypt' } as const] },
};

type Stand = { readonly cluster: MemoryCluster; readonly rig: OperatorRig };

async function asked(more: object = {}): Promise<Stand> {
  const cluster = new MemoryCluster();
  cluster.namespace('team');
  const rig = new OperatorRig(cluster, { platform });
  cluster.app('shop', { ...withIssuer, ...more });
  await rig.settle();
  return { cluster, rig };
}

/** What cert-manager says of the Certificate. */
function say(cluster: MemoryCluster, status: 'True' | 'False', message: string): void {
  const held = cluster.get('Certificate', made);
  if (held !== undefined) cluster.put({ ...held, status: { conditions: [{ type: 'Ready', status, message }] } });
}

async function issued(more: object = {}): Promise<Stand> {
  const stand = await asked(more);
  say(stand.cluster, 'True', 'Certificate is up to date and has not expired');
  await stand.rig.settle();
  return stand;
}

/** Deletes the app and tells what that wrote. */
async function deleted({ cluster, rig }: Stand): Promise<readonly string[]> {
  cluster.writes.length = 0;
  cluster.remove('AppTraffic', 'team/shop');
  await rig.settle();
  cluster.collect();
  await rig.settle();
  return cluster.writes;
}

const problemsOf = (cluster: MemoryCluster): readonly { code: string; message: string }[] =>
  (cluster.get('AppTraffic', 'team/shop')?.status as { problems?: [] } | undefined)?.problems ?? [];

describe('an app that has its certificate made', () => {
  it('gets its finalizer, then the Certificate, and its Gateway once the certificate is there', async () => {
    const { cluster, rig } = await asked();
    expect(cluster.writes).toEqual([
      finalizer,
      `create Certificate ${made}`,
      'create Service team/shop',
      'status AppTraffic team/shop',
    ]);
    expect(rig.conditions('team/shop')).toEqual(
      expect.arrayContaining(['Ready=False CertificateNotReady', 'ResolvedRefs=False CertificateNotReady']),
    );
    say(cluster, 'False', 'Issuing certificate as Secret does not exist');
    await rig.settle();
    expect(problemsOf(cluster)).toMatchObject([
      { code: 'AT0219', message: `Certificate ${name} is not ready: Issuing certificate as Secret does not exist` },
    ]);
    cluster.writes.length = 0;
    say(cluster, 'True', 'Certificate is up to date and has not expired');
    await rig.settle();
    expect(cluster.writes).toEqual([
      'create VirtualService team/shop-istio',
      'create Gateway team/shop-istio',
      'status AppTraffic team/shop',
    ]);
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(await writesAfterRestart(cluster, { platform })).toEqual([]);
  });

  it('names itself on the Certificate by labels, and has no owner reference there', async () => {
    const { cluster } = await asked();
    const { uid } = cluster.get('AppTraffic', 'team/shop')?.metadata ?? {};
    expect(cluster.get('Certificate', made)?.metadata).toMatchObject({
      namespace: 'istio-system',
      labels: {
        'app.kubernetes.io/managed-by': 'apptraffic',
        'apptraffic.dev/app': 'shop',
        'apptraffic.dev/app-namespace': 'team',
        'apptraffic.dev/app-uid': uid,
      },
    });
    expect(cluster.get('Certificate', made)?.metadata.ownerReferences ?? []).toEqual([]);
  });

  it('serves on with the certificate that it has until the new one is there', async () => {
    const cluster = new MemoryCluster();
    cluster.namespace('team');
    const rig = new OperatorRig(cluster, { platform });
    cluster.app('shop', { hosts: ['shop.example.com'], external: { tls: { secretName: 'team-shop' } } });
    await rig.settle();
    const secretOf = (): unknown =>
      JSON.stringify(cluster.get('Gateway', 'team/shop-istio')?.spec).match(/team-shop[^"]*/)?.[0];
    cluster.app('shop', withIssuer);
    await rig.settle();
    expect(secretOf()).toBe('team-shop');
    say(cluster, 'True', '');
    await rig.settle();
    expect(secretOf()).toBe(name);
  });

  it('deletes the Certificate before it goes, as it is live', async () => {
    const stand = await issued();
    expect(await deleted(stand)).toEqual([`delete Certificate ${made}`, finalizer]);
    expect([...stand.cluster.objects.keys()]).toEqual(['Namespace team']);
  });

  it('deletes it, and lets go of its finalizer, when no issuer is asked any more', async () => {
    const { cluster, rig } = await issued();
    cluster.writes.length = 0;
    cluster.app('shop', { hosts: ['shop.example.com'], external: { tls: { secretName: 'team-shop' } } });
    await rig.settle();
    expect(cluster.writes).toEqual([
      'apply Gateway team/shop-istio',
      `delete Certificate ${made}`,
      finalizer,
      'status AppTraffic team/shop',
    ]);
    expect(cluster.get('AppTraffic', 'team/shop')?.metadata.finalizers).toEqual([]);
  });

  it('deletes it also where the whole namespace goes', async () => {
    const { cluster, rig } = await issued();
    cluster.writes.length = 0;
    cluster.relabel('Namespace', 'team', { deletionTimestamp: '2026-01-01T01:00:00Z' });
    cluster.remove('AppTraffic', 'team/shop');
    await rig.settle();
    expect(cluster.writes).toEqual([`delete Certificate ${made}`, finalizer]);
  });

  it('waits with its end for a Certificate that cannot be deleted', async () => {
    const stand = await issued();
    let refusals = 3;
    stand.cluster.trouble = ({ verb }) => (verb === 'delete' && refusals-- > 0 ? refusal(403, 'Forbidden') : undefined);
    expect(await deleted(stand)).toEqual(['status AppTraffic team/shop', `delete Certificate ${made}`, finalizer]);
  });

  it.each<[string, Partial<Manifest['metadata']>]>([
    ['whose labels somebody has taken off', { labels: {} }],
    [
      'that names another app by uid',
      {
        labels: {
          'app.kubernetes.io/managed-by': 'apptraffic',
          'apptraffic.dev/app': 'shop',
          'apptraffic.dev/app-namespace': 'team',
          'apptraffic.dev/app-uid': 'another',
        },
      },
    ],
  ])('leaves a Certificate alone %s, whatever its status says', async (_which, metadata) => {
    const stand = await issued();
    stand.cluster.watches.close();
    stand.cluster.relabel('Certificate', made, metadata);
    const rig = new OperatorRig(stand.cluster, { platform });
    stand.cluster.remove('AppTraffic', 'team/shop');
    stand.cluster.writes.length = 0;
    await rig.settle();
    expect(stand.cluster.writes).toEqual([finalizer]);
    expect(stand.cluster.get('Certificate', made)).toBeDefined();
  });

  it('leaves a Certificate of that name alone that somebody else has made', async () => {
    const cluster = new MemoryCluster();
    cluster.namespace('team');
    const stranger = cluster.put({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { namespace: 'istio-system', name },
      spec: { secretName: 'theirs' },
    });
    const rig = new OperatorRig(cluster, { platform });
    cluster.app('shop', withIssuer);
    await rig.settle();
    expect(rig.conditions('team/shop')).toContain('Conflicted=True NotOwned');
    cluster.remove('AppTraffic', 'team/shop');
    await rig.settle();
    expect(cluster.get('Certificate', made)).toEqual(stranger);
  });

  it("takes over one that is nobody's and as it would make it, where it may, and none that somebody controls", async () => {
    const own = (await asked()).cluster.get('Certificate', made);
    const taken = async (ownerReferences: Manifest['metadata']['ownerReferences']): Promise<boolean> => {
      const cluster = new MemoryCluster();
      cluster.namespace('team');
      cluster.put({
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata: { namespace: 'istio-system', name, ...(ownerReferences === undefined ? {} : { ownerReferences }) },
        spec: own?.spec,
      });
      const rig = new OperatorRig(cluster, { platform });
      cluster.app('shop', { ...withIssuer, lifecycle: { adopt: 'Matching' } });
      await rig.settle();
      return cluster.get('Certificate', made)?.metadata.labels?.['apptraffic.dev/app'] === 'shop';
    };
    const controller = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'web', uid: 'i', controller: true };
    expect([await taken(undefined), await taken([controller])]).toEqual([true, false]);
  });

  it('lets go of it where its objects are to outlive it', async () => {
    const stand = await issued({ lifecycle: { deletion: 'Orphan' } });
    const writes = await deleted(stand);
    expect(writes).not.toContain(`delete Certificate ${made}`);
    expect(stand.cluster.get('Certificate', made)?.metadata.labels).toEqual({});
    expect(stand.cluster.get('AppTraffic', 'team/shop')).toBeUndefined();
  });

  it('does not read the Certificates of other namespaces, nor those that name other apps', async () => {
    const { cluster, rig } = await issued();
    cluster.put({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: {
        namespace: 'team',
        name,
        labels: { 'app.kubernetes.io/managed-by': 'apptraffic', 'apptraffic.dev/app': 'shop' },
      },
    });
    cluster.writes.length = 0;
    await rig.settle();
    expect(cluster.writes).toEqual([]);
  });
});
