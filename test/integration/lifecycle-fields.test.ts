import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../src/cli/program.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { childrenIn, childStatesOf, nameOf } from './app-view.ts';
import { changedFields, specFields } from './spec-fields.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const controllerOf = (name: string): object => ({ name, inMesh: true, namespace: name, serviceAccount: name });
const settings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  settle: '50ms',
  drainPeriod: '100ms',
  gateways: [
    {
      namespace: 'istio-system',
      selector: { istio: 'ingressgateway' },
      serviceAccount: 'generated',
      default: true,
      tcpPorts: [5432, 5433],
    },
    {
      name: 'public',
      namespace: 'istio-ingress',
      selector: { istio: 'ingress' },
      serviceAccount: 'public',
      tcpPorts: [5432],
    },
  ],
  ingressClasses: [controllerOf('nginx'), controllerOf('traefik')],
  service: { allowedAnnotations: ['example.com/team'] },
  auth: { externalProviders: ['doorman'] },
  featureGates: { EnvoyFilter: true },
  backends: { grants: [{ from: 'fields', to: 'elsewhere', services: ['docs'] }] },
  // Nobody answers there, so that no name is asked for outside.
  probes: { allowPublic: false, nameServers: ['127.0.0.1:1'] },
};

const namespace = 'fields';
const host = 'fields.example.com';
const stable = { labels: { version: 'v1' } };
const canary = { labels: { version: 'v2' } };
const mtls = { mode: 'Strict' };
const legacy = { host: 'a.example.net', port: 80 };
const sealed = { host: 'a.example.net', port: 443, tls: true };
const port = { name: 'http', port: 80, targetPort: 8080, protocol: 'http' };
const admin = { name: 'admin', port: 9000, targetPort: 9090, protocol: 'http' };
const https = { name: 'https', port: 443, targetPort: 8443, protocol: 'https' };
const hosts = [host];
const keysOf = (issuer: string): object => ({ issuer, jwksUri: 'https://id.example.com/keys' });

/** Specs of one app, one after the other: each differs from the one before in one thing, or in what cannot change alone. */
type Edits = readonly (readonly [what: string, spec: object])[];

const servicePorts: Edits = [
  ['one port', { port: 8080, external: { hosts } }],
  ['another container port', { port: 8081, external: { hosts } }],
  ['ports', { ports: [port], external: { hosts } }],
  ['another container port', { ports: [{ ...port, targetPort: 8082 }], external: { hosts } }],
  ['another Service port', { ports: [{ ...port, port: 81 }], external: { hosts } }],
  ['another name', { ports: [{ ...port, name: 'web' }], external: { hosts } }],
  ['another protocol', { ports: [{ ...port, protocol: 'grpc' }], external: { hosts } }],
  ['one more port', { ports: [port, admin], external: { hosts } }],
];
const ofService = (service: object): object => ({ port: 8080, service, external: { hosts } });
const ofPods = (app: object): object => ({ port: 8080, app, external: { hosts } });
const services: Edits = [
  ['selector', ofPods({ selector: { app: 'web' } })],
  ['another selector', ofPods({ selector: { app: 'web', tier: 'front' } })],
  ['serviceAccount', ofPods({ serviceAccount: 'web' })],
  ['name', ofService({ name: 'web' })],
  ['annotations', ofService({ annotations: { 'example.com/team': 'shop' } })],
  ['another annotation', ofService({ annotations: { 'example.com/team': 'cart' } })],
  ['trafficDistribution', ofService({ trafficDistribution: 'PreferClose' })],
  ['NodePort', ofService({ type: 'NodePort' })],
  ['LoadBalancer', ofService({ type: 'LoadBalancer' })],
  ['ClusterIP', ofService({ type: 'ClusterIP' })],
  ['ExternalName', ofService({ type: 'ExternalName', externalName: 'a.example.net' })],
  ['another ExternalName', ofService({ type: 'ExternalName', externalName: 'b.example.net' })],
  ['Headless, by way of ExternalName', ofService({ type: 'Headless' })],
  ['Existing', { ...ofService({ type: 'Existing', name: 'existing' }), app: { selector: { app: 'existing' } } }],
  ['ClusterIP again', { port: 8080, external: { hosts } }],
];

