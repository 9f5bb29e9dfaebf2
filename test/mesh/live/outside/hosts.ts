/** Hosts, and the host as a condition of a route. */
import type { LiveCase } from '../live-case.ts';
import { both, canary, shopSpec, stable } from './shop.ts';

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
