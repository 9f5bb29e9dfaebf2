import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { bundle } from '../../hack/bundle.ts';
import { programPath } from '../../hack/toolchain/location.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../..');
let plane: ControlPlane;
let plugins: string;
beforeAll(async () => {
  plane = await startControlPlane({
    controllers: false,
    crds: [join(root, 'crds/apptraffics.apptraffic.dev.yaml')],
  });
  plugins = join(plane.run.folder, 'plugins');
  mkdirSync(plugins);
  await bundle(join(plugins, 'kubectl-apptraffic'));
});
afterAll(async () => {
  await plane.stop();
});

/** What kubectl, with the plugin on its PATH, prints. */
function kubectlApptraffic(args: readonly string[], input: string): { status: number | null; stdout: string } {
  const path = [plugins, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
  const { status, stdout } = spawnSync(programPath('kubectl'), ['apptraffic', ...args], {
    input,
    encoding: 'utf8',
    env: { PATH: path, HOME: plane.run.folder, ...plane.run.environment },
  });
  return { status, stdout };
}

describe('kubectl apptraffic', () => {
  it('validates what is piped in', () => {
    const sample = readFileSync(join(root, 'config/samples/shop.yaml'), 'utf8');
    expect(kubectlApptraffic(['validate', '-f', '-'], sample)).toEqual({
      status: 0,
      stdout: '1 file, 1 AppTraffic: 0 errors, 0 warnings\n',
    });
  });

  it('renders YAML that kubectl reads as the objects that render -o json prints, whatever YAML 1.1 makes of words', async () => {
    const words = ['on', 'yes', 'n', '0100', '1_000', '1e3', '12:30', 'null', '2001-01-01', 'true'];
    const labels = Object.fromEntries(words.map((word, i) => [`word-${i}`, word.replaceAll(':', '-')]));
    const app = JSON.stringify({
      apiVersion: 'apptraffic.dev/v1alpha1',
      kind: 'AppTraffic',
      metadata: { name: 'words' },
      spec: { port: 8080, app: { selector: { y: 'x', ...labels } } },
    });
    const yaml = kubectlApptraffic(['render', '-f', '-'], app).stdout;
    const json = kubectlApptraffic(['render', '-f', '-', '-o', 'json'], app).stdout;
    const seen: unknown = JSON.parse(
      await plane.kubectl(['create', '--dry-run=client', '-o', 'json', '-f', '-'], yaml),
    );
    expect({ apiVersion: 'v1', kind: 'List', items: [seen] }).toEqual(JSON.parse(json));
  });

  it.each(['y', 'Yes', 'ON', 'n', 'no', 'Off', '0100', '1_000'])(
    'refuses %s, which kubectl indeed takes for something else',
    async (word) => {
      const text = `apiVersion: apptraffic.dev/v1alpha1\nkind: AppTraffic\nmetadata: {name: word}\nspec:\n  app: {selector: {word: ${word}}}\n`;
      const seen: unknown = JSON.parse(
        await plane.kubectl(['create', '--dry-run=client', '--validate=false', '-o', 'json', '-f', '-'], text),
      );
      expect(seen).not.toMatchObject({ spec: { app: { selector: { word } } } });
      expect(kubectlApptraffic(['validate', '-f', '-'], text)).toMatchObject({
        status: 2,
        stdout: expect.stringContaining(`stdin:5:26  Error  kubectl reads ${word} as `) as string,
      });
    },
  );
});
