import type { SpecClaim } from '../../../src/model/claims.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Extract } from '../../../src/plan/extract.ts';
import type { LiveChild } from '../../../src/plan/live-child.ts';
import { liveRoutesOf } from '../../../src/reconcile/live-evidence.ts';

const port = { name: 'http', port: 80, targetPort: 8080, protocol: 'http', at: 'spec.port' } as const;
const route = (name: string, prefix: string): Route => ({
  name,
  at: `spec.external.routes.${name}`,
  position: 0,
  port,
  features: { prefix: { value: prefix, at: '' } },
});
const claim = (...routes: readonly Route[]): SpecClaim => ({
  app: { namespace: 'team', name: 'shop' },
  host: 'a.example.com',
  edge: 'generated',
  httpsRedirect: false,
  routes,
});
const child = (extract: Extract): LiveChild => ({
  key: { kind: 'Service', namespace: 'team', name: 'x' },
  uid: 'u',
  resourceVersion: '1',
  hash: 'h',
  kept: false,
  deleting: false,
  extract,
});
const virtualService = (entries: readonly (readonly [string, string])[], hosts = ['a.example.com']): Extract => ({
  kind: 'VirtualService',
  hosts,
  gateways: ['team/shop-istio'],
  routes: entries.map(([name, match]) => ({ name, match, paths: [] })),
  destinations: [],
});
const ingress = (...paths: readonly string[]): Extract => ({
  kind: 'Ingress',
  hosts: ['a.example.com'],
  paths: paths.map((path) => ({ host: 'a.example.com', path, pathType: 'Prefix', service: 's', port: 80 })),
  hasAddress: true,
});

describe('evidence from live objects', () => {
  it('is none when no live object carries the host', () => {
    const live = [child(virtualService([['api', 'm1']], ['b.example.com']))];
    expect(liveRoutesOf(claim(route('api', '/api')), live, [virtualService([['api', 'm1']])])).toBeUndefined();
  });

  it('names the routes that are rendered today as they live', () => {
    const live = [child(virtualService([['api', 'm1']]))];
    const rendered = [
      virtualService([
        ['api', 'm1'],
        ['new', 'm2'],
      ]),
    ];
    expect(liveRoutesOf(claim(route('api', '/api'), route('new', '/new')), live, rendered)).toEqual(['api']);
  });

  it('does not count a route that kept its name and changed what it matches', () => {
    const live = [child(virtualService([['api', 'm1']]))];
    expect(liveRoutesOf(claim(route('api', '/shop')), live, [virtualService([['api', 'm9']])])).toEqual([]);
  });

  it('wants both halves of a route that is rendered as two entries', () => {
    const rendered = [
      virtualService([
        ['api', 'm1'],
        ['api.below', 'm2'],
      ]),
    ];
    const half = [child(virtualService([['api', 'm1']]))];
    const whole = [
      child(
        virtualService([
          ['api', 'm1'],
          ['api.below', 'm2'],
        ]),
      ),
    ];
    expect(liveRoutesOf(claim(route('api', '/api')), half, rendered)).toEqual([]);
    expect(liveRoutesOf(claim(route('api', '/api')), whole, rendered)).toEqual(['api']);
  });

  it('reads an Ingress by path, whether plain or written as a regular expression', () => {
    const live = [child(ingress('/api', '/old(/|$)(.*)'))];
    const wanted = claim(route('api', '/api'), route('old', '/old'), route('new', '/new'));
    expect(liveRoutesOf(wanted, live, [])).toEqual(['api', 'old']);
  });

  it('reads the dots of a path in a regular expression', () => {
    const live = [child(ingress('/docs/v1[.]0(/|$)(.*)'))];
    const wanted = claim(route('dots', '/docs/v1.0'), route('other', '/docs/v1x0'));
    expect(liveRoutesOf(wanted, live, [])).toEqual(['dots']);
  });

  it('does not count a route of an Ingress that was exact and is a prefix now', () => {
    const exact = (name: string, path: string): Route => ({
      ...route(name, path),
      features: { exact: { value: path, at: '' } },
    });
    const live = [child(ingress('/ping($)($)($)($)', '/all(/|$)(.*)'))];
    expect(liveRoutesOf(claim(exact('ping', '/ping'), exact('all', '/all')), live, [])).toEqual(['ping']);
    expect(liveRoutesOf(claim(route('ping', '/ping'), route('all', '/all')), live, [])).toEqual(['all']);
  });
});
