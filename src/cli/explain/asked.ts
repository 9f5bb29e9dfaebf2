/** What `apptraffic explain` is asked: its arguments and flags, read and checked. */
import type { Caller, HttpRequest, Token } from '../../decide/request.ts';
import type { Finding } from '../input/finding.ts';
import { readCaller } from '../question/read-caller.ts';
import { readClientIp, readTime, readToken } from '../question/read-circumstances.ts';
import { bearerToken } from '../question/bearer-token.ts';
import { readConnection } from '../question/read-connection.ts';
import { readRequest } from '../question/read-request.ts';
import type { RequestMistake, RequestText } from '../question/read-request.ts';
import { bad, good } from '../question/reading.ts';
import type { Mistake, Reading } from '../question/reading.ts';

/** The flags that say who asks, and when. */
export type AskedFlags = {
  readonly from: string;
  readonly clientIp?: string;
  readonly tlsVersion?: string;
  readonly clientCertificate?: string;
  readonly bodyBytes?: string;
  readonly token?: string;
  readonly now?: string;
};

/** What was said of who asks, and when. */
export type Circumstances = {
  readonly caller: Caller;
  /** RFC 3339. */
  readonly now?: string;
};

/** A request, who sends it, and what else was said of it. */
export type Asked = Circumstances & { readonly request: HttpRequest };

/** A TCP connection: the host and port that are dialed, and what was said of who does it. */
export type AskedConnection = Circumstances & { readonly authority: string };

/** What is asked, or every mistake in it. */
export type AskedReading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Finding[] };

/** Reads a connection; what is for requests alone is refused, so that nobody thinks it counted. */
export function readAskedConnection(
  text: string,
  { headers, ...flags }: AskedFlags & Pick<RequestText, 'headers'>,
): AskedReading<AskedConnection> {
  const authority = readConnection(text);
  const caller = readCaller(flags.from);
  const now = optional(flags.now, readTime);
  const forRequests = {
    [`-H '${headers[0] ?? ''}'`]: headers[0],
    '--client-ip': flags.clientIp,
    '--tls-version': flags.tlsVersion,
    '--client-certificate': flags.clientCertificate,
    '--body-bytes': flags.bodyBytes,
    '--token': flags.token,
  };
  const unasked = Object.entries(forRequests).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (authority.ok && caller.ok && now.ok && unasked.length === 0) {
    const at = now.value === undefined ? {} : { now: now.value };
    return { ok: true, value: { authority: authority.value, caller: caller.value, ...at } };
  }
  return {
    ok: false,
    faults: [
      ...Object.entries({ 'tcp://': authority, '--from': caller, '--now': now }).flatMap(([place, reading]) =>
        reading.ok ? [] : [faultAt(place, reading)],
      ),
      ...unasked.map((flag) =>
        faultAt(flag, {
          message: 'over a TCP connection nobody looks for it',
          fix: 'leave it out, or ask for a request',
        }),
      ),
    ],
  };
}

/** Reads all of it; `cwd`: the folder that the file of a token starts from. */
export function readAsked(text: RequestText, flags: AskedFlags, cwd: string): AskedReading<Asked> {
  const { tlsVersion, clientCertificate, bodyBytes } = flags;
  const request = readRequest({ ...text, tlsVersion, clientCertificate, bodyBytes });
  const caller = readCaller(flags.from);
  const clientIp = optional(flags.clientIp, readClientIp);
  const now = optional(flags.now, readTime);
  const given = optional(flags.token, (one) => readToken(one, cwd));
  const token = request.ok && given.ok ? besideHeaders(request.value, given) : given;
  if (request.ok && caller.ok && clientIp.ok && token.ok && now.ok) {
    return {
      ok: true,
      value: {
        request: {
          ...request.value,
          ...(clientIp.value === undefined ? {} : { clientIp: clientIp.value }),
          ...(token.value === undefined ? {} : { token: token.value }),
        },
        caller: caller.value,
        ...(now.value === undefined ? {} : { now: now.value }),
      },
    };
  }
  const flagged = {
    '--from': caller,
    '--client-ip': clientIp,
    '--token': token,
    '--now': now,
  };
  return {
    ok: false,
    faults: [
      ...(request.ok ? [] : request.mistakes.map((mistake) => faultAt(placeOf(mistake, text), mistake))),
      ...Object.entries(flagged).flatMap(([flag, reading]) => (reading.ok ? [] : [faultAt(flag, reading)])),
    ],
  };
}

function optional<T>(text: string | undefined, read: (text: string) => Reading<T>): Reading<T | undefined> {
  return text === undefined ? good(undefined) : read(text);
}

/** One request carries one token. */
function besideHeaders(
  { headers }: HttpRequest,
  token: Extract<Reading<Token | undefined>, { readonly ok: true }>,
): Reading<Token | undefined> {
  if (token.value === undefined || bearerToken(headers) === undefined) return token;
  return bad('the header authorization carries a token already', 'leave one of the two out');
}

function placeOf({ part, at }: RequestMistake, { headers }: RequestText): string {
  return {
    method: 'METHOD',
    url: 'URL',
    tlsVersion: '--tls-version',
    clientCertificate: '--client-certificate',
    bodyBytes: '--body-bytes',
    headers: `-H '${headers[at ?? 0] ?? ''}'`,
  }[part];
}

function faultAt(place: string, { message, fix }: Mistake): Finding {
  return { severity: 'Error', position: { file: place }, message, fix };
}
