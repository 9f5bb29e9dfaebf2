import * as fc from 'fast-check';
import { ObjectStore } from '../../../src/runtime/object-store.ts';
import type { StoreEntry } from '../../../src/runtime/object-store.ts';
import type { KubeObject } from '../../../src/runtime/resource.ts';
import type { StoreChange } from '../../../src/runtime/store.ts';

type Kept = { readonly team: string };

const object = (name: string, uid: string, version: number, team = 'a'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'shop', name, uid, resourceVersion: String(version), labels: { team } },
});

const failures: unknown[] = [];
let store: ObjectStore<Kept>;
let changes: StoreChange<Kept>[];

function createStore(): ObjectStore<Kept> {
  return new ObjectStore<Kept>(
    {
      transform: ({ metadata }) => {
        if (metadata.labels?.team === 'bad') throw new Error('no such team');
        return { team: metadata.labels?.team ?? '' };
      },
      indexes: { team: ({ team }) => [team] },
    },
    (...failure) => failures.push(failure),
  );
}

const prepared = (value: KubeObject): StoreEntry<Kept> => {
  const entry = store.prepare(value);
  if (entry === undefined) throw new Error('the transform refused');
  return entry;
};

const put = (value: KubeObject): void => store.upsert(prepared(value), 'watch');
const drop = (name: string, uid: string, version: number): void =>
  store.remove({ key: `shop/${name}`, uid, resourceVersion: String(version) }, 'watch');
const list = (version: number, ...objects: readonly KubeObject[]): Parameters<typeof store.replace>[0] => ({
  entries: new Map(objects.map((each) => [`shop/${each.metadata.name}`, prepared(each)])),
  resourceVersion: String(version),
});

beforeEach(() => {
  failures.length = 0;
  store = createStore();
  changes = [];
  store.subscribe((change) => changes.push(change));
});

