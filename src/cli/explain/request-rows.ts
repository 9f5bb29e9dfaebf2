/** The request as it was understood: host and path as they are compared, and who asks whom. */
import { readAuthority } from '../../decide/authority.ts';
import { connectionTarget } from '../../decide/connection.ts';
import type { ConnectionQuestion } from '../../decide/connection.ts';
import type { ClientCertificate, Header, HttpRequest, Token } from '../../decide/request.ts';
import type { Question } from '../../decide/question.ts';
import { decodedPath, normalizedPath } from '../../decide/request-path.ts';
import { targetOf } from '../../decide/target.ts';
import type { Target } from '../../decide/target.ts';
import { textAt } from '../../kube/json.ts';
import type { Row } from '../columns.ts';
import { printable } from '../printable.ts';

/** Rows of name and value. */
export function requestRows(question: Question): readonly Row[] {
  const { request } = question;
  const { method, scheme, authority, path, query, headers, bodyBytes, clientIp, token } = request;
  const target = targetOf(question);
  const compared = comparedPaths(request, target);
  return [
    ['Request', `${method} ${scheme}://${authority}${path}${query}`],
    ...headers.map((header, at): Row => [at === 0 ? 'Headers' : '', headerWords(header)]),
    ...(bodyBytes === undefined ? [] : [['Body', `${bodyBytes} bytes`] as const]),
    ...(request.tlsVersion === undefined ? [] : [['TLS', `${request.tlsVersion} at most`] as const]),
    ...(request.clientCertificate === undefined
      ? []
      : [['Certificate', certificateWords[request.clientCertificate]] as const]),
    ['From', callerWords(question, target)],
    ...(clientIp === undefined ? [] : [['Client', clientIp] as const]),
    ...(token === undefined ? [] : [['Token', tokenWords(token)] as const]),
    ['Host', hostWords(readAuthority(authority).host, target)],
    ...compared.map((one, at): Row => [at === 0 ? 'Path' : '', one]),
  ];
}

const certificateWords: Readonly<Record<ClientCertificate, string>> = {
  Trusted: "of the app's clientCA, shown where it is asked for",
  Other: "not of the app's clientCA, shown where one is asked for",
};

/** The connection as it was understood. */
export function connectionRows(question: ConnectionQuestion): readonly Row[] {
  const { authority } = question;
  const target = connectionTarget(question);
  return [
    ['Connection', `tcp://${authority}`],
    ['From', callerWords(question, target)],
    ['Host', hostWords(readAuthority(authority).host, target)],
  ];
}

/** Answers are shown to others and kept in logs, so credentials are left out. */
function headerWords({ name, value }: Header): string {
  const [scheme = ''] = value.split(' ');
  return `${name}: ${name.toLowerCase() === 'authorization' ? `${scheme} …` : value}`;
}

function tokenWords(token: Token): string {
  if (token.is === 'none') return 'none';
  if (token.is !== 'valid') return 'one that does not hold';
  const issuer = textAt(token.claims, 'iss');
  return issuer === undefined ? 'a valid one that tells no issuer' : `a valid one of ${printable(issuer)}`;
}

function hostWords(host: string, target: Target): string {
  const isBelow = target.is === 'Host' && target.held.holders.length > 0 && target.held.host !== host;
  return isBelow ? `${host}, served as ${target.held.host}` : host;
}

function callerWords({ caller }: Pick<Question, 'caller'>, target: Target): string {
  if (caller === undefined) {
    return target.is === 'Host'
      ? 'the internet'
      : 'a pod without a sidecar: nobody outside the cluster can ask for this name';
  }
  const name = `${caller.namespace}/${caller.serviceAccount}`;
  return target.is === 'Host' ? `${name}, by way of the gateway as anybody else` : `${name}, inside the mesh`;
}

/** The path as it is compared by those that serve the host; none where it is answered with 400. */
function comparedPaths({ path }: HttpRequest, target: Target): readonly string[] {
  const holders = target.is === 'Host' ? target.held.holders : [];
  const isDecoded = new Set(holders.map(({ profile }) => profile.comparedPath === 'Decoded'));
  if (isDecoded.size === 0) isDecoded.add(false);
  return [...isDecoded].flatMap((one) => (one ? decodedPath(path) : normalizedPath(path)) ?? []);
}