const meshed = (more: object): object => ({ port: 8080, external: { hosts }, ...more });
const backends = { stable, canary };
const split = { stable: 90, canary: 10 };
const idle = { stable: 100, canary: 0 };
const docs = { name: 'docs', port: 80 };
const mesh: Edits = [
  ['internal', meshed({ internal: {} })],
  ['Permissive', meshed({ internal: { mtls: { mode: 'Permissive' } } })],
  ['Strict', meshed({ internal: { mtls } })],
  ['exceptPorts', meshed({ internal: { mtls: { ...mtls, exceptPorts: [8080] } } })],
  ['allow nobody', meshed({ internal: { mtls, allow: [] } })],
  ['allow an app', meshed({ internal: { mtls, allow: [{ app: 'checkout' }] } })],
  ['of another namespace', meshed({ internal: { mtls, allow: [{ app: 'checkout', namespace: 'cart' }] } })],
  ['a ServiceAccount', meshed({ internal: { mtls, allow: [{ serviceAccount: 'checkout', ports: [8080] }] } })],
  ['methods', meshed({ internal: { mtls, allow: [{ serviceAccount: 'checkout', methods: ['GET'] }] } })],
  ['paths', meshed({ internal: { mtls, allow: [{ serviceAccount: 'checkout', paths: ['/a', '/b/*'] }] } })],
  ['only audited', meshed({ internal: { mtls, allow: [{ app: 'checkout' }], enforcement: 'Audit' } })],
  ['and enforced', meshed({ internal: { mtls, allow: [{ app: 'checkout' }], enforcement: 'Enforce' } })],
  ['no calls', meshed({ internal: { calls: [] } })],
  ['a call', meshed({ internal: { calls: [{ app: 'inventory' }] } })],
  ['of another namespace', meshed({ internal: { calls: [{ app: 'inventory', namespace: 'cart' }] } })],
  ['the API server', meshed({ internal: { calls: [{ preset: 'KubeAPI' }] } })],
  ['a server elsewhere', meshed({ internal: { calls: [{ host: 'api.example.net', port: 443 }] } })],
  ['on another port', meshed({ internal: { calls: [{ host: 'api.example.net', port: 8443 }] } })],
  ['on both', meshed({ internal: { calls: [443, 8443].map((port) => ({ host: 'api.example.net', port })) } })],
  ['another server', meshed({ internal: { calls: [{ host: 'other.example.net', port: 443 }] } })],
  ['backends', meshed({ internal: { mtls }, backends })],
  ['a split', meshed({ internal: { mtls }, backends, split })],
  ['weights left to Argo Rollouts', meshed({ internal: { mtls }, backends, split, weightsManagedBy: 'ArgoRollouts' })],
  ['and taken back', meshed({ internal: { mtls }, backends, split, weightsManagedBy: 'AppTraffic' })],
  ['nothing for one', meshed({ internal: { mtls }, backends, split: idle })],
  [
    'which Argo Rollouts may move',
    meshed({ internal: { mtls }, backends, split: idle, weightsManagedBy: 'ArgoRollouts' }),
  ],
  ['other shares', meshed({ internal: { mtls }, backends, split: { stable: 50, canary: 50 } })],
  ['other labels', meshed({ internal: { mtls }, backends: { stable, canary: { labels: { version: 'v3' } } }, split })],
  ['another Service', meshed({ internal: { mtls }, backends: { stable, canary: { service: docs } }, split })],
  ['its port', meshed({ internal: { mtls }, backends: { stable, canary: { service: { ...docs, port: 81 } } }, split })],
  [
    'of another namespace',
    meshed({
      internal: { mtls },
      backends: { stable, canary: { service: { ...docs, namespace: 'elsewhere' } } },
      split,
    }),
  ],
  [
    'its name',
    meshed({ internal: { mtls }, backends: { stable, canary: { service: { ...docs, name: 'help' } } }, split }),
  ],
  ['a server elsewhere', meshed({ internal: { mtls }, backends: { stable, canary: legacy }, split })],
  ['its port', meshed({ internal: { mtls }, backends: { stable, canary: { ...legacy, port: 443 } }, split })],
  ['TLS', meshed({ internal: { mtls }, backends: { stable, canary: sealed }, split })],
  [
    'another server',
    meshed({ internal: { mtls }, backends: { stable, canary: { ...sealed, host: 'b.example.net' } }, split }),
  ],
  ['for the gateway alone', meshed({ backends: { stable, canary: sealed }, split })],
  ['nowhere else', meshed({ backends: { stable, canary: sealed }, split: { stable: 100 } })],
];

