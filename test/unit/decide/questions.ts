/** Short ways to ask for a decision and to say what it is. */
import { decide } from '../../../src/decide/decide.ts';
import type { Decision } from '../../../src/decide/decision.ts';
import type { Account, Question } from '../../../src/decide/question.ts';
import type { Caller, Header, HttpRequest } from '../../../src/decide/request.ts';
import { contractBehaviours } from '../../../src/model/profile.ts';
import type { Profile, ServedModel } from '../../../src/model/profile.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { platform, traffic } from '../translate/models.ts';

/** The identity of the gateway of these tests. */
export const gateway = { namespace: 'istio-system', serviceAccount: 'gateway' };

/** A provider that does everything as the contract says. */
export const contract: Profile = {
  ...contractBehaviours,
  target: 'Istio',
  how: {},
  dotless: [],
  methods: 'OfEnvoy',
  marksRoutes: true,
  trustedHops: 0,
  reachesPodsAs: gateway,
};

/** A provider with differences; each is told by its own name. */
export function differing(over: Partial<Profile>): Profile {
  return { ...contract, target: 'other', how: Object.fromEntries(Object.keys(over).map((key) => [key, key])), ...over };
}

/** The app team/shop, or another one, as it is served. */
export function served(over: Partial<Traffic>, profile: Profile = contract): ServedModel {
  return { traffic: traffic(over), profile };
}

/** `METHOD URL`, or a URL alone for GET; headers as `name: value`. The URL is taken as it is. */
export function request(text: string, headers: readonly string[] = []): HttpRequest {
  const [, method = 'GET', scheme, authority = '', path = '', query = ''] =
    /^(?:([A-Za-z]+) )?(https?):\/\/([^/?]*)([^?]*)(\?.*)?$/.exec(text) ?? [];
  if (scheme !== 'http' && scheme !== 'https') throw new Error(`not a request: ${text}`);
  return { method, scheme, authority, path: path === '' ? '/' : path, query, headers: headers.map(headerOf) };
}

function headerOf(text: string): Header {
  const colon = text.indexOf(':');
  return { name: text.slice(0, colon), value: text.slice(colon + 1).trim() };
}

/** What a question may have beside apps and request. */
export type Asking = {
  readonly headers?: readonly string[];
  /** `namespace/serviceAccount`. */
  readonly from?: string;
  readonly accounts?: readonly Account[];
  readonly platform?: Question['platform'];
};

/** The question of one request. */
export function question(apps: readonly ServedModel[], text: string, asking: Asking = {}): Question {
  return {
    apps,
    accounts: asking.accounts ?? apps.map(({ traffic }) => accountOf(traffic)),
    platform: asking.platform ?? platform,
    request: request(text, asking.headers),
    caller: callerOf(asking.from),
  };
}

/** What others resolve the app to. */
export function accountOf({ app, serviceAccount, service }: Traffic): Account {
  return { app, serviceAccount, service: service.name };
}

function callerOf(from: string | undefined): Caller {
  const [namespace, serviceAccount] = from?.split('/') ?? [];
  return namespace === undefined || serviceAccount === undefined ? undefined : { namespace, serviceAccount };
}

/** The decision for one request. */
export function ask(apps: readonly ServedModel[], text: string, asking: Asking = {}): Decision {
  return decide(question(apps, text, asking));
}

/**
 * A decision in one line: `api -> canary 10, stable 90 at /v1` for a request that is forwarded, `308 LOCATION` for a
 * redirect, else the status, or `no answer`. Routes of other apps than shop are told as `app/route`.
 */
export function brief({ app, outcome, status, route, location, forwarded }: Decision): string {
  if (outcome === 'redirect') return `${status} ${location}`;
  if (forwarded === undefined) return status === undefined ? `${outcome}: no answer` : `${status}`;
  const shares = forwarded.backends.map(({ name, weight }) => (weight === 100 ? name : `${name} ${weight}`)).join(', ');
  const name = app?.name === 'shop' ? (route ?? 'Service') : `${app?.name}/${route ?? 'Service'}`;
  return `${name} -> ${shares} at ${forwarded.path}`;
}
