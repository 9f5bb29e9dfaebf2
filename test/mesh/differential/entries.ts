/** Apps that say who comes in, and requests that may: by address, by token and by claims. */
import * as fc from 'fast-check';
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import type { External } from '../../../src/api/v1alpha1/external.ts';
import { trafficOf } from '../../../src/compile/compile.ts';
import type { HttpRequest } from '../../../src/decide/request.ts';
import { entryPolicyOf, judgesAddresses } from '../../../src/model/entry-policy.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { editsToken } from '../../../src/policy/edited-tokens.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { entryPolicyProblems } from '../../../src/translate/istio/entry-policy-problems.ts';
import { createIssuer } from '../../testbed/mesh/issuer.ts';
import { issuing } from './ground.ts';
import type { Pair } from './requests.ts';

/** The issuer of the ground. The same in every process: what a world asks is written down where it goes wrong. */
export const issuer = createIssuer(issuing.name, 'differential', 'the issuer of the differential test');
/** Somebody who has its name and no key of its. */
const forger = createIssuer(issuing.name, 'differential', 'somebody else');

/** Where the clients outside are. */
export const clientAddresses = ['203.0.113.1', '203.0.113.2'] as const;

/** What an app may say. */
type Entry = Pick<External, 'allowCIDRs' | 'denyCIDRs' | 'auth'> & {
  /** Every so many routes need nothing; 0: all need it. */
  readonly openEvery: number;
  /** Every so many have claims of their own; 0: none. */
  readonly claimsEvery: number;
};

const ranges = fc.constantFrom<Pick<External, 'allowCIDRs' | 'denyCIDRs'>>(
  {},
  { allowCIDRs: ['203.0.113.1/32'] },
  { denyCIDRs: ['203.0.113.2/31'] },
  { allowCIDRs: ['203.0.113.0/24', '2001:db8::/32'], denyCIDRs: ['203.0.113.1/32'] },
  { allowCIDRs: ['198.51.100.0/24'] },
);

const own = { issuer: issuing.name, jwksUri: issuing.keys, audiences: ['shop'] };
const auths = fc.constantFrom<External['auth']>(
  undefined,
  { jwt: [own] },
  { jwt: [{ ...own, forward: true }], claims: { scope: ['read', 'write'] } },
  { jwt: [own, { issuer: 'nobody', jwksUri: issuing.keys }], claims: { scope: ['read'], 'access[roles]': ['staff'] } },
);

/** What an app says. */
export const entries: fc.Arbitrary<Entry> = fc
  .record({ ranges, auth: auths, openEvery: fc.constantFrom(0, 2, 3), claimsEvery: fc.constantFrom(0, 2) })
  .map(({ ranges: lists, auth, ...every }) => ({ ...lists, ...(auth === undefined ? {} : { auth }), ...every }));

/** The app with as much of that as it may have: where copies are sent addresses are not judged. */
export function guardedWhereItMay(app: AppTraffic, entry: Entry): AppTraffic {
  const { allowCIDRs: _, denyCIDRs: __, ...withoutLists } = entry;
  return guardedBy(app, entry) ?? guardedBy(app, withoutLists) ?? app;
}

/** Undefined: a route leads where nobody would see to it. */
function guardedBy(app: AppTraffic, entry: Entry): AppTraffic | undefined {
  const { external } = app.spec;
  if (external === undefined) return undefined;
  const { openEvery, claimsEvery, ...fields } = entry;
  const routes = external.routes?.map((route, i) => {
    if (entry.auth === undefined) return route;
    const isAnswer = route.redirect !== undefined || route.respond !== undefined;
    if (isAnswer || (openEvery > 0 && i % openEvery === 1)) return { ...route, auth: { mode: 'None' as const } };
    return claimsEvery > 0 && i % claimsEvery === 0 ? { ...route, auth: { claims: { scope: ['write'] } } } : route;
  });
  const guarded = { ...external, ...fields, ...(routes === undefined ? {} : { routes }) };
  const whole: AppTraffic = { ...app, spec: { ...app.spec, external: guarded } };
  return isKept(trafficOf(whole, { platform: builtInPlatform() })) ? whole : undefined;
}

function isKept(traffic: Traffic): boolean {
  const { external } = traffic;
  const policy = entryPolicyOf(external);
  if (external === undefined || policy === undefined) return true;
  return entryPolicyProblems(policy, external, traffic).length === 0 && !external.routes.some(editsToken);
}

const claims = { aud: ['shop'], sub: 'jane' };
const enough = { ...claims, scope: 'read write', access: { roles: ['staff'] } };

/** Tokens in the order in which requests get them: most of them are good. */
const shown: readonly (Pick<HttpRequest, 'token'> & { readonly header?: string })[] = [
  ...[
    enough,
    enough,
    { ...enough, scope: ['write'] },
    enough,
    { ...claims, scope: 'reading' },
    { ...enough, aud: 'till' },
  ].map((all) => ({
    header: `Bearer ${issuer.sign(all)}`,
    token: { is: 'valid' as const, claims: { iss: issuing.name, ...all } },
  })),
  {},
  { header: `Bearer ${forger.sign(enough)}`, token: { is: 'invalid' } },
  { header: 'Basic YTpi' },
];

/** The same requests, each from one of the clients and with a token or none, where the app judges that. */
export function comingIn(pairs: readonly Pair[], { external }: Traffic): readonly Pair[] {
  const policy = entryPolicyOf(external);
  if (policy === undefined) return pairs;
  return pairs.map((pair, at) => ({ ...pair, request: fromSomebody(pair.request, at, policy) }));
}

function fromSomebody(
  request: HttpRequest,
  at: number,
  policy: NonNullable<ReturnType<typeof entryPolicyOf>>,
): HttpRequest {
  const clientIp = judgesAddresses(policy) ? { clientIp: clientAddresses[at % 3 === 0 ? 1 : 0] } : {};
  const hasToken =
    policy.jwt === undefined || request.headers.some(({ name }) => name.toLowerCase() === 'authorization');
  const { header, ...token } = shown[at % shown.length] ?? {};
  if (hasToken || header === undefined) return { ...request, ...clientIp };
  return { ...request, ...clientIp, ...token, headers: [...request.headers, { name: 'authorization', value: header }] };
}
