/** Where a redirect leads; what it does not name stays as the request had it (seen on Istio 1.31 and Envoy 1.40). */
import type { Redirect } from '../model/route.ts';
import { readAuthority } from './authority.ts';
import { replacePrefix } from './replace-prefix.ts';
import type { HttpRequest } from './request.ts';

const defaultPorts: Readonly<Record<HttpRequest['scheme'], string>> = { http: '80', https: '443' };

/** The Location of the answer. `path`: the request's, normalized; `prefix`: the one that the route matched. */
export function locationOf(redirect: Redirect, request: HttpRequest, path: string, prefix: string): string {
  const scheme = redirect.scheme ?? request.scheme;
  const port = writtenPort(redirect.port, scheme);
  const host = redirect.host ?? keptHost(request, scheme, port !== '');
  const replaced = redirect.prefix === undefined ? path : replacePrefix(path, prefix, redirect.prefix);
  return `${scheme}://${host}${port}${redirect.path ?? replaced}${request.query}`;
}

/** A port that is the scheme's own is left out, and does not replace one that the request named. */
function writtenPort(port: number | undefined, scheme: HttpRequest['scheme']): string {
  return port === undefined || `${port}` === defaultPorts[scheme] ? '' : `:${port}`;
}

/** The request's authority as it was sent, without a port that is replaced or that was the other scheme's own. */
function keptHost({ authority, scheme }: HttpRequest, next: HttpRequest['scheme'], hasPort: boolean): string {
  const { port } = readAuthority(authority);
  if (port === undefined) return authority;
  const isOtherDefault = next !== scheme && port === defaultPorts[scheme];
  return hasPort || isOtherDefault ? authority.slice(0, -port.length - 1) : authority;
}
