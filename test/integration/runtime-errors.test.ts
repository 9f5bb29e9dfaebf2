import { ApiError } from '../../src/runtime/api-error.ts';
import { classify } from '../../src/runtime/classify.ts';
import type { ErrorClass } from '../../src/runtime/error-class.ts';
import type { Verb } from '../../src/runtime/observer.ts';
import type { ResourceClient } from '../../src/runtime/resource-client.ts';
import type { Resource } from '../../src/runtime/resource.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { field } from '../testbed/kube-object.ts';
import { loseRequest, loseResponse, respond } from '../testbed/proxy/injections.ts';
import { startProxy } from '../testbed/proxy/proxy.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';
import { connectRuntime } from './runtime-client.ts';
import type { RuntimeClient } from './runtime-client.ts';

jest.setTimeout(120_000);

const otherUid = '00000000-0000-4000-8000-000000000000';
const unknownGroup: Resource = {
  group: 'nobody.example.com',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
};
const unknownKind: Resource = { group: 'apps', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
const unknownCoreKind: Resource = { group: '', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };

type ConfigMapManifest = Parameters<ResourceClient['apply']>[0] & { readonly data: Readonly<Record<string, string>> };

const configMap = (
  name: string,
  metadata: object = {},
  data: Readonly<Record<string, string>> = { a: '1' },
): ConfigMapManifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...metadata },
  data,
});

