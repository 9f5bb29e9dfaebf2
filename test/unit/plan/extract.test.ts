import { askedMethodHeader } from '../../../src/model/preflight.ts';
import { childKindOf } from '../../../src/kube/gvk.ts';
import { hashOf } from '../../../src/kube/hash.ts';
import { ownerReferenceTo } from '../../../src/kube/identity.ts';
import type { OwnerReference } from '../../../src/kube/manifest.ts';
import { isOwnedBy } from '../../../src/plan/app-owner.ts';
import { liveChild } from '../../../src/plan/live-child.ts';
import type { LiveChild } from '../../../src/plan/live-child.ts';
import { extractOf } from '../../../src/plan/extract.ts';
import type { Extract } from '../../../src/plan/extract.ts';
import { app, child, manifestsOf, owned, plainState } from './app-states.ts';
import { applied, wholeChild } from './live-model.ts';

const to = (host: string, subset?: string) => ({
  host,
  port: { number: 80 },
  ...(subset === undefined ? {} : { subset }),
});

const rows: readonly (readonly [Extract['kind'], unknown, unknown, Extract])[] = [
  [
    'VirtualService',
    {
      hosts: ['shop.example.com'],
      gateways: ['team/shop-istio'],
      http: [
        {
          name: 'api',
          match: [{ uri: { prefix: '/api/' } }],
          route: [
            { destination: to('shop', 'canary'), weight: 10 },
            { destination: to('shop', 'stable'), weight: 90 },
          ],
          mirror: to('docs'),
        },
        { route: [{ destination: to('shop', 'stable'), weight: 90 }], mirrors: [{ destination: { host: 'log' } }] },
      ],
      tcp: [{ route: [{ destination: { host: 'db', port: { number: 5432 } } }] }],
    },
    undefined,
    {
      kind: 'VirtualService',
      hosts: ['shop.example.com'],
      gateways: ['team/shop-istio'],
      routes: [
        {
          name: 'api',
          match: hashOf([{ uri: { prefix: '/api/' } }]).slice(0, 16),
          paths: [{ prefix: '/api/' }],
          split: [
            { host: 'shop', subset: 'canary', port: 80, weight: 10 },
            { host: 'shop', subset: 'stable', port: 80, weight: 90 },
          ],
        },
        { name: '', match: hashOf([]).slice(0, 16), paths: [] },
      ],
      destinations: [
        { host: 'shop', subset: 'canary', port: 80, weight: 10 },
        { host: 'shop', subset: 'stable', port: 80, weight: 90 },
        { host: 'docs', port: 80 },
        { host: 'log' },
        { host: 'db', port: 5432 },
      ],
    },
  ],
  [
    'VirtualService',
    { hosts: ['shop'] },
    undefined,
    { kind: 'VirtualService', hosts: ['shop'], gateways: ['mesh'], routes: [], destinations: [] },
  ],
  [
    'VirtualService',
    {
      hosts: ['*'],
      gateways: ['edge/public'],
      tcp: [{ match: [{ port: 5432 }], route: [{ destination: to('db', 'replica') }] }],
    },
    undefined,
    {
      kind: 'VirtualService',
      hosts: [':5432'],
      gateways: ['edge/public'],
      routes: [
        {
          name: 'tcp-5432',
          match: hashOf([[{ port: 5432 }], ['edge/public']]).slice(0, 16),
          paths: [{ prefix: '/' }],
        },
      ],
      destinations: [{ host: 'db', subset: 'replica', port: 80 }],
    },
  ],
  [
    'DestinationRule',
    { host: 'shop', subsets: [{ name: 'v1', labels: {} }, { name: 'v2' }] },
    undefined,
    { kind: 'DestinationRule', host: 'shop', subsets: ['v1', 'v2'] },
  ],
  [
    'DestinationRule',
    { host: 'shop', subsets: [{ name: 'v1', labels: { 'rollouts-pod-template-hash': 'a' } }, { name: 'v2' }] },
    undefined,
    { kind: 'DestinationRule', host: 'shop', subsets: ['v1', 'v2'], hashes: { v1: 'a' } },
  ],
  ['ServiceEntry', { hosts: ['a.b'], ports: [] }, undefined, { kind: 'ServiceEntry', hosts: ['a.b'] }],
  [
    'Gateway',
    { servers: [{ hosts: ['a.org', 'b.org'] }, { hosts: ['a.org'] }] },
    undefined,
    { kind: 'Gateway', hosts: ['a.org', 'b.org'] },
  ],
  [
    'Ingress',
    {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'a.org',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } },
              { path: '/x', pathType: 'Exact', backend: { service: { name: 'docs', port: { name: 'web' } } } },
            ],
          },
        },
      ],
    },
    { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    {
      kind: 'Ingress',
      hosts: ['a.org'],
      paths: [
        { host: 'a.org', path: '/', pathType: 'Prefix', service: 'shop', port: 80 },
        { host: 'a.org', path: '/x', pathType: 'Exact', service: 'docs', port: 'web' },
      ],
      className: 'nginx',
      hasAddress: true,
    },
  ],
  ['Ingress', { rules: [] }, { loadBalancer: {} }, { kind: 'Ingress', hosts: [], paths: [], hasAddress: false }],
  [
    'Service',
    { clusterIP: 'None', ports: [{ port: 80 }, { port: 9090 }] },
    undefined,
    { kind: 'Service', type: 'ClusterIP', headless: true, ports: [80, 9090] },
  ],
  ['PeerAuthentication', { mtls: {} }, undefined, { kind: 'PeerAuthentication' }],
  ['EnvoyFilter', { configPatches: [] }, undefined, { kind: 'EnvoyFilter' }],
  ['RequestAuthentication', { jwtRules: [] }, undefined, { kind: 'RequestAuthentication' }],
  ['AuthorizationPolicy', { action: 'DENY' }, undefined, { kind: 'AuthorizationPolicy', action: 'DENY' }],
  ['Telemetry', { tracing: [] }, undefined, { kind: 'Telemetry' }],
  ['Sidecar', { egress: [] }, undefined, { kind: 'Sidecar' }],
];

