/** Ranges of addresses, and servers by address. */
import { z } from 'zod';
import { addressBits } from '../model/address.ts';
import { unless, withChecks, withRules } from './rule.ts';

const rangeForms = [z.cidrv4(), z.cidrv6()];
const addressForms = [z.ipv4(), z.ipv6()];

/** A range of IPv4 or IPv6 addresses, `10.0.0.0/8` or `2001:db8::/32`. */
export const cidr = withChecks(z.string().max(64), [
  {
    message: 'is not a range of addresses',
    fix: 'write an address, a slash and the number of its leading bits, as in 10.0.0.0/8',
    faults: (value) => unless(rangeForms.some((form) => form.safeParse(value).success)),
  },
]);

/**
 * A range as a user writes it into an AppTraffic: whole, so that nobody means one address and names a network. The API server
 * holds the same with its CIDR library (apiserver/pkg/cel/library/cidr.go), which also refuses IPv4 within IPv6.
 */
export const wholeCidr = withRules(z.string().max(43), [
  {
    message: 'is not a range of addresses',
    fix: 'write its first address, a slash and the number of bits that all of its addresses begin with, as in 10.0.0.0/8; one address is 203.0.113.7/32',
    cel: "isCIDR(self) && !(self.contains(':') && self.contains('.')) && cidr(self).masked() == cidr(self)",
    faults: (value: string) => unless(isWholeRange(value)),
  },
]);

function isWholeRange(text: string): boolean {
  const isForm = rangeForms.some((form) => form.safeParse(text).success);
  if (!isForm || (text.includes(':') && text.includes('.'))) return false;
  const [address = '', prefix = ''] = text.split('/');
  const bits = addressBits(address);
  return !bits.slice(Number(prefix)).includes('1');
}

/** A DNS server by address, with a port where it is not 53: `10.96.0.10`, `10.96.0.10:5353`, `[2001:db8::53]:5353`. */
export const nameServer = withChecks(z.string().max(64), [
  {
    message: 'is not the address of a DNS server',
    fix: 'write an IP address, as in 10.96.0.10 or [2001:db8::53]:5353',
    faults: (value) => unless(isServer(value)),
  },
]);

function isServer(text: string): boolean {
  const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([0-9.]+))(?::([1-9][0-9]{0,4}))?$/.exec(text) ?? [];
  const address = v6 ?? v4 ?? text;
  return addressForms.some((form) => form.safeParse(address).success) && Number(port ?? 53) <= 65_535;
}