describe('the store', () => {
  test('tells what was added, updated and deleted, with old and new', () => {
    put(object('x', 'u1', 1));
    put(object('x', 'u1', 2, 'b'));
    drop('x', 'u1', 3);
    expect(changes).toEqual([
      { type: 'added', key: 'shop/x', origin: 'watch', item: { team: 'a' } },
      { type: 'updated', key: 'shop/x', origin: 'watch', old: { team: 'a' }, item: { team: 'b' } },
      { type: 'deleted', key: 'shop/x', origin: 'watch', old: { team: 'b' } },
    ]);
    expect([store.size, store.list()]).toEqual([0, []]);
  });

  test('has its indexes right when a handler is told', () => {
    const seen: unknown[] = [];
    store.subscribe(() => seen.push([store.byIndex('team', 'a').length, store.byIndex('team', 'b').length]));
    put(object('x', 'u1', 1));
    put(object('x', 'u1', 2, 'b'));
    drop('x', 'u1', 3);
    expect(seen).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  test('never goes back to an older version of an object, and says nothing about one it has', () => {
    put(object('x', 'u1', 9));
    put(object('x', 'u1', 10, 'b'));
    put(object('x', 'u1', 9, 'stale'));
    put(object('x', 'u1', 10, 'echo'));
    expect(store.list()).toEqual([{ team: 'b' }]);
    expect(changes.length).toBe(2);
  });

  test('sees a deletion and a creation in an object of the same name and another uid', () => {
    put(object('x', 'u1', 1));
    put(object('x', 'u2', 5, 'b'));
    drop('x', 'u1', 4);
    expect(changes.slice(1)).toEqual([
      { type: 'deleted', key: 'shop/x', origin: 'watch', old: { team: 'a' } },
      { type: 'added', key: 'shop/x', origin: 'watch', item: { team: 'b' } },
    ]);
    expect(store.get('shop/x')).toEqual({ team: 'b' });
  });

  test('takes the answer to a write and is not told twice when the watch brings it too', () => {
    store.upsert(prepared(object('x', 'u1', 7)), 'write');
    put(object('x', 'u1', 7));
    expect(changes).toEqual([{ type: 'added', key: 'shop/x', origin: 'write', item: { team: 'a' } }]);
  });

  test('does not bring an object back when the answer to a write comes after its deletion', () => {
    put(object('x', 'u1', 1));
    drop('x', 'u1', 5);
    store.upsert(prepared(object('x', 'u1', 4)), 'write');
    expect(store.size).toBe(0);
  });

  test('takes an object back whose label went away and came again', () => {
    put(object('x', 'u1', 1));
    drop('x', 'u1', 5);
    put(object('x', 'u1', 6));
    expect(store.size).toBe(1);
  });

  test('becomes what a list says, except where it holds something newer', () => {
    put(object('gone', 'u1', 1));
    put(object('changed', 'u2', 2));
    put(object('same', 'u3', 3));
    store.upsert(prepared(object('written', 'u4', 12)), 'write');
    changes.length = 0;
    store.replace(list(10, object('changed', 'u2', 8, 'b'), object('same', 'u3', 3), object('new', 'u5', 9)), 'watch');
    expect(changes).toEqual([
      { type: 'deleted', key: 'shop/gone', origin: 'watch', old: { team: 'a' } },
      { type: 'updated', key: 'shop/changed', origin: 'watch', old: { team: 'a' }, item: { team: 'b' } },
      { type: 'added', key: 'shop/new', origin: 'watch', item: { team: 'a' } },
    ]);
    expect([...store.keys()].sort()).toEqual(['shop/changed', 'shop/new', 'shop/same', 'shop/written']);
  });

  test('shows a list only when all of it is in place', () => {
    const sizes: number[] = [];
    store.subscribe(() => sizes.push(store.size));
    store.replace(list(10, object('x', 'u1', 1), object('y', 'u2', 2), object('z', 'u3', 3)), 'initial');
    expect(sizes).toEqual([3, 3, 3]);
  });

  test('replaces within one namespace only when the list covers one', () => {
    put(object('x', 'u1', 1));
    store.replace({ entries: new Map(), resourceVersion: '9', namespace: 'sho' }, 'watch');
    expect(store.size).toBe(1);
    store.replace({ entries: new Map(), resourceVersion: '9', namespace: 'shop' }, 'watch');
    expect(store.size).toBe(0);
  });

  test('accepts an older history only when forced to', () => {
    put(object('x', 'u1', 100));
    store.replace(list(50, object('x', 'u1', 40, 'b')), 'watch');
    expect(store.list()).toEqual([{ team: 'a' }]);
    store.replace(list(50, object('x', 'u1', 40, 'b')), 'watch', true);
    expect(store.list()).toEqual([{ team: 'b' }]);
  });

  test('leaves out what cannot be transformed, and survives a handler that throws', () => {
    expect(store.prepare(object('x', 'u1', 1, 'bad'))).toBeUndefined();
    store.subscribe(() => {
      throw new Error('handler');
    });
    put(object('y', 'u2', 2));
    expect(failures).toEqual([
      ['store.objectRefused', 'shop/x', new Error('no such team')],
      ['store.handlerFailed', 'shop/y', new Error('handler')],
    ]);
    expect(store.size).toBe(1);
  });

  test('tells a late handler what is there, and nothing after it left', () => {
    put(object('x', 'u1', 1));
    const late: StoreChange<Kept>[] = [];
    const leave = store.subscribe((change) => late.push(change));
    leave();
    put(object('y', 'u2', 2));
    expect(late).toEqual([{ type: 'added', key: 'shop/x', origin: 'initial', item: { team: 'a' } }]);
  });

  test('ends with the newest version of each object and matching indexes, in whatever order versions arrive', () => {
    const version = fc.record({
      name: fc.constantFrom('x', 'y'),
      version: fc.integer({ min: 1, max: 99 }),
      team: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.uniqueArray(version, { selector: (each) => each.version, minLength: 1 }), (versions) => {
        store = createStore();
        for (const each of versions) put(object(each.name, `uid-${each.name}`, each.version, each.team));
        const newest = new Map(
          versions.toSorted((a, b) => a.version - b.version).map((each) => [`shop/${each.name}`, each.team]),
        );
        expect(new Map(store.keys().map((key) => [key, store.get(key)?.team]))).toEqual(newest);
        const inIndex = store.byIndex('team', 'a').length + store.byIndex('team', 'b').length;
        expect(inIndex).toBe(newest.size);
      }),
    );
  });
});
