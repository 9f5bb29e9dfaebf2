/** How the paths of two routes relate: whole segments for a prefix, byte for byte for an exact path (api.md §3, paths). */
import type { RouteFeatures } from './route.ts';

/** The conditions on the path of a request; neither means every path. */
export type PathCondition = Pick<RouteFeatures, 'prefix' | 'exact'>;

/** Whether every path that `inner` matches is matched by `outer` too. */
export function pathCovers(outer: PathCondition, inner: PathCondition): boolean {
  if (outer.exact !== undefined) return inner.exact?.value === outer.exact.value;
  const prefix = outer.prefix?.value ?? '/';
  const path = inner.exact?.value ?? inner.prefix?.value ?? '/';
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);
}

/** Whether some path is matched by both. Paths form a tree, so this holds only where one covers the other. */
export function pathsOverlap(a: PathCondition, b: PathCondition): boolean {
  return pathCovers(a, b) || pathCovers(b, a);
}
