import { renderedRoutes } from '../../../src/reconcile/rendered-routes.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { AppIndex } from '../../../src/reconcile/app-index.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { appObject } from './app-object.ts';

const platform = builtInPlatform();
const nginx = { name: 'nginx', controller: 'k8s.io/ingress-nginx', isDefault: false };

function trafficOf(hosts: readonly string[], external: object): Traffic {
  const index = new AppIndex(platform);
  index.put(appObject('shop', { hosts, external }));
  const traffic = index.get('team/shop')?.traffic;
  if (traffic === undefined) throw new Error('the spec is refused');
  return traffic;
}

describe('the routes of an app as it asks for them', () => {
  const rewritten = { name: 'api', match: { prefix: '/api' }, rewrite: { prefix: '/' } };
  const traffic = trafficOf(['a.example.com'], { ingressClass: 'nginx', provider: 'Ingress', routes: [rewritten] });

  it('are rendered once as long as the facts are the same', () => {
    const first = renderedRoutes(traffic, { platform, ingressClasses: [nginx] });
    expect(first).toMatchObject([{ kind: 'Ingress', hosts: ['a.example.com'] }]);
    expect(renderedRoutes(traffic, { platform, ingressClasses: [nginx] })).toBe(first);
  });

  it('follow the class that decides the dialect', () => {
    const known = renderedRoutes(traffic, { platform, ingressClasses: [nginx] });
    const other = renderedRoutes(traffic, {
      platform,
      ingressClasses: [{ ...nginx, controller: 'example.com/other' }],
    });
    expect(other).not.toEqual(known);
    expect(renderedRoutes(traffic, { platform, ingressClasses: [nginx] })).toEqual(known);
  });

  it('are those that lead to the app, without its Service', () => {
    const kinds = renderedRoutes(trafficOf(['b.example.com'], {}), { platform, ingressClasses: [] });
    expect(kinds.map(({ kind }) => kind).toSorted()).toEqual(['Gateway', 'VirtualService']);
  });
});
