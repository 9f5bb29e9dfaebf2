import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { executableName } from '../../../hack/toolchain/go-part.ts';
import { wheelKey } from '../../../hack/toolchain/cache-key.ts';
import { partOf, parts } from '../../../hack/toolchain/parts.ts';
import { wheelOf, wheels } from '../../../hack/toolchain/wheels.ts';

const root = join(import.meta.dirname, '../../../hack/toolchain');

describe('the table of wheels', () => {
  it('finds the wheel of a program', () => {
    expect(wheelOf('envoy')).toBe(wheels.envoy);
    expect(wheelOf('etcd')).toBeUndefined();
  });

  it.each(Object.values(wheels))(
    '$program is pinned to one version, with a hash for each of two platforms',
    (wheel) => {
      const text = readFileSync(join(root, wheel.folder, 'requirements.txt'), 'utf8');
      const [requirement, ...hashes] = text.replace(/^#.*$/gm, '').replaceAll('\\\n', ' ').trim().split(/\s+/);
      expect(requirement).toMatch(/^[a-z-]+==\d+\.\d+\.\d+$/);
      expect(hashes).toEqual([1, 2].map(() => expect.stringMatching(/^--hash=sha256:[0-9a-f]{64}$/) as string));
      expect(new Set(hashes).size).toBe(2);
    },
  );

  it('has a cache key that changes with the hashes and the architecture', () => {
    expect(wheelKey('a', 'x64')).toMatch(/^[0-9a-f]{20}$/);
    expect(new Set([wheelKey('a', 'x64'), wheelKey('b', 'x64'), wheelKey('a', 'arm64')]).size).toBe(3);
  });
});

describe('a program', () => {
  it('lies where go build puts it, whatever the part calls it', () => {
    expect(executableName('istio.io/istio/pilot/cmd/pilot-agent')).toBe('pilot-agent');
    expect(executableName('go.etcd.io/etcd/server/v3')).toBe('server');
  });

  it('comes from one part only', () => {
    const names = [
      ...Object.values(parts).flatMap((part) => Object.keys(part.programs)),
      ...Object.values(wheels).map((w) => w.program),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(partOf('istioctl')).toBe(parts.istio);
  });
});