/** On Istio, the same routes outside and inside. */
const routed = (route: object, outside: object = {}): object => ({
  ports: [port, admin],
  backends,
  external: {
    hosts: [host, `*.${host}`],
    routes: [
      { name: 'rest', match: { prefix: '/rest' } },
      { ...route, ...outside },
    ],
  },
  internal: { routes: [{ name: 'rest', match: { prefix: '/rest' } }, route] },
});
const one = { name: 'one', match: { prefix: '/one' } };
const cors = { origins: ['https://a.example.net'] };
const allOfCors = {
  ...cors,
  methods: ['GET'],
  headers: ['x-a'],
  exposeHeaders: ['x-b'],
  credentials: true,
  maxAge: '10m',
};
const retries = { attempts: 2 };
const routes: Edits = [
  ['a route', routed(one)],
  ['its name', routed({ ...one, name: 'uno' })],
  ['prefix', routed({ name: 'one', match: { prefix: '/two' } })],
  ['exact', routed({ name: 'one', match: { exact: '/two' } })],
  ['host', routed(one, { match: { prefix: '/one', host: `a.${host}` } })],
  ['methods', routed({ name: 'one', match: { prefix: '/one', methods: ['GET'] } })],
  ['headers', routed({ name: 'one', match: { prefix: '/one', headers: { 'x-beta': '1' } } })],
  ['regex', routed({ name: 'one', match: { regex: '/two/[0-9]+' } })],
  ['headersRegex', routed({ name: 'one', match: { prefix: '/one', headersRegex: { 'x-beta': '[0-9]+' } } })],
  ['withoutHeaders', routed({ name: 'one', match: { prefix: '/one', withoutHeaders: ['x-beta'] } })],
  ['cookies', routed({ name: 'one', match: { prefix: '/one', cookies: { ab: 'b' } } })],
  ['query', routed({ name: 'one', match: { prefix: '/one', query: { v: '2' } } })],
  ['port', routed({ ...one, port: 'admin' })],
  ['to', routed({ ...one, to: 'canary' })],
  ['split', routed({ ...one, split })],
  ['sticky', routed({ ...one, split, sticky: { cookie: 'side' } })],
  ['another cookie', routed({ ...one, split, sticky: { cookie: 'part' } })],
  ['its ttl', routed({ ...one, split, sticky: { cookie: 'part', ttl: '1h' } })],
  ['sticky for all routes', { ...routed({ ...one, split }), sticky: { cookie: 'side' } }],
  ['its ttl', { ...routed({ ...one, split }), sticky: { cookie: 'side', ttl: '1h' } }],
  ['redirect to a path', routed({ ...one, redirect: { path: '/new' } })],
  ['redirect to a prefix', routed({ ...one, redirect: { prefix: '/new' } })],
  [
    'redirect elsewhere',
    routed({ ...one, redirect: { scheme: 'https', host: 'b.example.net', port: 8443, code: 308 } }),
  ],
  ['respond', routed({ ...one, respond: { status: 503 } })],
  ['body', routed({ ...one, respond: { status: 503, body: 'back at ten' } })],
  ['set a request header', routed({ ...one, headers: { request: { set: { 'x-a': '1' } } } })],
  ['add a request header', routed({ ...one, headers: { request: { add: { 'x-a': '1' } } } })],
  ['remove a request header', routed({ ...one, headers: { request: { remove: ['x-a'] } } })],
  ['set a response header', routed({ ...one, headers: { response: { set: { 'x-a': '1' } } } })],
  ['add a response header', routed({ ...one, headers: { response: { add: { 'x-a': '1' } } } })],
  ['remove a response header', routed({ ...one, headers: { response: { remove: ['x-a'] } } })],
  ['cors', routed(one, { cors })],
  ['other origins', routed(one, { cors: { origins: ['https://b.example.net'] } })],
  ['all of cors', routed(one, { cors: allOfCors })],
  ['websocket', routed({ ...one, websocket: true })],
  ['websocket and timeout', routed({ ...one, websocket: true, timeout: '1s' })],
  ['rewrite', routed({ ...one, rewrite: { prefix: '/v1' } })],
  ['rewrite the whole path', routed({ ...one, rewrite: { path: '/v1' } })],
  ['rewrite by a regular expression', routed({ ...one, rewrite: { regex: { match: '/one/(.*)', with: '/v1/\\1' } } })],
  ['its expression', routed({ ...one, rewrite: { regex: { match: '/one/([^/]+)', with: '/v1/\\1' } } })],
  ['its new path', routed({ ...one, rewrite: { regex: { match: '/one/([^/]+)', with: '/v2/\\1' } } })],
  ['rewrite the host', routed({ ...one, rewrite: { prefix: '/v1', host: 'internal.example.com' } })],
  ['mirror', routed({ ...one, mirror: { to: 'canary' } })],
  ['another mirror', routed({ ...one, mirror: { to: 'stable' } })],
  ['its percent', routed({ ...one, mirror: { to: 'stable', percent: 20 } })],
  ['a delay', routed({ ...one, fault: { delay: '2s' } })],
  ['another delay', routed({ ...one, fault: { delay: '3s' } })],
  ['its percent', routed({ ...one, fault: { delay: '3s', delayPercent: 10 } })],
  ['an abort', routed({ ...one, fault: { abort: 503 } })],
  ['another abort', routed({ ...one, fault: { abort: 500 } })],
  ['its percent', routed({ ...one, fault: { abort: 500, abortPercent: 5 } })],
  ['its end', routed({ ...one, fault: { abort: 500, abortPercent: 5, until: '2020-01-01T00:00:00Z' } })],
  ['timeout', routed({ ...one, timeout: '5s' })],
  ['retries', routed({ ...one, retries })],
  ['perTry', routed({ ...one, retries: { ...retries, perTry: '1s' } })],
  ['backoff', routed({ ...one, retries: { ...retries, backoff: '100ms' } })],
  ['retryOn', routed({ ...one, retries: { ...retries, retryOn: ['5xx', 'reset'] } })],
];

