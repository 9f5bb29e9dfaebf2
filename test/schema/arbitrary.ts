/** Random specs: a sound one with a few fields changed or removed, so that about half of them stay valid. */
import { array, boolean, constant, constantFrom, dictionary, integer, oneof, record, string, tuple } from 'fast-check';
import type { Arbitrary } from 'fast-check';

const odd = string({ unit: 'binary', maxLength: 8 });
const text = (...pool: readonly string[]): Arbitrary<string> =>
  oneof({ weight: 9, arbitrary: constantFrom(...pool) }, { weight: 1, arbitrary: odd });
const optional = (fields: Readonly<Record<string, Arbitrary<unknown>>>): Arbitrary<unknown> =>
  record(fields, { requiredKeys: [] });

const name = text('app', 'v1', 'v2', 'http', 'admin', 'a', 'A', 'a_b', '-a', 'on');
const host = text('shop.example.com', '*.example.com', 'a.b.example.com', 'example.com', 'Shop.example.com', 'shop', 'a.com.');
const path = text('/', '/a', '/a/', '/~a.b_c-d', '/..a/...', '/a//b', '/a/..', '/a/*', '/*', '/a*', 'a', '/a?b', '/%41');
const duration = text('5s', '1h30m', '250ms', '1s1s1s1s', '0s', '5', '1.5s', '1d', '1s1s1s1s1s', '-1s');
const port = oneof(constantFrom(80, 8080, 0, 65_536, 80.5), integer({ min: 1, max: 65_535 }));
const labels = dictionary(text('app', 'a.b/c', 'a/b/c', ''), text('v1', '', 'a b'), { maxKeys: 2 });
const methods = array(text('GET', 'POST', 'get'), { maxLength: 2 });
const split = oneof(
  constantFrom({ app: 100 }, { app: 50, v1: 50 }, { v1: 90, v2: 10 }, { app: 99 }, {}),
  dictionary(name, integer({ min: -1, max: 101 }), { maxKeys: 3 }),
);
const headers = dictionary(text('x-a', 'X-A', 'host', ':path', "!#$'`"), text('a', '', ' a', 'a b'), { maxKeys: 3 });
const cors = optional({
  origins: array(text('*', 'https://a.example', 'https://*.a.example', 'https://a.example:443', 'a.example'), { maxLength: 2 }),
  methods,
  headers: array(text('x-a', '*', 'a:b'), { maxLength: 2 }),
  exposeHeaders: array(text('x-a', ''), { maxLength: 2 }),
  credentials: boolean(),
  maxAge: text('10m', '500ms', '1'),
});
const range = text('10.0.0.0/8', '10.0.0.1/8', '::/0', '2001:db8::/32', '1::2/64', '::ffff:1.2.3.4/128', '10.0.0.0/33', '010.0.0.0/8', '1::2::/64', '10.0.0.0');
const claims = dictionary(text('scope', 'a[b]', 'a[b', 'a b', '[a]'), array(text('read', 'a*', 'ä', ''), { maxLength: 2 }), { maxKeys: 2 });
const auth = optional({
  jwt: array(
    optional({
      issuer: text('id', 'https://id.example.com', '*'),
      jwksUri: text('https://id.example.com/keys', 'http://id.example.com', 'https://1.2.3.4', 'https://id.example.com:99999'),
      audiences: array(text('shop', ''), { maxLength: 2 }),
      forward: boolean(),
    }),
    { maxLength: 2 },
  ),
  claims,
  external: text('oauth2-proxy', 'Oauth', '-a'),
});
const routeAuth = optional({ mode: text('None', 'none'), claims });
const editMap = dictionary(text('x-a', 'X-A', 'x-b', 'Host', 'te', 'x-envoy-a'), text('a', '', '%', 'a\n'), { maxKeys: 3 });
const edits = optional({ set: editMap, add: editMap, remove: array(text('x-a', 'X-A', 'x-c', 'host'), { maxLength: 3 }) });
const redirect = optional({ scheme: text('https', 'HTTPS'), host, port, path, prefix: path, code: constantFrom(301, 300) });
const allowEntry = optional({
  app: name,
  namespace: name,
  serviceAccount: name,
  ports: array(port, { maxLength: 2 }),
  methods,
  paths: array(path, { maxLength: 2 }),
});

const rateLimit = optional({
  mode: text('None', 'none'),
  requests: constantFrom(0, 1, 100, 1_000_000, 1_000_001, 1.5),
  per: text('Second', 'Minute', 'Hour', 'Day'),
  burst: constantFrom(0, 1, 20, 1_000_001),
});

const callEntry = optional({
  app: name,
  namespace: name,
  host,
  port,
  preset: text('KubeAPI', 'kubeapi'),
});

const sticky = optional({ cookie: text('side', 'a_b-1', '-a', 'a b', ''), ttl: duration });

