/** Replacing the prefix that a route matched, so that both parts join with one slash (api.md §3, rewrite). */
import type { RouteFeatures } from '../model/route.ts';

/** The prefix that a route matches; beside an exact path it is the root, which every path begins with. */
export function prefixOf({ prefix }: Pick<RouteFeatures, 'prefix'>): string {
  return prefix?.value ?? '/';
}

/**
 * `path` with `replacement` in the place of `prefix`, which matched it: /api → /v1 gives /v1, /v1/ and /v1/x; → / gives
 * / and /x. Neither `prefix` nor `replacement` ends in a slash unless it is `/`.
 */
export function replacePrefix(path: string, prefix: string, replacement: string): string {
  const below = prefix === '/' ? path : path.slice(prefix.length);
  const head = replacement === '/' ? '' : replacement;
  return `${head}${below}` || '/';
}