const edged = (external: object): object => ({ port: 8080, external: { hosts, ...external }, internal: { mtls } });
const ingress = { provider: 'Ingress', ingressClass: 'nginx' };
const rewritten = [{ name: 'one', match: { prefix: '/one' }, rewrite: { prefix: '/' } }];
const limitedRoute = (rateLimit: object, name = 'one'): object =>
  edged({ rateLimit: { requests: 200, per: 'Hour' }, routes: [{ name, rateLimit }] });
const edges: Edits = [
  ['a generated gateway', edged({})],
  ['another host', edged({ hosts: [`b.${host}`] })],
  ['one more host', edged({ hosts: [`b.${host}`, host] })],
  ['TLS', edged({ tls: { secretName: `${namespace}-tls` } })],
  ['another Secret', edged({ tls: { secretName: `${namespace}-cert` } })],
  ['the lowest version of TLS', edged({ tls: { secretName: `${namespace}-cert`, minVersion: '1.3' } })],
  [
    'clients with certificates',
    edged({ tls: { mode: 'Mutual', secretName: `${namespace}-cert`, clientCA: `${namespace}-clients` } }),
  ],
  [
    'another authority of clients',
    edged({ tls: { mode: 'Mutual', secretName: `${namespace}-cert`, clientCA: `${namespace}-partners` } }),
  ],
  ['TLS at the pods', { ports: [port, https], external: { hosts, tls: { mode: 'Passthrough' } }, internal: { mtls } }],
  ['cors for all routes', edged({ cors })],
  ['all of cors for all routes', edged({ cors: allOfCors })],
  ['a probe', edged({ probe: { path: '/healthz' } })],
  ['its path', edged({ probe: { path: '/livez' } })],
  ['what it expects', edged({ probe: { path: '/livez', expect: 204 } })],
  ['a largest body', edged({ maxBodySize: '8Mi' })],
  ['a larger one', edged({ maxBodySize: '9Mi' })],
  ['addresses', edged({ allowCIDRs: ['10.0.0.0/8'] })],
  ['other addresses', edged({ allowCIDRs: ['10.0.0.0/8', '192.0.2.0/24'], denyCIDRs: ['10.1.0.0/16'] })],
  ['tokens', edged({ auth: { jwt: [keysOf('id')] } })],
  ['claims', edged({ auth: { jwt: [keysOf('id')], claims: { scope: ['read'] } } })],
  [
    'claims of a route',
    edged({ auth: { jwt: [keysOf('id')] }, routes: [{ name: 'one', auth: { claims: { scope: ['write'] } } }] }),
  ],
  [
    'tokens of others',
    edged({ auth: { jwt: [{ ...keysOf('id'), audiences: ['shop'], forward: true }, keysOf('other')] } }),
  ],
  ['a provider', edged({ auth: { external: 'doorman' } })],
  ['no auth on a route', edged({ auth: { external: 'doorman' }, routes: [{ name: 'one', auth: { mode: 'None' } }] })],
  ['a limit of requests', edged({ rateLimit: { requests: 100, per: 'Minute' } })],
  ['more of them', edged({ rateLimit: { requests: 200, per: 'Minute' } })],
  ['fewer at once', edged({ rateLimit: { requests: 200, per: 'Minute', burst: 20 } })],
  ['for another span', edged({ rateLimit: { requests: 200, per: 'Hour', burst: 20 } })],
  ['beside a limit of bodies', edged({ rateLimit: { requests: 200, per: 'Hour', burst: 20 }, maxBodySize: '9Mi' })],
  ['of a route', limitedRoute({ requests: 5, per: 'Second' })],
  ['more there', limitedRoute({ requests: 6, per: 'Second' })],
  ['fewer at once there', limitedRoute({ requests: 6, per: 'Second', burst: 2 })],
  ['for another span there', limitedRoute({ requests: 6, per: 'Minute', burst: 2 })],
  ['of a route that is called otherwise', limitedRoute({ requests: 6, per: 'Minute', burst: 2 }, 'two')],
  ['none there', limitedRoute({ mode: 'None' }, 'two')],
  ['without redirect', edged({ tls: { secretName: `${namespace}-cert` }, httpsRedirect: false })],
  ['a named gateway', edged({ gateway: 'istio-ingress/public' })],
  ['Ingress', edged(ingress)],
  ['TLS on Ingress', edged({ ...ingress, tls: { secretName: 'tls' } })],
  ['without redirect on Ingress', edged({ ...ingress, tls: { secretName: 'tls' }, httpsRedirect: false })],
  ['rewrite on Ingress', edged({ ...ingress, routes: rewritten })],
  ['a largest body on Ingress', edged({ ...ingress, maxBodySize: '8Mi' })],
  ['exact path on Ingress', edged({ ...ingress, routes: [{ name: 'one', match: { exact: '/one' } }] })],
  ['another class', edged({ ...ingress, ingressClass: 'traefik' })],
  ['another host there', edged({ ...ingress, ingressClass: 'traefik', hosts: [`c.${host}`] })],
  ['Istio', edged({ provider: 'Istio' })],
  ['nothing outside', { port: 8080, internal: { mtls } }],
  ['paused', { port: 8080, internal: { mtls }, lifecycle: { paused: true } }],
  ['previewed', { port: 8080, internal: { mtls }, lifecycle: { mode: 'Preview' } }],
  ['outliving the app', { port: 8080, internal: { mtls }, lifecycle: { deletion: 'Orphan' } }],
  ['adopting', { port: 8080, internal: { mtls }, lifecycle: { adopt: 'Matching' } }],
  ['nothing inside either', { port: 8080 }],
];

