/** Auth: from what the user wrote to facts. */
import type { Auth as ApiAuth, RouteAuth as ApiRouteAuth } from '../api/v1alpha1/auth.ts';
import type { Auth, ClaimCondition, JwtRule } from '../model/auth.ts';
import type { Located } from '../model/located.ts';

type Claims = NonNullable<ApiAuth['claims']>;

/** Tokens that are taken, sorted by issuer. */
export function jwtRules(jwt: NonNullable<ApiAuth['jwt']>): readonly JwtRule[] {
  return jwt
    .map(({ issuer, jwksUri, audiences = [], forward = false }) => ({
      issuer,
      jwksUri,
      audiences: sorted(audiences),
      forward,
    }))
    .sort((a, b) => (a.issuer < b.issuer ? -1 : 1));
}

/** What a route needs that says nothing else. */
export function authFacts({ jwt = [], claims = {}, external }: ApiAuth): Auth {
  return {
    issuers: jwt.map(({ issuer }) => issuer).sort(),
    claims: conditions(claims),
    ...(external === undefined ? {} : { provider: external }),
  };
}

/** What a route needs that says something itself; undefined: nothing. */
export function ownAuth({ mode, claims }: ApiRouteAuth, auth: Located<Auth>, at: string): Located<Auth> | undefined {
  if (mode === 'None') return undefined;
  if (claims === undefined) return auth;
  return { value: { ...auth.value, claims: conditions(claims) }, at: `${at}.auth` };
}

/** `realm_access[roles]` is the claim roles within realm_access. */
function conditions(claims: Claims): readonly ClaimCondition[] {
  return Object.entries(claims)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => ({ path: name.replaceAll(']', '').split('['), values: sorted(values) }));
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
