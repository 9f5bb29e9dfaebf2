import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from '../../hack/toolchain/location.ts';
import { goldenCases } from '../golden/cases.ts';
import { readManifests } from '../testbed/crds.ts';
import { startRun } from '../testbed/run.ts';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../..');
const run = startRun();
afterAll(() => run.end());

const cases = goldenCases()
  .map(({ name, folder }) => ({ name, file: relative(root, join(folder, 'manifests.yaml')) }))
  .filter(({ file }) => existsSync(join(root, file)));

type Finding = { readonly code: string; readonly level: string; readonly origin: string; readonly message: string };

/** VirtualServices on a gateway that the settings name: it belongs to the platform, and is not in the file. */
function onPlatformsGateway(gateway: string, services: readonly (readonly [string, string])[]): readonly string[] {
  return [
    ...services.map(([name]) => `IST0101 Error VirtualService ${name}: Referenced gateway not found: "${gateway}"`),
    ...services.map(
      ([name, hosts]) =>
        `IST0132 Warning VirtualService ${name}: one or more host [${hosts}] defined in VirtualService ${name} not found in Gateway ${gateway}.`,
    ),
  ];
}

/** What istioctl says of every EnvoyFilter. */
const ofEnvoyFilters =
  'EnvoyFilter exposes internal implementation details that may change at any time. Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.';

const analyzed = (filter: string): string =>
  `IST0133 Warning EnvoyFilter ${filter}: Schema validation warning: ${ofEnvoyFilters}`;

/** The EnvoyFilters of a file, as `namespace/name`. */
function envoyFiltersIn(file: string): readonly string[] {
  return readManifests([join(root, file)]).flatMap(({ kind, metadata }) =>
    kind === 'EnvoyFilter' ? [`${metadata.namespace}/${metadata.name}`] : [],
  );
}

/** What `istioctl analyze` finds in files that are right, by case. */
const findings: Readonly<Record<string, readonly string[]>> = {
  'istio-bodies/limit-with-policies': onPlatformsGateway('istio-ingress/public', [
    ['team/shop-istio-ingress-public-c50b3cc4', 'shop.example.com shop.example.com.'],
  ]),
  'istio-entry/everything': onPlatformsGateway('istio-ingress/public', [
    ['team/shop-istio-ingress-public-c50b3cc4', 'shop.example.com shop.example.com.'],
  ]),
  'istio-gateway/named': onPlatformsGateway('istio-ingress/public', [
    ['team/shop-istio-ingress-public-c50b3cc4', 'shop.example.com shop.example.com.'],
  ]),
  'istio-tcp/a-port-that-another-app-holds': onPlatformsGateway('istio-system/public', [
    ['team/first-istio-system-public-tcp-6379-92bfab3a', '*'],
    ['zoo/late-istio-system-public-23e1c93e', 'late.example.com late.example.com.'],
    ['zoo/late-istio-system-public-tcp-6380-1d05431c', '*'],
  ]),
  'istio-tcp/named-gateway-and-no-host': onPlatformsGateway('istio-ingress/public', [
    ['team/cache-istio-ingress-public-tcp-6379-84c85f6d', '*'],
    ['team/cache-istio-ingress-public-tcp-6380-534954fc', '*'],
  ]),
  'istio-rates/routes-of-their-own': onPlatformsGateway('istio-ingress/public', [
    ['team/shop-istio-ingress-public-c50b3cc4', 'shop.example.com shop.example.com.'],
  ]),
};

/** Runs istioctl without any cluster; rejects with what it said when it ends with another code than 0. */
async function istioctl(words: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const env = { HOME: run.folder, KUBECONFIG: '/dev/null' };
  return promisify(execFile)(programPath('istioctl'), words, { cwd: root, env });
}

describe('istioctl', () => {
  it.each(cases)('validates what apptraffic render prints for $name', async ({ file }) => {
    const { stdout, stderr } = await istioctl(['validate', '-f', file]);
    const warnings = envoyFiltersIn(file).map((filter) => `\n\t* EnvoyFilter/${filter}: ${ofEnvoyFilters}`);
    const verdict = warnings.length === 0 ? 'is valid' : `has warnings: ${warnings.join('')}`;
    expect(`${stdout}${stderr}`.trim()).toBe(`"${file}" ${verdict}`);
  });

  it.each(cases)('finds nothing to be mended in $name', async ({ name, file }) => {
    const { stdout } = await istioctl(['analyze', '--use-kube=false', '-A', '-o', 'json', file]);
    const found = (JSON.parse(stdout) as readonly Finding[]).map(
      ({ code, level, origin, message }) => `${code} ${level} ${origin}: ${message}`,
    );
    // It tells of objects of one kind in no order.
    expect(found.toSorted()).toEqual([...(findings[name] ?? []), ...envoyFiltersIn(file).map(analyzed)].toSorted());
  });
});
