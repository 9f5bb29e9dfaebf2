/** What pods may call: `internal.calls`, with all ways of spelling and dialing what is not listed. */
import { createCertificateAuthority } from '../../../testbed/certificates.ts';
import type { Mesh } from '../../../testbed/mesh/mesh.ts';
import type { PodOptions } from '../../../testbed/mesh/pod.ts';
import { echoOf } from '../../../testbed/mesh/request.ts';
import type { Answer, MeshRequest } from '../../../testbed/mesh/request.ts';
import { traceCollector } from '../../../testbed/mesh/istiod.ts';
import type { Ask, Expected, LiveApp, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';

/** Servers outside the mesh; the certificate of each is for its own name. The last one stands where the API server would. */
const api = { host: 'api.calls.test', address: '203.0.113.210' };
const other = { host: 'other.calls.test', address: '203.0.113.211' };
const kubeAPI = { host: 'kubernetes.default.svc.cluster.local', address: '203.0.113.212' };
const authority = createCertificateAuthority('calls.test');

/** Settings that the cases need: a backend in another namespace, and the collector of traces, which every sidecar may send to. */
export const callsSettings = {
  backends: { grants: [{ from: 'team', to: 'partner', services: ['attic'] }] },
  calls: { always: [{ namespace: 'team', service: traceCollector.name }] },
};

/** Callers, by pod: each is an app with a list of its own, but for the last one, which nobody restricts. */
export const callingPods = {
  frugal: 'team/frugal',
  thrifty: 'team/thrifty',
  ascetic: 'team/ascetic',
  changing: 'team/changing',
  lavish: 'team/lavish',
} as const;

const talkPort = { port: 7001, protocol: 'tcp' } as const;
const resolved = Object.fromEntries([api, other].map(({ host, address }) => [host, address]));

/** The pods that are called. */
export const calledPods: readonly PodOptions[] = [
  { namespace: 'team', name: 'pantry', ports: [8080, 9090, talkPort] },
  { namespace: 'team', name: 'cellar', ports: [8080, 9090, talkPort] },
  { namespace: 'team', name: 'heads' },
  { namespace: 'team', name: 'bare-heads', sidecar: false },
  { namespace: 'partner', name: 'attic' },
];

/** The pods that call. */
export const frugalPods: readonly PodOptions[] = Object.keys(callingPods).map((name) => ({
  namespace: 'team',
  name,
  hosts: resolved,
}));

/** Starts the servers outside, and has the Service of the API server lead to one. */
export async function setUpCalls({ server, api: cluster }: Mesh): Promise<void> {
  const sealed = (port: number, host: string) =>
    ({ port, protocol: 'https', credential: authority.issue({ commonName: host, hosts: [host] }) }) as const;
  const ports = (host: string) => [{ port: 80 }, sealed(443, host), sealed(8453, host), { port: 8090 }];
  await Promise.all([
    server({ name: 'api', address: api.address, ports: ports(api.host) }),
    server({ name: 'other', address: other.address, ports: ports(other.host) }),
    server({ name: 'kube-api', address: kubeAPI.address, ports: [sealed(8453, kubeAPI.host)] }),
    cluster.create({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace: 'default', name: 'kubernetes-1', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [kubeAPI.address], conditions: { ready: true } }],
      ports: [{ name: 'https', port: 8453, protocol: 'TCP' }],
    }),
  ]);
}

const threePorts = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'http-admin', port: 81, targetPort: 9090 },
  { name: 'tcp', port: 5432, targetPort: talkPort.port },
];

const listOf = (name: string, calls: readonly object[], more: object = {}): LiveApp => ({
  name,
  spec: { port: 8080, ...more, internal: { calls } },
});

