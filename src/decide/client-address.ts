/** The client's address (api.md §3): an entry of X-Forwarded-For where proxies before the gateway are trusted, else whoever connects to it. */
import { addressBits } from '../model/address.ts';
import type { HttpRequest } from './request.ts';

/**
 * Undefined: nothing was said of it. `trustedHops`: how many proxies are trusted. Where the header has fewer entries, or the one that counts
 * is none, Envoy goes by the connection (source/common/http/conn_manager_utility.cc).
 */
export function clientAddress(
  { clientIp, headers }: Pick<HttpRequest, 'clientIp' | 'headers'>,
  trustedHops: number,
): string | undefined {
  if (trustedHops === 0) return clientIp;
  const entries = headers
    .filter(({ name }) => name.toLowerCase() === 'x-forwarded-for')
    .flatMap(({ value }) => value.split(',').map((entry) => entry.trim()));
  const entry = entries.at(-trustedHops);
  return entry === undefined || addressBits(entry) === '' ? clientIp : entry;
}
