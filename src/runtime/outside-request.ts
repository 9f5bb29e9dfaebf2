/** One GET to a server outside, the way a client sends it: DNS, TLS, the status line of the answer. Nothing else of it is read. */
import { NODATA, NOTFOUND, Resolver, lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import type { ClientRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { addressCheck, plainAddress } from './outside-addresses.ts';
import type { AddressRules } from './outside-addresses.ts';
import type { Clock } from './clock.ts';

/** Every reason why no status code comes, and what it means. */
export const outsideFaults = {
  AddressNotPermitted: 'the name leads to no address that may be asked',
  CertificateExpired: 'the certificate is not valid at this time',
  CertificateOfOthers: 'the certificate is not for this name',
  CertificateUnknown: 'the certificate is signed by nobody who is trusted',
  Disconnected: 'the connection is refused or ends, or what comes is no answer',
  DnsFailed: 'DNS gives no answer',
  NameUnknown: 'DNS has no address',
  TimedOut: 'it took too long',
  TlsFailed: 'no TLS connection comes about',
} as const;

/** Why no status code came. */
export type OutsideFault = keyof typeof outsideFaults;

/** What came of a request: the status code of the answer, or why there is none. */
export type OutsideAnswer = { readonly status: number } | { readonly fault: OutsideFault };

/** Sends GET to a URL; undefined once the signal has aborted. Never rejects. */
export type AskOutside = (url: string, signal: AbortSignal) => Promise<OutsideAnswer | undefined>;

/** How requests are sent. */
export type OutsideOptions = AddressRules & {
  readonly userAgent: string;
  /** For the whole of it, DNS included. */
  readonly timeoutMs: number;
  /** IP or IP:PORT; absent: those of the process. */
  readonly nameServers?: readonly string[];
  /** Host names and addresses that are never asked, whatever the rules say: the API server. */
  readonly never: readonly string[];
  readonly clock: Pick<Clock, 'setTimer'>;
};

/** An answer with more header bytes than this is none. */
const mostHeaderBytes = 16_384;
/** One try of each DNS server, so that a dead one leaves time for the next. */
const dnsTimeoutMs = 1_500;

const certificateFaults: Readonly<Record<string, OutsideFault>> = {
  CERT_HAS_EXPIRED: 'CertificateExpired',
  CERT_NOT_YET_VALID: 'CertificateExpired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'CertificateOfOthers',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'CertificateUnknown',
  SELF_SIGNED_CERT_IN_CHAIN: 'CertificateUnknown',
  UNABLE_TO_GET_ISSUER_CERT: 'CertificateUnknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'CertificateUnknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'CertificateUnknown',
};

/**
 * What sends such requests. The name is looked up once, as a whole name (no search domains, no hosts file); each of its
 * addresses is checked, and the connection goes to one that was: there is no second look-up that could say otherwise.
 */
export function createAskOutside(options: OutsideOptions): AskOutside {
  const isAllowed = addressCheck(options);
  const attempt = async (target: URL, signal: AbortSignal): Promise<OutsideAnswer> => {
    const found = await addressesOf(target.hostname, options.nameServers, signal);
    if ('fault' in found) return found;
    const own = await addressesOfNever(options.never);
    if (own === undefined) return { fault: 'DnsFailed' };
    const allowed = found.addresses.filter((address) => isAllowed(address) && !own.includes(address));
    return allowed.length === 0 ? { fault: 'AddressNotPermitted' } : send(target, allowed, options, signal);
  };
  return async (url, signal) => {
    const late = new AbortController();
    const cancel = options.clock.setTimer(options.timeoutMs, () => late.abort());
    try {
      const answer = await attempt(new URL(url), AbortSignal.any([signal, late.signal]));
      if (signal.aborted) return undefined;
      return late.signal.aborted && 'fault' in answer ? { fault: 'TimedOut' } : answer;
    } finally {
      cancel();
    }
  };
}

type Addresses = { readonly addresses: readonly string[] };

/** Each address once, in the order of their text; DNS gives them in another order each time. */
async function addressesOf(
  host: string,
  nameServers: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Addresses | { readonly fault: OutsideFault }> {
  if (isIP(host) > 0) return { addresses: [host] };
  const resolver = new Resolver({ timeout: dnsTimeoutMs, tries: 2 });
  if (nameServers !== undefined) resolver.setServers(nameServers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length > 0) {
      return { addresses: [...new Set(found.flatMap((address) => plainAddress(address) ?? []))].sort() };
    }
    const isUnknown = answers.every((answer) => answer.status === 'fulfilled' || isNoSuchName(answer.reason));
    return { fault: isUnknown ? 'NameUnknown' : 'DnsFailed' };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function isNoSuchName(reason: unknown): boolean {
  const code = (reason as NodeJS.ErrnoException | undefined)?.code;
  return code === NOTFOUND || code === NODATA;
}

/** Undefined where one of the names cannot be looked up now: then nobody knows what must not be asked. */
async function addressesOfNever(hosts: readonly string[]): Promise<readonly string[] | undefined> {
  try {
    const found = await Promise.all(hosts.map((host) => lookup(host, { all: true })));
    return found.flat().flatMap(({ address }) => plainAddress(address) ?? []);
  } catch {
    return undefined;
  }
}

/** Sends the request to one of the addresses; node tries the next where one does not answer. */
function send(
  target: URL,
  addresses: readonly string[],
  { userAgent }: Pick<OutsideOptions, 'userAgent'>,
  signal: AbortSignal,
): Promise<OutsideAnswer> {
  const isTls = target.protocol === 'https:';
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return new Promise((resolve) => {
    let [isOpen, isConnected] = [false, false];
    const request: ClientRequest = (isTls ? httpsRequest : httpRequest)(target, {
      method: 'GET',
      agent: false,
      signal,
      maxHeaderSize: mostHeaderBytes,
      headers: { 'user-agent': userAgent, accept: '*/*', connection: 'close' },
      // Node asks for one or for all; either way it gets only what was checked.
      lookup: (_host, { all: wantsAll }, callback) => {
        if (wantsAll === true) callback(null, all);
        else callback(null, all[0]?.address ?? '', all[0]?.family);
      },
    });
    const end = (answer: OutsideAnswer): void => {
      request.destroy();
      resolve(answer);
    };
    request.on('socket', (socket) => {
      socket.on(isTls ? 'secureConnect' : 'connect', () => (isConnected = true));
      socket.on('connect', () => (isOpen = true));
    });
    request.on('response', ({ statusCode = 0 }) => end({ status: statusCode }));
    // Nobody asked for another protocol.
    request.on('upgrade', () => end({ fault: 'Disconnected' }));
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isHandshake = isTls && isOpen && !isConnected;
      end({ fault: certificateFaults[error.code ?? ''] ?? (isHandshake ? 'TlsFailed' : 'Disconnected') });
    });
    request.end();
  });
}
