/** Routes and splits inside the mesh, and who does not get them. */
import type { Expected, LiveCase } from '../live-case.ts';
import { inside } from '../routes/side.ts';

const { both, stable, canary } = inside;
const of = (percent: number, pod: string) => ({ percent, pods: [pod] });

/** The cases. */
export const routeCases: readonly LiveCase[] = [
  {
    title: 'jason sees v2, others the split; a caller without a sidecar and the gateway get the plain Service',
    proves: ['internal.routes[].split', 'internal.routes[].match.headers'],
    apps: [
      inside.app(
        'jason',
        [
          { name: 'all', split: { stable: 80, canary: 20 } },
          { name: 'jason', match: { headers: { 'end-user': 'jason' } }, to: 'canary' },
        ],
        {
          external: { hosts: ['jason.example.com'] },
        },
      ),
    ],
    run: async ({ gets, shares }) => {
      const jason = [['end-user', 'jason']] as const;
      await gets([
        { ...inside.ask('jason', 'GET /', jason), gets: inside.to('jason', 'jason', 'canary') },
        {
          request: 'GET http://jason.team.svc.cluster.local/',
          headers: jason,
          from: 'web',
          gets: inside.to('jason', 'jason', 'canary'),
        },
      ]);
      await shares(inside.ask('jason', 'GET /', [['end-user', 'jasons']]), {
        stable: of(80, stable),
        canary: of(20, canary),
      });
      const plain = { app: { percent: 100, pods: both } };
      await shares({ request: 'GET http://jason.example.com/', headers: jason }, plain);
      await gets([
        {
          request: 'GET http://jason.team/',
          headers: jason,
          from: 'stranger',
          at: `${stable}:8080`,
          gets: { pods: stable },
        },
      ]);
    },
  },
  {
    title: 'callers of a Headless Service have chosen the pod; its routes redirect and lead to other Services',
    proves: ['service.type=Headless'],
    apps: [
      inside.app(
        'headless',
        [
          { name: 'moved', match: { prefix: '/moved' }, redirect: { path: '/new' } },
          { name: 'closed', match: { prefix: '/closed' }, to: 'other' },
          { name: 'rest', to: 'canary' },
        ],
        {
          service: { type: 'Headless' },
          backends: { canary: { labels: { version: 'v2' } }, other: { service: { name: 'permissive', port: 80 } } },
        },
      ),
    ],
    run: ({ gets }) => {
      const at = (pod: string, path: string, gets: Expected) => ({
        request: `GET http://headless.team:8080${path}`,
        from: 'checkout',
        at: `${pod}:8080`,
        gets,
      });
      const location = 'http://headless.team:8080/new';
      return gets(
        both.flatMap((pod) => [
          at(pod, '/', { pods: pod, route: 'team/headless/rest' }),
          at(pod, '/moved', { status: 302, location, route: 'team/headless/moved' }),
          at(pod, '/closed', { pods: 'permissive', backends: 'other', route: 'team/headless/closed' }),
        ]),
      );
    },
  },
  {
    title: 'routes inside mean one port each; a port that no route means is the plain Service',
    proves: ['internal.routes[].port'],
    apps: [
      inside.app('two-ports', [
        { name: 'admin', match: { prefix: '/a' }, to: 'canary', port: 'http-admin' },
        { name: 'main', match: { prefix: '/a' }, to: 'stable', port: 'http' },
      ]),
    ].map((app) => ({
      ...app,
      spec: {
        ...app.spec,
        port: undefined,
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'http-admin', port: 90, targetPort: 9090 },
          { name: 'http-free', port: 70, targetPort: 7070 },
        ],
      },
    })),
    run: ({ gets }) => {
      const at = (path: string, gets: Expected) => ({ ...inside.ask('two-ports', `GET ${path}`), gets });
      return gets([
        at('/a', inside.to('two-ports', 'main', 'stable')),
        at(':90/a', { pods: canary, backends: 'canary', route: 'team/two-ports/admin', port: 9090 }),
        at('/b', { status: 404 }),
        at(':90/b', { status: 404 }),
        at(':70/b', { pods: both, port: 7070 }),
      ]);
    },
  },
  {
    title: 'spec.split holds inside where internal is present, and not where it is absent',
    proves: ['internal', 'split'],
    apps: [
      {
        name: 'shares',
        spec: {
          port: 8080,
          app: { selector: { 'in-shares': 'yes' } },
          backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
          split: { stable: 100 },
          internal: {},
        },
      },
      {
        name: 'no-shares',
        spec: {
          port: 8080,
          app: { selector: { 'in-no-shares': 'yes' } },
          backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
          split: { stable: 100 },
        },
      },
    ],
    run: async ({ shares }) => {
      await shares(inside.ask('shares', 'GET /'), { stable: of(100, stable), canary: of(0, canary) });
      await shares(inside.ask('no-shares', 'GET /'), { app: { percent: 100, pods: both } });
    },
  },
];
