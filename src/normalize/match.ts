/** Conditions of a route: from what the user wrote to features, each with its place in the spec. */
import type { Route as ApiRoute } from '../api/v1alpha1/route.ts';
import type { At, Located } from '../model/located.ts';
import type { RouteFeatures } from '../model/route.ts';
import { headerPairs, pairs } from './pairs.ts';
import { wholeSegments } from './whole-segments.ts';

type Match = NonNullable<ApiRoute['match']>;

/** What `match` of the route at `at` asks for; every list sorted, so that the order of keys changes nothing. */
export function matchFeatures(match: Match, at: At): RouteFeatures {
  return {
    ...located('host', match.host, at),
    ...path(match, at),
    ...located('methods', match.methods && [...new Set(match.methods)].sort(), at),
    ...located('headers', match.headers && headerPairs(match.headers), at),
    ...located('headersRegex', match.headersRegex && headerPairs(match.headersRegex), at),
    ...located('withoutHeaders', match.withoutHeaders && lowerNames(match.withoutHeaders), at),
    ...located('cookies', match.cookies && pairs(match.cookies), at),
    ...located('query', match.query && pairs(match.query), at),
  };
}

/** The feature of that name; nothing where the user gave none, or an empty list. */
function located<F extends keyof Match, T>(field: F, value: T | undefined, at: At): { readonly [K in F]?: Located<T> } {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return {};
  return { [field]: { value, at: `${at}.match.${field}` } } as { readonly [K in F]: Located<T> };
}

function path({ prefix, exact, regex }: Match, at: At): RouteFeatures {
  if (regex !== undefined) return { regex: { value: regex, at: `${at}.match.regex` } };
  if (exact !== undefined) return { exact: { value: exact, at: `${at}.match.exact` } };
  if (prefix === undefined) return { prefix: { value: '/', at } };
  return { prefix: { value: wholeSegments(prefix), at: `${at}.match.prefix` } };
}

function lowerNames(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))].sort();
}