const apps: readonly LiveApp[] = [
  {
    name: 'pantry',
    spec: {
      ports: threePorts,
      backends: {
        attic: { service: { name: 'attic', namespace: 'partner', port: 80 } },
        server: { host: api.host, port: 8090 },
      },
      internal: {
        routes: [
          { name: 'far', match: { prefix: '/far' }, to: 'attic' },
          { name: 'away', match: { prefix: '/away' }, to: 'server' },
          { name: 'rest' },
        ],
      },
    },
  },
  // A port of http that nothing listed has.
  {
    name: 'cellar',
    spec: { ports: [...threePorts, { name: 'http-rare', port: 8099, targetPort: 8080 }] },
  },
  ...['heads', 'bare-heads'].map((name) => ({ name, spec: { port: 8080, service: { type: 'Headless' } } })),
  { name: 'attic', namespace: 'partner', spec: { port: 8080 } },
  listOf(
    'frugal',
    [{ app: 'pantry' }, { host: api.host, port: 443 }, { host: api.host, port: 80 }, { preset: 'KubeAPI' }],
    {
      observability: { tracing: { percent: 100 } },
      resilience: { circuitBreaker: { maxConnections: 77 } },
    },
  ),
  listOf('thrifty', [{ app: 'heads' }, { app: 'bare-heads' }, { host: api.host, port: 8453 }]),
  listOf('ascetic', []),
];

const refused: Expected = { status: 502 };
const ask = (url: string, from: string, gets: Expected): Ask => ({ request: `GET http://${url}`, from, gets });

/** Who answers a request that is sent byte for byte as it is written: the pod or server, else the status, or nobody. */
async function answerTo({ pod }: Stage, from: string, request: MeshRequest): Promise<string | number> {
  const answer: Answer = await pod(from).request({ withinMs: 5000, ...request });
  if (answer.connectionError !== undefined) return 'nobody';
  return answer.status === 200 ? echoOf(answer).pod : answer.status;
}

type Sent = readonly [request: MeshRequest, gets: string | number];

/** Sends them all at once from one pod. */
async function sends(stage: Stage, from: string, list: readonly Sent[]): Promise<void> {
  const answers = await Promise.all(list.map(async ([request]) => [request, await answerTo(stage, from, request)]));
  expect(answers).toEqual(list);
}

const sni = (name: string) => ({ tls: { sni: name } });