const defaults = (resilience: object): object => meshed({ internal: {}, resilience });
const next = (from: string, to: string): object => ({ locality: { failover: [{ from, to }] } });
const resilience: Edits = [
  ['no default', meshed({ internal: {} })],
  ['timeout', defaults({ timeout: '5s' })],
  ['another timeout', defaults({ timeout: '6s' })],
  ['retries', defaults({ retries })],
  ['perTry', defaults({ retries: { ...retries, perTry: '1s' } })],
  ['backoff', defaults({ retries: { ...retries, backoff: '100ms' } })],
  ['retryOn', defaults({ retries: { ...retries, retryOn: ['5xx', 'reset'] } })],
  ['connectTimeout', defaults({ connectTimeout: '2s' })],
  ['another connectTimeout', defaults({ connectTimeout: '3s' })],
  ['idleTimeout', defaults({ idleTimeout: '60s' })],
  ['maxConnections', defaults({ circuitBreaker: { maxConnections: 10 } })],
  ['maxPending', defaults({ circuitBreaker: { maxPending: 10 } })],
  ['maxRequests', defaults({ circuitBreaker: { maxRequests: 10 } })],
  ['maxRetries', defaults({ circuitBreaker: { maxRetries: 10 } })],
  ['eject', defaults({ circuitBreaker: { eject: { after: 5 } } })],
  ['after', defaults({ circuitBreaker: { eject: { after: 6 } } })],
  ['every', defaults({ circuitBreaker: { eject: { after: 6, every: '5s' } } })],
  ['for', defaults({ circuitBreaker: { eject: { after: 6, for: '5s' } } })],
  ['maxPercent', defaults({ circuitBreaker: { eject: { after: 6, maxPercent: 50 } } })],
  ['algorithm', defaults({ loadBalancing: { algorithm: 'RoundRobin' } })],
  ['hash of a cookie', defaults({ loadBalancing: { hashOn: { cookie: { name: 'pod' } } } })],
  ['ttl', defaults({ loadBalancing: { hashOn: { cookie: { name: 'pod', ttl: '1h' } } } })],
  ['hash of a header', defaults({ loadBalancing: { hashOn: { header: 'x-user' } } })],
  ['hash of the query', defaults({ loadBalancing: { hashOn: { query: 'user' } } })],
  ['hash of the source', defaults({ loadBalancing: { hashOn: { sourceIP: true } } })],
  ['warmup', defaults({ loadBalancing: { warmup: '60s' } })],
  [
    'shares of localities',
    defaults({ loadBalancing: { locality: { distribute: [{ from: 'eu', to: { eu: 100 } }] } } }),
  ],
  ['other callers', defaults({ loadBalancing: { locality: { distribute: [{ from: 'us', to: { eu: 100 } }] } } })],
  [
    'other shares',
    defaults({ loadBalancing: { locality: { distribute: [{ from: 'us', to: { eu: 90, 'us/*': 10 } }] } } }),
  ],
  ['a region that is next', defaults({ circuitBreaker: { eject: { after: 6 } }, loadBalancing: next('eu', 'us') })],
  ['another one', defaults({ circuitBreaker: { eject: { after: 6 } }, loadBalancing: next('eu', 'asia') })],
  ['of another region', defaults({ circuitBreaker: { eject: { after: 6 } }, loadBalancing: next('us', 'asia') })],
  ['subsets beside', { ...defaults({ circuitBreaker: { maxRetries: 10 } }), backends, split }],
  ['subsets alone', meshed({ internal: {}, backends, split })],
  ['nothing again', meshed({ internal: {} })],
];

