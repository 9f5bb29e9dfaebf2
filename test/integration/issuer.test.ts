import { certificateName } from '../../src/translate/istio/certificate.ts';
import { readManifests } from '../testbed/crds.ts';
import { eventually } from '../testbed/eventually.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { conditionsOf, problemsOf, writeTexts } from './app-view.ts';
import { quickSettings } from './platform-settings.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const gatewayNamespace = 'istio-ingress';
const issuer = { kind: 'ClusterIssuer', name: 'letsencrypt' };
const other = { kind: 'Issuer', name: 'beside-the-gateway' };
const settings = quickSettings({
  featureGates: { CertManager: true },
  certManager: { issuers: [issuer, other] },
  gateways: [{ namespace: gatewayNamespace, selector: { istio: 'ingressgateway' }, serviceAccount: 'gateway' }],
});
const spec = (namespace: string, more: object = {}): object => ({
  port: 8080,
  external: { hosts: [`${namespace}.example.com`], tls: { issuer } },
  ...more,
});
const certificateOf = (namespace: string) => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  namespace: gatewayNamespace,
  name: certificateName({ namespace, name: 'shop' }),
});

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({
    audit: 'Metadata',
    operator: { settings, flags: ['--max-backoff=2s', '--relist-period=5s'] },
  });
  await stage.namespace(gatewayNamespace);
});
afterEach(() => stage?.recover());
afterAll(() => stage?.stop());

/** Says what cert-manager would say. */
async function say(namespace: string, status: 'True' | 'False', message: string): Promise<void> {
  const conditions = [{ type: 'Ready', status, reason: 'Testing', message }];
  await stage.plane.api.patch(
    certificateOf(namespace),
    { status: { conditions } },
    { subresource: 'status', type: 'merge' },
  );
}

async function asked(namespace: string, more: object = {}): Promise<KubeObject> {
  await stage.namespace(namespace);
  const app = await stage.app(namespace, 'shop', spec(namespace, more));
  await stage.plane.api.waitFor(certificateOf(namespace), () => true);
  return app;
}

async function issued(namespace: string, more: object = {}): Promise<KubeObject> {
  const app = await asked(namespace, more);
  await say(namespace, 'True', 'Certificate is up to date');
  return stage.ready(app);
}

const isGone = (app: KubeObject): Promise<void> => stage.plane.api.waitGone(app);