const fault = optional({
  delay: duration,
  delayPercent: integer({ min: 0, max: 101 }),
  abort: integer({ min: 399, max: 600 }),
  abortPercent: integer({ min: 0, max: 101 }),
  until: text('2030-01-01T00:00:00Z', '2028-02-29T00:00:00Z', '2027-02-29T00:00:00Z', '2030-1-1', '2030-01-01T24:00:00Z'),
});

/** Texts of which about half are regular expressions. */
const likeRegex = array(
  constantFrom('/', 'a', '-', '.', '*', '+', '?', '(', ')', '(?:', '|', '[a-z]', '[^/', ']', '{2}', '{3,1}', '\\', '\\d', '^'),
  { minLength: 1, maxLength: 6 },
).map((parts) => `/${parts.join('')}`);

type Path = readonly (string | number)[];

const region = text('eu', 'us', 'EU', 'eu/a', '*', '', '-a');
const place = text('eu', 'eu/*', 'eu/a', 'eu/a/*', 'eu/a/r1', 'eu/a/r1/*', 'us/a', '*', 'no', 'No/*', '*/a', 'eu/', 'eu//a', '');
const locality = optional({
  failover: array(record({ from: region, to: region }), { maxLength: 3 }),
  distribute: array(
    record({ from: place, to: dictionary(place, constantFrom(0, 20, 50, 50, 50, 100, 100, 101), { maxKeys: 3 }) }),
    { maxLength: 3 },
  ),
});

/** What a field may be changed to; a change may also remove it. */
const fields: readonly (readonly [Path, Arbitrary<unknown>])[] = [
  [['port'], port],
  [['ports', 0, 'name'], name],
  [['ports', 1, 'port'], port],
  [['ports', 1, 'targetPort'], port],
  [['ports', 1, 'protocol'], text('http', 'tcp', 'HTTP')],
  [['app', 'selector'], labels],
  [['app', 'serviceAccount'], text('shop', 'a.b', 'A', 'a..b')],
  [['service', 'name'], name],
  [['service', 'type'], text('ClusterIP', 'Headless', 'ExternalName', 'Existing')],
  [['service', 'externalName'], host],
  [['service', 'annotations'], labels],
  [['service', 'trafficDistribution'], text('PreferClose', 'Close')],
  [['backends', 'v1'], optional({ labels, service: record({ name, port, namespace: name }) })],
  [['backends', 'v3'], record({ labels })],
  [['backends'], dictionary(name, constant({ labels: { a: 'b' } }), { maxKeys: 3 })],
  [['split'], split],
  [['sticky'], sticky],
  [['weightsManagedBy'], text('AppTraffic', 'ArgoRollouts', 'argoRollouts')],
  [['external', 'hosts'], array(host, { maxLength: 3 })],
  [['external', 'provider'], text('Istio', 'Ingress', 'istio')],
  [['external', 'gateway'], text('a/b', 'a', 'a/b/c', 'a/b.c')],
  [['external', 'ingressClass'], text('nginx', 'Nginx')],
  [['external', 'tls'], optional({ mode: text('Terminate', 'Passthrough', 'Mutual'), secretName: text('a', 'a/b'), issuer: optional({ name: text('a', 'A'), kind: text('Issuer', 'ClusterIssuer', 'issuer') }), clientCA: text('b', 'a/b'), minVersion: text('1.2', '1.3', '1.1') })],
  [['external', 'httpsRedirect'], oneof(boolean(), constant('yes'))],
  [['external', 'maxBodySize'], text('8Mi', '500k', '1', '0', '1G', '0x1', '1.5Mi', '1e3', '-1', '000Ki', '256Mi', '999999999')],
  [['external', 'allowCIDRs'], array(range, { maxLength: 2 })],
  [['external', 'denyCIDRs'], array(range, { maxLength: 2 })],
  [['external', 'auth'], auth],
  [['external', 'rateLimit'], rateLimit],
  [['external', 'cors'], cors],
  [['external', 'probe'], optional({ path, expect: constantFrom(199, 200, 404, 599, 600) })],
  [['external', 'tcp'], array(record({ listen: port, port: name, to: name }, { requiredKeys: ['listen', 'port'] }), { maxLength: 2 })],
  [['external', 'routes', 1], record({ name, redirect })],
  [['external', 'routes', 1, 'name'], name],
  ...(['external', 'internal'] as const).flatMap((side): (readonly [Path, Arbitrary<unknown>])[] => [
    [[side, 'routes', 0, 'match', 'host'], host],
    [[side, 'routes', 0, 'match', 'prefix'], path],
    [[side, 'routes', 0, 'match', 'exact'], path],
    [[side, 'routes', 0, 'match', 'methods'], methods],
    [[side, 'routes', 0, 'match', 'headers'], headers],
    [[side, 'routes', 0, 'match', 'regex'], oneof(constantFrom('/a.*', '.*', 'a', '/(a', '/[b-a]', '/a{2}{3}'), likeRegex)],
    [[side, 'routes', 0, 'match', 'headersRegex'], dictionary(text('x-a', 'X-b', 'host'), likeRegex, { maxKeys: 2 })],
    [[side, 'routes', 0, 'match', 'withoutHeaders'], array(text('x-a', 'X-B', 'host', 'cookie', ''), { maxLength: 2 })],
    [[side, 'routes', 0, 'match', 'cookies'], dictionary(text('a', 'a b', ''), text('b', 'b;', '"b"'), { maxKeys: 2 })],
    [[side, 'routes', 0, 'match', 'query'], dictionary(text('v', 'f[]', 'a=b', ''), text('2', 'a b', '%20', 'a&b'), { maxKeys: 2 })],
    [[side, 'routes', 0, 'port'], name],
    [[side, 'routes', 0, 'to'], name],
    [[side, 'routes', 0, 'split'], split],
    [[side, 'routes', 0, 'redirect'], redirect],
    [
      [side, 'routes', 0, 'respond'],
      optional({ status: constantFrom(199, 200, 204, 302, 503, 599, 600), body: text('a\n', '', '\u0000', '\u{1F550}') }),
    ],
    [[side, 'routes', 0, 'headers', 'request'], edits],
    [[side, 'routes', 0, 'headers'], optional({ request: edits, response: edits })],
    [[side, 'routes', 0, 'cors'], cors],
    [[side, 'routes', 0, 'auth'], routeAuth],
    [[side, 'routes', 0, 'rewrite'], optional({
      prefix: path,
      path,
      host,
      regex: optional({ match: oneof(constantFrom('/(a)/(b)', '.*', 'a', '/\\('), likeRegex), with: text('/\\1', '\\0/a', '/\\2.', 'a\\1', '/..', '/..\\1') }),
    })],
    [[side, 'routes', 0, 'mirror'], optional({ to: name, percent: integer({ min: 0, max: 101 }) })],
    [[side, 'routes', 0, 'sticky'], sticky],
    [[side, 'routes', 0, 'rateLimit'], rateLimit],
    [[side, 'routes', 0, 'fault'], fault],
    [[side, 'routes', 0, 'websocket'], oneof(boolean(), constant('yes'))],
    [[side, 'routes', 0, 'timeout'], duration],
    [[side, 'routes', 0, 'retries'], optional({ attempts: integer({ min: -1, max: 11 }), perTry: duration })],
  ]),
  [['internal', 'mtls', 'mode'], text('Strict', 'Permissive', 'Disable')],
  [['internal', 'mtls', 'exceptPorts'], array(port, { maxLength: 3 })],
  [['internal', 'allow', 0], allowEntry],
  [['internal', 'calls', 0], callEntry],
  [['internal', 'calls', 1], callEntry],
  [['internal', 'enforcement'], text('Enforce', 'Audit')],
  [['resilience', 'loadBalancing', 'locality'], locality],
  [['observability', 'accessLog'], text('None', 'Errors', 'All', 'errors')],
  [['observability', 'tracing'], optional({ percent: integer({ min: -1, max: 101 }) })],
  [['lifecycle', 'paused'], oneof(boolean(), constant('true'))],
  [['lifecycle', 'mode'], text('Apply', 'Preview')],
  [['lifecycle', 'deletion'], text('Delete', 'Orphan')],
  [['lifecycle', 'adopt'], text('Never', 'Matching')],
];

