/** Rewrites: each of their parts is a feature of its own. */
import type { Route as ApiRoute } from '../api/v1alpha1/route.ts';
import type { At } from '../model/located.ts';
import type { RouteFeatures } from '../model/route.ts';
import { wholeSegments } from './whole-segments.ts';

/** What the route at `at` changes of the path and the host. */
export function rewriteFeatures({ rewrite }: Pick<ApiRoute, 'rewrite'>, at: At): RouteFeatures {
  const { prefix, path, regex, host } = rewrite ?? {};
  return {
    ...(prefix === undefined ? {} : { rewritePrefix: { value: wholeSegments(prefix), at: `${at}.rewrite.prefix` } }),
    ...(path === undefined ? {} : { rewritePath: { value: path, at: `${at}.rewrite.path` } }),
    ...(regex === undefined ? {} : { rewriteRegex: { value: regex, at: `${at}.rewrite.regex` } }),
    ...(host === undefined ? {} : { rewriteHost: { value: host, at: `${at}.rewrite.host` } }),
  };
}