describe('an app with an issuer', () => {
  it('waits for its certificate, and says so in the words of cert-manager', async () => {
    const app = await asked('waits');
    await say('waits', 'False', 'Issuing certificate as Secret does not exist');
    const isTold = (found: KubeObject): boolean =>
      problemsOf(found).some((text) => text.includes('Secret does not exist'));
    const waiting = await stage.settled(app, isTold);
    expect(conditionsOf(waiting)).toEqual(expect.arrayContaining(['ResolvedRefs False CertificateNotReady']));
    expect(problemsOf(waiting)[0]).toContain(
      `AT0219 Error spec.external.tls.issuer: Certificate ${certificateOf('waits').name} is not ready: Issuing certificate as Secret does not exist`,
    );
    await say('waits', 'True', 'Certificate is up to date');
    const ready = await stage.ready(app);
    const children = field(ready, 'status', 'children') as readonly {
      kind: string;
      namespace: string;
      state: string;
    }[];
    expect(children.find(({ kind }) => kind === 'Certificate')).toMatchObject({
      namespace: gatewayNamespace,
      state: 'Programmed',
    });
  });

  it('has its finalizer before its Certificate, which names it by labels and no owner', async () => {
    const mark = stage.proxy.mark();
    const app = await issued('labels');
    expect(writeTexts(stage.proxy, 'labels', mark)[0]).toBe('patch apptraffics shop');
    const made = await stage.plane.api.get(certificateOf('labels'));
    expect(made?.metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'apptraffic',
      'apptraffic.dev/app': 'shop',
      'apptraffic.dev/app-namespace': 'labels',
      'apptraffic.dev/app-uid': app.metadata.uid,
    });
    expect(made?.metadata.ownerReferences).toBeUndefined();
    expect(made?.spec).toEqual({
      secretName: certificateOf('labels').name,
      dnsNames: ['labels.example.com'],
      issuerRef: { group: 'cert-manager.io', ...issuer },
    });
  });

  it('has its certificate made by another issuer once it names that', async () => {
    await issued('moved');
    const external = { hosts: ['moved.example.com'], tls: { issuer: other } };
    const app = await stage.app('moved', 'shop', spec('moved', { external }));
    const issuerRef = { group: 'cert-manager.io', ...other };
    const isMoved = (found: KubeObject): boolean =>
      JSON.stringify(field(found, 'spec', 'issuerRef')) === JSON.stringify(issuerRef);
    const made = await stage.plane.api.waitFor(certificateOf('moved'), isMoved);
    expect(made.spec).toEqual({ secretName: certificateOf('moved').name, dnsNames: ['moved.example.com'], issuerRef });
    await stage.ready(app);
  });

  it.each(['Background', 'Foreground'] as const)(
    'takes its Certificate along when it is deleted, %s',
    async (policy) => {
      const namespace = `taken-${policy.toLowerCase()}`;
      const app = await issued(namespace);
      await stage.plane.api.delete(app, { propagationPolicy: policy });
      await isGone(app);
      expect(await stage.plane.api.get(certificateOf(namespace))).toBeUndefined();
    },
  );

  it('takes it along when its namespace is deleted', async () => {
    await issued('doomed');
    await stage.plane.api.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'doomed' });
    await stage.plane.api.waitGone({ apiVersion: 'v1', kind: 'Namespace', name: 'doomed' });
    expect(await stage.plane.api.get(certificateOf('doomed'))).toBeUndefined();
  });

  it('leaves a Certificate alone whose labels were taken off, and goes', async () => {
    const app = await issued('unlabelled');
    await stage.killOperator();
    const labels = { 'apptraffic.dev/app-uid': null, 'apptraffic.dev/app': null };
    await stage.plane.api.patch(certificateOf('unlabelled'), { metadata: { labels } });
    await stage.plane.api.delete(app);
    await stage.startOperator();
    await isGone(app);
    expect(await stage.plane.api.get(certificateOf('unlabelled'))).toBeDefined();
  });

  it('puts labels and hosts back that somebody changed', async () => {
    await issued('drift');
    const labels = { 'apptraffic.dev/app-uid': null };
    await stage.plane.api.patch(certificateOf('drift'), {
      metadata: { labels },
      spec: { dnsNames: ['a.example.com'] },
    });
    await stage.plane.api.waitFor(certificateOf('drift'), (found) => {
      const isBack = found.metadata.labels?.['apptraffic.dev/app-uid'] !== undefined;
      return isBack && JSON.stringify(field(found, 'spec', 'dnsNames')) === '["drift.example.com"]';
    });
    expect((await stage.plane.api.get(certificateOf('drift')))?.metadata.labels).toMatchObject({
      'apptraffic.dev/app-namespace': 'drift',
    });
  });
});

describe('the permissions of the gate CertManager', () => {
  const permissions = (paths: readonly string[]): readonly string[] =>
    readManifests(paths).flatMap((role) =>
      ((role.rules ?? []) as readonly Record<'resources' | 'verbs', readonly string[]>[]).flatMap(
        ({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
      ),
    );

  const verbsUsed = (): readonly string[] => {
    const own = stage.plane
      .auditEvents()
      .filter(({ user }) => user.username.endsWith(':apptraffic-controller'))
      .filter(({ objectRef }) => objectRef?.resource === 'certificates');
    const verbs = own.flatMap(({ verb, responseStatus }) =>
      verb === 'patch' && responseStatus?.code === 201 ? [verb, 'create'] : [verb],
    );
    return [...new Set(verbs)].sort();
  };

  it('are in its component and nowhere else, and all of them are used', async () => {
    const own = permissions(['config/components/cert-manager/role.yaml']);
    expect(own.every((text) => text.endsWith(' certificates'))).toBe(true);
    expect(permissions(['config/rbac/role.yaml']).filter((text) => text.endsWith(' certificates'))).toEqual([]);
    const app = await issued('used');
    await stage.app('used', 'shop', spec('used', { external: { hosts: ['more.example.com'], tls: { issuer } } }));
    await stage.plane.api.waitFor(certificateOf('used'), ({ spec: found }) => JSON.stringify(found).includes('more.'));
    await stage.plane.api.delete(app);
    await isGone(app);
    await eventually('the relist has come', () => verbsUsed().includes('list'));
    // A watch is logged when it ends.
    await stage.operator().stop();
    expect(verbsUsed().map((verb) => `${verb} certificates`)).toEqual([...own].sort());
  });
});
