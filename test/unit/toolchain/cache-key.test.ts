import { cacheKey, isNewEnough, requiredGo, requiredVersion } from '../../../hack/toolchain/cache-key.ts';
import type { BuildInputs } from '../../../hack/toolchain/cache-key.ts';

const inputs: BuildInputs = {
  goMod: 'module a\n',
  goSum: 'sum',
  flags: ['-trimpath', '-ldflags=-s'],
  goVersion: 'go1.26.8',
  goos: 'linux',
  goarch: 'amd64',
};

describe('the cache key of a part', () => {
  it('is the same for the same inputs and fit for a folder name', () => {
    expect(cacheKey(inputs)).toBe(cacheKey({ ...inputs }));
    expect(cacheKey(inputs)).toMatch(/^[0-9a-f]{20}$/);
  });

  it.each([
    ['go.mod', { goMod: 'module b\n' }],
    ['go.sum', { goSum: 'other' }],
    ['a flag', { flags: ['-trimpath', '-ldflags=-w'] }],
    ['the Go version', { goVersion: 'go1.26.9' }],
    ['the operating system', { goos: 'darwin' }],
    ['the architecture', { goarch: 'arm64' }],
  ])('changes with %s', (_what, change) => {
    expect(cacheKey({ ...inputs, ...change })).not.toBe(cacheKey(inputs));
  });
});

describe('what a go.mod asks for', () => {
  const goMod = `module x

go 1.26.0

require example.com/a v1.2.3

require (
	example.com/b v0.4.0 // indirect
)

replace (
	example.com/c => example.com/c v0.1.0
)
`;

  it('is read from single and grouped requirements', () => {
    expect([requiredVersion(goMod, 'example.com/a'), requiredVersion(goMod, 'example.com/b')]).toEqual([
      'v1.2.3',
      'v0.4.0',
    ]);
  });

  it('does not take a replacement for a requirement', () => {
    expect(() => requiredVersion(goMod, 'example.com/c')).toThrow('go.mod requires no version of example.com/c');
  });

  it('names the lowest Go', () => {
    expect(requiredGo(goMod)).toBe('1.26.0');
  });
});

describe('an installed Go', () => {
  it.each([
    ['go1.26.0', true],
    ['go1.26.8', true],
    ['go1.30.1', true],
    ['go2.0', true],
    ['go1.27rc1', true],
    ['go1.25.9', false],
    ['go1.9', false],
  ])('%s is new enough for 1.26.0: %s', (installed, verdict) => {
    expect(isNewEnough(installed, '1.26.0')).toBe(verdict);
  });
});
