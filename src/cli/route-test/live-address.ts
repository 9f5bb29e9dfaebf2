/** Where `--live` sends requests. */
import { readAuthorityText } from '../question/read-url.ts';
import { bad, good } from '../question/reading.ts';
import type { Reading } from '../question/reading.ts';

/** An address of a gateway; it takes the cases with URLs of its scheme. */
export type LiveAddress = {
  readonly scheme: 'http' | 'https';
  /** A name or an IP address; an IPv6 one without brackets. */
  readonly host: string;
  readonly port: number;
};

const defaultPorts = { http: 80, https: 443 } as const;

/** Reads `http://HOST[:PORT]` or `https://HOST[:PORT]`. */
export function readLiveAddress(text: string): Reading<LiveAddress> {
  const [, scheme, authority = ''] = /^(https?):\/\/([^/?#]*)\/?$/.exec(text) ?? [];
  if (scheme !== 'http' && scheme !== 'https') {
    return bad(`${JSON.stringify(text)} is not an address`, 'write http://HOST:PORT or https://HOST:PORT');
  }
  const read = readAuthorityText(authority);
  if (!read.ok) return read;
  const [, host = '', port] = /^(.*?)(?::([0-9]+))?$/.exec(authority) ?? [];
  return good({
    scheme,
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? defaultPorts[scheme] : Number(port),
  });
}
