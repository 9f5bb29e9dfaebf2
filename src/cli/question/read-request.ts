/** A request put together from what a user typed. */
import type { ClientCertificate, Header, HttpRequest } from '../../decide/request.ts';
import type { TlsVersion } from '../../model/traffic.ts';
import { readHeader, readMethod } from './read-header.ts';
import { readAuthorityText, readUrl } from './read-url.ts';
import { bad, good } from './reading.ts';
import type { Mistake, Reading } from './reading.ts';

const tlsVersions: readonly TlsVersion[] = ['1.2', '1.3'];

/** What a client shows, as a user types it. */
const certificates: ReadonlyMap<string, ClientCertificate | undefined> = new Map([
  ['none', undefined],
  ['trusted', 'Trusted'],
  ['other', 'Other'],
] as const);

/** A request as text; a header is `name: value`. */
export type RequestText = {
  readonly method: string;
  readonly url: string;
  /** The highest version of TLS that the client speaks; absent: the newest. */
  readonly tlsVersion?: string | undefined;
  /** What the client shows where it is asked; absent: no certificate. */
  readonly clientCertificate?: string | undefined;
  /** How many bytes the body has; absent: there is none. */
  readonly bodyBytes?: string | undefined;
  readonly headers: readonly string[];
};

/** A mistake, and the part that it is in; `at`: which of the headers. */
export type RequestMistake = Mistake & { readonly part: keyof RequestText; readonly at?: number };

/** The request, or every mistake in it. */
export type RequestReading =
  | { readonly ok: true; readonly value: HttpRequest }
  | { readonly ok: false; readonly mistakes: readonly RequestMistake[] };

/**
 * Reads a request. A header Host says the host in the place of the URL's, as it does for curl; for plain http only, since
 * with https the URL's host is the one that TLS is asked for.
 */
export function readRequest(text: RequestText): RequestReading {
  const method = readMethod(text.method);
  const url = readUrl(text.url);
  const headers = checkHosts(text.headers.map(readHeader), url.ok ? url.value.scheme : undefined);
  const lines = headers.flatMap((one) => (one.ok ? [one.value] : []));
  const version = readTlsVersion(text.tlsVersion);
  const certificate = readCertificate(text.clientCertificate);
  const body = readBodyBytes(text.bodyBytes);
  if (method.ok && url.ok && version.ok && certificate.ok && body.ok && lines.length === headers.length) {
    const host = lines.find(isHost);
    return {
      ok: true,
      value: {
        method: method.value,
        ...url.value,
        ...version.value,
        ...certificate.value,
        ...body.value,
        ...(host === undefined ? {} : { authority: host.value }),
        headers: lines.filter((line) => line !== host),
      },
    };
  }
  return {
    ok: false,
    mistakes: [
      ...mistakeIn('method', method),
      ...mistakeIn('url', url),
      ...mistakeIn('tlsVersion', version),
      ...mistakeIn('clientCertificate', certificate),
      ...mistakeIn('bodyBytes', body),
      ...headerMistakes(headers),
    ],
  };
}

/** A version of TLS, as `1.2`. */
function readTlsVersion(text: string | undefined): Reading<Pick<HttpRequest, 'tlsVersion'>> {
  if (text === undefined) return good({});
  const tlsVersion = tlsVersions.find((version) => version === text);
  if (tlsVersion !== undefined) return good({ tlsVersion });
  return bad(`${JSON.stringify(text)} is no version of TLS`, 'write 1.2 or 1.3');
}

/** A certificate, as `trusted`. */
function readCertificate(text: string | undefined): Reading<Pick<HttpRequest, 'clientCertificate'>> {
  const clientCertificate = certificates.get(text ?? 'none');
  if (clientCertificate !== undefined) return good({ clientCertificate });
  if (text === undefined || certificates.has(text)) return good({});
  return bad(
    `${JSON.stringify(text)} says not what certificate the client shows`,
    "write trusted (one of the app's clientCA), other, or none",
  );
}

/** The largest body that can be asked about: 1 GiB. */
export const mostBodyBytes = 1024 ** 3;

/** The size of a body, as `1048576`. */
function readBodyBytes(text: string | undefined): Reading<Pick<HttpRequest, 'bodyBytes'>> {
  if (text === undefined) return good({});
  if (/^[0-9]{1,10}$/.test(text) && Number(text) <= mostBodyBytes) return good({ bodyBytes: Number(text) });
  return bad(
    `${JSON.stringify(text)} is no size of a body`,
    `write a whole number of bytes from 0 to ${mostBodyBytes}`,
  );
}

/** `scheme`: of the URL, where it could be read. */
function checkHosts(
  headers: readonly Reading<Header>[],
  scheme: HttpRequest['scheme'] | undefined,
): readonly Reading<Header>[] {
  const first = headers.find((one) => one.ok && isHost(one.value));
  return headers.map((one) => {
    if (!one.ok || !isHost(one.value)) return one;
    if (one !== first) return bad('the header Host is given twice', 'keep one of them');
    if (scheme === 'https') {
      return bad('with https the host of the URL is the one that TLS is asked for', 'write the host in the URL');
    }
    const authority = readAuthorityText(one.value.value);
    return authority.ok ? one : authority;
  });
}

function isHost({ name }: Header): boolean {
  return name.toLowerCase() === 'host';
}

function mistakeIn(part: RequestMistake['part'], reading: Reading<unknown>): readonly RequestMistake[] {
  return reading.ok ? [] : [{ part, message: reading.message, fix: reading.fix }];
}

function headerMistakes(headers: readonly Reading<unknown>[]): readonly RequestMistake[] {
  return headers.flatMap((one, at) => mistakeIn('headers', one).map((mistake) => ({ ...mistake, at })));
}
