/** The token that a request carries in the header authorization. It is decoded; nobody verifies it here. */
import type { Header, HttpRequest, Token } from '../../decide/request.ts';
import { isJsonObject, numberAt } from '../../kube/json.ts';
import type { JsonObject } from '../../kube/json.ts';

/** The claims of a JSON Web Token (RFC 7519), or `opaque` for any other token. */
export type BearerToken = { readonly claims: JsonObject } | 'opaque';

/** By how much clocks may differ, in seconds; Envoy's jwt_authn (clock_skew_seconds) has the same. */
const clockSkew = 60;
const msPerSecond = 1000;

/** The first bearer token (RFC 6750) among the headers; undefined: there is none. */
export function bearerToken(headers: readonly Header[]): BearerToken | undefined {
  for (const { name, value } of headers) {
    const token = name.toLowerCase() === 'authorization' ? /^bearer +(\S+)$/i.exec(value)?.[1] : undefined;
    if (token !== undefined) return decoded(token);
  }
  return undefined;
}

/** What the token is taken for: one that is signed well, as long as its time is not over. */
function takenToken(token: BearerToken, now: string): Token {
  if (token === 'opaque') return { is: 'invalid' };
  const seconds = Date.parse(now) / msPerSecond;
  const { claims } = token;
  const isOver = (numberAt(claims, 'exp') ?? Number.POSITIVE_INFINITY) + clockSkew < seconds;
  const isEarly = (numberAt(claims, 'nbf') ?? Number.NEGATIVE_INFINITY) - clockSkew > seconds;
  return isOver || isEarly ? { is: 'invalid' } : { is: 'valid', claims };
}

/** The request with what its header shows, where nothing else was said of a token. `now`: RFC 3339. */
export function withToken(request: HttpRequest, now: string): HttpRequest {
  // In another spelling nobody takes it for a token.
  const isSpelled = request.headers.some(({ value }) => value.startsWith('Bearer '));
  const shown = request.token === undefined && isSpelled ? bearerToken(request.headers) : undefined;
  return shown === undefined ? request : { ...request, token: takenToken(shown, now) };
}

function decoded(token: string): BearerToken {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]*$/.test(part))) return 'opaque';
  try {
    const [head, claims] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown);
    return isJsonObject(head) && isJsonObject(claims) ? { claims } : 'opaque';
  } catch {
    return 'opaque';
  }
}
