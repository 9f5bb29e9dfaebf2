/** Who may call: every field of an entry of `allow`, and that all of them must hold. */
import { eventually } from '../../../testbed/eventually.ts';
import type { Ask, Expected, LiveApp, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;
const denied: Expected = { status: 403 };

/**
 * One app, of which each case has a container port: policies of several apps on one pod would admit what any of them
 * does. The Service's ports are 1000 lower.
 */
const containerPorts = { byApp: 9001, byNamespace: 9002, byAccount: 9003, byMethod: 9004, admin: 9090, open: 9070 };
const guardedPorts = [
  { name: 'http', port: 80, targetPort: 8080 },
  ...Object.values(containerPorts).map((number) => ({
    name: `http-${number}`,
    port: number - 1000,
    targetPort: number,
  })),
];

/** Ports of the pod of that app. */
export const guardedContainers = [8080, ...Object.values(containerPorts)];

const { byApp, byNamespace, byAccount, byMethod, admin, open } = containerPorts;
const allow = [
  { app: 'checkout', ports: [byApp] },
  { app: 'batch', ports: [byApp] },
  { app: 'web', namespace: 'partner', ports: [byApp] },
  { namespace: 'partner', ports: [byNamespace] },
  { serviceAccount: 'ops', ports: [byAccount] },
  { serviceAccount: 'web', namespace: 'partner', ports: [byAccount] },
  { app: 'checkout', ports: [8080], methods: ['GET', 'POST'], paths: ['/cart', '/orders/*'] },
  { app: 'checkout', ports: [admin], methods: ['DELETE'] },
  { namespace: 'partner', paths: ['/public/*'] },
  { ports: [open], paths: ['/open'] },
  ...methods.map((method) => ({ app: 'checkout', ports: [byMethod], methods: [method], paths: [`/${method}`] })),
];

/** What a caller gets on a container port. */
function ask(port: number, methodAndPath: string, from: string, isAllowed: boolean): Ask {
  const [method = '', path = ''] = methodAndPath.split(' ');
  const authority = port === 8080 ? 'guarded.team' : `guarded.team:${port - 1000}`;
  return {
    request: `${method} http://${authority}${path}`,
    from,
    gets: isAllowed ? { pods: 'guarded', port } : denied,
  };
}

const closedPorts = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'http-admin', port: 90, targetPort: 9090 },
];

const audited = (enforcement: 'Audit' | 'Enforce'): LiveApp => ({
  name: 'audited',
  spec: { port: 8080, internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }], enforcement } },
});

/** What the pod's sidecar has counted of calls that the policy would refuse: `NAME: COUNT` for each listener. */
async function wouldRefuse({ pod }: Stage): Promise<readonly string[]> {
  const stats = (await pod('audited').proxy?.admin('/stats?filter=shadow_denied')) ?? '';
  return stats.split('\n').filter((line) => /: [1-9]\d*$/.test(line));
}

