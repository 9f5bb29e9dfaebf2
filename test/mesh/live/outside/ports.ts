/** Ports, and the kinds of Service. */
import type { Ask, LiveApp, LiveCase } from '../live-case.ts';
import { both, canary, stable } from './shop.ts';

/** Ports of whose bytes no proxy makes a request. */
const opaque = [
  ['tcp', 91, 8091],
  ['tls', 92, 8092],
  ['https', 93, 8093],
] as const;

/** A Headless Service whose port is not the containers'. */
const mapped: LiveApp = {
  name: 'mapped',
  spec: {
    ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    app: { selector: { app: 'shop' } },
    service: { type: 'Headless' },
    external: { hosts: ['mapped.example.com'] },
  },
};

const inside = (service: string): Ask => ({
  request: `GET http://${service}.team/`,
  from: 'docs',
  gets: { pods: both },
});

/** A Headless Service is the addresses of its pods, so callers dial those, on the ports of the containers. */
const headlessAsks: readonly Ask[] = both.flatMap((pod) => [
  { request: 'GET http://headless.team:8080/', from: 'docs', at: `${pod}:8080`, gets: { pods: pod } },
  { request: 'GET http://mapped.team/', from: 'docs', at: `${pod}:80`, gets: { status: 503 } },
]);

/** The cases. */
export const portCases: readonly LiveCase[] = [
  {
    title:
      'several ports: each leads to its container port, and what is spoken there is what protocol or the name says',
    proves: [
      'ports[].name',
      'ports[].port',
      'ports[].targetPort',
      'external.routes[].port',
      ...['http', 'http2', 'grpc', 'https', 'tls', 'tcp'].map((protocol) => `ports[].protocol=${protocol}`),
    ],
    apps: [
      {
        name: 'ports',
        spec: {
          app: { selector: { app: 'ports' } },
          ports: [
            { name: 'h2', port: 82, targetPort: 8082, protocol: 'http2' },
            { name: 'rpc', port: 83, targetPort: 8082, protocol: 'grpc' },
            { name: 'plain', port: 8080, protocol: 'http' },
            { name: 'http2-named', port: 85, targetPort: 8082 },
            { name: 'http', port: 80, targetPort: 7070, protocol: 'http' },
            ...opaque.map(([protocol, port, targetPort]) => ({ name: `raw-${protocol}`, port, targetPort, protocol })),
          ],
          external: {
            hosts: ['ports.example.com'],
            routes: [
              ...['h2', 'rpc', 'plain', 'http2-named'].map((port) => ({
                name: port,
                match: { prefix: `/${port}` },
                port,
              })),
              { name: 'rest' },
            ],
          },
        },
      },
    ],
    run: async ({ gets, send }) => {
      const to = (name: string, port: number) => ({
        request: `GET http://ports.example.com/${name}`,
        gets: { pods: 'ports', route: `team/ports/${name}`, port },
      });
      await gets([to('h2', 8082), to('rpc', 8082), to('plain', 8080), to('http2-named', 8082), to('rest', 7070)]);
      const spoken = async (path: string): Promise<unknown> =>
        (
          JSON.parse((await send({ request: `GET http://ports.example.com${path}` })).body ?? '') as {
            httpVersion: string;
          }
        ).httpVersion;
      expect(await Promise.all(['/h2', '/rpc', '/http2-named', '/plain', '/'].map(spoken))).toEqual([
        '2.0',
        '2.0',
        '2.0',
        '1.1',
        '1.1',
      ]);
      await gets([
        { request: 'GET http://ports.team:80/', from: 'docs', gets: { pods: 'ports', port: 7070 } },
        { request: 'GET http://ports.team:8080/', from: 'docs', gets: { pods: 'ports', port: 8080 } },
        { request: 'GET http://ports.team:82/', from: 'docs', gets: { pods: 'ports', port: 8082 } },
        ...opaque.map(([, port, container]) => ({
          request: `GET http://ports.team:${port}/`,
          from: 'docs',
          gets: { pods: 'ports', port: container },
        })),
      ]);
      // Where a proxy reads requests it gives each an id.
      const hasId = async (port: number): Promise<boolean> =>
        /x-request-id/i.test((await send({ request: `GET http://ports.team:${port}/`, from: 'docs' })).body ?? '');
      expect(await Promise.all([80, 82, 91, 92, 93].map(hasId))).toEqual([true, true, false, false, false]);
    },
  },
  {
    title: 'the kinds of Service: each is reached from outside and inside as the others are',
    proves: ['ClusterIP', 'Headless', 'Existing'].map((type) => `service.type=${type}`),
    apps: [
      mapped,
      ...['ClusterIP', 'Headless', 'NodePort', 'LoadBalancer', 'Existing'].map((type) => ({
        name: type.toLowerCase(),
        spec: {
          port: 8080,
          app: { selector: { app: 'shop' } },
          service: { type, ...(type === 'Existing' ? { name: 'made-by-hand' } : {}) },
          backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
          external: {
            hosts: [`${type.toLowerCase()}.example.com`],
            routes: [
              { name: 'one', match: { prefix: '/one' }, to: 'stable' },
              { name: 'two', match: { prefix: '/two' }, to: 'canary' },
              { name: 'rest' },
            ],
          },
        },
      })),
    ],
    run: async ({ gets, shares }) => {
      for (const type of ['clusterip', 'headless', 'nodeport', 'loadbalancer', 'existing']) {
        const at = (path: string) => `GET http://${type}.example.com${path}`;
        await gets([
          { request: at('/one'), gets: { pods: stable, backends: 'stable', route: `team/${type}/one` } },
          { request: at('/two'), gets: { pods: canary, backends: 'canary', route: `team/${type}/two` } },
          ...(type === 'headless' ? headlessAsks : [inside(type === 'existing' ? 'made-by-hand' : type)]),
        ]);
      }
      for (const host of ['headless', 'mapped']) {
        await shares({ request: `GET http://${host}.example.com/` }, { app: { percent: 100, pods: both } });
      }
    },
  },
  {
    title: 'ExternalName leads to the name behind it, a Service of the cluster or a server elsewhere',
    proves: ['service.type=ExternalName', 'service.externalName'],
    apps: [
      {
        name: 'external-name',
        spec: {
          ports: [{ name: 'http', port: 80 }],
          service: { type: 'ExternalName', externalName: 'docs.team.svc.cluster.local' },
          external: { hosts: ['external-name.example.com'] },
        },
      },
      {
        name: 'outside-name',
        spec: {
          port: 8090,
          service: { type: 'ExternalName', externalName: 'legacy.example.net' },
          external: { hosts: ['outside-name.example.com'] },
        },
      },
    ],
    run: async ({ gets, send, decide }) => {
      await gets([
        {
          request: 'GET http://outside-name.example.com/a',
          gets: { pods: 'legacy', route: 'team/outside-name/default', port: 8090 },
        },
      ]);
      const ask = { request: 'GET http://external-name.example.com/' };
      expect(decide(ask)).toMatchObject({ outcome: 'route', route: 'default' });
      expect(JSON.parse((await send(ask)).body ?? '')).toMatchObject({ pod: 'docs', port: 8080 });
    },
  },
];