const told = (observability: object): object => meshed({ observability });
const observability: Edits = [
  ['what failed is logged', told({ accessLog: 'Errors' })],
  ['everything is logged', told({ accessLog: 'All' })],
  ['traces too', told({ accessLog: 'All', tracing: { percent: 5 } })],
  ['more traces', told({ accessLog: 'All', tracing: { percent: 10 } })],
  ['traces alone', told({ tracing: { percent: 10 } })],
  ['nothing is said', meshed({})],
];

const db = { name: 'db', port: 5432, protocol: 'tcp' };
const copy = { name: 'copy', port: 5434, protocol: 'tcp' };
const toDb = { listen: 5432, port: 'db' };
const listening = (external: object): object => ({
  ports: [port, db, copy],
  backends,
  external,
  internal: { mtls, allow: [] },
});
const listeners: Edits = [
  ['a port of the gateway', listening({ hosts, tcp: [toDb] })],
  ['another port of the gateway', listening({ hosts, tcp: [{ ...toDb, listen: 5433 }] })],
  ['one more port', listening({ hosts, tcp: [{ ...toDb, listen: 5433 }, toDb] })],
  ['to a part of the pods', listening({ hosts, tcp: [{ ...toDb, listen: 5433, to: 'canary' }, toDb] })],
  ['to another part of them', listening({ hosts, tcp: [{ ...toDb, listen: 5433, to: 'stable' }, toDb] })],
  ['another port of the app', listening({ hosts, tcp: [{ ...toDb, port: 'copy' }] })],
  ['no host', listening({ tcp: [{ ...toDb, port: 'copy' }] })],
  ['on a named gateway', listening({ gateway: 'istio-ingress/public', tcp: [toDb] })],
  ['beside a host there', listening({ gateway: 'istio-ingress/public', hosts, tcp: [toDb] })],
  ['a host alone', listening({ hosts })],
];

