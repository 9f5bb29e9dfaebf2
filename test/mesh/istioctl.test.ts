import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from '../../hack/toolchain/location.ts';
import { goldenCases } from '../golden/cases.ts';
import { startRun } from '../testbed/run.ts';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../..');
const run = startRun();
afterAll(() => run.end());

const cases = goldenCases()
  .map(({ name, folder }) => ({ name, file: relative(root, join(folder, 'manifests.yaml')) }))
  .filter(({ file }) => existsSync(join(root, file)));

type Finding = { readonly code: string; readonly level: string; readonly origin: string; readonly message: string };

/** What `istioctl analyze` finds in files that are right, by case: the reason why, then the findings. */
const findings: Readonly<Record<string, { readonly reason: string; readonly found: readonly string[] }>> = {
  'istio-gateway/named': {
    reason: 'the gateway that the settings name belongs to the platform, and is not in the file',
    found: [
      'IST0101 Error VirtualService team/shop-istio-ingress-public-c50b3cc4: Referenced gateway not found: "istio-ingress/public"',
      'IST0132 Warning VirtualService team/shop-istio-ingress-public-c50b3cc4: one or more host [shop.example.com shop.example.com.] defined in VirtualService team/shop-istio-ingress-public-c50b3cc4 not found in Gateway istio-ingress/public.',
    ],
  },
};

/** Runs istioctl without any cluster; rejects with what it said when it ends with another code than 0. */
async function istioctl(words: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const env = { HOME: run.folder, KUBECONFIG: '/dev/null' };
  return promisify(execFile)(programPath('istioctl'), words, { cwd: root, env });
}

describe('istioctl', () => {
  it.each(cases)('validates what apptraffic render prints for $name', async ({ file }) => {
    const { stdout, stderr } = await istioctl(['validate', '-f', file]);
    expect(`${stdout}${stderr}`.trim()).toBe(`"${file}" is valid`);
  });

  it.each(cases)('finds nothing to be mended in $name', async ({ name, file }) => {
    const { stdout } = await istioctl(['analyze', '--use-kube=false', '-A', '-o', 'json', file]);
    const found = (JSON.parse(stdout) as readonly Finding[]).map(
      ({ code, level, origin, message }) => `${code} ${level} ${origin}: ${message}`,
    );
    expect(found).toEqual(findings[name]?.found ?? []);
  });
});
