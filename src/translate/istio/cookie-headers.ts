/** Cookies as conditions on the Cookie header, the only way that Istio has for them. */
import type { VirtualServiceHttpMatch } from '../../generated/istio/virtual-service.ts';
import type { PairCondition } from '../../model/route.ts';
import { literalRegex } from './literal-regex.ts';

type HeaderMatches = NonNullable<VirtualServiceHttpMatch['headers']>;

/**
 * One condition for each cookie: some pair of the header is this one, whatever stands before and after it. Istio takes one
 * condition for a spelling of a header's name and Envoy ignores the case of names, so the second cookie has `Cookie`, the
 * third `cOokie` and so on; the schema allows 8, and a ninth may be that of a sticky split.
 */
export function cookieHeaders(cookies: readonly PairCondition[]): HeaderMatches {
  return Object.fromEntries(cookies.map((cookie, i) => [spelling(i), { regex: pairRegex(cookie) }]));
}

function spelling(number: number): string {
  const name = 'cookie';
  if (number > name.length) return number === name.length + 1 ? name.toUpperCase() : 'COokie';
  return Array.from(name, (char, i) => (i === number - 1 ? char.toUpperCase() : char)).join('');
}

/** One condition more, beside so many on the Cookie header: that some pair of it is this one. */
export function oneMoreCookie(cookie: PairCondition, beside: number): HeaderMatches {
  return { [spelling(beside)]: { regex: pairRegex(cookie) } };
}

/** Matched against the whole header. */
function pairRegex({ name, value }: PairCondition): string {
  return `(?:.*;)?\\s*${literalRegex(`${name}=${value}`)}\\s*(?:;.*)?`;
}
