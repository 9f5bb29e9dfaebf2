import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { markUsed, pruneCache } from '../../../hack/toolchain/prune-cache.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 0, 31);
const kube = ['kube-apiserver', 'kubectl'];
let root: string;

/** A folder of the cache that was last used so many days ago. */
function cached(key: string, programs: readonly string[], daysAgo: number): string {
  const folder = join(root, key);
  mkdirSync(folder);
  for (const program of programs) writeFileSync(join(folder, program), '');
  markUsed(folder, now - daysAgo * day);
  return folder;
}

const left = (): readonly string[] => readdirSync(root).sort();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prune-cache-'));
});

afterEach(() => rmSync(root, { recursive: true }));

describe('pruning the cache of the toolchain', () => {
  it('keeps the current key of the part and the one that was used last before', () => {
    const current = cached('new', kube, 0);
    cached('before', kube, 3);
    cached('oldest', kube, 90);
    cached('old', ['kubectl'], 40);
    const removed = pruneCache(current, kube, now).map((folder) => basename(folder));
    expect([removed.toSorted(), left()]).toEqual([
      ['old', 'oldest'],
      ['before', 'new'],
    ]);
    expect(pruneCache(current, kube, now)).toEqual([]);
  });

  it('leaves alone what may be in use: all that was used within a day', () => {
    const current = cached('new', kube, 30);
    for (const key of ['branch-a', 'branch-b', 'branch-c']) cached(key, kube, 0.9);
    expect([pruneCache(current, kube, now), left()]).toEqual([[], ['branch-a', 'branch-b', 'branch-c', 'new']]);
  });

  it('never touches another part, however old', () => {
    const current = cached('new', kube, 0);
    cached('etcd-1', ['etcd'], 90);
    cached('etcd-2', ['etcd'], 80);
    expect([pruneCache(current, kube, now), left()]).toEqual([[], ['etcd-1', 'etcd-2', 'new']]);
  });

  it('removes what interrupted builds have left, but not one that runs now', () => {
    const current = cached('new', kube, 0);
    mkdirSync(join(cached('interrupted', [], 2), '.building-1'));
    markUsed(join(root, 'interrupted'), now - 2 * day);
    cached('empty', [], 2);
    mkdirSync(join(cached('building', [], 0), '.building-2'));
    markUsed(join(root, 'building'), now);
    pruneCache(current, kube, now);
    expect(left()).toEqual(['building', 'new']);
  });

  it('goes by the last use', () => {
    const current = cached('new', kube, 0);
    cached('a', kube, 50);
    cached('b', kube, 60);
    markUsed(join(root, 'b'), now - 2 * day);
    pruneCache(current, kube, now);
    expect(left()).toEqual(['b', 'new']);
  });

  it('is left out where the time of use cannot be noted', () => {
    expect([markUsed(join(root, 'none'), now), left()]).toEqual([false, []]);
  });
});
