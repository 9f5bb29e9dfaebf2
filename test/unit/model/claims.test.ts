import { claimsAround } from '../../../src/model/claim-contention.ts';
import { claimsOf } from '../../../src/model/claims.ts';
import type { Edge, Traffic } from '../../../src/model/traffic.ts';
import { external, platform, traffic } from '../policy/samples.ts';
import { sketch } from './routes.ts';

describe('claimsOf', () => {
  test('gives one claim a host, with the routes that a request for it can reach; refused ones are not among them', () => {
    const routes = [
      sketch({ name: 'preview', host: 'p.x.org' }),
      { ...sketch({ name: 'api', prefix: '/api', position: 1 }), refusedOn: ['x.org'] },
      sketch({ name: 'all', position: 2 }),
    ];
    const [preview, api, all] = routes;
    const hosts = ['*.x.org', 'x.org'].map((value, i) => ({ value, at: `spec.external.hosts[${i}]` }));
    const claim = { app: { namespace: 'shop', name: 'web' }, edge: 'generated', httpsRedirect: false };
    expect(claimsOf({ ...traffic, external: { ...external, hosts, routes } }, platform)).toEqual([
      { ...claim, host: '*.x.org', routes: [api, all] },
      { ...claim, host: 'p.x.org', routes: [preview, api, all] },
      { ...claim, host: 'x.org', routes: [all] },
    ]);
  });

  test('spells the edge, and redirects where TLS is served unless the user says otherwise', () => {
    const on = (edge: Edge, more: Partial<Traffic['external']> = {}): readonly unknown[] =>
      claimsOf({ ...traffic, external: { ...external, edge, ...more } }, platform).map((claim) => [
        claim.edge,
        claim.httpsRedirect,
      ]);
    const tls = { value: { secretName: 'shop-tls' }, at: 'spec.external.tls' };
    const off = { value: false, at: 'spec.external.httpsRedirect' };
    expect([
      on({ kind: 'GeneratedGateway' }, { tls }),
      on({ kind: 'GeneratedGateway' }, { tls, httpsRedirect: off }),
      on({ kind: 'NamedGateway', namespace: 'istio-ingress', name: 'public', at: '' }),
      on({ kind: 'Ingress', at: '' }),
      on({ kind: 'Ingress', className: 'nginx', at: '' }),
    ]).toEqual([
      [['generated', true]],
      [['generated', false]],
      [['gateway/istio-ingress/public', true]],
      [['ingress/', false]],
      [['ingress/nginx', false]],
    ]);
  });

  test('gives one claim a listener, with the gateway pods whose port it is; none where no such pods are known', () => {
    const route = sketch({ name: 'tcp-5432' });
    const tcp = [{ at: 'spec.external.tcp[0]', listen: 5432, route }];
    const on = (edge: Edge): readonly unknown[] =>
      claimsOf({ ...traffic, external: { ...external, edge, hosts: [], routes: [], tcp } }, platform);
    expect([
      on({ kind: 'NamedGateway', namespace: 'istio-ingress', name: 'public', at: '' }),
      on({ kind: 'Ingress', at: '' }),
    ]).toEqual([
      [
        {
          app: { namespace: 'shop', name: 'web' },
          host: ':5432',
          edge: 'gateway/istio-ingress/public',
          httpsRedirect: false,
          gatewayPods: { workload: 'istio-ingress istio=ingress', tls: false },
          routes: [route],
        },
      ],
      [],
    ]);
  });

  test('is empty without external', () => {
    expect(claimsOf(traffic, platform)).toEqual([]);
  });
});

describe('claimsAround', () => {
  test('follows rivals of rivals, and leaves out what has no say', () => {
    const claim = (namespace: string, host: string): { app: Traffic['app']; host: string } => ({
      app: { namespace, name: 'web' },
      host,
    });
    const claims = [
      claim('other', 'a.y.org'),
      claim('third', 'c.x.org'),
      claim('second', '*.x.org'),
      claim('own', 'a.x.org'),
      claim('own', 'd.x.org'),
      claim('friend', 'a.x.org'),
      claim('friend', 'b.x.org'),
    ];
    const app = { namespace: 'own', name: 'web' };
    expect([
      claimsAround(claims, app, []),
      claimsAround(claims.slice(3), app, []),
      claimsAround(
        claims,
        app,
        ['*.x.org', 'a.x.org', 'd.x.org'].map((host) => ({ host, namespaces: ['own', 'friend', 'second'] })),
      ),
    ]).toEqual([claims.slice(1), claims.slice(3, 6), claims.slice(3, 6)]);
  });
});