test.each(rows)('of a %s that little is kept which plan and the host index need', (kind, spec, status, extract) => {
  expect(extractOf(kind, { spec, status })).toEqual(extract);
});

test('two routes have the same fingerprint when their matches are the same', () => {
  const match = [{ uri: { exact: '/a' }, headers: { b: { exact: 'c' } } }];
  const turned = [{ headers: { b: { exact: 'c' } }, uri: { exact: '/a' } }];
  const spec = { http: [{ match }, { match: turned }, { match: [{ uri: { exact: '/b' } }] }] };
  const extract = extractOf('VirtualService', { spec });
  const prints = extract.kind === 'VirtualService' ? extract.routes.map((route) => route.match) : [];
  expect([prints[0] === prints[1], prints[1] === prints[2]]).toEqual([true, false]);
});

test('the conditions of a route are kept as far as they say which requests it takes', () => {
  const only = { method: { exact: 'GET' }, headers: { beta: { exact: '1' } } };
  const spec = {
    http: [
      {
        name: 'api',
        match: [
          { uri: { exact: '/api' }, ...only },
          { uri: { prefix: '/api/' }, ...only },
        ],
      },
      { name: 'any', match: [{ port: 80, method: { regex: 'GET|POST' } }] },
      { name: 'like', match: [{ uri: { regex: '/a.*' } }] },
      {
        name: 'ab',
        match: [
          {
            uri: { prefix: '/' },
            headers: { cookie: { regex: 'a' }, Cookie: { regex: 'b' } },
            withoutHeaders: { old: {} },
            queryParams: { v: { exact: 'a=b' } },
          },
        ],
      },
    ],
  };
  const extract = extractOf('VirtualService', { spec });
  expect(extract.kind === 'VirtualService' ? extract.routes : []).toEqual([
    {
      name: 'api',
      match: expect.any(String) as unknown,
      paths: [{ exact: '/api' }, { prefix: '/api/' }],
      methods: ['GET'],
      headers: ['beta'],
    },
    { name: 'any', match: expect.any(String) as unknown, paths: [{ prefix: '/' }], methods: ['GET', 'POST'] },
    { name: 'like', match: expect.any(String) as unknown, paths: [{ regex: '/a.*' }] },
    {
      name: 'ab',
      match: expect.any(String) as unknown,
      paths: [{ prefix: '/' }],
      headers: ['cookie'],
      withoutHeaders: ['old'],
      query: ['v=a=b'],
    },
  ]);
});