describe('the resource client before a real API server', () => {
  let plane: ControlPlane;
  let proxy: Proxy;
  let runtime: RuntimeClient;
  let client: ResourceClient;

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: false });
    proxy = await startProxy(plane);
    runtime = connectRuntime(await proxy.kubeconfigFor({ token: plane.adminToken }));
    client = runtime.client();
  });
  afterEach(() => proxy.heal());
  afterAll(async () => {
    await runtime.stop();
    await plane.stop();
  });

  const failure = async (promise: Promise<unknown>): Promise<ApiError> => {
    const error: unknown = await promise.then(
      () => new Error('it succeeded'),
      (error: unknown) => error,
    );
    if (error instanceof ApiError) return error;
    throw error;
  };
  /** Reads a list to its end. */
  const listed = async (from: ResourceClient): Promise<number> => {
    let items = 0;
    for await (const page of from.list({ namespace: 'default' })) items += page.items.length;
    return items;
  };

  it('applies, updates, patches and deletes, one request each, and says what it created', async () => {
    const mark = proxy.mark();
    const first = await client.apply(configMap('a', { resourceVersion: '1' }), { force: false });
    const second = await client.apply(configMap('a', { uid: first.object.metadata.uid ?? '' }, { a: '2' }), {
      force: true,
    });
    const third = await client.update({ ...second.object, data: { a: '3' } } as ConfigMapManifest);
    const fourth = await client.jsonPatch({ namespace: 'default', name: 'a' }, [
      { op: 'test', path: '/metadata/resourceVersion', value: third.object.metadata.resourceVersion },
      { op: 'add', path: '/data/b', value: '4' },
    ]);
    expect([first, second, third, fourth].map(({ created, object }) => [created, object.kind, object.data])).toEqual([
      [true, 'ConfigMap', { a: '1' }],
      [false, 'ConfigMap', { a: '2' }],
      [false, 'ConfigMap', { a: '3' }],
      [false, 'ConfigMap', { a: '3', b: '4' }],
    ]);
    await client.delete({ namespace: 'default', name: 'a' }, { uid: first.object.metadata.uid ?? '' });
    expect(
      proxy.requests({}, mark).map(({ verb, name, status, fieldManager }) => [verb, name, status, fieldManager]),
    ).toEqual([
      ['apply', 'a', 201, 'runtime-test'],
      ['apply', 'a', 200, 'runtime-test'],
      ['update', 'a', 200, 'runtime-test'],
      ['patch', 'a', 200, 'runtime-test'],
      ['delete', 'a', 200, ''],
    ]);
  });

  it('applies the status subresource alone', async () => {
    const services = { group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true };
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    };
    await plane.api.create(service);
    const { spec: _, ...named } = service;
    const condition = {
      type: 'Tried',
      status: 'True',
      reason: 'Test',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const written = await runtime
      .client(services)
      .applyStatus({ ...named, status: { conditions: [condition] } }, { force: true });
    expect(field(written.object, 'status', 'conditions', 0, 'type')).toBe('Tried');
  });

  type Case = readonly [what: string, verb: Verb, expected: ErrorClass, attempt: () => Promise<unknown>];
  const cases: readonly Case[] = [
    ['an object that is not there', 'get', 'gone', () => client.get({ namespace: 'default', name: 'none' })],
    [
      'a deletion of what is not there',
      'delete',
      'gone',
      () => client.delete({ namespace: 'default', name: 'none' }, {}),
    ],
    ['a list of a kind in an unknown group', 'list', 'kindMissing', () => listed(runtime.client(unknownGroup))],
    ['a list of an unknown kind in a known group', 'list', 'kindMissing', () => listed(runtime.client(unknownKind))],
    [
      'an object of an unknown kind in a known group',
      'get',
      'kindMissing',
      () => runtime.client(unknownKind).get({ namespace: 'default', name: 'a' }),
    ],
    [
      'a write of a kind in an unknown group',
      'patch',
      'kindMissing',
      () =>
        runtime
          .client(unknownGroup)
          .apply({ ...configMap('a'), apiVersion: 'nobody.example.com/v1', kind: 'Thing' }, { force: true }),
    ],
    [
      'a write of an unknown kind in the core group',
      'patch',
      'kindMissing',
      () => runtime.client(unknownCoreKind).apply({ ...configMap('a'), kind: 'Thing' }, { force: true }),
    ],
    [
      'a write into a namespace that is not there',
      'patch',
      'gone',
      () => client.apply(configMap('a', { namespace: 'nowhere' }), { force: true }),
    ],
    [
      'a first apply onto what is there',
      'patch',
      'conflict',
      () => client.apply(configMap('kube-root-like', { resourceVersion: '1' }), { force: false }),
    ],
    ['a create of what is there', 'create', 'conflict', () => client.create(configMap('kube-root-like'))],
    [
      'an apply to another uid than the one that is there',
      'patch',
      'rejected',
      () => client.apply(configMap('kube-root-like', { uid: otherUid }), { force: true }),
    ],
    [
      'an apply with a uid where nothing is',
      'patch',
      'conflict',
      () => client.apply(configMap('none', { uid: otherUid }), { force: true }),
    ],
    [
      'a deletion of another uid',
      'delete',
      'conflict',
      () => client.delete({ namespace: 'default', name: 'kube-root-like' }, { uid: otherUid }),
    ],
    [
      'a field that does not exist',
      'patch',
      'retry',
      () => client.apply({ ...configMap('typo'), dta: {} } as ConfigMapManifest, { force: true }),
    ],
    ['a value that is not valid', 'patch', 'rejected', () => client.apply(configMap('Not A Name'), { force: true })],
    [
      'a create in a namespace that is being deleted',
      'patch',
      'namespaceTerminating',
      () => client.apply(configMap('late', { namespace: 'ending' }), { force: true }),
    ],
  ];

  beforeAll(async () => {
    await plane.api.create(configMap('kube-root-like'));
    await plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ending' } });
    // Nobody finishes the deletion: the namespace controller does not run here.
    await plane.api.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'ending' });
  });

  it.each(cases)('is told what to do about %s', async (_what, verb, expected, attempt) => {
    const error = await failure(attempt());
    expect([classify(verb, error), error.outcomeUnknown, error.message === '']).toEqual([expected, false, false]);
  });

  it('is told which field is wrong', async () => {
    const error = await failure(client.apply(configMap('data', {}, { 'not a key': '1' }), { force: true }));
    expect([error.status, error.reason, error.causes.map(({ field }) => field)]).toEqual([
      422,
      'Invalid',
      ['data[not a key]'],
    ]);
  });

  it('is told that it may not, by a server that forbids', async () => {
    await plane.api.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'nobody', namespace: 'default' },
    });
    const nobody = connectRuntime(await plane.serviceAccountKubeconfig('default', 'nobody'));
    try {
      const error = await failure(nobody.client().get({ namespace: 'default', name: 'kube-root-like' }));
      expect([classify('get', error), error.reason]).toEqual(['forbidden', 'Forbidden']);
    } finally {
      await nobody.stop();
    }
  });

  it('does not know whether a write happened whose answer was lost, and knows when it was refused', async () => {
    proxy.inject({ verb: 'apply', name: 'lost-answer' }, loseResponse);
    proxy.inject({ verb: 'apply', name: 'lost-request' }, loseRequest);
    proxy.inject({ verb: 'apply', name: 'refused' }, respond(503, 'ServiceUnavailable', { retryAfterSeconds: 3 }));
    const apply = (name: string): Promise<ApiError> => failure(client.apply(configMap(name), { force: false }));
    const errors = [await apply('lost-answer'), await apply('lost-request'), await apply('refused')];
    expect(errors.map((error) => [classify('patch', error), error.outcomeUnknown, error.retryAfterMs])).toEqual([
      ['retry', true, undefined],
      ['retry', true, undefined],
      ['retryAfter', false, 3000],
    ]);
    expect(field(await plane.api.get(configMap('lost-answer')), 'data', 'a')).toBe('1');
    expect(await plane.api.get(configMap('lost-request'))).toBeUndefined();
  });

  it('reads its credentials again and repeats once when they are refused', async () => {
    const refused = proxy.inject({ verb: 'get', name: 'kube-root-like' }, respond(401, 'Unauthorized'));
    const fresh = connectRuntime(await proxy.kubeconfigFor({ token: plane.adminToken }));
    try {
      expect((await fresh.client().get({ namespace: 'default', name: 'kube-root-like' })).data).toEqual({ a: '1' });
      expect(refused.hits.length).toBe(1);
    } finally {
      await fresh.stop();
    }
  });
});
