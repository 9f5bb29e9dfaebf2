import { existsSync } from 'node:fs';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { processesOf } from '../testbed/run.ts';

jest.setTimeout(120_000);

const configMap = (name: string, data: Record<string, string>, owner?: KubeObject): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: 'default',
    ...(owner === undefined
      ? {}
      : {
          ownerReferences: [
            { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid },
          ],
        }),
  },
  data,
});

describe('a control plane', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ audit: 'Metadata' });
  });
  afterAll(() => plane.stop());

  it('stores what is applied and gives it back to kubectl', async () => {
    const applied = await plane.api.apply(configMap('greeting', { text: 'hello' }));
    expect(applied).toMatchObject({ data: { text: 'hello' }, metadata: { name: 'greeting', namespace: 'default' } });
    expect(await plane.kubectl(['get', 'configmap', 'greeting', '-o', 'jsonpath={.data.text}'])).toBe('hello');
  });

  it('collects an object whose owner is deleted', async () => {
    const owner = await plane.api.create(configMap('owner', {}));
    const owned = await plane.api.create(configMap('owned', {}, owner));
    await plane.api.delete(owner);
    await plane.api.waitGone(owned);
    expect(await plane.api.get(owned)).toBeUndefined();
  });

  it('deletes a namespace with what is in it', async () => {
    const namespace = await plane.api.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'short-lived' },
    });
    const inside = { ...configMap('inside', {}), metadata: { name: 'inside', namespace: 'short-lived' } };
    await plane.api.create(inside);
    await plane.api.delete(namespace);
    await plane.api.waitGone(namespace);
    expect(await plane.api.get(inside)).toBeUndefined();
  });

  it('knows a ServiceAccount by the token in its kubeconfig and grants it nothing of itself', async () => {
    await plane.api.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'reader', namespace: 'default' },
    });
    const kubeconfig = await plane.serviceAccountKubeconfig('default', 'reader');
    const who = await plane.kubectl([
      '--kubeconfig',
      kubeconfig,
      'auth',
      'whoami',
      '-o',
      'jsonpath={.status.userInfo.username}',
    ]);
    expect(who).toBe('system:serviceaccount:default:reader');
    const reader = await plane.apiAs({ serviceAccount: { namespace: 'default', name: 'reader' } });
    await expect(reader.get(configMap('greeting', {}))).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
    const asked = plane
      .auditEvents()
      .find(({ user, objectRef }) => user.username === who && objectRef?.resource === 'configmaps');
    expect(asked).toMatchObject({
      objectRef: { resource: 'configmaps', namespace: 'default', name: 'greeting' },
      responseStatus: { code: 403 },
    });
  });

  it.each([
    ['stopped', 'stopApiServer'],
    ['killed', 'killApiServer'],
  ] as const)('keeps its address and data when the API server is %s and started again', async (_how, end) => {
    const before = await plane.api.apply(configMap('lasting', { text: 'same' }));
    const seen = plane.api.waitFor(before, (object) => object.metadata.labels?.late === 'yes', { withinMs: 60_000 });
    await plane[end]();
    await expect(plane.api.get(before)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await plane.startApiServer();
    expect((await plane.api.get(before))?.metadata.uid).toBe(before.metadata.uid);
    await plane.api.patch(before, { metadata: { labels: { late: 'yes' } } });
    expect((await seen).metadata.uid).toBe(before.metadata.uid);
    await plane.api.delete(before);
  });

  it('says at the deadline what it last saw', async () => {
    const target = await plane.api.apply(configMap('stubborn', { text: 'no' }));
    await expect(plane.api.waitFor(target, () => false, { withinMs: 300, what: 'text to be yes' })).rejects.toThrow(
      /^text to be yes: not within 300 ms; last seen: .*"text": "no"/s,
    );
  });
});

describe('two control planes side by side', () => {
  it('do not see each other, and leave nothing behind', async () => {
    const [one, other] = await Promise.all([
      startControlPlane({ controllers: false }),
      startControlPlane({ controllers: false }),
    ]);
    try {
      await one.api.apply(configMap('only-here', {}));
      expect(await other.api.get(configMap('only-here', {}))).toBeUndefined();
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
    expect([one, other].map(({ run }) => ({ folder: existsSync(run.folder), processes: processesOf(run.id) }))).toEqual(
      [
        { folder: false, processes: [] },
        { folder: false, processes: [] },
      ],
    );
  });
});
