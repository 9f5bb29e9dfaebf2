/** Who may come in: addresses, tokens, and whom somebody else lets in; with every way round that a client could try. */
import { headerValues, echoOf } from '../../../testbed/mesh/request.ts';
import type { Ask, Expected, LiveCase } from '../live-case.ts';
import { issuers, keyServers } from './entry-parts.ts';

const passes = (app: string, route: string, more: object = {}): Expected => ({
  pods: app,
  route: `team/${app}/${route}`,
  ...more,
});
const refused = (app: string, route: string, status = 403): Expected => ({ status, route: `team/${app}/${route}` });

const guarded = 'http://guarded.example.com';
const comes = passes('guarded', 'all');
const stays = refused('guarded', 'all');
const routeOf = (text: string): Pick<Ask, 'headers'> => ({ headers: [['x-apptraffic-route', text]] });

/** Spellings of one request; each must be judged as the plain one is. */
const spellings = [
  'http://guarded.example.com/',
  'http://GUARDED.Example.COM/',
  'http://guarded.example.com:80/',
  'http://guarded.example.com:8443/',
  'http://guarded.example.com./',
] as const;

/** Paths that some servers take for others. */
const paths = ['//', '/./', '/a/../', '/%2e%2e/', '/a%2fb', '/a//b', '/a;b', '/%61'] as const;

const sameAs = (gets: Expected, path: string): Expected =>
  typeof gets === 'object' && 'pods' in gets ? { ...gets, path } : gets;

/** The path at the pod of each of them. */
const normalized: Readonly<Record<(typeof paths)[number], string>> = {
  '//': '//',
  '/./': '/',
  '/a/../': '/',
  '/%2e%2e/': '/',
  '/a%2fb': '/a%2fb',
  '/a//b': '/a//b',
  '/a;b': '/a;b',
  '/%61': '/a',
};

const forwardedFor = (...values: readonly string[]): Pick<Ask, 'headers'> => ({
  headers: values.map((value) => ['x-forwarded-for', value] as const),
});

const addressAsks: readonly Ask[] = [
  { request: `GET ${guarded}/`, gets: comes },
  { request: `GET ${guarded}/`, client: 'stranger', gets: stays },
  // In the range, and kept out of it.
  { request: `GET ${guarded}/`, client: 'neighbour', gets: stays },
  ...spellings.flatMap((url): readonly Ask[] => [
    { request: `GET ${url}`, gets: comes },
    { request: `GET ${url}`, client: 'stranger', gets: stays },
  ]),
  ...paths.flatMap((path): readonly Ask[] => [
    { request: `GET ${guarded}${path}`, gets: sameAs(comes, normalized[path]) },
    { request: `GET ${guarded}${path}`, client: 'stranger', gets: stays },
  ]),
  ...['HEAD', 'OPTIONS', 'POST'].map((method): Ask => ({
    request: `${method} ${guarded}/`,
    client: 'stranger',
    gets: stays,
  })),
  // What a client says of itself and of its route counts for nothing.
  { request: `GET ${guarded}/`, client: 'stranger', ...forwardedFor('203.0.113.1'), gets: stays },
  { request: `GET ${guarded}/`, client: 'stranger', ...forwardedFor('203.0.113.1', '203.0.113.1'), gets: stays },
  { request: `GET ${guarded}/`, client: 'stranger', ...forwardedFor('203.0.113.1, 203.0.113.1'), gets: stays },
  { request: `GET ${guarded}/`, ...forwardedFor('203.0.113.80'), gets: comes },
  { request: `GET ${guarded}/`, client: 'stranger', ...routeOf('team/shop/all'), gets: stays },
  { request: `GET ${guarded}/`, client: 'stranger', ...routeOf(''), gets: stays },
  {
    request: `GET ${guarded}/`,
    client: 'stranger',
    headers: [['x-envoy-external-address', '203.0.113.1']],
    gets: stays,
  },
  {
    request: `GET ${guarded}/`,
    client: 'stranger',
    headers: [
      ['upgrade', 'websocket'],
      ['connection', 'Upgrade'],
    ],
    gets: stays,
  },
  // The gateway answers these itself.
  {
    request: `GET ${guarded}/old`,
    client: 'stranger',
    gets: { status: 302, location: `${guarded}/new`, route: 'team/guarded/old' },
  },
  // Callers inside the mesh come by no gateway, whatever they say.
  { request: 'GET http://guarded.team/', from: 'docs', gets: { pods: 'guarded' } },
  { request: 'GET http://guarded.team/', from: 'docs', ...forwardedFor('203.0.113.80'), gets: { pods: 'guarded' } },
];

