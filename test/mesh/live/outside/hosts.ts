/** Hosts and the conditions of routes. */
import type { Ask, LiveCase } from '../live-case.ts';
import { both, canary, shopSpec, stable } from './shop.ts';

/** Routes in an order that would be wrong if it counted: the least specific ones first. */
const matchRoutes = [
  { name: 'rest' },
  { name: 'api', match: { prefix: '/api' }, to: 'stable' },
  { name: 'beta', match: { prefix: '/api', headers: { 'X-Beta': '1' } }, to: 'canary' },
  { name: 'both', match: { prefix: '/api', headers: { 'x-beta': '1', 'x-group': 'b' } } },
  { name: 'long', match: { prefix: '/api/long/' }, to: 'canary' },
  { name: 'write', match: { prefix: '/api', methods: ['POST', 'PUT'] }, to: 'canary' },
  { name: 'read', match: { prefix: '/read', methods: ['GET'] }, to: 'canary' },
  { name: 'page', match: { exact: '/api/page' }, to: 'canary' },
];

/** The same questions to one host, whatever the order of its list. */
function matchAsks(host: string, app: string): readonly Ask[] {
  const rest = { pods: both, route: `team/${app}/rest` };
  const to = (route: string, backend: 'stable' | 'canary', path?: string): Ask['gets'] => ({
    pods: backend === 'stable' ? stable : canary,
    backends: backend,
    route: `team/${app}/${route}`,
    ...(path === undefined ? {} : { path }),
  });
  const ask = (method: string, path: string, gets: Ask['gets'], headers: Ask['headers'] = []): Ask => ({
    request: `${method} http://${host}${path}`,
    headers,
    gets,
  });
  return [
    ask('GET', '/', rest),
    ask('GET', '/api', to('api', 'stable')),
    ask('GET', '/api/', to('api', 'stable')),
    ask('GET', '/api/x?q=1', to('api', 'stable')),
    ask('GET', '/api?q=1', to('api', 'stable')),
    ask('GET', '/apix', rest),
    ask('GET', '/Api', rest),
    ask('GET', '/ap', rest),
    ask('GET', '/x/api', rest),
    ask('GET', '/api/long', to('long', 'canary')),
    ask('GET', '/api/long/x', to('long', 'canary')),
    ask('GET', '/api/longer', to('api', 'stable')),
    ask('GET', '/api/page', to('page', 'canary')),
    ask('GET', '/api/page?q=1', to('page', 'canary')),
    ask('GET', '/api/page/', to('api', 'stable')),
    ask('GET', '/api/page/x', to('api', 'stable')),
    ask('GET', '/api/pagex', to('api', 'stable')),
    ask('POST', '/api', to('write', 'canary')),
    ask('PUT', '/api/x', to('write', 'canary')),
    ask('DELETE', '/api', to('api', 'stable')),
    ask('PROPFIND', '/api', to('api', 'stable')),
    ask('POST', '/api/long', to('long', 'canary')),
    ask('POST', '/api', to('write', 'canary'), [['x-beta', '1']]),
    ask('GET', '/read', to('read', 'canary')),
    ask('POST', '/read', rest),
    ask('GET', '/api', to('beta', 'canary'), [['x-beta', '1']]),
    ask('GET', '/api', to('beta', 'canary'), [['X-BETA', '1']]),
    ask('GET', '/api', to('api', 'stable'), [['x-beta', '2']]),
    ask('GET', '/api', to('api', 'stable'), [['x-beta', '11']]),
    ask('GET', '/api', to('api', 'stable'), [['x-gamma', '1']]),
    ask('GET', '/api/long', to('long', 'canary'), [['x-beta', '1']]),
    ask('GET', '/api', { pods: both, route: `team/${app}/both` }, [
      ['x-group', 'b'],
      ['x-beta', '1'],
    ]),
    ask('GET', '/api', to('beta', 'canary'), [
      ['x-group', 'c'],
      ['x-beta', '1'],
    ]),
    ask('GET', '/api', to('api', 'stable'), [['x-group', 'b']]),
    ask('GET', '/api/./x/../page', to('page', 'canary', '/api/page')),
    ask('GET', '/%61pi/x', to('api', 'stable', '/api/x')),
  ];
}

