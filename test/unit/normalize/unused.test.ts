import type { AppTrafficSpec } from '../../../src/api/v1alpha1/app-traffic.ts';
import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import type { Unused } from '../../../src/model/unused.ts';
import { normalize } from '../../../src/normalize/normalize.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';

const hosts = ['shop.example.com'];

function unusedOf(spec: Omit<AppTrafficSpec, 'port'>): readonly Unused[] | undefined {
  const backends = { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } };
  const ports = [
    { name: 'http', port: 80 },
    { name: 'tcp-db', port: 5432 },
  ];
  const parsed = parseAppTraffic({
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { name: 'shop', namespace: 'team' },
    spec: { ports, backends, ...spec },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return normalize(parsed.value, builtInPlatform()).unused;
}

const backend = (name: string): Unused => ({ what: 'Backend', name, at: `spec.backends.${name}` });
const split: Unused = { what: 'Split', at: 'spec.split' };

describe('what leads nowhere', () => {
  it.each<[string, Omit<AppTrafficSpec, 'port'>, readonly Unused[] | undefined]>([
    ['every backend where no route names one', { external: { hosts } }, [backend('canary'), backend('stable')]],
    [
      'the backend that only the routes do not name',
      { external: { hosts, routes: [{ name: 'all', to: 'stable' }] } },
      [backend('canary')],
    ],
    ['nothing where a split has all of them', { split: { stable: 90, canary: 10 }, external: { hosts } }, undefined],
    ['nothing where a share is 0', { split: { stable: 100, canary: 0 }, external: { hosts } }, undefined],
    [
      'nothing where one gets copies, inside too',
      {
        internal: {
          routes: [{ name: 'all', split: { stable: 100, app: 0 }, mirror: { to: 'canary' } }],
        },
      },
      undefined,
    ],
    [
      'nothing where one gets connections',
      {
        external: {
          hosts,
          tcp: [{ listen: 5432, port: 'tcp-db', to: 'canary' }],
          routes: [{ name: 'all', to: 'stable' }],
        },
      },
      undefined,
    ],
    [
      'a split where every route says something else, and who is named there alone',
      { split: { stable: 90, canary: 10 }, external: { hosts, routes: [{ name: 'all', to: 'stable' }] } },
      [backend('canary'), split],
    ],
    ['nothing where routes inside use the split', { split: { stable: 90, canary: 10 }, internal: {} }, undefined],
  ])('is %s', (_, spec, unused) => {
    expect(unusedOf(spec)).toEqual(unused);
  });
});
