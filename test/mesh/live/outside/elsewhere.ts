/** Backends that are servers elsewhere: no pod of the mesh, known by DNS alone. */
import type { Echo } from '../../../testbed/mesh/echo.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import { both } from './shop.ts';

const routeTo = (name: string) => ({ name, match: { prefix: `/${name}` }, to: name });

/** An app that leads to the servers; two of them do so in ways of their own. */
const appOver = (name: string, backends: Readonly<Record<string, object>>): LiveApp => ({
  name,
  spec: {
    port: 8080,
    app: { selector: { app: 'shop' } },
    backends,
    resilience: { connectTimeout: '5s' },
    external: {
      hosts: [`${name}.example.com`],
      routes: [
        ...Object.keys(backends).map(routeTo),
        { name: 'both', match: { prefix: '/both' }, split: { [Object.keys(backends)[0] ?? '']: 50, app: 50 } },
        { name: 'rest' },
      ],
    },
  },
});

/** The cases. */
export const elsewhereCases: readonly LiveCase[] = [
  {
    title:
      'a backend by host is a server outside the mesh, over TLS only under the name that its certificate is for; apps that use one server in different ways do not meet',
    proves: ['backends.*.host', 'backends.*.port', 'backends.*.tls'],
    apps: [
      appOver('elsewhere', {
        legacy: { host: 'legacy.example.net', port: 8090 },
        sealed: { host: 'sealed.example.net', port: 8453, tls: true },
        posing: { host: 'posing.example.net', port: 8453, tls: true },
      }),
      appOver('elsewhere-2', {
        // Plain text to a server that takes TLS alone.
        sealed: { host: 'sealed.example.net', port: 8453 },
        legacy: { host: 'legacy.example.net', port: 8090, tls: true },
      }),
    ],
    run: async ({ gets, shares, send }) => {
      const to = (app: string, name: string) => ({
        request: `GET http://${app}.example.com/${name}/a?b=c`,
        gets: { pods: name, backends: name, route: `team/${app}/${name}`, port: name === 'legacy' ? 8090 : 8453 },
      });
      await gets([
        to('elsewhere', 'legacy'),
        to('elsewhere', 'sealed'),
        { request: 'GET http://elsewhere.example.com/', gets: { pods: both, route: 'team/elsewhere/rest' } },
      ]);
      const of = (pods: readonly string[]) => ({ percent: 50, pods });
      const half = { request: 'GET http://elsewhere.example.com/both' };
      await shares(half, { legacy: of(['legacy']), app: of(both) });
      const statusAt = async (url: string) => (await send({ request: `GET http://${url}` })).status;
      const wrong = [
        'elsewhere.example.com/posing',
        'elsewhere-2.example.com/sealed',
        'elsewhere-2.example.com/legacy',
      ];
      expect(await Promise.all(wrong.map(statusAt))).toEqual([503, 503, 503]);
      const { host } = JSON.parse(
        (await send({ request: 'GET http://elsewhere.example.com/legacy' })).body ?? '',
      ) as Echo;
      expect(host).toBe('elsewhere.example.com');
    },
  },
];
