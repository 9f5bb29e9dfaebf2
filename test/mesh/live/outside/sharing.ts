/** Named gateways, hosts that several apps share, routes and hosts that are refused. */
import type { Expected, LiveCase } from '../live-case.ts';
import { both, canary, shopSpec, stable } from './shop.ts';

const shared = (routes: readonly object[]): object =>
  shopSpec({ hosts: ['shared.example.com'], gateway: 'istio-system/public', routes });

/** The cases. */
export const sharingCases: readonly LiveCase[] = [
  {
    title: 'three apps share a host of a named gateway by path, and the bare one comes last',
    proves: ['external.gateway'],
    apps: [
      { name: 'a-rest', spec: shared([{ name: 'all' }]) },
      { name: 'cart', spec: shared([{ name: 'cart', match: { prefix: '/cart' }, to: 'stable' }]) },
      {
        name: 'orders',
        spec: shared([{ name: 'orders', match: { prefix: '/orders' }, to: 'canary', rewrite: { prefix: '/' } }]),
      },
    ],
    run: ({ gets }) => {
      const at = (path: string, gets: Expected) => ({
        request: `GET http://shared.example.com${path}`,
        gets,
      });
      const rest = { pods: both, route: 'team/a-rest/all' };
      const cart = { pods: stable, backends: 'stable', route: 'team/cart/cart' };
      const orders = { pods: canary, backends: 'canary', route: 'team/orders/orders' };
      return gets([
        at('/', rest),
        at('/cartx', rest),
        at('/ordersx', rest),
        at('/cart', cart),
        at('/cart/1', cart),
        at('/orders', { ...orders, path: '/' }),
        at('/orders/1?x', { ...orders, path: '/1' }),
      ]);
    },
  },
  {
    title: 'a named gateway takes the hosts of its servers, a generated one brings its own',
    proves: [],
    apps: [
      { name: 'outside-of', spec: shopSpec({ hosts: ['unlisted.example.org'], gateway: 'istio-system/public' }) },
      { name: 'generated', spec: shopSpec({ hosts: ['generated.example.org'] }) },
    ],
    run: async ({ gets, send }) => {
      await gets([
        { request: 'GET http://generated.example.org/', gets: { pods: both, route: 'team/generated/default' } },
      ]);
      expect((await send({ request: 'GET http://unlisted.example.org/' })).status).toBe(404);
    },
  },
  {
    title: 'a route that another app holds is left out and the rest is served; a host that it holds stays its own',
    proves: [],
    refused: [
      {
        name: 'late',
        spec: shared([
          { name: 'mine', match: { prefix: '/late' }, to: 'canary' },
          { name: 'theirs', match: { prefix: '/cart/late' }, to: 'canary' },
        ]),
      },
      { name: 'thief', spec: shopSpec({ hosts: ['generated.example.org'], routes: [{ name: 'mine', to: 'canary' }] }) },
    ],
    run: ({ gets }) =>
      gets([
        {
          request: 'GET http://shared.example.com/late',
          gets: { pods: canary, backends: 'canary', route: 'team/late/mine' },
        },
        {
          request: 'GET http://shared.example.com/cart/late',
          gets: { pods: stable, backends: 'stable', route: 'team/cart/cart' },
        },
        { request: 'GET http://generated.example.org/', gets: { pods: both, route: 'team/generated/default' } },
      ]),
  },
  {
    title: 'a route to a Service that is not granted answers 503 and never falls through to a broader one',
    proves: ['backends.*.service.namespace'],
    refused: [
      {
        name: 'ungranted',
        spec: shopSpec(
          {
            hosts: ['ungranted.example.com'],
            routes: [{ name: 'secret', match: { prefix: '/secret' }, to: 'secret' }, { name: 'rest' }],
          },
          { backends: { secret: { service: { name: 'hidden', port: 80, namespace: 'common' } } } },
        ),
      },
    ],
    run: ({ gets }) =>
      gets([
        { request: 'GET http://ungranted.example.com/secret/x', gets: { status: 503, route: 'team/ungranted/secret' } },
        { request: 'GET http://ungranted.example.com/', gets: { pods: both, route: 'team/ungranted/rest' } },
      ]),
  },
  {
    title: 'provider Ingress: the same routes by the IngressClass that is named',
    proves: ['external.provider=Istio', 'external.provider=Ingress', 'external.ingressClass'],
    apps: [
      { name: 'by-istio', spec: shopSpec({ provider: 'Istio', hosts: ['by-istio.example.com'] }) },
      {
        name: 'by-ingress',
        spec: shopSpec(
          {
            provider: 'Ingress',
            ingressClass: 'istio',
            hosts: ['by-ingress.example.com'],
            routes: [
              { name: 'app', match: { prefix: '/app' } },
              { name: 'docs', match: { exact: '/docs' }, to: 'docs' },
            ],
          },
          { backends: { docs: { service: { name: 'docs', port: 80 } } } },
        ),
      },
    ],
    run: ({ gets }) =>
      gets([
        { request: 'GET http://by-istio.example.com/', gets: { pods: both, route: 'team/by-istio/default' } },
        { request: 'GET http://by-ingress.example.com/', gets: { status: 404 } },
        {
          request: 'GET http://by-ingress.example.com/docs',
          gets: { pods: 'docs', backends: 'docs', route: 'team/by-ingress/docs', isUnmarked: true },
        },
        {
          request: 'GET http://by-ingress.example.com/app/x',
          gets: { pods: both, route: 'team/by-ingress/app', isUnmarked: true },
        },
        { request: 'GET http://by-ingress.example.com/appx', gets: { status: 404 } },
      ]),
  },
];
