import type { Manifest } from '../../../src/kube/manifest.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { allowedBy } from '../../mesh/probers/allowed.ts';

const ground = {
  platform: builtInPlatform(),
  others: [],
  pods: ['v1', 'v2'].map((version) => ({
    namespace: 'team',
    name: `shop-${version}`,
    labels: { app: 'shop', version },
  })),
};
const app = (spec: object): Manifest => ({
  apiVersion: 'apptraffic.dev/v1alpha1',
  kind: 'AppTraffic',
  metadata: { namespace: 'team', name: 'shop' },
  spec,
});
const allowed = allowedBy(
  [
    app({
      port: 8080,
      backends: { canary: { labels: { version: 'v2' } } },
      external: {
        hosts: ['shop.example.com'],
        routes: [
          { name: 'beta', match: { prefix: '/beta' }, to: 'canary' },
          { name: 'all', match: { prefix: '/cart' } },
        ],
      },
      internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] },
    }),
  ],
  ground,
);
const from = (serviceAccount: string) => ({ namespace: 'team', serviceAccount });

it.each([
  [
    'all pods of a backend, what they see, and by which route',
    { host: 'shop.example.com', path: '/beta/x?a=1' },
    {
      is: 'pod',
      pods: ['team/shop-v2:8080'],
      path: '/beta/x?a=1',
      headers: { 'x-apptraffic-route': 'team/shop/beta' },
    },
  ],
  ['an answer of a proxy', { host: 'shop.example.com', path: '/other' }, { is: 'proxy', status: 404 }],
  [
    'the pods of the Service for a caller in the mesh',
    { host: 'shop.team', path: '/x', caller: from('checkout') },
    { is: 'pod', pods: ['team/shop-v1:8080', 'team/shop-v2:8080'], path: '/x', headers: {} },
  ],
  [
    'a refusal for a caller that is not admitted',
    { host: 'shop.team', path: '/x', caller: from('stranger') },
    { is: 'proxy', status: 403 },
  ],
])('a request may get %s', (_, ask, expected) => {
  expect(allowed(ask)).toEqual([expected]);
});

it('a spec that is refused proves nothing', () => {
  expect(() => allowedBy([app({ external: { hosts: ['shop.example.com'] } })], ground)).toThrow('refused');
});
