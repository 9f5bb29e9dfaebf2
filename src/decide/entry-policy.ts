/** What requests from outside must meet at the app's own pods (api.md §3, at the pod): tokens, claims, addresses. */
import { isInRange } from '../model/address.ts';
import { challenged } from '../model/challenge.ts';
import { entryPolicyOf } from '../model/entry-policy.ts';
import type { EntryPolicy } from '../model/entry-policy.ts';
import type { Route } from '../model/route.ts';
import { askedMethod, preflightAnswer } from './cors.ts';
import type { Decision } from './decision.ts';
import { lackingClaim, refusedToken, showsToken, tokenOf } from './token.ts';
import type { HttpRequest } from './request.ts';

/** Why the pods refuse a request. */
export type EntryRefusal = { readonly status: 401 | 403; readonly why: string };

/** What the gateway answers to preflights, and to requests without a token, before anything else of the route; undefined: it goes on. */
export function withoutToken(
  { name, features }: Pick<Route, 'name' | 'features'>,
  request: HttpRequest,
): Pick<Decision, 'outcome' | 'status' | 'responseHeaders' | 'why'> | undefined {
  const { auth, cors, responseHeaders } = features;
  if (auth === undefined || auth.value.issuers.length === 0) return undefined;
  if (cors !== undefined && askedMethod(request) !== undefined) {
    const why = `route ${name} answers the CORS preflight`;
    return { outcome: 'respond', status: 200, responseHeaders: preflightAnswer(cors.value, request), why };
  }
  if (showsToken(request)) return undefined;
  return {
    outcome: 'unauthorized',
    status: 401,
    responseHeaders: challenged(responseHeaders?.value),
    why: `requests of route ${name} need one token in the header Authorization, as Bearer TOKEN`,
  };
}

/** What requests of an app must meet, and the client's address, where it is known. */
type Entry = { readonly policy: EntryPolicy; readonly client: string | undefined };

/** Why the pods refuse a request that came through the route; undefined: it meets everything, or must meet nothing. */
export function entryRefusal(
  entry: Entry | undefined,
  { name, features: { auth } }: { readonly name?: string; readonly features: Route['features'] },
  request: HttpRequest,
): EntryRefusal | undefined {
  if (entry === undefined) return undefined;
  const token = tokenOf(request);
  const needsToken = auth !== undefined && auth.value.issuers.length > 0;
  if (needsToken && (token.is === 'none' || isUnread(request))) {
    return { status: 403, why: `requests of route ${name} need a token, and in a preflight none is read` };
  }
  const lacking = needsToken ? lackingClaim(token, auth.value.claims) : undefined;
  if (lacking !== undefined) return { status: 403, why: lacking };
  const why = addressFault(entry);
  return why === undefined ? undefined : { status: 403, why };
}

/** Why a token that the pods take from nobody is refused, whoever shows it and wherever: sidecars know no routes here. */
export function tokenRefusal(
  external: Parameters<typeof entryPolicyOf>[0],
  request: HttpRequest,
): EntryRefusal | undefined {
  const jwt = entryPolicyOf(external)?.jwt;
  return jwt === undefined || isUnread(request) ? undefined : refusedToken(request, jwt.value);
}

/** Istio has Envoy read no token of a preflight (pilot/pkg/security/authn, BypassCorsPreflight). */
function isUnread(request: HttpRequest): boolean {
  return askedMethod(request) !== undefined;
}

/** What has to be said of a request that is let in: whom somebody else has asked, and what nobody knows. */
export function entryNotes(
  entry: Entry | undefined,
  { features: { auth } }: Pick<Route, 'features'>,
): readonly string[] {
  if (entry === undefined) return [];
  const { policy, client } = entry;
  const provider = auth?.value.provider;
  const isJudgedBlind = policy.denyCIDRs !== undefined && client === undefined;
  return [
    ...(provider === undefined
      ? []
      : [`the provider ${provider} is asked before anything else is checked: here it is taken to let the request in`]),
    ...(isJudgedBlind ? ["the client's address is not known: one in denyCIDRs is answered with 403"] : []),
  ];
}

/** An address that is not known is in no list. */
function addressFault({ policy: { allowCIDRs, denyCIDRs }, client }: Entry): string | undefined {
  const denied = client === undefined ? undefined : denyCIDRs?.value.find((range) => isInRange(client, range));
  if (denied !== undefined) return `the client's address ${client} is in ${denied}, which denyCIDRs keeps out`;
  if (allowCIDRs === undefined) return undefined;
  if (client === undefined) return "allowCIDRs lets certain addresses in, and the client's is not known";
  if (allowCIDRs.value.some((range) => isInRange(client, range))) return undefined;
  return `the client's address ${client} is in none of allowCIDRs`;
}
