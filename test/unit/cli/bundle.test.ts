import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { bundle } from '../../../hack/bundle.ts';
import { nodeRefusal } from '../../../src/cli/node-version.ts';

const root = join(__dirname, '../../..');
const clone = mkdtempSync(join(tmpdir(), 'apptraffic-bundle-'));
const program = join(clone, 'dist/apptraffic.cjs');

type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

function run(command: string, args: readonly string[], options: { cwd?: string; path?: string } = {}): Ended {
  const { cwd = clone, path = dirname(process.execPath) } = options;
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${path}${delimiter}${process.env.PATH ?? ''}` },
  });
  return { status, stdout, stderr };
}

/** Enough that the manifests do not fit into the buffer of a pipe (64 KiB). */
const appCount = 500;
/** Of the manifest of one app, a Service, with the line that parts it from the next. */
const linesOfOne = 18;

function appNamed(name: string): string {
  return `apiVersion: apptraffic.dev/v1alpha1\nkind: AppTraffic\nmetadata: {name: ${name}}\nspec: {port: 8080}\n`;
}

beforeAll(async () => {
  mkdirSync(dirname(program));
  await bundle(program);
  copyFileSync(join(root, 'package.json'), join(clone, 'package.json'));
  mkdirSync(join(clone, 'apps/shop'), { recursive: true });
  writeFileSync(join(clone, 'apps/shop/shop.yaml'), appNamed('shop'));
  const names = Array.from({ length: appCount }, (_, i) => `app-${i}`);
  writeFileSync(join(clone, 'many.yaml'), names.map(appNamed).join('---\n'));
});
afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

describe('the bundle', () => {
  it('prints its version', () => {
    expect(run(process.execPath, [program, 'version'])).toEqual({
      status: 0,
      stdout: 'apptraffic 0.1.0\n',
      stderr: '',
    });
  });

  it('calls itself as kubectl does when it runs as a plugin', () => {
    symlinkSync(program, join(clone, 'kubectl-apptraffic'));
    expect(run(join(clone, 'kubectl-apptraffic'), ['--help']).stdout).toMatch(/^Usage: kubectl apptraffic /);
  });

  it('refuses a Node that is too old before it loads anything that needs a newer one', () => {
    const pretend = join(clone, 'pretend.cjs');
    writeFileSync(
      pretend,
      "Object.defineProperty(process, 'version', { value: 'v20.1.0' });\nfor (const name of ['structuredClone', 'Response']) delete globalThis[name];\n",
    );
    expect(run(process.execPath, ['-r', pretend, program, 'version'])).toEqual({
      status: 2,
      stdout: '',
      stderr: nodeRefusal('v20.1.0'),
    });
  });

  it('can be read by an old Node as far as the refusal', () => {
    const systemNode = '/usr/bin/node';
    const version = existsSync(systemNode) ? execFileSync(systemNode, ['--version'], { encoding: 'utf8' }).trim() : '';
    const refusal = version === '' ? undefined : nodeRefusal(version);
    const ended = refusal === undefined ? undefined : run(systemNode, [program, 'version']);
    expect(ended).toEqual(refusal === undefined ? undefined : { status: 2, stdout: '', stderr: refusal });
  });

  it('is run by npm in the folder in which the user stands', () => {
    const ended = run('npm', ['run', '-s', 'apptraffic', '--', 'validate', '-f', 'shop.yaml'], {
      cwd: join(clone, 'apps/shop'),
    });
    expect(ended).toEqual({ status: 0, stdout: '1 file, 1 AppTraffic: 0 errors, 0 warnings\n', stderr: '' });
  });

  it('writes everything before it ends, also into a pipe that is read slowly', () => {
    const script = `node ${program} render -f many.yaml | (sleep 0.3; wc -l)`;
    expect(run('bash', ['-c', script]).stdout.trim()).toBe(`${appCount * linesOfOne - 1}`);
  });

  it('ends without a word when its reader has seen enough', () => {
    const script = `node ${program} render -f many.yaml | head -1`;
    expect(run('bash', ['-c', script])).toEqual({ status: 0, stdout: 'apiVersion: v1\n', stderr: '' });
  });
});
