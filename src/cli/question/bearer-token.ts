/** The token that a request carries in the header authorization. It is decoded; nobody verifies it here. */
import type { Header } from '../../decide/request.ts';
import { isJsonObject } from '../../kube/json.ts';
import type { JsonObject } from '../../kube/json.ts';

/** The claims of a JSON Web Token (RFC 7519), or `opaque` for any other token. */
export type BearerToken = { readonly claims: JsonObject } | 'opaque';

/** The first bearer token (RFC 6750) among the headers; undefined: there is none. */
export function bearerToken(headers: readonly Header[]): BearerToken | undefined {
  for (const { name, value } of headers) {
    const token = name.toLowerCase() === 'authorization' ? /^bearer +(\S+)$/i.exec(value)?.[1] : undefined;
    if (token !== undefined) return decoded(token);
  }
  return undefined;
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
