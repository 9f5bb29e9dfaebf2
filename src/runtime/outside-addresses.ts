/** Which addresses a request to a name that somebody else chose may be sent to. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What may be asked beside, or in the place of, public addresses. */
export type AddressRules = {
  /** Whether public addresses may be asked. */
  readonly allowPublic: boolean;
  /** Further addresses, as ranges: `10.0.0.0/8`. */
  readonly allowedCIDRs: readonly string[];
};

/** Says of an address whether it may be asked. */
export type AddressCheck = (address: string) => boolean;

/** This host, link-local (where clouds serve credentials), multicast, broadcast, unspecified: never, whatever a range says. */
const never = ['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '255.255.255.255/32', '::/128', 'fe80::/10', 'ff00::/8'];

/** Asked only where a range lies within one of these: 0.0.0.0/0 does not mean them. */
const loopback = ['127.0.0.0/8', '::1/128'];

/**
 * Addresses that are not public (IANA's special-purpose registries, RFC 6890), and 168.63.129.16, where a cloud serves
 * its machines. Of IPv6 only 2000::/3 is in use; the ranges within it carry IPv4 addresses or documentation.
 */
const special = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
];
const globalV6 = ['2000::/3'];

type Range = { readonly base: string; readonly bits: number };

/** The check by these rules; a text that is no address may never be asked. */
export function addressCheck({ allowPublic, allowedCIDRs }: AddressRules): AddressCheck {
  const [neverList, specialList, globalList] = [listOf(never), listOf(special), listOf(globalV6)];
  const loopbackList = listOf(loopback);
  const allowed = listOf(allowedCIDRs);
  const allowedLoopback = listOf(allowedCIDRs.filter((one) => isWithin(one, loopback)));
  return (given) => {
    const address = plainAddress(given);
    if (address === undefined || holds(neverList, address)) return false;
    if (holds(loopbackList, address)) return holds(allowedLoopback, address);
    if (holds(allowed, address)) return true;
    const isPublic = !holds(specialList, address) && (isIPv4(address) || holds(globalList, address));
    return allowPublic && isPublic;
  };
}

/** The address that is connected to: an IPv4 address that is written as an IPv6 one (::ffff:0:0/96) is that IPv4 address. */
export function plainAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  // A zone is one of this machine's links, which nobody else's name leads to.
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const short = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [, high = '', low = ''] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? [];
  if (low === '') return short;
  return [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join('.');
}

function rangeOf(text: string): Range {
  const [base = '', bits = ''] = text.split('/');
  return { base, bits: Number(bits) };
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const { base, bits } of ranges.map(rangeOf)) list.addSubnet(base, bits, isIPv4(base) ? 'ipv4' : 'ipv6');
  return list;
}

function holds(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function isWithin(inner: string, outers: readonly string[]): boolean {
  const { base, bits } = rangeOf(inner);
  return outers.some((outer) => bits >= rangeOf(outer).bits && holds(listOf([outer]), base));
}
