/** URLs as a client asks for them. Nothing is normalized: what becomes of a path is what is asked about. */
import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import type { HttpRequest } from '../../decide/request.ts';
import { bad, good } from './reading.ts';
import type { Reading } from './reading.ts';

/** What a URL says of a request. */
export type UrlParts = Pick<HttpRequest, 'scheme' | 'authority' | 'path' | 'query'>;

const example = 'https://shop.example.com/api?page=2';
/** RFC 3986, appendix B, with a scheme and an authority that must be there. */
const form = /^([^:/?#]+):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s;

/** An absolute URL; its path and query stay byte for byte, an empty path is `/`. */
export function readUrl(text: string): Reading<UrlParts> {
  const [, given, authority = '', path = '', query = '', fragment] = form.exec(text) ?? [];
  if (given === undefined) return bad(`${shown(text)} is not an absolute URL`, absoluteFix(text));
  const scheme = given.toLowerCase();
  if (scheme === 'tcp') {
    return bad('a TCP connection is no request', `write apptraffic explain ${text}, without a method`);
  }
  if (scheme !== 'http' && scheme !== 'https') {
    return bad(`${shown(given)} is neither http nor https`, `write an absolute URL such as ${example}`);
  }
  if (fragment !== undefined) {
    return bad('a client does not send the part behind #', 'leave it out, or write %23 where the path holds a #');
  }
  const host = readAuthorityText(authority);
  if (!host.ok) return host;
  return readTarget(path === '' ? '/' : path, query, { scheme, authority });
}

function readTarget(path: string, query: string, to: Pick<UrlParts, 'scheme' | 'authority'>): Reading<UrlParts> {
  const odd = /[^!-~]/u.exec(path + query)?.[0];
  if (odd === undefined) return good({ ...to, path, query });
  return bad(`a URL holds no ${shown(odd)} as it is`, `write ${encodeURIComponent(odd.toWellFormed())}`);
}

/** `host` or `host:port`, as it stands in a URL or in the header Host. */
export function readAuthorityText(text: string): Reading<string> {
  const [, host = '', port] = /^(.*?)(?::([^:\]]*))?$/s.exec(text) ?? [];
  if (text.includes('@')) {
    return bad(`${shown(text)} holds a user name`, "leave it out; write -H 'authorization: Basic …' where it is sent");
  }
  if (port !== undefined && !isPort(port)) {
    return bad(`${shown(port)} is not a port`, 'write a number from 1 to 65535, or leave the colon out');
  }
  if (host.startsWith('[') && host.endsWith(']') && isIPv6(host.slice(1, -1))) return good(text);
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  const labels = name.split('.');
  const isName = name.length <= 253 && labels.every((label) => /^[A-Za-z0-9_-]{1,63}$/.test(label));
  return isName ? good(text) : bad(`${shown(host)} is not a host`, hostFix(host));
}

function isPort(text: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65_535;
}

function hostFix(host: string): string {
  const ascii = /[^ -~]/.test(host) ? domainToASCII(host) : '';
  return ascii === '' ? 'write a DNS name such as shop.example.com, or an IP address' : `write ${ascii}`;
}

function absoluteFix(text: string): string {
  const isHostFirst = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]+)?(?:[/?]|$)/.test(text);
  return isHostFirst ? `write https://${text}, or http://${text}` : `write an absolute URL such as ${example}`;
}

/** A piece of what the user typed, so that it cannot be taken for words of ours. */
function shown(text: string): string {
  return JSON.stringify(text);
}
