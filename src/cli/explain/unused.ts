/** What is said of a request and changes nothing, or is taken on trust: told, so that nobody thinks it was judged. */
import { textAt } from '../../kube/json.ts';
import { printable } from '../printable.ts';
import { bearerToken } from '../question/bearer-token.ts';
import type { Asked } from './asked.ts';

/** One line each; empty where all that was said counts. */
export function unusedLines({ request }: Pick<Asked, 'request'>): readonly string[] {
  const isPlain = request.scheme !== 'https';
  const flags = [
    ...(request.tlsVersion !== undefined && isPlain
      ? ['--tls-version changes nothing: the request is plain http']
      : []),
    ...(request.clientCertificate !== undefined && isPlain
      ? ['--client-certificate changes nothing: the request is plain http']
      : []),
  ];
  const bearer = bearerToken(request.headers);
  if (bearer === undefined) return flags;
  const what =
    bearer === 'opaque'
      ? 'the token in the header authorization is no JSON Web Token, so it is taken for one that does not hold'
      : `the token in the header authorization is decoded, not verified${claimsWords(bearer.claims)}: it is taken to be signed well`;
  return [...flags, what];
}

function claimsWords(claims: unknown): string {
  const words = ['iss', 'sub'].flatMap((name) => {
    const value = textAt(claims, name);
    return value === undefined ? [] : [`${name} ${printable(JSON.stringify(value))}`];
  });
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
