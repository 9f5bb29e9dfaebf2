import type { SpecClaim } from '../../../src/model/claims.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Extract, ExtractedRoute } from '../../../src/plan/extract.ts';
import { standingClaims } from '../../../src/reconcile/standing-claims.ts';
import type { StandingObject } from '../../../src/reconcile/standing-claims.ts';
import { sketch } from '../model/routes.ts';
import type { Sketch } from '../model/routes.ts';

const app = { app: { namespace: 'team', name: 'shop' }, created: '2026-01-01T00:00:00Z' };
const port = { name: '', port: 0, targetPort: 0, protocol: 'http', at: '' };
const nothing = { claims: [], rendered: [] };

const object = (name: string, extract: Extract): StandingObject => ({
  key: { kind: extract.kind, namespace: 'team', name },
  extract,
});
const entry = (name: string, paths: ExtractedRoute['paths'], more: Partial<ExtractedRoute> = {}): ExtractedRoute => ({
  name,
  match: JSON.stringify(paths),
  paths,
  ...more,
});
const api = entry('api', [{ exact: '/api' }, { prefix: '/api/' }]);
const virtualService = (routes: readonly ExtractedRoute[], gateway = 'team/shop-istio'): Extract => ({
  kind: 'VirtualService',
  hosts: ['a.org', 'a.org.'],
  gateways: [gateway],
  routes,
  destinations: [],
});
const ingress = (...paths: readonly (readonly [path: string, pathType: string])[]): Extract => ({
  kind: 'Ingress',
  hosts: ['a.org'],
  paths: paths.map(([path, pathType]) => ({ host: 'a.org', path, pathType, service: 's', port: 80 })),
  className: 'nginx',
  hasAddress: true,
});
const asking = (host: string, ...sketches: readonly Sketch[]): SpecClaim => ({
  app: app.app,
  host,
  edge: 'generated',
  httpsRedirect: false,
  routes: sketches.map(sketch),
});

/** What a claim takes: its host, edge and the conditions of its routes. */
const short = ({ routes, ...claim }: { readonly routes: readonly Route[] }): object => ({
  ...claim,
  routes: routes.map(({ name, features }) => [
    name,
    Object.fromEntries(Object.entries(features).map(([feature, { value }]) => [feature, value])),
  ]),
});
const claim = { ...app, host: 'a.org', edge: 'generated', httpsRedirect: false, standing: true };

describe('what live objects serve beyond what is asked for', () => {
  it('is a host that the spec does not name, with the routes that are live there', () => {
    const gateway = object('shop-istio', { kind: 'Gateway', hosts: ['a.org'] });
    expect(standingClaims(app, [object('shop-istio', virtualService([api])), gateway], nothing)).toEqual([
      {
        ...claim,
        routes: [{ name: 'api', at: '', position: 0, port, features: { prefix: { value: '/api', at: '' } } }],
      },
    ]);
  });

  it('reads the conditions of a route, and a route of two entries as one', () => {
    const routes = [
      entry('.https-redirect', [{ prefix: '/' }]),
      entry('old', [{ exact: '/old' }], { methods: ['GET'], headers: ['beta'] }),
      entry('old.below', [{ prefix: '/old/' }], { methods: ['GET'], headers: ['beta'] }),
      entry('ab', [{ prefix: '/' }], { withoutHeaders: ['x'], query: ['v=a=b'] }),
      entry('like', [{ regex: '/a/.*' }]),
      entry('ping', [{ exact: '/ping' }]),
      entry('rest', [{ prefix: '/' }]),
    ];
    const found = standingClaims(app, [object('shop-edge-public', virtualService(routes, 'edge/public'))], nothing);
    expect(found.map(short)).toEqual([
      {
        ...claim,
        edge: 'gateway/edge/public',
        httpsRedirect: true,
        routes: [
          ['ab', { prefix: '/', withoutHeaders: ['x'], query: [{ name: 'v', value: 'a=b' }] }],
          ['like', { regex: '/a/.*' }],
          ['old', { prefix: '/old', methods: ['GET'], headers: [{ name: 'beta', value: '' }] }],
          ['ping', { exact: '/ping' }],
          ['rest', { prefix: '/' }],
        ],
      },
    ]);
  });

  it('reads a route that keeps visitors without the conditions by which they are known', () => {
    const routes = [
      entry('all.keep-app', [{ exact: '/all' }], { headers: ['cookie'] }),
      entry('all', [{ exact: '/all' }]),
      entry('all.below.keep-app', [{ prefix: '/all/' }], { headers: ['cookie'] }),
      entry('all.below', [{ prefix: '/all/' }]),
    ];
    const found = standingClaims(app, [object('shop-istio', virtualService(routes))], nothing);
    expect(found.map(short)).toEqual([
      { ...claim, edge: 'gateway/team/shop-istio', routes: [['all', { sticky: { cookie: '' }, prefix: '/all' }]] },
    ]);
  });

  it('reads the paths of an Ingress, plain or written as regular expressions', () => {
    const live = ingress(['/a', 'Prefix'], ['/v1[.]0(/|$)(.*)', 'ImplementationSpecific'], ['/b', 'Exact']);
    expect(standingClaims(app, [object('shop-nginx', live)], nothing).map(short)).toEqual([
      {
        ...claim,
        edge: 'ingress/nginx',
        routes: [
          ['/a', { prefix: '/a' }],
          ['/b', { exact: '/b' }],
          ['/v1.0', { prefix: '/v1.0' }],
        ],
      },
    ]);
  });

  it('is a route that the spec has dropped or changed, and none that it still asks for', () => {
    const live = [entry('web', [{ exact: '/web' }, { prefix: '/web/' }]), api];
    const rendered = [virtualService([api, entry('web', [{ exact: '/shop' }, { prefix: '/shop/' }])])];
    const claims = [asking('a.org', { name: 'api', prefix: '/api' }, { name: 'web', prefix: '/shop' })];
    const found = standingClaims(app, [object('shop-istio', virtualService(live))], { claims, rendered });
    expect(found.map(short)).toEqual([
      { ...claim, edge: 'gateway/team/shop-istio', routes: [['web', { prefix: '/web' }]] },
    ]);
    const paths = ingress(['/api', 'Prefix'], ['/web', 'Prefix']);
    expect(standingClaims(app, [object('shop-nginx', paths)], { claims, rendered: [] }).map(short)).toEqual([
      { ...claim, edge: 'ingress/nginx', routes: [['/web', { prefix: '/web' }]] },
    ]);
  });

  it('is nothing where all that is live is asked for, and nothing inside the mesh', () => {
    const claims = [asking('a.org', { name: 'api', prefix: '/api' })];
    const live = [object('shop-istio', virtualService([api])), object('shop', virtualService([api], 'mesh'))];
    expect(standingClaims(app, live, { claims, rendered: [virtualService([api])] })).toEqual([]);
    expect(standingClaims(app, live.slice(1), nothing)).toEqual([]);
  });
});
