import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../../..');

jest.setTimeout(120_000);

describe('decide', () => {
  it('takes every branch both ways on the CI seeds', () => {
    const program = resolve(root, 'test/mesh/differential/branches.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', cwd: root });
    expect([status, stderr]).toEqual([0, '']);
    const { oneWay, files } = JSON.parse(stdout) as { oneWay: readonly string[]; files: readonly string[] };
    expect(files).toContain('src/decide/decide.ts');
    expect(oneWay).toEqual([]);
  });
});
