import type { Decision } from '../../../src/decide/decision.ts';
import { canary, external, route, stable } from '../translate/models.ts';
import { ask, served } from './questions.ts';

const shared = { requests: 100, perSeconds: 60, burst: 20 } as const;
const own = { requests: 5, perSeconds: 1, burst: 5 } as const;
const forward = [
  { backend: canary, weight: 10 },
  { backend: stable, weight: 90 },
];
const routes = [
  route('search', { prefix: '/search', forward, rateLimit: own }),
  route('free', { prefix: '/free', rateLimit: 'None' }),
  route('gone', { prefix: '/gone', respond: { status: 410 } }),
  route('rest'),
];
const app = served({
  external: external(['shop.example.com'], routes, { rateLimit: { value: shared, at: 'spec.external.rateLimit' } }),
});
const bare = served({ external: external(['shop.example.com'], routes) });

const limitOf = (decision: Decision): unknown => decision.forwarded?.rateLimit;

describe('a limit of requests', () => {
  const url = 'http://shop.example.com';

  it('is that of the route, else what routes without one have together, and does not change the answer', () => {
    expect(ask([app], `GET ${url}/search`).outcome).toBe('route');
    expect(limitOf(ask([app], `GET ${url}/search`))).toEqual({ ...own, of: 'Route' });
    expect(limitOf(ask([app], `GET ${url}/cart`))).toEqual({ ...shared, of: 'App' });
    expect(limitOf(ask([app], `GET ${url}/free`))).toBeUndefined();
  });

  it('is none for routes that say nothing where the app says nothing', () => {
    expect(limitOf(ask([bare], `GET ${url}/search`))).toEqual({ ...own, of: 'Route' });
    expect([`${url}/cart`, `${url}/free`].map((to) => limitOf(ask([bare], `GET ${to}`)))).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('is none for what no pod sees, nor for callers inside the mesh', () => {
    expect(ask([app], `GET ${url}/gone`)).toMatchObject({ outcome: 'respond', status: 410 });
    expect(limitOf(ask([app], 'GET http://shop.team/search'))).toBeUndefined();
  });
});