const areas = { servicePorts, services, mesh, routes, edges, resilience, observability, listeners };

const classOf = (name: string, controller: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name },
  spec: { controller },
});
const serviceOf = (ns: string, name: string, ports: readonly number[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: ns, name },
  spec: { selector: { app: name }, ports: ports.map((number) => ({ name: `p${number}`, port: number })) },
});
/** What the specs refer to. */
const surroundings: readonly KubeObject[] = [
  classOf('nginx', 'k8s.io/ingress-nginx'),
  classOf('traefik', 'traefik.io/ingress-controller'),
  serviceOf(namespace, 'existing', [80]),
  serviceOf(namespace, 'docs', [80, 81]),
  serviceOf(namespace, 'help', [80]),
  serviceOf('elsewhere', 'docs', [80]),
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { namespace: 'istio-ingress', name: 'public' },
    spec: {
      selector: { istio: 'ingress' },
      servers: [
        { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] },
        { port: { number: 5432, name: 'db', protocol: 'TCP' }, hosts: ['*'] },
      ],
    },
  },
];

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ operator: { settings } });
  for (const name of ['istio-ingress', 'elsewhere', namespace]) await stage.namespace(name);
  for (const object of surroundings) await stage.plane.api.create(object);
});
afterAll(() => stage?.stop());