/** The cases. */
export const hostCases: readonly LiveCase[] = [
  {
    title:
      'a host takes any case, any port and a trailing dot; a wildcard takes one label and more; no other name is known',
    proves: ['external.hosts', 'port'],
    apps: [{ name: 'hosts', spec: shopSpec({ hosts: ['hosts.example.com', '*.wild.example.com'] }) }],
    run: async ({ gets }) => {
      const served = { pods: both, route: 'team/hosts/default' } as const;
      const known = [
        'hosts.example.com',
        'HOSTS.Example.COM',
        'hosts.example.com:80',
        'hosts.example.com:8443',
        'hosts.example.com.',
        'hosts.example.com.:80',
        'a.wild.example.com',
        'a.b.wild.example.com',
        'A.wild.example.com:8080',
        'a.wild.example.com.',
      ];
      const unknown = [
        'www.hosts.example.com',
        'wild.example.com',
        'awild.example.com',
        'nobody.example.com',
        'example.com',
      ];
      await gets([
        ...known.map((host) => ({ request: `GET http://${host}/`, gets: served })),
        ...unknown.map((host) => ({ request: `GET http://${host}/`, gets: { status: 404 } })),
      ]);
    },
  },
  {
    title: 'a preview host below a wildcard keeps all of its traffic, and routes without a host never take it',
    proves: ['external.routes[].match.host'],
    apps: [
      {
        name: 'preview',
        spec: shopSpec({
          hosts: ['*.preview.example.com', 'www.example.org'],
          routes: [
            { name: 'all', to: 'stable' },
            { name: 'long', match: { exact: '/long' }, to: 'stable' },
            { name: 'pr', match: { host: 'pr-1.preview.example.com' }, to: 'canary' },
            { name: 'org', match: { host: 'www.example.org', prefix: '/org' }, to: 'canary' },
          ],
        }),
      },
    ],
    run: ({ gets }) => {
      const pr = { pods: canary, backends: 'canary', route: 'team/preview/pr' };
      const all = { pods: stable, backends: 'stable', route: 'team/preview/all' };
      const long = { ...all, route: 'team/preview/long' };
      return gets([
        { request: 'GET http://pr-1.preview.example.com/', gets: pr },
        { request: 'GET http://pr-1.preview.example.com/long', gets: pr },
        { request: 'GET http://PR-1.preview.example.com.:80/long', gets: pr },
        { request: 'GET http://pr-2.preview.example.com/', gets: all },
        { request: 'GET http://pr-2.preview.example.com/long', gets: long },
        { request: 'GET http://x.pr-1.preview.example.com/', gets: all },
        { request: 'GET http://www.example.org/org', gets: { ...pr, route: 'team/preview/org' } },
        { request: 'GET http://www.example.org/', gets: all },
        { request: 'GET http://pr-2.preview.example.com/org', gets: all },
      ]);
    },
  },
  {
    title: 'the most specific match wins, whatever the order of the list: exact, longest prefix, methods, headers',
    proves: [
      'external.routes[].name',
      'external.routes[].to',
      'external.routes[].match.prefix',
      'external.routes[].match.exact',
      'external.routes[].match.methods[]',
      'external.routes[].match.headers.*',
    ],
    apps: [
      { name: 'match', spec: shopSpec({ hosts: ['match.example.com'], routes: matchRoutes }) },
      { name: 'turned', spec: shopSpec({ hosts: ['turned.example.com'], routes: [...matchRoutes].reverse() }) },
    ],
    run: ({ gets }) => gets([...matchAsks('match.example.com', 'match'), ...matchAsks('turned.example.com', 'turned')]),
  },
  {
    title: 'each of the methods is matched as it is written, and HEAD is not GET',
    proves: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map(
      (method) => `external.routes[].match.methods[]=${method}`,
    ),
    apps: [
      {
        name: 'methods',
        spec: shopSpec({
          hosts: ['methods.example.com'],
          routes: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'HEAD'].map((method) => ({
            name: method.toLowerCase(),
            match: { methods: [method], ...(method === 'HEAD' ? { prefix: '/head' } : {}) },
            ...(method === 'HEAD' ? { redirect: { path: '/', code: 307 } } : {}),
          })),
        }),
      },
    ],
    run: ({ gets }) =>
      gets([
        ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map((method) => ({
          request: `${method} http://methods.example.com/head`,
          gets: { pods: both, route: `team/methods/${method.toLowerCase()}` },
        })),
        {
          request: 'HEAD http://methods.example.com/head',
          gets: { status: 307, location: 'http://methods.example.com/', route: 'team/methods/head' },
        },
        { request: 'HEAD http://methods.example.com/', gets: { status: 404 } },
        { request: 'PROPFIND http://methods.example.com/', gets: { status: 404 } },
      ]),
  },
  {
    title: 'an empty list of routes means 404 for everything',
    proves: ['external.routes'],
    apps: [{ name: 'empty', spec: shopSpec({ hosts: ['empty.example.com'], routes: [] }) }],
    run: ({ gets }) => gets([{ request: 'GET http://empty.example.com/', gets: { status: 404 } }]),
  },
  {
    title: 'the backend learns the route it was reached by, whatever the client claims',
    proves: [],
    apps: [{ name: 'forged', spec: shopSpec({ hosts: ['forged.example.com'], routes: [{ name: 'one' }] }) }],
    run: ({ gets }) =>
      gets([
        {
          request: 'GET http://forged.example.com/',
          headers: [
            ['x-apptraffic-route', 'team/other/admin'],
            ['X-AppTraffic-Route', 'team/other/second'],
          ],
          gets: { pods: both, route: 'team/forged/one' },
        },
      ]),
  },
];
