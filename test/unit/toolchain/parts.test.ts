import { partOf, parts } from '../../../hack/toolchain/parts.ts';

describe('the table of parts', () => {
  it('stamps the version of go.mod into the programs of Kubernetes', () => {
    expect(parts.kube.linkerFlags('v1.36.3')).toEqual([
      '-X k8s.io/component-base/version.gitVersion=v1.36.3',
      '-X k8s.io/component-base/version.gitMajor=1',
      '-X k8s.io/component-base/version.gitMinor=36',
    ]);
  });

  it('finds the part of a program', () => {
    expect(partOf('kubectl')).toBe(parts.kube);
    expect(() => partOf('docker')).toThrow('no part of the toolchain holds a program docker');
  });
});