test.each(['Service', 'Ingress', 'Gateway', 'VirtualService', 'DestinationRule'] as const)(
  'a %s that somebody else wrote in another shape does no harm',
  (kind) => {
    const shapes = [undefined, null, 7, 'x', [], { hosts: 7, http: {}, servers: [7], rules: [null], ports: 'x' }];
    expect(shapes.map((spec) => extractOf(kind, { spec }).kind)).toEqual(shapes.map(() => kind));
  },
);

test('a live object is reduced to what the store keeps', () => {
  const [service] = manifestsOf(plainState);
  const live = applied(owned(service ?? child('', '', '', {})), 'uid-1', '42');
  const found = liveChild(live);
  expect(found).toEqual({
    key: { kind: 'Service', namespace: 'shop', name: 'shop' },
    uid: 'uid-1',
    resourceVersion: '42',
    kept: false,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    extract: { kind: 'Service', type: 'ClusterIP', headless: false, ports: [80] },
    controller: { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', name: 'shop', uid: app.uid },
    deleting: false,
  });
  expect(found !== undefined && isOwnedBy(found, app)).toBe(true);
  expect(found !== undefined && isOwnedBy(found, { uid: 'other' })).toBe(false);
});

test('a child whose owner reference was stripped is still ours by its uid, unless somebody else controls it now', () => {
  const [service] = manifestsOf(plainState);
  const live = applied(owned(service ?? child('', '', '', {})), 'uid-1', '42');
  const withOwners = (ownerReferences: readonly OwnerReference[]): LiveChild =>
    wholeChild({ ...live, metadata: { ...live.metadata, ownerReferences } });
  const [stripped, taken] = [withOwners([]), withOwners([ownerReferenceTo({ name: 'other', uid: 'other' })])];
  const [known, unknown] = [
    { ...app, children: new Set(['uid-1']) },
    { ...app, children: new Set(['uid-2']) },
  ];
  expect([isOwnedBy(stripped, known), isOwnedBy(stripped, unknown), isOwnedBy(taken, known)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('an object that only names the app as one of its owners is not controlled by it', () => {
  const [service] = manifestsOf(plainState);
  const mine = owned(service ?? child('', '', '', {}));
  const ownerReferences = (mine.metadata.ownerReferences ?? []).map((reference) => ({
    ...reference,
    controller: false,
  }));
  const found = liveChild({ ...mine, metadata: { ...mine.metadata, uid: 'u', ownerReferences } });
  expect(found !== undefined && isOwnedBy(found, app)).toBe(false);
});

test('a kind that AppTraffic never writes is no child', () => {
  expect(liveChild({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } })).toBeUndefined();
  expect(childKindOf('v1', 'ConfigMap')).toBeUndefined();
});

it('reads a route with methods as the user wrote it: its matches for preflights are no conditions of the route', () => {
  const given = { regex: '.+' };
  const preflight = (asked: object): object => ({
    method: { exact: 'OPTIONS' },
    headers: { beta: { exact: '1' }, Origin: given, [askedMethodHeader]: asked },
  });
  const beta = { headers: { beta: { exact: '1' } } };
  const http = [
    { name: 'reads', match: [{ method: { regex: 'GET|HEAD' }, ...beta }, preflight({ regex: 'GET|HEAD' })] },
    {
      name: 'options',
      match: [
        { method: { exact: 'OPTIONS' }, ...beta, withoutHeaders: { Origin: given } },
        { method: { exact: 'OPTIONS' }, ...beta, withoutHeaders: { [askedMethodHeader]: given } },
        preflight({ exact: 'OPTIONS' }),
      ],
    },
  ];
  const extract = extractOf('VirtualService', { spec: { hosts: ['a.example'], http } });
  const routes = extract.kind === 'VirtualService' ? extract.routes : [];
  expect(
    routes.map(({ name, methods, headers, withoutHeaders }) => ({ name, methods, headers, withoutHeaders })),
  ).toEqual([
    { name: 'reads', methods: ['GET', 'HEAD'], headers: ['beta'] },
    { name: 'options', methods: ['OPTIONS'], headers: ['beta'] },
  ]);
});