/** The cases. */
export const allowCases: readonly LiveCase[] = [
  {
    title:
      'allow by app: the serviceAccount of that AppTraffic, else the ServiceAccount of its name, in that namespace',
    proves: ['internal.allow[].app', 'app.serviceAccount', 'internal.allow[].namespace'],
    apps: [
      {
        name: 'guarded',
        spec: { ports: guardedPorts, internal: { mtls: { mode: 'Strict', exceptPorts: [admin, open] }, allow } },
      },
      { name: 'batch', spec: { port: 8080, app: { serviceAccount: 'runner' } } },
    ],
    run: ({ gets }) =>
      gets([
        ask(byApp, 'GET /', 'checkout', true),
        ask(byApp, 'GET /', 'batch-job', true),
        ask(byApp, 'GET /', 'web', true),
        ask(byApp, 'GET /', 'ops', false),
        ask(byApp, 'GET /', 'partner-ops', false),
        ask(byApp, 'GET /', 'partner-checkout', false),
        ask(byApp, 'GET /', 'named-batch', false),
      ]),
  },
  {
    title: 'allow by namespace, and by ServiceAccount in the own namespace or in the one that is named',
    proves: ['internal.allow[].namespace', 'internal.allow[].serviceAccount'],
    run: ({ gets }) =>
      gets([
        ask(byNamespace, 'GET /', 'web', true),
        ask(byNamespace, 'GET /', 'partner-ops', true),
        ask(byNamespace, 'GET /', 'checkout', false),
        ask(byNamespace, 'GET /', 'ops', false),
        ask(byAccount, 'GET /', 'ops', true),
        ask(byAccount, 'GET /', 'web', true),
        ask(byAccount, 'GET /', 'partner-ops', false),
        ask(byAccount, 'GET /', 'checkout', false),
      ]),
  },
  {
    title: 'allow by container port, method and path: all fields of an entry must hold, one entry is enough',
    proves: ['ports', 'paths'].map((part) => `internal.allow[].${part}`),
    run: ({ gets }) =>
      gets([
        ask(8080, 'GET /cart', 'checkout', true),
        ask(8080, 'POST /cart?x', 'checkout', true),
        ask(8080, 'PUT /cart', 'checkout', false),
        ask(8080, 'GET /cart/', 'checkout', false),
        ask(8080, 'GET /cart/1', 'checkout', false),
        ask(8080, 'GET /cartx', 'checkout', false),
        ask(8080, 'GET /orders', 'checkout', true),
        ask(8080, 'GET /orders/', 'checkout', true),
        ask(8080, 'GET /orders/1/2', 'checkout', true),
        ask(8080, 'GET /ordersx', 'checkout', false),
        ask(8080, 'DELETE /orders/1', 'checkout', false),
        ask(8080, 'GET /public', 'checkout', false),
        ask(8080, 'GET /', 'checkout', false),
        ask(admin, 'DELETE /any', 'checkout', true),
        ask(admin, 'GET /cart', 'checkout', false),
        ask(8080, 'GET /public', 'web', true),
        ask(admin, 'DELETE /public/x', 'partner-ops', true),
        ask(8080, 'GET /publicx', 'web', false),
        ask(8080, 'GET /cart', 'web', false),
        ask(open, 'GET /open', 'checkout', true),
        ask(open, 'GET /open', 'ops', true),
        ask(8080, 'GET /open', 'ops', false),
        ask(open, 'GET /other', 'ops', false),
      ]),
  },
  {
    title: 'allow by each method as it is written, and HEAD is not GET',
    proves: methods.map((method) => `internal.allow[].methods=${method}`),
    run: async ({ gets, send }) => {
      const pairs = methods.flatMap((method) => methods.map((path) => ({ method, path })));
      const seen = pairs.filter(({ method, path }) => method !== 'HEAD' || path !== 'HEAD');
      await gets(seen.map(({ method, path }) => ask(byMethod, `${method} /${path}`, 'checkout', method === path)));
      const head = await send(ask(byMethod, 'HEAD /HEAD', 'checkout', true));
      expect(head.status).toBe(200);
    },
  },
  {
    title: 'a port of exceptPorts takes plaintext and is not exempt from allow',
    proves: [],
    run: ({ gets }) => {
      const plain = (port: number, gets: Expected): Ask => ({
        ...ask(port, 'GET /open', 'stranger', false),
        at: `guarded:${port}`,
        gets,
      });
      return gets([
        plain(8080, 'nothing'),
        plain(admin, denied),
        plain(open, { pods: 'guarded', port: open }),
        plain(byApp, 'nothing'),
      ]);
    },
  },
  {
    title: 'an empty allow admits the gateway that serves the app, on the ports of its routes, and nobody else',
    proves: ['internal.allow'],
    apps: [
      {
        name: 'closed',
        spec: {
          ports: closedPorts,
          internal: { mtls: { mode: 'Strict', exceptPorts: [9090] }, allow: [] },
          external: { hosts: ['closed.example.com'] },
        },
      },
      {
        name: 'beside',
        spec: {
          port: 8080,
          backends: {
            closed: { service: { name: 'closed', port: 80 } },
            admin: { service: { name: 'closed', port: 90 } },
          },
          external: {
            hosts: ['beside.example.com'],
            routes: [
              { name: 'closed', match: { prefix: '/closed' }, to: 'closed' },
              { name: 'admin', match: { prefix: '/admin' }, to: 'admin' },
            ],
          },
        },
      },
    ],
    run: ({ gets }) =>
      gets([
        { request: 'GET http://closed.example.com/', gets: { pods: 'closed', route: 'team/closed/default' } },
        {
          request: 'GET http://beside.example.com/closed',
          gets: { pods: 'closed', backends: 'closed', route: 'team/beside/closed' },
        },
        { request: 'GET http://beside.example.com/admin', gets: { status: 403, route: 'team/beside/admin' } },
        { request: 'GET http://closed.team/', from: 'checkout', gets: denied },
        { request: 'GET http://closed.team/', from: 'web', gets: denied },
        { request: 'GET http://closed.team:90/', from: 'stranger', at: 'closed:9090', gets: denied },
        { request: 'GET http://closed.team/', from: 'stranger', at: 'closed:8080', gets: 'nothing' },
      ]),
  },
  {
    title: 'with enforcement Audit nobody is refused and sidecars count whom allow would refuse; Enforce refuses them',
    proves: ['internal.enforcement=Audit', 'internal.enforcement=Enforce'],
    apps: [audited('Audit')],
    run: async (stage) => {
      const asks = (from: string, gets: Expected): Ask => ({ request: 'GET http://audited.team/', from, gets });
      await stage.gets([asks('checkout', { pods: 'audited' }), asks('ops', { pods: 'audited' })]);
      await eventually('the refusal is counted', async () => (await wouldRefuse(stage)).length > 0);
      expect(await wouldRefuse(stage)).toEqual([
        expect.stringMatching(/rbac\.istio_dry_run_allow_\.shadow_denied: 1$/),
      ]);
      await stage.serve([audited('Enforce')]);
      await stage.gets([asks('checkout', { pods: 'audited' }), asks('ops', denied)]);
    },
  },
];
