import { compile, trafficOf } from '../../../src/compile/compile.ts';
import { renderedAsAsked } from '../../../src/compile/route-entries.ts';
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import type { World } from '../../../src/model/world.ts';
import { world } from '../policy/samples.ts';

const route = (name: string, prefix: string) => ({ name, match: { prefix } });
const shop: AppTraffic = {
  apiVersion: 'apptraffic.dev/v1alpha1',
  kind: 'AppTraffic',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: {
    port: 8080,
    external: {
      gateway: 'istio-ingress/public',
      hosts: ['example.com'],
      routes: [route('cart', '/cart'), route('docs', '/docs')],
    },
  },
};
const facts = { platform: world.platform, ingressClasses: [] };
const asked = () => renderedAsAsked(trafficOf(shop, world), facts);

describe('what an app would become if it were granted everything', () => {
  it('is what compile renders where nobody else has a say', () => {
    const alone: World = {
      ...world,
      gateways: [{ namespace: 'istio-ingress', name: 'public', hosts: ['*'], tcp: [] }],
    };
    const { accepted, manifests } = compile(shop, alone);
    const byKind = (list: typeof manifests) => new Map(list.map((one) => [`${one.kind} ${one.metadata.name}`, one]));
    expect(accepted).toBe(true);
    expect(byKind(asked())).toEqual(byKind(manifests));
  });

  it('has the routes that compile leaves out because another app holds them', () => {
    const claim = { host: 'example.com', edge: 'gateway/istio-ingress/public', httpsRedirect: true };
    const other = trafficOf({ ...shop, metadata: { name: 'blog', namespace: 'shop' } }, world);
    const routes = (other.external?.routes ?? []).filter(({ name }) => name === 'cart');
    const contested: World = {
      ...world,
      gateways: [{ namespace: 'istio-ingress', name: 'public', hosts: ['*'], tcp: [] }],
      hosts: [{ ...claim, app: other.app, routes, created: '2020-01-01T00:00:00Z', since: '2020-01-01T00:00:00Z' }],
    };
    const names = (manifests: ReturnType<typeof asked>) =>
      manifests.flatMap(({ kind, spec }) =>
        kind === 'VirtualService' ? (spec as { http: { name?: string }[] }).http.map((entry) => entry.name) : [],
      );
    expect(names(compile(shop, contested).manifests).some((name) => name?.startsWith('cart'))).toBe(false);
    expect(names(asked()).some((name) => name?.startsWith('cart'))).toBe(true);
  });

  it('needs no Service, Gateway or Namespace to be known', () => {
    expect(
      asked()
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
        .sort(),
    ).toEqual(['Service shop', 'VirtualService shop-istio-ingress-public-c50b3cc4']);
  });
});
