import { childLabels } from '../../src/kube/identity.ts';
import type { ApiClient } from '../testbed/api-client.ts';
import { ApiFailure } from '../testbed/api-client.ts';
import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import {
  childrenOf as childrenNamed,
  conditionsOf,
  hostsOf,
  problemsOf,
  readyConditions,
  writeText,
} from './app-view.ts';
import { operatorAccount, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(180_000);

const settings = { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '200ms' };
const [tenant, victim] = ['tenant', 'victim'];

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ operator: { settings, flags: ['--relist-period=5s'] } });
  for (const name of [tenant, victim]) await stage.namespace(name);
});
afterAll(() => stage?.stop());
afterEach(() => stage.recover());

const on = (...hosts: readonly string[]): object => ({ port: 8080, external: { hosts } });

const served = async (namespace: string, name: string, spec: object): Promise<KubeObject> =>
  stage.ready(await stage.app(namespace, name, spec));

const isConflicted = (app: KubeObject): boolean => condition(app, 'Conflicted')?.status === 'True';

const childrenOf = ({ metadata }: KubeObject): Promise<readonly KubeObject[]> =>
  childrenNamed(stage.plane, metadata.namespace ?? '', metadata.name ?? '');

/** Objects of the app with their uids. */
const uidsOf = async (app: KubeObject): Promise<readonly string[]> =>
  (await childrenOf(app)).map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.uid}`);

/** The app as it is now: Ready, with these hosts granted, and with the same objects as before. */
async function expectUntouched(app: KubeObject, hosts: readonly string[], uids: readonly string[]): Promise<void> {
  const now = await stage.plane.api.get(app);
  expect(now === undefined ? undefined : [conditionsOf(now), hostsOf(now), await uidsOf(now)]).toEqual([
    readyConditions,
    hosts.map((host) => `${host} Granted`),
    uids,
  ]);
}

/** A VirtualService with our labels for an app of the tenant, on this host. */
const forged = (name: string, app: string, host: string, owner?: KubeObject): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: {
    namespace: tenant,
    name,
    labels: childLabels(app),
    ...(owner === undefined
      ? {}
      : {
          ownerReferences: [
            {
              apiVersion: owner.apiVersion,
              kind: owner.kind,
              name: owner.metadata.name ?? '',
              uid: owner.metadata.uid ?? '',
              controller: true,
            },
          ],
        }),
  },
  spec: {
    hosts: [host],
    gateways: [`${tenant}/${app}-istio`],
    http: [
      { name: 'all', route: [{ destination: { host: `${app}.${tenant}.svc.cluster.local`, port: { number: 80 } } }] },
    ],
  },
});

/** Starts the operator anew, so that it knows nothing but what is live. */
async function restart(): Promise<void> {
  await stage.killOperator();
  await stage.startOperator();
}

describe('people who may edit a namespace', () => {
  let dev: ApiClient;
  let auditor: ApiClient;
  beforeAll(async () => {
    const { api } = stage.plane;
    for (const [account, role] of [
      ['dev', 'edit'],
      ['auditor', 'view'],
    ] as const) {
      await api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: tenant, name: account } });
      await api.create({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { namespace: tenant, name: account },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ kind: 'ServiceAccount', namespace: tenant, name: account }],
      });
    }
    // The API server's own roles hold ours once the controller manager has put them together.
    for (const [name, verb] of [
      ['edit', 'patch'],
      ['view', 'watch'],
    ] as const) {
      const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name };
      await api.waitFor(role, (found) => {
        const rules = (found.rules ?? []) as readonly {
          readonly apiGroups?: readonly string[];
          readonly verbs: readonly string[];
        }[];
        return rules.some(({ apiGroups, verbs }) => apiGroups?.includes('apptraffic.dev') && verbs.includes(verb));
      });
    }
    dev = await stage.plane.apiAs({ serviceAccount: { namespace: tenant, name: 'dev' } });
    auditor = await stage.plane.apiAs({ serviceAccount: { namespace: tenant, name: 'auditor' } });
  });

  const app = (name: string): KubeObject => ({
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { namespace: tenant, name },
    spec: on(`${name}.example.com`),
  });

  const statusOf = (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.then(
      () => 'done',
      (error: unknown) => (error instanceof ApiFailure ? error.status : error),
    );

  it('may make, change and delete its apps, and never write a status (T62)', async () => {
    await stage.ready(await dev.create(app('theirs')));
    expect(await statusOf(dev.patch(app('theirs'), { spec: { port: 9090 } }))).toBe('done');
    expect(await statusOf(dev.patch(app('theirs'), { status: { url: 'https://x' } }, { subresource: 'status' }))).toBe(
      403,
    );
    expect(await statusOf(dev.create({ ...app('theirs'), metadata: { namespace: victim, name: 'theirs' } }))).toBe(403);
    expect(await statusOf(dev.delete(app('theirs')))).toBe('done');
  });

  it('and who may only view it sees them and changes nothing', async () => {
    await stage.plane.api.create(app('seen'));
    expect((await auditor.get(app('seen')))?.metadata.name).toBe('seen');
    expect(await statusOf(auditor.patch(app('seen'), { spec: { port: 9090 } }))).toBe(403);
    expect(await statusOf(auditor.delete(app('seen')))).toBe(403);
  });
});

describe('objects with our labels that the operator never made (T61)', () => {
  it('are left alone without our reference, and keep no host from anybody', async () => {
    const { api } = stage.plane;
    await served(tenant, 'labels', on('labels.example.com'));
    const strange = await api.create(forged('labels-more', 'labels', 'wanted.example.com'));
    const app = await served(victim, 'wanted', on('wanted.example.com'));
    await restart();
    const later = await served(victim, 'later', on('later.example.com'));
    expect([hostsOf(app), hostsOf(later)]).toEqual([['wanted.example.com Granted'], ['later.example.com Granted']]);
    expect((await api.get(strange))?.metadata.uid).toBe(strange.metadata.uid);
  });

  it('are removed where an app of the same namespace is their owner, and take no host from who holds it', async () => {
    const { api } = stage.plane;
    const held = await served(victim, 'held', on('held.example.com'));
    const uids = await uidsOf(held);
    const own = await served(tenant, 'own', on('own.example.com'));
    const mark = stage.proxy.mark();
    await api.waitGone(await api.create(forged('own-more', 'own', 'held.example.com', own)));
    await restart();
    await served(tenant, 'own', on('own.example.com', 'own2.example.com'));
    await expectUntouched(held, ['held.example.com'], uids);
    expect(
      stage.proxy
        .writes(mark)
        .map(writeText)
        .filter((write) => write.includes(' held')),
    ).toEqual([]);
  });

  it('touch nobody where they name an app of another namespace as their owner', async () => {
    const { api } = stage.plane;
    const app = await served(victim, 'named', on('named.example.com'));
    const uids = await uidsOf(app);
    const mark = stage.proxy.mark();
    // The garbage collector finds no such owner in the namespace of the object.
    await api.waitGone(await api.create(forged('named-more', 'named', 'named.example.com', app)));
    await restart();
    await served(victim, 'witness', on('witness.example.com'));
    await expectUntouched(app, ['named.example.com'], uids);
    expect(
      stage.proxy
        .writes(mark)
        .map(writeText)
        .filter((write) => write.includes(' named')),
    ).toEqual([]);
  });
});

describe('a status that somebody else wrote (T62)', () => {
  it('wins no host, and nothing is deleted that it lists', async () => {
    const { api } = stage.plane;
    const app = await served(victim, 'prize', on('prize.example.com'));
    const uids = await uidsOf(app);
    const [service] = (await childrenOf(app)).filter(({ kind }) => kind === 'Service');
    const thief = await stage.settled(await stage.app(tenant, 'thief', on('prize.example.com')), isConflicted);
    const mark = stage.proxy.mark();
    const status = {
      hosts: [{ host: 'prize.example.com', state: 'Granted', since: '2000-01-01T00:00:00Z' }],
      children: [
        {
          group: '',
          kind: 'Service',
          namespace: victim,
          name: 'prize',
          uid: service?.metadata.uid,
          state: 'Programmed',
        },
      ],
    };
    await api.patch(thief, { status }, { subresource: 'status' });
    await restart();
    const again = await stage.settled(
      await stage.app(tenant, 'thief', { ...on('prize.example.com'), port: 9090 }),
      isConflicted,
    );
    expect(hostsOf(again)).toEqual(['prize.example.com Conflicted']);
    await api.delete(again);
    await served(victim, 'bystander', on('bystander.example.com'));
    await expectUntouched(app, ['prize.example.com'], uids);
    const deletes = stage.proxy
      .writes(mark)
      .map(writeText)
      .filter((write) => write.startsWith('delete'));
    expect(deletes.filter((write) => write.includes('prize'))).toEqual([]);
  });
});

describe('a host that another namespace serves (T58)', () => {
  const refusal = async (hosts: readonly string[]): Promise<unknown> => {
    const app = {
      apiVersion: 'apptraffic.dev/v1alpha1',
      kind: 'AppTraffic',
      metadata: { namespace: tenant, name: 'grab' },
    };
    return stage.plane.api.create({ ...app, spec: on(...hosts) }, { dryRun: true }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof ApiFailure ? error.status : error),
    );
  };

  it('is written in no other way: case, trailing dot, other alphabets, an empty list, every host', async () => {
    await served(victim, 'spelled', on('spelled.example.com'));
    const spellings = [
      ['Spelled.example.com'],
      ['spelled.example.com.'],
      ['spelled.example.com:443'],
      ['ѕpelled.example.com'],
      ['spelled。example.com'],
      ['*'],
      ['*.com'],
      [],
    ];
    expect(await Promise.all(spellings.map(refusal))).toEqual(spellings.map(() => 422));
  });

  it.each([
    ['by the host itself', 'itself.example.com', 'itself.example.com'],
    ['by a wildcard over it', 'under.wild.example.com', '*.wild.example.com'],
    ['by a host below its wildcard', '*.open.example.com', 'one.open.example.com'],
  ])('is not taken %s', async (_, host, grabbed) => {
    const name = host.replace('*.', 'w-').split('.')[0] ?? '';
    const app = await served(victim, name, on(host));
    const uids = await uidsOf(app);
    const grab = await stage.settled(await stage.app(tenant, `grab-${name}`, on(grabbed)), isConflicted);
    expect(hostsOf(grab)).toEqual([`${grabbed} Conflicted`]);
    expect((await childrenOf(grab)).filter(({ kind }) => kind !== 'Service')).toEqual([]);
    await restart();
    await expectUntouched(app, [host], uids);
  });

  it('is not taken by an older app that adds it later, nor after a restart', async () => {
    const old = await served(tenant, 'old', on('old.example.com'));
    const app = await served(victim, 'young', on('young.example.com'));
    const created = [old, app].map((one) => String(field(one, 'metadata', 'creationTimestamp')));
    expect([...created].sort()).toEqual(created);
    const uids = await uidsOf(app);
    const added = await stage.settled(
      await stage.app(tenant, 'old', on('old.example.com', 'young.example.com')),
      isConflicted,
    );
    await restart();
    await served(victim, 'young-witness', on('young-witness.example.com'));
    await expectUntouched(app, ['young.example.com'], uids);
    expect(hostsOf(added)).toEqual(['old.example.com Granted', 'young.example.com Conflicted']);
  });
});

describe("references to what is not the tenant's (T59)", () => {
  const routed = (more: object): object => ({
    port: 8080,
    external: { hosts: ['refs.example.com'], routes: [{ name: 'all', to: 'other' }] },
    ...more,
  });
  const served = (more: object): object => ({ port: 8080, external: { hosts: ['refs.example.com'] }, ...more });

  it.each<[string, string, object]>([
    [
      'a Service',
      'AT0209',
      routed({ backends: { other: { service: { name: 'held', namespace: victim, port: 80 } } } }),
    ],
    [
      'its name as a server elsewhere',
      'AT0213',
      routed({ backends: { other: { host: `held.${victim}.svc.cluster.local`, port: 80 } } }),
    ],
    [
      'its name behind an ExternalName',
      'AT0213',
      served({ service: { type: 'ExternalName', externalName: `held.${victim}.svc.cluster.local` } }),
    ],
    ['a gateway', 'AT0204', { port: 8080, external: { hosts: ['refs.example.com'], gateway: 'istio-system/theirs' } }],
    [
      'a certificate',
      'AT0208',
      { port: 8080, external: { hosts: ['refs.example.com'], tls: { secretName: `${victim}-tls` } } },
    ],
    [
      'a Service without a selector, whose endpoints somebody made up',
      'AT0207',
      served({ service: { type: 'Existing', name: 'made-up' }, app: { selector: { app: 'refs' } } }),
    ],
  ])('lead nowhere: %s', async (_, code, spec) => {
    const { api } = stage.plane;
    await api.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: tenant, name: 'made-up' },
      spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    });
    const name = `refs-${code.toLowerCase()}-${String(Object.keys(spec).length)}-${JSON.stringify(spec).length}`;
    const app = await stage.settled(await stage.app(tenant, name, spec));
    expect([condition(app, 'Ready')?.status, problemsOf(app).map((text) => text.slice(0, 12))]).toEqual([
      'False',
      [`${code} Error`],
    ]);
    // A route whose backend is refused keeps its match and answers 503.
    const routes = (await childrenOf(app)).filter(({ kind }) => kind === 'VirtualService');
    expect(routes.map(({ spec: written }) => field(written, 'http', 0, 'directResponse'))).toEqual(
      code === 'AT0209' ? [{ status: 503 }] : [],
    );
    await api.delete(app);
  });

  it('are not even taken by the schema where they are addresses or name a namespace', async () => {
    const specs = [
      routed({ backends: { other: { host: '169.254.169.254', port: 80 } } }),
      served({ service: { type: 'ExternalName', externalName: '169.254.169.254' } }),
      { port: 8080, external: { hosts: ['refs.example.com'], tls: { secretName: `${victim}/tls` } } },
    ];
    const verdicts = specs.map((spec) =>
      stage.plane.api
        .create(
          {
            apiVersion: 'apptraffic.dev/v1alpha1',
            kind: 'AppTraffic',
            metadata: { namespace: tenant, name: 'refs' },
            spec,
          },
          { dryRun: true },
        )
        .then(
          () => 'accepted',
          (error: unknown) => (error instanceof ApiFailure ? error.status : error),
        ),
    );
    expect(await Promise.all(verdicts)).toEqual([422, 422, 422]);
  });
});

describe('hosts that the platform grants', () => {
  it('are not kept from their namespace by live objects of a refused app elsewhere (T58, T61)', async () => {
    const { api } = stage.plane;
    const bad = await served(tenant, 'bad', on('bad.example.com'));
    await stage.killOperator();
    // Its objects stand as they are while it is refused.
    const refused = await stage.app(tenant, 'bad', {
      port: 8080,
      external: { hosts: ['bad.example.com'], httpsRedirect: true },
    });
    await api.create(forged('bad-more', 'bad', 'granted.example.com', bad));
    const grants = [
      { namespace: victim, hosts: ['granted.example.com'] },
      { namespace: tenant, hosts: ['bad.example.com'] },
    ];
    const kubeconfig = await stage.proxy.kubeconfigFor({ serviceAccount: operatorAccount });
    await stage.startOperator({ kubeconfig, settings: { ...settings, hosts: { policy: 'Delegated', grants } } });
    await stage.settled(refused, (found) => condition(found, 'Accepted')?.status === 'False');
    const app = await served(victim, 'granted', on('granted.example.com'));
    expect(hostsOf(app)).toEqual(['granted.example.com Granted']);
  });
});
