/** What was said of a request that no field of AppTraffic asks for yet: told, so that nobody thinks it was judged. */
import { textAt } from '../../kube/json.ts';
import { printable } from '../printable.ts';
import { bearerToken } from '../question/bearer-token.ts';
import type { Asked } from './asked.ts';

/** One line each; empty where all that was said counts. */
export function unusedLines({ request, clientIp, token }: Asked): readonly string[] {
  const flags = [
    ...(clientIp === undefined ? [] : [unused('--client-ip', "asks for the client's address")]),
    ...(request.tlsVersion === undefined || request.scheme === 'https'
      ? []
      : ['--tls-version changes nothing: the request is plain http']),
    ...(token === undefined ? [] : [unused('--token', 'asks for a token')]),
  ];
  const bearer = bearerToken(request.headers);
  if (bearer === undefined) return flags;
  const what =
    bearer === 'opaque'
      ? 'the token in the header authorization is no JSON Web Token, so it is not decoded'
      : `the token in the header authorization is decoded, not verified${claimsWords(bearer.claims)}`;
  return [...flags, `${what}; no field of AppTraffic asks for a token yet`];
}

function unused(flag: string, need: string): string {
  return `${flag} changes nothing: no field of AppTraffic ${need} yet`;
}

function claimsWords(claims: unknown): string {
  const words = ['iss', 'sub'].flatMap((name) => {
    const value = textAt(claims, name);
    return value === undefined ? [] : [`${name} ${printable(JSON.stringify(value))}`];
  });
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
