import { istioCrdFile } from '../../hack/toolchain/istio-module.ts';
import { installCrds, readManifests } from '../testbed/crds.ts';
import { condition } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { childNames, childrenOf, conditionsOf, problemsOf, readyConditions, writeText } from './app-view.ts';
import { quickSettings } from './platform-settings.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(180_000);

const settings = quickSettings({
  ingressClasses: [{ name: 'meshed', inMesh: true, namespace: 'ingress', serviceAccount: 'controller' }],
});

const unavailableConditions = [
  'Ready False KindUnavailable',
  'Accepted True Accepted',
  'ResolvedRefs True ResolvedRefs',
  'Programmed False KindUnavailable',
  'Reconciling True Progressing',
];

const missing = (kind: string, group: string): string =>
  `AT0401 Error spec: this cluster does not serve ${kind} (${group}/v1); install its CRDs; the operator picks them up by itself`;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ istio: false, operator: { settings } });
  await stage.namespace('team');
  const meshed = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'meshed' } };
  await stage.plane.api.create({ ...meshed, spec: { controller: 'example.com/meshed' } });
});
afterAll(() => stage?.stop());

const isUnavailable = (app: KubeObject): boolean => condition(app, 'Programmed')?.reason === 'KindUnavailable';
const unavailable = (app: KubeObject): Promise<KubeObject> => stage.settled(app, isUnavailable);
const writesSince = (mark: number): readonly string[] => stage.proxy.writes(mark).map(writeText).sort();

const appRef = (name: string): KubeObject => ({
  apiVersion: 'apptraffic.dev/v1alpha1',
  kind: 'AppTraffic',
  metadata: { namespace: 'team', name },
});
const [plain, routed, guarded] = [appRef('plain'), appRef('routed'), appRef('guarded')];

const crds = readManifests([istioCrdFile()]).filter(({ kind }) => kind === 'CustomResourceDefinition');
const crd = (name: string): KubeObject => {
  const found = crds.find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`Istio has no CRD ${name}`);
  return found;
};

// Each part goes on where the one before left the cluster.
describe('a cluster without the CRDs of Istio', () => {
  it('serves apps of provider Ingress, and says of others which kinds are missing', async () => {
    const mark = stage.proxy.mark();
    const specOf = { plain: { external: { provider: 'Ingress', hosts: ['plain.example.com'] } } };
    await stage.app('team', 'plain', { port: 80, ...specOf.plain });
    await stage.app('team', 'routed', {
      port: 80,
      external: { hosts: ['routed.example.com'] },
      internal: { mtls: { mode: 'Strict' } },
    });
    await stage.app('team', 'guarded', {
      port: 80,
      external: { provider: 'Ingress', ingressClass: 'meshed', hosts: ['guarded.example.com'] },
      internal: { mtls: { mode: 'Strict' }, allow: [] },
    });
    expect(conditionsOf(await stage.ready(plain))).toEqual(readyConditions);
    const waiting = [await unavailable(routed), await unavailable(guarded)];
    expect(waiting.map(conditionsOf)).toEqual([unavailableConditions, unavailableConditions]);
    expect(waiting.map(problemsOf)).toEqual([
      [
        missing('Gateway', 'networking.istio.io'),
        missing('PeerAuthentication', 'security.istio.io'),
        missing('VirtualService', 'networking.istio.io'),
      ],
      [missing('AuthorizationPolicy', 'security.istio.io'), missing('PeerAuthentication', 'security.istio.io')],
    ]);
    expect(await stage.proxy.quietFor(1_000)).toEqual([]);
    // No route to pods whose AuthorizationPolicy cannot be there.
    expect(writesSince(mark)).toEqual([
      'apply apptraffics/status team/guarded',
      'apply apptraffics/status team/plain',
      'apply apptraffics/status team/routed',
      'apply ingresses team/plain-ingress',
      'apply services team/guarded',
      'apply services team/plain',
      'apply services team/routed',
    ]);
  });

  it('is served with what is there once some of them are installed, without a restart', async () => {
    const mark = stage.proxy.mark();
    for (const name of ['gateways.networking.istio.io', 'virtualservices.networking.istio.io']) {
      await stage.plane.api.create(crd(name));
    }
    const partly = await stage.settled(routed, (app) => problemsOf(app).length === 1);
    expect(conditionsOf(partly)).toEqual(unavailableConditions);
    expect(problemsOf(partly)).toEqual([missing('PeerAuthentication', 'security.istio.io')]);
    const writes = writesSince(mark).filter((write) => !write.includes('/status '));
    expect(writes).toEqual(['apply gateways team/routed-istio', 'apply virtualservices team/routed-istio']);
  });

  it('serves every app once all are installed, without a restart', async () => {
    const mark = stage.proxy.mark();
    const { pid } = stage.operator();
    await installCrds(stage.plane.api, [istioCrdFile()]);
    for (const app of [routed, guarded]) expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    expect(await stage.proxy.quietFor(1_000)).toEqual([]);
    expect(writesSince(mark).filter((write) => !write.includes('/status '))).toEqual([
      'apply authorizationpolicies team/guarded',
      'apply ingresses team/guarded-meshed-d6c8af85',
      'apply peerauthentications team/guarded',
      'apply peerauthentications team/routed',
    ]);
    expect([stage.operator().pid, stage.operator().isRunning()]).toEqual([pid, true]);
  });

  it('and with them again after they were gone: what was lost is made anew, what needs no Istio is left in peace', async () => {
    const specs = async (app: string): Promise<readonly unknown[]> =>
      (await childrenOf(stage.plane, 'team', app)).map(({ kind, spec }) => ({ kind, spec }));
    const before = { routed: await specs('routed'), guarded: await specs('guarded') };
    const mark = stage.proxy.mark();
    for (const one of crds) await stage.plane.api.delete(one);
    for (const one of crds) await stage.plane.api.waitGone(one, { withinMs: 60_000 });
    for (const app of [routed, guarded]) expect(conditionsOf(await unavailable(app))).toEqual(unavailableConditions);
    await installCrds(stage.plane.api, [istioCrdFile()]);
    const virtualService = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', namespace: 'team' };
    await stage.plane.api.waitFor({ ...virtualService, name: 'routed-istio' }, () => true);
    for (const app of [routed, guarded]) expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    await stage.proxy.quietFor(1_000);
    for (const app of [routed, guarded]) expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    expect({ routed: await specs('routed'), guarded: await specs('guarded') }).toEqual(before);
    const disturbing = writesSince(mark).filter(
      (write) => write.includes('plain') || / (services|ingresses) /.test(write),
    );
    expect(disturbing).toEqual([]);
    expect(await childNames(stage.plane, 'team', 'plain')).toEqual(['Service plain', 'Ingress plain-ingress']);
  });
});