const sound = {
  ports: [
    { name: 'http', port: 80, targetPort: 8080, protocol: 'http' },
    { name: 'admin', port: 81 },
  ],
  app: { selector: { app: 'shop' } },
  backends: { v1: { labels: { version: 'v1' } }, v2: { labels: { version: 'v2' } } },
  split: { v1: 90, v2: 10 },
  external: {
    hosts: ['shop.example.com', '*.example.com'],
    routes: [{ name: 'api', match: { prefix: '/api' } }, { name: 'rest' }],
  },
  internal: {
    mtls: { mode: 'Strict' },
    allow: [{ app: 'checkout' }],
    routes: [{ name: 'api', match: { prefix: '/api' } }],
  },
};

/** The value with one place below it set, or removed where `to` is undefined; what is missing on the way is made. */
function changed(value: unknown, [head, ...rest]: Path, to: unknown): unknown {
  if (head === undefined) return to;
  if (typeof head === 'number') {
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    const next = changed(list[head], rest, to);
    return list.flatMap((one, at) => (at === head ? (next === undefined ? [] : [next]) : [one]));
  }
  const { [head]: old, ...others } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const next = changed(old, rest, to);
  return next === undefined ? others : { ...others, [head]: next };
}

const change = oneof(
  ...fields.map(([at, to]) =>
    tuple(constant(at), oneof({ weight: 4, arbitrary: to }, { weight: 1, arbitrary: constant(undefined) })),
  ),
);

/** A spec, valid or not. */
export const anySpec: Arbitrary<unknown> = array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
  changes.reduce<unknown>((spec, [at, to]) => changed(spec, at, to), sound),
);
