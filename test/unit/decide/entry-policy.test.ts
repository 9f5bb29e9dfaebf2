import type { Decision } from '../../../src/decide/decision.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { HttpRequest, Token } from '../../../src/decide/request.ts';
import type { ServedModel } from '../../../src/model/profile.ts';
import type { Auth, JwtRule } from '../../../src/model/auth.ts';
import { app as appBackend, external, route } from '../translate/models.ts';
import { brief, question, served } from './questions.ts';

const url = 'http://shop.example.com';
const forward = [{ backend: appBackend, weight: 100 }];
const jwt: readonly JwtRule[] = [
  { issuer: 'id', jwksUri: 'https://id.example.com/keys', audiences: ['shop', 'https://till/'], forward: false },
  { issuer: 'partner', jwksUri: 'https://partner.example.com/keys', audiences: [], forward: false },
];
const auth: Auth = { issuers: ['id', 'partner'], claims: [{ path: ['scope'], values: ['read', 'write'] }] };
const told = { set: [{ name: 'x-told', value: 'yes' }], add: [], remove: [] };

const tokens = served({
  external: external(
    ['shop.example.com'],
    [
      route('nested', {
        prefix: '/nested',
        forward,
        auth: { ...auth, claims: [{ path: ['access', 'roles'], values: ['staff'] }] },
      }),
      route('open', { prefix: '/open', forward }),
      route('gone', { prefix: '/gone', respond: { status: 410 } }),
      route('crossed', {
        prefix: '/crossed',
        forward,
        auth,
        cors: { origins: ['*'], methods: [], headers: [], exposeHeaders: [], credentials: false },
      }),
      route('broken', { prefix: '/broken', forward, auth, fault: { abort: { status: 500, percent: 100 } } }),
      route('told', { prefix: '/told', forward, auth, responseHeaders: told }),
      route('rest', { forward, auth }),
    ],
    { jwt: { value: jwt, at: 'spec.external.auth.jwt' } },
  ),
});

function asking(apps: readonly ServedModel[], text: string, more: Partial<HttpRequest>, from?: string): Decision {
  const asked = question(apps, text, from === undefined ? {} : { from });
  return decide({ ...asked, request: { ...asked.request, ...more } });
}

const valid = (claims: object): Partial<HttpRequest> => ({
  token: { is: 'valid', claims: { iss: 'id', aud: 'shop', scope: 'read', ...claims } },
});
const showing = (...values: readonly string[]): Partial<HttpRequest> => ({
  headers: values.map((value) => ({ name: 'Authorization', value })),
});
const passed = 'rest -> app at /';

describe('a route that needs a token', () => {
  it.each<[string, Partial<HttpRequest>, string]>([
    ['a token of an issuer, for the app, with a claim that is wanted', valid({}), passed],
    ['one that is for several, the app among them', valid({ aud: ['other', 'till'] }), passed],
    ['one of an issuer that asks for no audience', valid({ iss: 'partner', aud: 7 }), passed],
    ['one whose claim is a list', valid({ scope: ['none', 'write'] }), passed],
    ['one whose words are parted by several blanks', valid({ scope: 'a  read' }), passed],
    ['none at all', {}, '401'],
    ['one that does not hold', { token: { is: 'invalid' } }, '401'],
    ['one in the header that nobody vouches for', showing('Bearer a.b.c'), '401'],
    ['a password', showing('Basic YTpi'), '401'],
    ['a token under another spelling', showing('bearer a.b.c'), '401'],
    ['an unsigned token', showing('Bearer a.b.'), '401'],
    ['two tokens', { ...showing('Bearer a.b.c', 'Bearer a.b.c'), ...valid({}) }, '401'],
    ['a token beside something else', { ...showing('Bearer a.b.c, x'), ...valid({}) }, '401'],
    ['one of somebody else', valid({ iss: 'other' }), '401'],
    ['one of nobody', valid({ iss: ['id'] }), '401'],
    ['one for somebody else', valid({ aud: ['other'] }), '403'],
    ['one for nobody', valid({ aud: undefined }), '403'],
    ['one that lacks the claim', valid({ scope: undefined }), '403'],
    ['one whose claim says something else', valid({ scope: 'reading' }), '403'],
    ['one whose claim is no text', valid({ scope: { read: true } }), '403'],
  ])('makes the right thing of %s', (_what, more, wanted) => {
    expect(brief(asking([tokens], `${url}/`, more))).toBe(wanted);
  });

  it('says with 401 what to bring, beside the edits of the route', () => {
    expect(asking([tokens], `${url}/told`, {})).toMatchObject({
      outcome: 'unauthorized',
      status: 401,
      route: 'told',
      responseHeaders: { set: [{ name: 'www-authenticate', value: 'Bearer' }, ...told.set], add: [], remove: [] },
      why: 'requests of route told need one token in the header Authorization, as Bearer TOKEN',
    });
    expect(asking([tokens], `${url}/told`, { token: { is: 'invalid' } }).responseHeaders).toEqual(told);
  });

  it('looks for a claim within a claim, and for nothing that is inherited', () => {
    const nested = (claims: object): string => brief(asking([tokens], `${url}/nested`, valid(claims)));
    expect(nested({ access: { roles: ['x', 'staff'] } })).toBe('nested -> app at /nested');
    expect(['', [], { roles: 'guest' }, null].map((access) => nested({ access }))).toEqual([
      '403',
      '403',
      '403',
      '403',
    ]);
    expect(asking([tokens], `${url}/nested`, valid({})).why).toBe(
      'the claim access[roles] of the token has none of staff',
    );
  });

  it('answers preflights and comes before faults; what answers by itself needs nothing', () => {
    const headers = [
      { name: 'origin', value: 'https://a.example.com' },
      { name: 'access-control-request-method', value: 'GET' },
    ];
    expect(asking([tokens], `OPTIONS ${url}/crossed`, { headers }).status).toBe(200);
    expect(asking([tokens], `OPTIONS ${url}/crossed`, { headers, ...valid({}) }).status).toBe(200);
    expect(asking([tokens], `OPTIONS ${url}/crossed`, {}).status).toBe(401);
    // Without cors a preflight is one for the pods, whose proxies read no token of it.
    expect(asking([tokens], `OPTIONS ${url}/`, { headers, ...valid({}) }).status).toBe(403);
    expect(brief(asking([tokens], `OPTIONS ${url}/open`, { headers, token: { is: 'invalid' } }))).toBe(
      'open -> app at /open',
    );
    expect(asking([tokens], `${url}/broken`, {}).status).toBe(401);
    expect(asking([tokens], `${url}/broken`, valid({})).status).toBe(500);
    expect(asking([tokens], `${url}/gone`, {}).status).toBe(410);
  });

  it('does not change that a token which does not hold is refused on every route and from every caller', () => {
    const forged: Token = { is: 'invalid' };
    expect(asking([tokens], `${url}/open`, { token: forged }).status).toBe(401);
    expect(brief(asking([tokens], `${url}/open`, {}))).toBe('open -> app at /open');
    expect(asking([tokens], 'http://shop.team/', { token: forged }, 'team/till').status).toBe(401);
    expect(brief(asking([tokens], 'http://shop.team/', {}, 'team/till'))).toBe('Service -> app at /');
  });
});

