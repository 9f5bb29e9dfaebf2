import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../../..');

/** Branches that no valid spec reaches, each with the reason why it stays. */
const justified: readonly (readonly [branch: RegExp, why: string])[] = [
  [
    /^src\/decide\/act\.ts:\d+ path };: never looked at$/,
    'only an encoded NUL has no normal form, and it got 400 before',
  ],
  [/^src\/decide\/note\.ts:\d+ ''}`;: never looked at$/, 'a provider that differs says how; the type cannot'],
  [
    /^src\/decide\/pods\.ts:\d+ mtls\?\.mode === 'Disable'.*: never true$/,
    'policy refuses allow with Disable (AT0603); should one ever be served, nothing proves who calls',
  ],
];

jest.setTimeout(120_000);

describe('decide', () => {
  it('takes every branch both ways on the CI seeds', () => {
    const program = resolve(root, 'test/mesh/differential/branches.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', cwd: root });
    expect([status, stderr]).toEqual([0, '']);
    const { oneWay, files } = JSON.parse(stdout) as { oneWay: readonly string[]; files: readonly string[] };
    expect(files).toContain('src/decide/decide.ts');
    expect(oneWay.filter((branch) => !justified.some(([known]) => known.test(branch)))).toEqual([]);
    expect(justified.filter(([known]) => !oneWay.some((branch) => known.test(branch)))).toEqual([]);
  });
});