const relay = 'http://relay.example.com';
const relayedAsks: readonly Ask[] = [
  // The proxy before the gateway is any client here: what it says is true.
  { request: `GET ${relay}/`, gateway: 'relayed', ...forwardedFor('203.0.113.9'), gets: passes('relay', 'default') },
  {
    request: `GET ${relay}/`,
    gateway: 'relayed',
    client: 'stranger',
    ...forwardedFor('203.0.113.9'),
    gets: passes('relay', 'default'),
  },
  { request: `GET ${relay}/`, gateway: 'relayed', ...forwardedFor('203.0.113.80'), gets: refused('relay', 'default') },
  // What the client told the proxy stands further left.
  {
    request: `GET ${relay}/`,
    gateway: 'relayed',
    ...forwardedFor('203.0.113.9, 203.0.113.80'),
    gets: refused('relay', 'default'),
  },
  {
    request: `GET ${relay}/`,
    gateway: 'relayed',
    ...forwardedFor('203.0.113.9', '203.0.113.80'),
    gets: refused('relay', 'default'),
  },
  {
    request: `GET ${relay}/`,
    gateway: 'relayed',
    ...forwardedFor('203.0.113.80, 203.0.113.9'),
    gets: passes('relay', 'default'),
  },
  // Without an entry it is the one that connects.
  { request: `GET ${relay}/`, gateway: 'relayed', gets: passes('relay', 'default') },
  { request: `GET ${relay}/`, gateway: 'relayed', client: 'stranger', gets: refused('relay', 'default') },
];

const tokens = 'http://tokens.example.com';
const good = { issuer: 'id', claims: { aud: 'shop', scope: 'openid cart:read', sub: 'jane' } } as const;
const staff = { issuer: 'id', claims: { ...good.claims, realm_access: { roles: ['customer', 'staff'] } } } as const;
const partner = { issuer: 'partner', claims: { scope: ['cart:read'], aud: ['anybody'] } } as const;
const past = Math.floor(Date.now() / 1000) - 3600;
const allowed = passes('tokens', 'all');
const noToken = refused('tokens', 'all', 401);
const notEnough = refused('tokens', 'all');

const authorization = (...values: readonly string[]): Pick<Ask, 'headers'> => ({
  headers: values.map((value) => ['authorization', value] as const),
});

