import type { KindName } from '../../../src/kube/gvk.ts';
import { MemoryCluster, refusal } from './memory-cluster.ts';
import { OperatorRig } from './operator-rig.ts';

const istio: readonly KindName[] = [
  'Gateway',
  'VirtualService',
  'DestinationRule',
  'PeerAuthentication',
  'AuthorizationPolicy',
  'Telemetry',
  'Sidecar',
];

async function servedByIstio(): Promise<{ cluster: MemoryCluster; rig: OperatorRig }> {
  const cluster = new MemoryCluster();
  cluster.namespace('team');
  const rig = new OperatorRig(cluster);
  cluster.app('shop', { hosts: ['shop.example.com'] });
  await rig.settle();
  return { cluster, rig };
}

/** The CRDs are deleted: their objects with them, and requests for the kinds are answered with 404. */
function uninstall(cluster: MemoryCluster): void {
  for (const kind of istio) cluster.remove(kind, 'team/shop-istio');
  const isMissing = (key: string): boolean => istio.some((kind) => key.startsWith(`${kind} `));
  cluster.trouble = ({ key }) => (isMissing(key) ? refusal(404, 'NotFound', { objectName: '' }) : undefined);
}

describe('kinds that the cluster no longer serves', () => {
  it('make the app say KindUnavailable, and are written again once they are back', async () => {
    const { cluster, rig } = await servedByIstio();
    uninstall(cluster);
    rig.serveAllBut(...istio);
    await rig.settle();
    expect(rig.conditions('team/shop')).toContain('Programmed=False KindUnavailable');
    cluster.trouble = () => undefined;
    rig.serveAllBut();
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
  });
});

describe('kinds behind a feature gate', () => {
  const limited = { external: { hosts: ['shop.example.com'], maxBodySize: '8Mi' } };

  it('are neither watched nor written while it is closed', async () => {
    const cluster = new MemoryCluster();
    cluster.namespace('team');
    const rig = new OperatorRig(cluster);
    cluster.app('shop', limited);
    await rig.settle();
    expect(rig.conditions('team/shop')).toContain('Accepted=False FeatureGateClosed');
    expect(rig.caches.informers.flatMap((one) => one.status().map(({ resource }) => resource))).not.toContain(
      'envoyfilters',
    );
  });

  it('are written once it is open', async () => {
    const cluster = new MemoryCluster();
    cluster.namespace('team');
    const rig = new OperatorRig(cluster, { platform: { featureGates: { EnvoyFilter: true, CertManager: false } } });
    cluster.app('shop', limited);
    await rig.settle();
    expect(rig.conditions('team/shop')[0]).toBe('Ready=True Ready');
    expect(cluster.get('EnvoyFilter', 'team/shop')).toBeDefined();
  });
});
