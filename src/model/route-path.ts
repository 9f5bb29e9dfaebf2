/** How the paths of two routes relate: whole segments for a prefix, byte for byte for an exact path (api.md §3, paths). */
import { regexHead } from './regex-head.ts';
import type { RouteFeatures } from './route.ts';

/** The conditions on the path of a request; none means every path. */
export type PathCondition = Pick<RouteFeatures, 'prefix' | 'exact' | 'regex'>;

/**
 * Whether every path that `inner` matches is known to be matched by `outer` too. Of a regular expression only its text
 * and its literal beginning are looked at.
 */
export function pathCovers(outer: PathCondition, inner: PathCondition): boolean {
  if (outer.regex !== undefined) return inner.regex?.value === outer.regex.value;
  if (outer.exact !== undefined) return inner.exact?.value === outer.exact.value;
  const prefix = outer.prefix?.value ?? '/';
  return prefix === '/' || isWithin(prefix, inner);
}

function isWithin(prefix: string, { exact, prefix: inner, regex }: PathCondition): boolean {
  if (regex !== undefined) return regexHead(regex.value).startsWith(`${prefix}/`);
  const path = exact?.value ?? inner?.value ?? '/';
  return path === prefix || path.startsWith(`${prefix}/`);
}

/**
 * Whether some path may be matched by both. Without regular expressions paths form a tree, so this holds only where one
 * covers the other. A regular expression may meet everything that its literal beginning does not rule out.
 */
export function pathsOverlap(a: PathCondition, b: PathCondition): boolean {
  if (a.regex !== undefined) return meets(regexHead(a.regex.value), b);
  if (b.regex !== undefined) return meets(regexHead(b.regex.value), a);
  return pathCovers(a, b) || pathCovers(b, a);
}

/** Whether a path that begins with `head` can be matched. */
function meets(head: string, { exact, prefix, regex }: PathCondition): boolean {
  if (exact !== undefined) return exact.value.startsWith(head);
  if (regex !== undefined) {
    const other = regexHead(regex.value);
    return head.startsWith(other) || other.startsWith(head);
  }
  const path = prefix?.value ?? '/';
  return path === '/' || path.startsWith(head) || head === path || head.startsWith(`${path}/`);
}