const signedText = issuers.id.sign(good.claims);
const forgedText = `${signedText.slice(0, signedText.lastIndexOf('.'))}.${'A'.repeat(86)}`;
const unsigned = [{ alg: 'none' }, { iss: issuers.id.name, ...good.claims }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

const tokenAsks: readonly Ask[] = [
  { request: `GET ${tokens}/`, token: good, gets: allowed },
  { request: `GET ${tokens}/`, token: partner, gets: allowed },
  { request: `GET ${tokens}/`, gets: noToken },
  { request: `HEAD ${tokens}/`, gets: noToken },
  { request: `OPTIONS ${tokens}/`, gets: noToken },
  { request: `POST ${tokens}/`, gets: noToken },
  // Where tokens are not looked for.
  { request: `GET ${tokens}/?access_token=${signedText}`, gets: noToken },
  { request: `GET ${tokens}/`, headers: [['cookie', `authorization=Bearer ${signedText}`]], gets: noToken },
  ...[
    'Basic YTpi',
    'Bearer',
    'Bearer ',
    `bearer ${signedText}`,
    `Bearer  ${signedText}`,
    `Token ${signedText}`,
    `${unsigned}.`,
  ].map((text): Ask => ({ request: `GET ${tokens}/`, ...authorization(text), gets: noToken })),
  { request: `GET ${tokens}/`, ...authorization(`Bearer ${unsigned}.`), gets: noToken },
  // One after another, or two at once: nobody could say which one counts.
  { request: `GET ${tokens}/`, ...authorization(`Bearer ${signedText}`, `Bearer ${signedText}`), gets: noToken },
  { request: `GET ${tokens}/`, ...authorization(`Bearer ${signedText}, Bearer ${forgedText}`), gets: noToken },
  { request: `GET ${tokens}/`, ...authorization(`Basic YTpi, Bearer ${signedText}`), gets: noToken },
  // Tokens that do not hold.
  { request: `GET ${tokens}/`, token: { ...good, isForged: true }, gets: noToken },
  { request: `GET ${tokens}/`, ...authorization('Bearer a.b.c'), gets: noToken },
  { request: `GET ${tokens}/`, token: { ...good, claims: { ...good.claims, exp: past } }, gets: noToken },
  { request: `GET ${tokens}/`, token: { ...good, claims: { ...good.claims, nbf: past + 7200 } }, gets: noToken },
  {
    request: `GET ${tokens}/`,
    token: { ...good, claims: { ...good.claims, iss: 'https://id.example.org' } },
    gets: noToken,
  },
  {
    request: `GET ${tokens}/`,
    token: { ...good, claims: { ...good.claims, iss: issuers.partner.name } },
    gets: noToken,
  },
  // Tokens that are not meant, or do not say enough.
  { request: `GET ${tokens}/`, token: { ...good, claims: { ...good.claims, aud: 'other' } }, gets: notEnough },
  {
    request: `GET ${tokens}/`,
    token: { ...good, claims: { ...good.claims, aud: ['other', 'https://shop/'] } },
    gets: allowed,
  },
  { request: `GET ${tokens}/`, token: { ...good, claims: { aud: 'shop' } }, gets: notEnough },
  { request: `GET ${tokens}/`, token: { ...good, claims: { aud: 'shop', scope: 'cart:read-not' } }, gets: notEnough },
  { request: `GET ${tokens}/`, token: { ...good, claims: { aud: 'shop', scope: 'CART:READ' } }, gets: notEnough },
  { request: `GET ${tokens}/`, token: { ...good, claims: { aud: 'shop', scope: ['x', 'cart:write'] } }, gets: allowed },
  {
    request: `GET ${tokens}/`,
    token: { ...good, claims: { aud: 'shop', scope: { 'cart:read': true } } },
    gets: notEnough,
  },
  // Claims of a route stand in place of all others.
  { request: `GET ${tokens}/admin`, token: good, gets: refused('tokens', 'admin') },
  { request: `GET ${tokens}/admin`, token: staff, gets: passes('tokens', 'admin') },
  {
    request: `GET ${tokens}/admin`,
    token: { ...good, claims: { aud: 'shop', realm_access: { roles: ['staff'] } } },
    gets: passes('tokens', 'admin'),
  },
  {
    request: `GET ${tokens}/admin`,
    token: { ...good, claims: { ...good.claims, 'realm_access[roles]': ['staff'] } },
    gets: refused('tokens', 'admin'),
  },
  { request: `GET ${tokens}/admin/../admin/x`, token: good, gets: refused('tokens', 'admin') },
  { request: `GET ${tokens}/%61dmin`, token: good, gets: refused('tokens', 'admin') },
  { request: `GET ${tokens}/admin`, token: good, ...routeOf('team/tokens/open'), gets: refused('tokens', 'admin') },
  { request: `GET ${tokens}/admin`, ...routeOf('team/tokens/open'), gets: refused('tokens', 'admin', 401) },
  { request: `GET ${tokens}/two`, token: good, gets: passes('tokens', 'two', { port: 9090 }) },
  { request: `GET ${tokens}/two`, gets: refused('tokens', 'two', 401) },
  { request: `GET ${tokens}/two`, token: { ...good, isForged: true }, gets: refused('tokens', 'two', 401) },
  // Routes that need nothing: a token that does not hold is refused there too.
  { request: `GET ${tokens}/open`, gets: passes('tokens', 'open') },
  { request: `GET ${tokens}/open`, token: { issuer: 'id', claims: { aud: 'shop' } }, gets: passes('tokens', 'open') },
  { request: `GET ${tokens}/open`, token: { ...good, isForged: true }, gets: refused('tokens', 'open', 401) },
  { request: `GET ${tokens}/moved`, gets: { status: 302, location: `${tokens}/new`, route: 'team/tokens/moved' } },
  // Preflights carry no token, and are answered where cors is.
  {
    request: `OPTIONS ${tokens}/`,
    headers: [
      ['origin', 'https://app.example.com'],
      ['access-control-request-method', 'GET'],
    ],
    gets: { status: 200, route: 'team/tokens/all' },
  },
  // Callers inside need no token, whatever route they say they come by.
  { request: 'GET http://tokens.team/admin', from: 'docs', gets: { pods: 'tokens' } },
  { request: 'GET http://tokens.team/', from: 'docs', token: good, gets: { pods: 'tokens' } },
  { request: 'GET http://tokens.team/', from: 'docs', token: { ...good, isForged: true }, gets: { status: 401 } },
];

const asked = 'http://asked.example.com';
const visitor: Pick<Ask, 'headers'> = { headers: [['x-visitor', 'jane']] };
const providerAsks: readonly Ask[] = [
  { request: `GET ${asked}/`, ...visitor, gets: passes('asked', 'all') },
  { request: `GET ${asked}/open`, gets: passes('asked', 'open') },
  { request: 'GET http://asked.team/', from: 'docs', gets: { pods: 'asked' } },
];

/** What nobody lets in: `decide` takes the provider to let requests in, so these are sent alone. */
const unasked = [
  `GET ${asked}/`,
  `HEAD ${asked}/`,
  `OPTIONS ${asked}/`,
  'GET http://ASKED.example.com./',
  'GET http://asked.example.com:8080/',
  `GET ${asked}/open/../`,
  `GET ${asked}//open`,
];

/** The cases. */
export const entryCases: readonly LiveCase[] = [
  {
    title:
      'clients come in from the ranges of allowCIDRs but for those of denyCIDRs, however they spell host and path and whatever they say of their address and route; callers inside the mesh are not judged',
    proves: ['external.allowCIDRs', 'external.denyCIDRs'],
    apps: [
      {
        name: 'guarded',
        spec: {
          port: 8080,
          external: {
            hosts: ['guarded.example.com'],
            allowCIDRs: ['203.0.113.0/28', '2001:db8::/32'],
            denyCIDRs: ['203.0.113.14/32'],
            routes: [{ name: 'old', match: { prefix: '/old' }, redirect: { path: '/new' } }, { name: 'all' }],
          },
        },
      },
    ],
    run: async (stage) => {
      await stage.gets(addressAsks);
      const { mesh, pod } = stage;
      expect(stage.decide({ request: `GET ${guarded}/`, client: 'stranger' })).toMatchObject({
        outcome: 'deny',
        why: "the client's address 203.0.113.80 is in none of allowCIDRs",
      });
      // Past the gateway, in plaintext: who says that he comes by the route is judged as who comes by it.
      const stranger = await mesh.client({ name: 'far-stranger', address: '203.0.113.81' });
      const direct = { to: `${pod('guarded').address}:8080`, host: 'guarded.example.com', path: '/' };
      const headers = [['x-apptraffic-route', 'team/guarded/all']] as const;
      expect((await stranger.request({ ...direct, headers })).status).toBe(403);
      const call = { path: '/echo.Echo/Say', message: 'hello', to: `${mesh.gateways[0]?.address}:80` };
      const called = await stranger.grpc({ ...call, host: 'guarded.example.com' });
      // Envoy tells callers of gRPC in its words: PERMISSION_DENIED.
      expect(called.connectionError === undefined && [...called.headers, ...called.trailers]).toContainEqual([
        'grpc-status',
        '7',
      ]);
      const { status } = await stranger.websocket({
        to: `${mesh.gateways[0]?.address}:80`,
        host: 'guarded.example.com',
        silentMs: 0,
      });
      expect(status).toBe(403);
    },
  },
  {
    title:
      'behind a proxy that the platform trusts the client is the one that the proxy tells, whatever the client told the proxy, and the pods are told of him alone',
    proves: ['external.allowCIDRs'],
    apps: [
      {
        name: 'relay',
        spec: {
          port: 8080,
          external: { gateway: 'istio-system/relayed', hosts: ['relay.example.com'], allowCIDRs: ['203.0.113.0/28'] },
        },
      },
    ],
    run: async (stage) => {
      await stage.gets(relayedAsks);
      const ask = { request: `GET ${relay}/`, gateway: 'relayed', ...forwardedFor('198.51.100.7, 203.0.113.9') };
      const { headers } = echoOf(await stage.send(ask));
      expect(headerValues(headers, 'x-forwarded-for')).toEqual(['203.0.113.9']);
      expect(stage.decide(ask).forwarded?.setHeaders).toMatchObject({ 'x-forwarded-for': '203.0.113.9' });
    },
  },
  {
    title:
      'a route that needs a token takes one good token of its issuers with the claims it wants, and nothing else; the gateway answers 401 without one, the pods 401 to one that does not hold and 403 to one that does not say enough',
    proves: [
      'external.auth.jwt[].issuer',
      'external.auth.jwt[].jwksUri',
      'external.auth.jwt[].audiences',
      'external.auth.claims',
      'external.routes[].auth.claims',
      'external.routes[].auth.mode=None',
    ],
    apps: [
      {
        name: 'tokens',
        spec: {
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'two', port: 90, targetPort: 9090, protocol: 'http2' },
          ],
          external: {
            hosts: ['tokens.example.com'],
            cors: { origins: ['https://app.example.com'] },
            auth: {
              jwt: [
                { issuer: issuers.id.name, jwksUri: keyServers.uris.id, audiences: ['shop'] },
                { issuer: issuers.partner.name, jwksUri: keyServers.uris.partner, forward: true },
              ],
              claims: { scope: ['cart:read', 'cart:write'] },
            },
            routes: [
              { name: 'admin', match: { prefix: '/admin' }, auth: { claims: { 'realm_access[roles]': ['staff'] } } },
              { name: 'two', match: { prefix: '/two' }, port: 'two' },
              { name: 'open', match: { prefix: '/open' }, auth: { mode: 'None' } },
              { name: 'moved', match: { prefix: '/moved' }, redirect: { path: '/new' }, auth: { mode: 'None' } },
              { name: 'all' },
            ],
          },
        },
      },
    ],
    run: async (stage) => {
      await stage.gets(tokenAsks);
      const challenged = await stage.send({ request: `GET ${tokens}/` });
      expect(headerValues(challenged.headers ?? [], 'www-authenticate')).toEqual(['Bearer']);
      const forged = { request: 'GET http://tokens.team/admin', from: 'docs', ...routeOf('team/tokens/admin') };
      expect((await stage.send(forged)).status).toBe(200);
      const opening = [['connection', 'Upgrade'] as const, ['upgrade', 'websocket'] as const];
      expect((await stage.send({ request: `GET ${tokens}/`, headers: opening })).status).toBe(401);
    },
  },
  {
    title: 'the pods get a token only where forward says so',
    proves: ['external.auth.jwt[].forward'],
    run: async ({ send }) => {
      const shown = async (token: typeof good | typeof partner): Promise<readonly string[]> => {
        const { headers } = echoOf(await send({ request: `GET ${tokens}/`, token }));
        return headerValues(headers, 'authorization').map((value) => value.slice(0, 'Bearer'.length));
      };
      expect([await shown(good), await shown(partner)]).toEqual([[], ['Bearer']]);
    },
  },
  {
    title:
      'a provider is asked about the requests of every route that wants it, however they are spelled, and where nobody answers for it nobody comes in',
    proves: ['external.auth.external'],
    apps: [
      {
        name: 'asked',
        spec: {
          port: 8080,
          external: {
            hosts: ['asked.example.com'],
            auth: { external: 'doorman' },
            routes: [{ name: 'open', match: { prefix: '/open' }, auth: { mode: 'None' } }, { name: 'all' }],
          },
        },
      },
      {
        name: 'unheard',
        spec: { port: 8080, external: { hosts: ['unheard.example.com'], auth: { external: 'absent' } } },
      },
    ],
    run: async (stage) => {
      await stage.gets(providerAsks);
      const answers = await Promise.all(unasked.map((request) => stage.send({ request })));
      expect(answers.map(({ status }) => status)).toEqual(unasked.map(() => 403));
      const forged = { request: `GET ${asked}/`, ...routeOf('team/asked/open') };
      expect((await stage.send(forged)).status).toBe(403);
      expect((await stage.send({ request: 'GET http://unheard.example.com/', ...visitor })).status).toBe(403);
      expect(stage.decide({ request: `GET ${asked}/` }).notes).toEqual([
        'the provider doorman is asked before anything else is checked: here it is taken to let the request in',
      ]);
    },
  },
];