/** What `apptraffic render` prints for the spec. */
async function render(name: string, spec: object): Promise<readonly KubeObject[]> {
  const metadata = { namespace, name };
  const mesh = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'istio-injection': 'enabled' } },
  };
  const app = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', metadata, spec };
  const settingsFile = join(stage.plane.run.folder, 'render.settings.yaml');
  writeFileSync(settingsFile, JSON.stringify(settings));
  const given = [mesh, ...surroundings, app].map((document) => JSON.stringify(document)).join('\n---\n');
  let [out, err] = ['', ''];
  const code = await runCli(['render', '-f', '-', '-o', 'json', '--settings', settingsFile], {
    cwd: '/',
    now: () => '2026-01-02T03:04:05Z',
    readStdin: () => Promise.resolve(given),
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  if (code !== 0) throw new Error(`render: ${err}`);
  return field(JSON.parse(out), 'items') as readonly KubeObject[];
}

/** What the API server makes of a manifest that it has not seen before. */
async function fresh(manifest: KubeObject): Promise<KubeObject> {
  const unseen = { ...manifest, metadata: { ...manifest.metadata, name: `fresh-${manifest.metadata.name}` } };
  const made = await stage.plane.api.apply(unseen, { dryRun: true, fieldManager: 'fresh' });
  return { ...made, metadata: { ...made.metadata, name: manifest.metadata.name } };
}

/** An object without what differs from one to the next: its identity and the numbers that the server allocates. */
function essence(object: KubeObject): readonly [string, unknown] {
  const { labels = {}, annotations = {} } = object.metadata;
  const spec = JSON.parse(JSON.stringify(object.spec), (key, value: unknown) =>
    key === 'nodePort' || (/^clusterIPs?$/.test(key) && !JSON.stringify(value).includes('None')) ? 'allocated' : value,
  ) as unknown;
  return [nameOf(object), { labels, annotations, spec }];
}

/** Plays the ingress controllers. */
async function giveAddresses(): Promise<void> {
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  const all = await stage.plane.api.list({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace });
  for (const one of all) await stage.plane.api.patch(one, { status }, { subresource: 'status' });
}

/** Applies the spec and waits until nothing is left to do. */
async function lead(name: string, spec: object): Promise<void> {
  const app = await stage.app(namespace, name, spec);
  const waits = (found: KubeObject): boolean => JSON.stringify(childStatesOf(found)).includes('has an address');
  const isDone = (found: KubeObject): boolean =>
    Object.values(childStatesOf(found)).every((state) => state === 'Programmed');
  const found = await stage.settled(app, (seen) => waits(seen) || isDone(seen));
  if (isDone(found)) return;
  await giveAddresses();
  await stage.settled(app, isDone);
}

/** Their object lies beside the gateway, and is Ready only where somebody issues: issuer.test.ts changes both. */
const elsewhere = ['external.tls.issuer.name', 'external.tls.issuer.kind'];

describe('whatever changes, the objects end up as those of a new app', () => {
  afterEach(async () => {
    const apps = await stage.plane.api.list({ apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', namespace });
    const children = await childrenIn(stage.plane, namespace);
    for (const app of apps) await stage.plane.api.delete(app);
    await Promise.all([...apps, ...children].map((object) => stage.plane.api.waitGone(object)));
  });

  it('tries every field of the spec', () => {
    const tried = Object.values(areas).flatMap((edits) =>
      edits.flatMap(([, spec], at) => changedFields(edits[at - 1]?.[1] ?? {}, spec)),
    );
    const untried = specFields().filter((name) => !tried.includes(name) && !elsewhere.includes(name));
    expect(untried).toEqual([]);
  });

  it.each(Object.entries(areas))('%s', async (area, edits) => {
    const name = area.toLowerCase();
    for (const [what, spec] of edits) {
      await lead(name, spec);
      const wanted = await Promise.all((await render(name, spec)).map(fresh));
      const live = await childrenIn(stage.plane, namespace);
      expect({ what, objects: Object.fromEntries(live.map(essence)) }).toEqual({
        what,
        objects: Object.fromEntries(wanted.map(essence)),
      });
    }
  });
});