/** The cases. */
export const callsCases: readonly LiveCase[] = [
  {
    title:
      'pods call what calls lists, on every port of the Service; anything else is answered 502 or closed by their own sidecar, and callers without a list are not touched',
    proves: ['internal.calls', 'internal.calls[].app'],
    apps,
    run: async ({ gets, talks }) => {
      await gets([
        ask('pantry.team/', 'frugal', { pods: 'pantry', route: 'team/pantry/rest' }),
        ask('pantry.team.svc.cluster.local:81/', 'frugal', { pods: 'pantry', port: 9090 }),
        ask('cellar.team/', 'frugal', refused),
        ask('cellar.team:81/', 'frugal', refused),
        ask('cellar.team:8099/', 'frugal', 'nothing'),
        ask('attic.partner/', 'frugal', refused),
        ask('frugal.team/', 'frugal', refused),
        ask('cellar.team/', 'lavish', { pods: 'cellar' }),
        ask('frugal.team/', 'lavish', { pods: 'frugal', route: 'team/frugal/default' }),
        // The port for http is one that another app of the namespace lists for a server of its own.
        ask('pantry.team/', 'thrifty', refused),
      ]);
      await talks([
        { to: 'pantry.team:5432', from: 'frugal', gets: { pods: ['pantry'] } },
        { to: 'cellar.team:5432', from: 'frugal', gets: 'closed' },
        { to: 'cellar.team:5432', from: 'lavish', gets: { pods: ['cellar'] } },
      ]);
    },
  },
  {
    title: 'an empty list lets nothing out, and everything in',
    proves: ['internal.calls'],
    run: async ({ gets, talks }) => {
      await gets([
        ask('pantry.team/', 'ascetic', 'nothing'),
        ask('ascetic.team/', 'ascetic', 'nothing'),
        ask('ascetic.team/', 'lavish', { pods: 'ascetic' }),
      ]);
      await talks([{ to: 'pantry.team:5432', from: 'ascetic', gets: 'closed' }]);
    },
  },
  {
    title:
      'what is not listed is reached under no spelling of its name, through no listed address, and at none of its own',
    proves: ['internal.calls'],
    run: async (stage) => {
      const cellar = stage.pod('cellar').address;
      const key = { 'x-echo-key': 'not-listed' };
      const to = (address: string, host: string, more: Partial<MeshRequest> = {}): MeshRequest => ({
        to: address,
        host,
        headers: key,
        ...more,
      });
      await sends(stage, 'frugal', [
        [to('cellar.team:80', 'cellar'), 502],
        [to('cellar.team:80', 'CELLAR.team'), 502],
        [to('cellar.team:80', 'cellar.team.'), 502],
        [to('cellar.team:80', 'cellar.team.svc.cluster.local.'), 502],
        [to('cellar.team:80', 'cellar.team:81'), 502],
        [to('cellar.team:80', cellar), 502],
        // On a port of http the name decides, not the address.
        [to('cellar.team:80', 'pantry'), 'pantry'],
        [to('cellar.team:80', 'PANTRY.team.svc.cluster.local.'), 'pantry'],
        [to('pantry.team:80', 'cellar.team'), 502],
        [to('pantry.team:80', 'pantry.team', { headers: { ...key, 'x-forwarded-host': 'cellar.team' } }), 'pantry'],
        [to('cellar.team:80', 'cellar.team', sni('pantry.team')), 'nobody'],
        // Addresses of pods are none that anybody listed, and ports of theirs are none of a Service.
        [to(`${cellar}:8080`, 'cellar.team'), 'nobody'],
        [to(`${cellar}:8080`, 'pantry.team'), 'nobody'],
        [to(`${cellar}:80`, 'pantry.team'), 'pantry'],
        [to(`${stage.pod('pantry').address}:8080`, 'pantry.team'), 'nobody'],
        [to(`${other.address}:8090`, 'pantry.team'), 'nobody'],
      ]);
      const counts = await stage.mesh.counts('not-listed');
      expect([...counts].filter(([, count]) => count > 0)).toEqual([['team/pantry', 4]]);
    },
  },
  {
    title:
      'a server elsewhere is reached by its name alone, with TLS that asks for it or plain http on 80, on ports that an app of the namespace lists for it; apps without a list go on as before',
    proves: ['internal.calls[].host', 'internal.calls[].port'],
    run: async (stage) => {
      const at = ({ address }: { readonly address: string }, port: number): string => `${address}:${port}`;
      await sends(stage, 'frugal', [
        [{ to: at(api, 443), host: api.host, ...sni(api.host) }, 'api'],
        [{ to: at(api, 80), host: api.host }, 'api'],
        [{ to: at(api, 80), host: api.host.toUpperCase() }, 'api'],
        [{ to: at(api, 80), host: `${api.host}.` }, 'api'],
        // The proxy looks the address up by itself, so a name leads nowhere else.
        [{ to: at(other, 443), host: api.host, ...sni(api.host) }, 'api'],
        [{ to: at(other, 80), host: api.host }, 'api'],
        [{ to: at(api, 443), host: api.host, ...sni(other.host) }, 'nobody'],
        [{ to: at(other, 443), host: other.host, ...sni(other.host) }, 'nobody'],
        [{ to: at(other, 443), host: api.host, tls: {} }, 'nobody'],
        [{ to: at(api, 443), host: api.host }, 'nobody'],
        [{ to: at(api, 80), host: api.host, ...sni(api.host) }, 'nobody'],
        [{ to: at(other, 80), host: other.host }, 502],
        [{ to: at(api, 8090), host: api.host }, 'nobody'],
        [{ to: at(api, 8453), host: api.host, ...sni(api.host) }, 'api'],
      ]);
      await sends(stage, 'thrifty', [
        [{ to: at(api, 8453), host: api.host, ...sni(api.host) }, 'api'],
        [{ to: at(api, 443), host: api.host, ...sni(api.host) }, 'api'],
        [{ to: at(other, 8453), host: other.host, ...sni(other.host) }, 'nobody'],
      ]);
      await sends(stage, 'lavish', [
        [{ to: at(api, 443), host: api.host, ...sni(api.host) }, 'api'],
        [{ to: at(other, 443), host: other.host, ...sni(other.host) }, 'other'],
        [{ to: at(other, 443), host: other.host, tls: {} }, 'other'],
        [{ to: at(other, 80), host: other.host }, 'other'],
        [{ to: at(other, 8090), host: other.host }, 'other'],
      ]);
    },
  },
  {
    title: 'the preset KubeAPI is the API server, by name and by address; without it pods do not reach it',
    proves: ['internal.calls[].preset=KubeAPI'],
    run: async (stage) => {
      const request = { to: 'kubernetes.default:443', host: kubeAPI.host, ...sni('kubernetes.default.svc') };
      await sends(stage, 'frugal', [
        [request, 'kube-api'],
        [{ ...request, tls: {} }, 'kube-api'],
      ]);
      await sends(stage, 'thrifty', [[request, 'nobody']]);
    },
  },
  {
    title:
      'routes of an app that is listed lead where they lead for anybody, to other namespaces and servers elsewhere too',
    proves: ['internal.calls[].app', 'internal.calls[].namespace'],
    run: ({ gets }) =>
      gets([
        ask('pantry.team/far', 'frugal', { pods: 'attic', backends: 'attic', route: 'team/pantry/far' }),
        ask('pantry.team/away', 'frugal', { pods: 'api', backends: 'server', route: 'team/pantry/away', port: 8090 }),
        ask('attic.partner/', 'frugal', refused),
      ]),
  },
  {
    title:
      'a headless Service in the list is a way to every address on its port that speaks plaintext, where its pods have no sidecars: the guard rail has a gap',
    proves: [],
    run: async (stage) => {
      const cellar = stage.pod('cellar').address;
      await stage.gets([ask('heads.team:8080/', 'thrifty', { pods: 'heads' })]);
      await sends(stage, 'thrifty', [
        // Who answers must have the certificate of the pods that are meant.
        [{ to: `${cellar}:8080`, host: 'heads.team:8080' }, 503],
        [{ to: `${stage.pod('stranger').address}:8080`, host: 'heads.team:8080' }, 503],
        [{ to: `${stage.pod('stranger').address}:8080`, host: 'bare-heads.team:8080' }, 'stranger'],
        [{ to: `${other.address}:8090`, host: 'bare-heads.team:8080' }, 'nobody'],
        [{ to: `${cellar}:8080`, host: 'cellar.team:8080' }, 502],
      ]);
    },
  },
  {
    title: 'sidecars with a list trace to the Service that the platform lists, and limit connections as without one',
    proves: [],
    run: async (stage) => {
      const { proxy } = stage.pod('frugal');
      await stage.gets([ask('frugal.team/', 'lavish', { pods: 'frugal', route: 'team/frugal/default' })]);
      const clusters = (await proxy?.admin('/clusters')) ?? '';
      expect(clusters).toContain(`|${traceCollector.name}.team.svc.cluster.local::`);
      expect(clusters).toContain('inbound|8080||::default_priority::max_connections::77');
    },
  },
  {
    title: 'a list that changes holds at once: more, less, none',
    proves: ['internal.calls'],
    run: async (stage) => {
      const [pantry, cellar] = (['pantry', 'cellar'] as const).map((name) => ({ app: name }));
      const statuses = (first: Expected, second: Expected) =>
        stage.gets([ask('pantry.team/', 'changing', first), ask('cellar.team/', 'changing', second)]);
      const to = { pantry: { pods: 'pantry', route: 'team/pantry/rest' }, cellar: { pods: 'cellar' } } as const;
      await stage.serve([listOf('changing', [pantry ?? {}])]);
      await statuses(to.pantry, refused);
      await stage.serve([listOf('changing', [pantry ?? {}, cellar ?? {}, { host: other.host, port: 443 }])]);
      await statuses(to.pantry, to.cellar);
      await sends(stage, 'changing', [[{ to: `${other.address}:443`, host: other.host, ...sni(other.host) }, 'other']]);
      await stage.serve([listOf('changing', [cellar ?? {}])]);
      await statuses(refused, to.cellar);
      await sends(stage, 'changing', [
        [{ to: `${other.address}:443`, host: other.host, ...sni(other.host) }, 'nobody'],
      ]);
      await stage.serve([{ name: 'changing', spec: { port: 8080 } }]);
      await statuses(to.pantry, to.cellar);
    },
  },
];
