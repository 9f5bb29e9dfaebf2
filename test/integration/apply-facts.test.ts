import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { field } from '../testbed/kube-object.ts';
import type { ApiResponse } from '../testbed/http.ts';
import type { KubeObject } from '../testbed/kube-object.ts';

jest.setTimeout(120_000);

const ours = 'apptraffic-controller';

const configMap = (name: string, data: Record<string, string>, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...metadata },
  data,
});

/** What the writer relies on and no documentation promises: checked against the API server that the toolchain pins. */
describe('the API server', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ controllers: false });
  });
  afterAll(() => plane.stop());

  async function apply(object: KubeObject, force: boolean): Promise<ApiResponse> {
    const path = `${await plane.api.pathOf(object)}?fieldManager=${ours}${force ? '&force=true' : ''}`;
    return plane.api.request({ method: 'PATCH', path, body: object, contentType: 'application/apply-patch+yaml' });
  }
  async function remove(object: KubeObject, uid: string | undefined): Promise<number> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
    return (await plane.api.request({ method: 'DELETE', path: await plane.api.pathOf(object), body })).status;
  }
  const uidOf = (response: ApiResponse): unknown => field(response.body, 'metadata', 'uid');
  const verdict = (response: ApiResponse): unknown => [response.status, field(response.body, 'reason')];
  const otherUid = '00000000-0000-4000-8000-000000000000';

  describe('on a first apply with resourceVersion "1" and without force', () => {
    const first = { resourceVersion: '1' };

    it('creates when nothing is there', async () => {
      const response = await apply(configMap('new', { a: '1' }, first), false);
      expect([response.status, field(response.body, 'data')]).toEqual([201, { a: '1' }]);
    });

    it('conflicts with a different object that is there', async () => {
      await plane.api.create(configMap('stranger', { a: '1' }));
      const response = await apply(configMap('stranger', { a: '2' }, first), false);
      expect(verdict(response)).toEqual([409, 'Conflict']);
    });

    it('conflicts with an identical object that is there, and does not become its co-owner', async () => {
      const stranger = await plane.api.create(configMap('twin', { a: '1' }));
      expect(verdict(await apply(configMap('twin', { a: '1' }, first), false))).toEqual([409, 'Conflict']);
      expect(await plane.api.get(stranger)).toEqual(stranger);
    });

    it('conflicts with what we created ourselves, so that a lost response is found out by reading', async () => {
      await apply(configMap('again', { a: '1' }, first), false);
      expect(verdict(await apply(configMap('again', { a: '1' }, first), false))).toEqual([409, 'Conflict']);
    });
  });

  it('co-owns an identical stranger on an apply without resourceVersion: why a first apply carries one', async () => {
    await plane.api.create(configMap('adopted', { a: '1' }));
    expect((await apply(configMap('adopted', { a: '1' }), false)).status).toBe(200);
    const managers = (await plane.api.get(configMap('adopted', {})))?.metadata.managedFields ?? [];
    expect(managers.map(({ manager }) => manager)).toContain(ours);
  });

  it('gives no protection for resourceVersion "0"', async () => {
    await plane.api.create(configMap('zero', { a: '1' }));
    expect((await apply(configMap('zero', { a: '1' }, { resourceVersion: '0' }), false)).status).toBe(200);
  });

  describe('on a later apply with force and metadata.uid', () => {
    it('changes the object of that uid', async () => {
      const uid = uidOf(await apply(configMap('later', { a: '1' }), true));
      const response = await apply(configMap('later', { a: '2' }, { uid }), true);
      expect([response.status, field(response.body, 'data')]).toEqual([200, { a: '2' }]);
    });

    it('is invalid for another uid', async () => {
      await apply(configMap('replaced', { a: '1' }), true);
      const response = await apply(configMap('replaced', { a: '2' }, { uid: otherUid }), true);
      expect(verdict(response)).toEqual([422, 'Invalid']);
      expect((await plane.api.get(configMap('replaced', {})))?.data).toEqual({ a: '1' });
    });

    it('conflicts for a resourceVersion that the object no longer has: what was taken over is what was seen', async () => {
      const seen = await plane.api.create(configMap('moved', { a: '1' }));
      await plane.api.patch(seen, { data: { a: '2' } });
      const { uid, resourceVersion } = seen.metadata;
      expect(verdict(await apply(configMap('moved', { a: '1' }, { uid, resourceVersion }), true))).toEqual([
        409,
        'Conflict',
      ]);
      expect((await plane.api.get(seen))?.data).toEqual({ a: '2' });
    });

    it('conflicts when the object is gone, and does not bring it back', async () => {
      const uid = uidOf(await apply(configMap('gone', { a: '1' }), true));
      await plane.api.delete(configMap('gone', {}));
      expect(verdict(await apply(configMap('gone', { a: '2' }, { uid }), true))).toEqual([409, 'Conflict']);
      expect(await plane.api.get(configMap('gone', {}))).toBeUndefined();
    });
  });

  it('takes fields from another manager on a forced apply, and does not touch those that only the other set', async () => {
    await plane.api.apply(configMap('shared', { a: 'theirs', b: 'theirs' }), { fieldManager: 'somebody' });
    const response = await apply(configMap('shared', { a: 'ours' }), true);
    expect(field(response.body, 'data')).toEqual({ a: 'ours', b: 'theirs' });
  });

  describe('on a deletion with a uid as precondition', () => {
    it('deletes the object of that uid', async () => {
      const created = await plane.api.create(configMap('mine', {}));
      expect(await remove(created, created.metadata.uid)).toBe(200);
    });

    it('conflicts for another uid and leaves the object', async () => {
      const created = await plane.api.create(configMap('theirs', {}));
      expect(await remove(created, otherUid)).toBe(409);
      expect(await plane.api.get(created)).toEqual(created);
    });

    it('finds nothing when the object is gone', async () => {
      expect(await remove(configMap('never', {}), otherUid)).toBe(404);
    });
  });

  it('removes exactly the paths of a JSON patch, and only at that uid and resourceVersion', async () => {
    const created = await plane.api.create(configMap('slipped', { ours: '1', slipped: '2' }));
    const { uid, resourceVersion } = created.metadata;
    const patch = (version: string | undefined): unknown[] => [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'test', path: '/metadata/resourceVersion', value: version },
      { op: 'remove', path: '/data/slipped' },
    ];
    await expect(plane.api.patch(created, patch('1'), { type: 'json' })).rejects.toMatchObject({ status: 422 });
    expect((await plane.api.patch(created, patch(resourceVersion), { type: 'json' })).data).toEqual({ ours: '1' });
  });
});
