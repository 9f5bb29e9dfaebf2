/** Objects at every bound of the schema, and one step beyond it; made here because they are long. */

/** One bound: the largest (or smallest) spec that is valid, and the next one, which is not. */
export type Boundary = { readonly title: string; readonly inside: Spec; readonly beyond: Spec };

type Spec = { readonly [field: string]: unknown };

/** A whole object around a spec. */
export function appTrafficOf(spec: unknown, name = 'bounds'): unknown {
  return { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', metadata: { name }, spec };
}

const times = <T>(count: number, make: (at: number) => T): readonly T[] => Array.from({ length: count }, (_, at) => make(at));
const mapOf = <T>(count: number, key: (at: number) => string, value: T): Readonly<Record<string, T>> =>
  Object.fromEntries(times(count, (at) => [key(at), value]));

const label = (length: number): string => 'a'.repeat(length);
const hostOf = (length: number): string => {
  const labels = `${label(63)}.${label(63)}.${label(63)}.`;
  return labels + label(length - labels.length);
};
const pathOf = (length: number): string => `/${label(length - 1)}`;
const app = { port: 8080 };
const outside = (external: Spec): Spec => ({ ...app, external: { hosts: ['shop.example.com'], ...external } });
const route = (fields: Spec): Spec => outside({ routes: [{ name: 'a', ...fields }] });
const inside = (internal: Spec): Spec => ({ ...app, internal });
const allow = (entry: Spec): Spec => inside({ allow: [{ app: 'a', ...entry }] });
const headers = (map: Readonly<Record<string, string>>): Spec => route({ match: { headers: map } });

const keysOf = (issuer: string): Spec => ({ issuer, jwksUri: 'https://id.example.com/keys' });
const claims = (map: Spec): Spec => outside({ auth: { jwt: [keysOf('a')], claims: map } });

const placed = (locality: Spec): Spec => ({ ...app, resilience: { loadBalancing: { locality } } });
const shares = (to: Spec): Spec => placed({ distribute: [{ from: 'eu', to }] });
/** So many localities that all get something. */
const sharesOf = (count: number): Spec => ({ ...mapOf(count - 1, (at) => `r${at}`, 1), eu: 101 - count });

type Row = readonly [title: string, make: (size: number) => Spec, last: number];

/** Sizes that are still valid; the next one is not. */
const rows: readonly Row[] = [
  ['ports', (n) => ({ ports: times(n, (at) => ({ name: `p${at}`, port: at + 1 })) }), 32],
  ['port numbers', (n) => ({ port: n }), 65_535],
  ['characters of a port name', (n) => ({ ports: [{ name: label(n), port: 80 }] }), 63],
  ['labels of a selector', (n) => ({ ...app, app: { selector: mapOf(n, (at) => `k${at}`, 'v') } }), 16],
  ['characters of a label value', (n) => ({ ...app, app: { selector: { app: label(n) } } }), 63],
  ['characters of a label name', (n) => ({ ...app, app: { selector: { [`a.b/${label(n)}`]: 'v' } } }), 63],
  ['characters of a label prefix', (n) => ({ ...app, app: { selector: { [`${hostOf(n)}/a`]: 'v' } } }), 253],
  ['characters of a service account', (n) => ({ ...app, app: { serviceAccount: hostOf(n) } }), 253],
  ['characters of a service name', (n) => ({ ...app, service: { name: label(n) } }), 63],
  ['annotations of a service', (n) => ({ ...app, service: { annotations: mapOf(n, (at) => `k${at}`, 'v') } }), 32],
  ['characters of an annotation', (n) => ({ ...app, service: { annotations: { a: label(n) } } }), 2048],
  ['backends', (n) => ({ ...app, backends: mapOf(n, (at) => `b${at}`, { labels: { a: 'b' } }) }), 16],
  ['characters of a backend name', (n) => ({ ...app, backends: { [label(n)]: { labels: { a: 'b' } } } }), 63],
  ['percent of a split', (n) => ({ ...app, split: { app: n } }), 100],
  ['hosts', (n) => outside({ hosts: times(n, (at) => `h${at}.example.com`) }), 100],
  [
    'ports for TCP connections',
    (n) => ({
      ports: [{ name: 'db', port: 5432, protocol: 'tcp' }],
      external: { tcp: times(n, (at) => ({ listen: 9000 + at, port: 'db' })) },
    }),
    16,
  ],
  ['characters of a host', (n) => outside({ hosts: [hostOf(n)] }), 253],
  ['characters of a wildcard', (n) => outside({ hosts: [`*.${hostOf(n - 2)}`] }), 253],
  ['characters of a label of a host', (n) => outside({ hosts: [`${label(n)}.example.com`] }), 63],
  ["characters of a gateway's namespace", (n) => outside({ gateway: `${label(n)}/public` }), 63],
  ["characters of a gateway's name", (n) => outside({ gateway: `istio/${label(n)}` }), 253],
  ['characters of the path of a probe', (n) => outside({ probe: { path: pathOf(n) } }), 512],
  ['a status code of a probe', (n) => outside({ probe: { path: '/', expect: n } }), 599],
  ['bytes of a body', (n) => outside({ maxBodySize: String(n) }), 268_435_456],
  ['Mi of a body', (n) => outside({ maxBodySize: `${n}Mi` }), 256],
  ['k of a body', (n) => outside({ maxBodySize: `${n}k` }), 268_435],
  ['ranges of addresses', (n) => outside({ allowCIDRs: times(n, (at) => `10.${at}.0.0/16`) }), 128],
  ['issuers of tokens', (n) => outside({ auth: { jwt: times(n, (at) => keysOf(`i${at}`)) } }), 8],
  ['characters of an issuer', (n) => outside({ auth: { jwt: [keysOf(label(n))] } }), 256],
  ['characters of the address of keys', (n) => outside({ auth: { jwt: [{ issuer: 'a', jwksUri: `https://a.example.com${pathOf(n - 21)}` }] } }), 512],
  ['audiences of a token', (n) => outside({ auth: { jwt: [{ ...keysOf('a'), audiences: times(n, (at) => `a${at}`) }] } }), 8],
  ['claims of a token', (n) => claims(mapOf(n, (at) => `c${at}`, ['v'])), 8],
  ['characters of the name of a claim', (n) => claims({ [label(n)]: ['v'] }), 64],
  ['characters of the names of claims within claims', (n) => claims({ [`${label(60)}[${label(60)}][${label(n - 124)}]`]: ['v'] }), 128],
  ['values of a claim', (n) => claims({ scope: times(n, (at) => `v${at}`) }), 8],
  ['characters of the value of a claim', (n) => claims({ scope: [label(n)] }), 64],
  ['characters of the name of a provider', (n) => outside({ auth: { external: label(n) } }), 63],
  ['requests', (n) => outside({ rateLimit: { requests: n, per: 'Second' } }), 1_000_000],
  ['requests at once', (n) => outside({ rateLimit: { requests: 1, per: 'Hour', burst: n } }), 1_000_000],
  ['requests on a route', (n) => route({ rateLimit: { requests: n, per: 'Minute' } }), 1_000_000],
  ['routes', (n) => outside({ routes: times(n, (at) => ({ name: `r${at}` })) }), 200],
  ['routes inside the mesh', (n) => inside({ routes: times(n, (at) => ({ name: `r${at}` })) }), 200],
  ['characters of a path', (n) => route({ match: { prefix: pathOf(n) } }), 512],
  ['characters of a rewrite', (n) => route({ match: { prefix: '/' }, rewrite: { prefix: pathOf(n) } }), 512],
  ['characters of a whole path', (n) => route({ rewrite: { path: pathOf(n) } }), 512],
  ['characters of a rewritten expression', (n) => route({ rewrite: { regex: { match: pathOf(n), with: '/' } } }), 128],
  ['characters of a new path with references', (n) => route({ rewrite: { regex: { match: '/a', with: pathOf(n) } } }), 128],
  ['the number of a group', (n) => route({ rewrite: { regex: { match: '/(a)(?:b)(c(d))', with: `/\\${n}` } } }), 3],
  ['header conditions', (n) => headers(mapOf(n, (at) => `x-${at}`, 'v')), 16],
  ['characters of a header name', (n) => headers({ [label(n)]: 'v' }), 128],
  ['characters of a header value', (n) => headers({ 'x-a': label(n) }), 512],
  ['characters of a regular expression', (n) => route({ match: { regex: pathOf(n) } }), 256],
  ['characters of the regular expression of a header', (n) => route({ match: { headersRegex: { a: label(n) } } }), 128],
  ['counted repetitions', (n) => route({ match: { regex: `/${'a{2}'.repeat(n)}` } }), 8],
  ['times of a repetition', (n) => route({ match: { regex: `/a{${n}}` } }), 99],
  ['groups inside one another', (n) => route({ match: { regex: `/${'('.repeat(n)}a${')'.repeat(n)}` } }), 3],
  ['headers with a regular expression', (n) => route({ match: { headersRegex: mapOf(n, (at) => `x-${at}`, '.') } }), 4],
  ['absent headers', (n) => route({ match: { withoutHeaders: times(n, (at) => `x-${at}`) } }), 16],
  ['characters of an absent header', (n) => route({ match: { withoutHeaders: [label(n)] } }), 128],
  ['cookies', (n) => route({ match: { cookies: mapOf(n, (at) => `c${at}`, 'v') } }), 8],
  ['characters of the name of a cookie', (n) => route({ match: { cookies: { [label(n)]: 'v' } } }), 128],
  ['characters of the value of a cookie', (n) => route({ match: { cookies: { a: label(n) } } }), 256],
  ['query parameters', (n) => route({ match: { query: mapOf(n, (at) => `q${at}`, 'v') } }), 16],
  ['characters of the name of a parameter', (n) => route({ match: { query: { [label(n)]: 'v' } } }), 64],
  ['characters of the value of a parameter', (n) => route({ match: { query: { a: label(n) } } }), 256],
  ['parts of a duration', (n) => route({ timeout: '1s'.repeat(n) }), 4],
  ['digits of a duration', (n) => route({ timeout: `${'9'.repeat(n)}h` }), 5],
  ['status codes of an abort', (n) => route({ fault: { abort: n } }), 599],
  ['percent of an abort', (n) => route({ fault: { abort: 503, abortPercent: n } }), 100],
  ['percent of a delay', (n) => route({ fault: { delay: '1s', delayPercent: n } }), 100],
  ['characters of the name of a cookie that is set', (n) => ({ port: 1, split: { app: 100 }, sticky: { cookie: label(n) } }), 64],
  ['percent of a mirror', (n) => route({ mirror: { to: 'app', percent: n } }), 100],
  ['retries', (n) => route({ retries: { attempts: n } }), 10],
  ['regions that another one stands in for', (n) => placed({ failover: times(n, (at) => ({ from: `r${at}`, to: 'eu' })) }), 8],
  ['characters of a region', (n) => placed({ failover: [{ from: label(n), to: 'eu' }] }), 63],
  ['localities of callers', (n) => placed({ distribute: times(n, (at) => ({ from: `r${at}`, to: { eu: 100 } })) }), 8],
  ['characters of a locality of callers', (n) => placed({ distribute: [{ from: `eu/${label(n - 3)}`, to: { eu: 100 } }] }), 191],
  ['localities that get a share', (n) => shares(sharesOf(n)), 8],
  ['percent of a locality', (n) => shares({ eu: n }), 100],
  ['characters of a locality', (n) => shares({ [`eu/${label(n - 3)}`]: 100 }), 191],
  ['open ports', (n) => inside({ mtls: { mode: 'Strict', exceptPorts: times(n, (at) => at + 1) } }), 32],
  ['allow entries', (n) => inside({ allow: times(n, (at) => ({ app: `a${at}` })) }), 64],
  ['calls', (n) => inside({ calls: times(n, (at) => ({ app: `a${at}` })) }), 64],
  ['characters of a called host', (n) => inside({ calls: [{ host: hostOf(n), port: 443 }] }), 253],
  ['ports of an allow entry', (n) => allow({ ports: times(n, (at) => at + 1) }), 32],
  ['paths of an allow entry', (n) => allow({ paths: times(n, (at) => `/${at}`) }), 16],
  ['characters of an allowed path', (n) => allow({ paths: [`${pathOf(n - 2)}/*`] }), 256],
];

/** Every bound of the schema. */
export const boundaries: readonly Boundary[] = rows.map(([title, make, last]) => ({
  title: `${last} ${title}`,
  inside: make(last),
  beyond: make(last + 1),
}));

const longName = (prefix: string, at: number): string => `${prefix}${at}${label(60)}`.slice(0, 63);

const fullRoute = (at: number, host: Spec): Spec => ({
  name: longName('r', at),
  match: {
    ...host,
    prefix: pathOf(512),
    headers: mapOf(16, (key) => `x-${key}-${label(120)}`, label(512)),
    headersRegex: mapOf(4, (key) => `z-${key}-${label(120)}`, label(128)),
    withoutHeaders: times(16, (key) => `y-${key}-${label(120)}`),
    cookies: mapOf(8, (key) => `c-${key}-${label(100)}`, label(256)),
    query: mapOf(16, (key) => `q-${key}-${label(50)}`, label(256)),
  },
  port: longName('p', 31),
  split: Object.fromEntries(times(16, (key) => [longName('b', key), key === 0 ? 100 : 0])),
  rewrite: { prefix: pathOf(512) },
  mirror: { to: longName('b', 15), percent: 100 },
  sticky: { cookie: label(64), ttl: '99999h' },
  fault: { delay: '99999h', delayPercent: 100, abort: 599, abortPercent: 100, until: '2099-12-31T23:59:59Z' },
  timeout: '99999h',
});

/** A spec of about 1.3 MB, near what etcd stores, in which the costly rules have the most to do. */
export const fullest: Spec = {
  ports: times(32, (at) => ({ name: longName('p', at), port: at + 1 })),
  backends: Object.fromEntries(
    times(16, (at) => [longName('b', at), { labels: mapOf(16, (key) => `a${key}.b/${label(63)}`, label(63)) }]),
  ),
  external: {
    hosts: times(100, (at) => `h${String(at).padStart(2, '0')}.${hostOf(249)}`),
    routes: times(32, (at) => fullRoute(at, { host: `h99.${hostOf(249)}` })),
  },
  internal: {
    routes: times(32, (at) => fullRoute(at, {})),
    allow: times(64, (at) => ({ app: `a${at}`, paths: times(16, () => `/${'a/'.repeat(126)}*`) })),
    calls: times(64, (at) => ({ host: hostOf(253), port: at + 1 })),
  },
  resilience: {
    loadBalancing: {
      locality: {
        distribute: times(8, (at) => ({
          from: `r${at}/${label(180)}`,
          to: Object.fromEntries(times(8, (key) => [`r${key}/${label(180)}`, key === 0 ? 93 : 1])),
        })),
      },
    },
  },
};