const ranges = (
  allow?: readonly string[],
  deny?: readonly string[],
): Partial<ServedModel['traffic']['external'] & object> => ({
  ...(allow === undefined ? {} : { allowCIDRs: { value: allow, at: 'spec.external.allowCIDRs' } }),
  ...(deny === undefined ? {} : { denyCIDRs: { value: deny, at: 'spec.external.denyCIDRs' } }),
});

describe('an app that judges addresses', () => {
  const judging = (allow?: readonly string[], deny?: readonly string[]): ServedModel =>
    served({ external: external(['shop.example.com'], [route('rest', { forward })], ranges(allow, deny)) });
  const lists = judging(['10.0.0.0/8', '2001:db8::/32'], ['10.6.0.0/16']);

  it.each<[string, string]>([
    ['10.1.2.3', passed],
    ['10.255.255.255', passed],
    ['10.6.1.1', '403'],
    ['11.0.0.0', '403'],
    ['2001:db8:1::7', passed],
    ['2001:DB8::', passed],
    ['2001:db9::7', '403'],
    ['::ffff:10.1.2.3', '403'],
  ])('treats %s as its lists say', (clientIp, wanted) => {
    expect(brief(asking([lists], `${url}/`, { clientIp }))).toBe(wanted);
  });

  it('takes an address that is not known for one in no list, and says so', () => {
    expect(asking([lists], `${url}/`, {}).why).toBe(
      "allowCIDRs lets certain addresses in, and the client's is not known",
    );
    expect(asking([judging(undefined, ['10.0.0.0/8'])], `${url}/`, {}).notes).toEqual([
      "the client's address is not known: one in denyCIDRs is answered with 403",
    ]);
  });

  it('does not judge callers inside the mesh', () => {
    expect(brief(asking([lists], 'http://shop.team/', {}, 'team/till'))).toBe('Service -> app at /');
  });

  it('counts entries of X-Forwarded-For from the right, as many as the platform trusts', () => {
    const hops = (trustedHops: number, value: string): string => {
      const behind = { ...lists, profile: { ...lists.profile, trustedHops } };
      const asked = question([behind], `${url}/`, { headers: [`X-Forwarded-For: ${value}`] });
      return brief(decide({ ...asked, request: { ...asked.request, clientIp: '192.0.2.1' } }));
    };
    expect([hops(0, '10.1.1.1'), hops(1, '10.1.1.1'), hops(1, '10.1.1.1, 192.0.2.9')]).toEqual(['403', passed, '403']);
    expect([hops(2, '10.1.1.1, 192.0.2.9'), hops(2, '10.1.1.1'), hops(1, 'unknown')]).toEqual([passed, '403', '403']);
  });

  it('has the gateway tell the pods the address alone where proxies before it are trusted', () => {
    const behind = { ...lists, profile: { ...lists.profile, trustedHops: 1 } };
    const asked = question([behind], `${url}/`, { headers: ['x-forwarded-for: 10.1.1.1'] });
    expect(decide(asked).forwarded?.setHeaders).toEqual({
      'x-apptraffic-route': 'team/shop/rest',
      'x-forwarded-for': '10.1.1.1',
    });
  });
});

describe('a provider that is asked', () => {
  it('is told of, and taken to let the request in', () => {
    const asked = served({
      external: external(
        ['shop.example.com'],
        [route('rest', { forward, auth: { issuers: [], claims: [], provider: 'doorman' } })],
      ),
    });
    expect(asking([asked], `${url}/`, {}).notes).toEqual([
      'the provider doorman is asked before anything else is checked: here it is taken to let the request in',
    ]);
  });
});
