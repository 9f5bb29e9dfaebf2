/** Tokens (RFC 7519): what a request shows, and what the pods' sidecars make of it, as Envoy's jwt_authn does. */
import { wordClaims } from '../model/auth.ts';
import type { ClaimCondition, JwtRule } from '../model/auth.ts';
import type { Header, HttpRequest, Token } from './request.ts';

/** Why a token is refused. */
export type BadToken = { readonly status: 401 | 403; readonly why: string };

/** One signed token (RFC 7515, compact) behind Bearer, and nothing beside it. */
const oneToken = /^Bearer [A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** The lines of the header as one value, as Envoy compares them; undefined: there are none. */
function shownText(headers: readonly Header[]): string | undefined {
  const lines = headers.filter(({ name }) => name.toLowerCase() === 'authorization');
  return lines.length === 0 ? undefined : lines.map(({ value }) => value.trim()).join(',');
}

/** The token that the request is said to show; where nothing is said, one in the header that nobody vouches for. */
export function tokenOf({ token, headers }: Pick<HttpRequest, 'token' | 'headers'>): Token {
  if (token !== undefined) return token;
  return { is: shownText(headers)?.includes('Bearer ') === true ? 'invalid' : 'none' };
}

/** Whether the gateway finds the form of one token in the request, or one is said to be there. */
export function showsToken(request: Pick<HttpRequest, 'token' | 'headers'>): boolean {
  const text = shownText(request.headers);
  return text === undefined ? tokenOf(request).is !== 'none' : oneToken.test(text);
}

/** Why sidecars that take tokens of these issuers refuse the request; undefined: it shows none, or one of theirs. */
export function refusedToken(
  request: Pick<HttpRequest, 'token' | 'headers'>,
  rules: readonly JwtRule[],
): BadToken | undefined {
  const token = tokenOf(request);
  if (token.is === 'none') return undefined;
  if (token.is !== 'valid')
    return { status: 401, why: 'the token does not hold: nobody can tell who signed it, or its time is over' };
  const rule = rules.find(({ issuer }) => issuer === token.claims.iss);
  if (rule === undefined) {
    return { status: 401, why: `the token is of ${nameOf(token.claims.iss)}, whose tokens are not taken` };
  }
  const audiences = textsOf(token.claims.aud).map(bareAudience);
  const isMeant = rule.audiences.length === 0 || rule.audiences.some((one) => audiences.includes(bareAudience(one)));
  if (isMeant) return undefined;
  return {
    status: 403,
    why: `the token is not for ${rule.audiences.join(' or ')}: its audience is ${nameOf(token.claims.aud)}`,
  };
}

/** The first of the claims that the token lacks, as a sentence; undefined: it has all of them. */
export function lackingClaim(token: Token, claims: readonly ClaimCondition[]): string | undefined {
  const found = token.is === 'valid' ? token.claims : {};
  const lacking = claims.find(({ path, values }) => {
    const given = textsIn(path, found);
    return !values.some((value) => given.includes(value));
  });
  if (lacking === undefined) return undefined;
  return `the claim ${nameOfClaim(lacking)} of the token has none of ${lacking.values.join(', ')}`;
}

function nameOfClaim({ path }: ClaimCondition): string {
  return path.map((name, at) => (at === 0 ? name : `[${name}]`)).join('');
}

function textsIn(path: readonly string[], claims: unknown): readonly string[] {
  const value = path.reduce<unknown>((within, name) => memberOf(within, name), claims);
  const isWords = path.length === 1 && wordClaims.some((word) => word === path[0]) && typeof value === 'string';
  return isWords ? value.split(' ').filter((word) => word !== '') : textsOf(value);
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** A text, or the texts of a list. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function nameOf(value: unknown): string {
  return textsOf(value).join(', ') || 'nobody';
}

/** Envoy leaves out the scheme and a slash at the end before it compares (jwt_verify_lib, check_audience.cc). */
function bareAudience(audience: string): string {
  return audience.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
