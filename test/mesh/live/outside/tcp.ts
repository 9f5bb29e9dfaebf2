/** TCP connections to ports of the gateway. */
import type { LiveApp, LiveCase } from '../live-case.ts';

const ports = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'db', port: 5432, targetPort: 7001, protocol: 'tcp' },
];
/** Pods of two apps without `internal`, which may share them. */
const wire = { app: { selector: { app: 'wire' } } };
const alone = ['wire'];
const all = ['talk-v1', 'talk-v2'];

const giver = (external: object): LiveApp => ({ name: 'giver', spec: { ports, ...wire, external } });
const shelf = { namespace: 'common', name: 'shelf' };
const shelfSpec = {
  ports: [{ name: 'db', port: 5432, targetPort: 7001, protocol: 'tcp' }],
  external: {
    tcp: [
      { listen: 9002, port: 'db' },
      { listen: 9003, port: 'db' },
    ],
  },
};

/** The cases. */
export const tcpCases: readonly LiveCase[] = [
  {
    title:
      'a port of the gateway leads TCP connections to the app, both ways, past Strict and an empty allow; no other port does',
    proves: ['external.tcp[].listen', 'external.tcp[].port', 'external.tcp[].to'],
    apps: [
      {
        name: 'talk',
        spec: {
          ports,
          backends: { stable: { labels: { version: 'v1' } } },
          external: {
            hosts: ['talk.example.com'],
            tcp: [
              { listen: 9000, port: 'db' },
              { listen: 9001, port: 'db', to: 'stable' },
            ],
          },
          internal: { mtls: { mode: 'Strict' }, allow: [] },
        },
      },
    ],
    run: async ({ talks, gets, mesh }) => {
      await talks([
        ...Array.from({ length: 8 }, () => ({ to: 'talk.example.com:9000', gets: { pods: all } })),
        ...Array.from({ length: 8 }, () => ({
          to: 'talk.example.com:9001',
          gets: { pods: ['talk-v1'], backend: 'stable' },
        })),
        { to: 'talk.example.com:9005', gets: 'refused' },
        { to: 'talk.team:5432', from: 'docs', gets: 'closed' },
      ]);
      await gets([
        { request: 'GET http://talk.example.com/', gets: { pods: all, route: 'team/talk/default' } },
        { request: 'GET http://nobody-talks.example.com/', gets: { status: 404 } },
      ]);
      const said = `${'x'.repeat(300_000)}\n`;
      const to = `${mesh.gateways[0]?.address}:9001`;
      const { received } = await mesh.internet.talk({ to, send: said, until: said.slice(-300_000) });
      expect(received === `talk-v1\n${said}`).toBe(true);
    },
  },
  {
    title: 'on a named gateway the port is its own server, and an app without hosts is reached by it alone',
    proves: [],
    apps: [
      {
        name: 'named-talk',
        spec: {
          ports,
          ...wire,
          external: { gateway: 'istio-system/public', tcp: [{ listen: 9010, port: 'db' }] },
        },
      },
    ],
    run: ({ talks, gets }) =>
      Promise.all([
        talks([{ to: 'shared.example.com:9010', gets: { pods: alone } }]),
        gets([{ request: 'GET http://named-talk.example.com/', gets: { status: 404 } }]),
      ]).then(() => undefined),
  },
  {
    title: 'a port that another app holds stays its own, and goes to who waits for it once it lets go',
    proves: [],
    apps: [giver({ tcp: [{ listen: 9002, port: 'db' }] })],
    refused: [{ ...shelf, spec: shelfSpec }],
    run: async ({ talks, mesh, serve }) => {
      const told = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', ...shelf };
      expect(await mesh.api.get(told)).toMatchObject({
        status: {
          hosts: [
            { host: ':9002', state: 'Conflicted' },
            { host: ':9003', state: 'Granted' },
          ],
          problems: [
            {
              code: 'AT0307',
              field: 'spec.external.tcp[0]',
              message: 'port 9002 of the gateway is held by another namespace',
            },
          ],
        },
      });
      await talks([
        { to: 'x.example.com:9002', gets: { pods: alone } },
        { to: 'x.example.com:9003', gets: { pods: ['shelf'] } },
      ]);
      await serve([giver({ hosts: ['giver.example.com'] }), { ...shelf, spec: shelfSpec }]);
      await talks([{ to: 'x.example.com:9002', gets: { pods: ['shelf'] } }]);
    },
  },
];
