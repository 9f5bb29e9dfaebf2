/** Addresses and ranges of them, as bits. */

const octetBits = 8;
const groupBits = 16;
const groups = 8;

/** The bits of an IPv4 (32) or IPv6 address (128), first one first; empty: the text is no address. */
export function addressBits(text: string): string {
  return text.includes(':') ? bitsOfGroups(text) : bitsOfOctets(text);
}

/** Whether the address is in the range, written as address/prefix. Another family is never in it. */
export function isInRange(address: string, range: string): boolean {
  const [first = '', prefix = ''] = range.split('/');
  const [bits, wanted] = [addressBits(address), addressBits(first)];
  const length = Number(prefix);
  return bits !== '' && bits.length === wanted.length && bits.slice(0, length) === wanted.slice(0, length);
}

function bitsOfOctets(text: string): string {
  const octets = text.split('.');
  const isForm = octets.length === 4 && octets.every((one) => /^(?:0|[1-9][0-9]{0,2})$/.test(one) && Number(one) < 256);
  return isForm ? octets.map((one) => Number(one).toString(2).padStart(octetBits, '0')).join('') : '';
}

/** `::` stands for all groups of zeros that are missing, one at least (RFC 4291 §2.2). */
function bitsOfGroups(text: string): string {
  const [before = '', after, ...more] = text.split('::');
  const left = groupsOf(before);
  const right = after === undefined ? [] : groupsOf(after);
  const missing = groups - left.length - right.length;
  const isWhole = after === undefined ? missing === 0 : missing > 0;
  const all = [...left, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...right];
  if (more.length > 0 || !isWhole || !all.every((one) => /^[0-9a-f]{1,4}$/i.test(one))) return '';
  return all.map((one) => Number.parseInt(one, 16).toString(2).padStart(groupBits, '0')).join('');
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
