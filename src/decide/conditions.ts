/** Conditions: whether a route matches a request, and which of its conditions is the first to fail. */
import { hostCovers } from '../model/host.ts';
import type { Located } from '../model/located.ts';
import { pathCovers } from '../model/route-path.ts';
import type { Route, RouteFeatures } from '../model/route.ts';
import { failedHeaders } from './header-conditions.ts';
import { failedQuery } from './query-conditions.ts';
import { matchesWhole } from './matches-whole.ts';
import { prefixOf } from './replace-prefix.ts';
import type { Header } from './request.ts';

/** What of a request conditions look at. */
export type Seen = {
  /** The host that the apps hold the request under, which may be a wildcard; absent inside the mesh. */
  readonly heldHost?: string;
  /** As it is compared. */
  readonly path: string;
  /** Whether upper and lower case are the same in paths; the contract says no. */
  readonly isCaseFree: boolean;
  readonly method: string;
  readonly headers: readonly Header[];
  /** With its `?`; empty without one. */
  readonly query: string;
};

/** Why the route does not match, as a sentence; undefined: it matches. Host, path, methods, headers, cookies and query, in this order. */
export function failedCondition({ features, refusedOn }: Route, seen: Seen): string | undefined {
  return (
    failedHost(features, seen, refusedOn) ??
    failedPath(features, seen) ??
    failedMethods(features, seen) ??
    failedHeaders(features, seen.headers) ??
    failedQuery(features, seen.query)
  );
}

function failedHost({ host }: RouteFeatures, { heldHost }: Seen, refusedOn: Route['refusedOn']): string | undefined {
  if (heldHost === undefined) return undefined;
  if (host !== undefined && !hostCovers(host.value, heldHost)) {
    return `match.host is ${host.value}, the request is for ${heldHost}`;
  }
  if (refusedOn?.includes(heldHost) !== true) return undefined;
  return `it is left out on ${heldHost}, where another app holds its requests`;
}

function failedPath(features: RouteFeatures, { path, isCaseFree }: Seen): string | undefined {
  const { exact, prefix, regex } = features;
  if (regex !== undefined) {
    return matchesWhole(regex.value, path) ? undefined : `match.regex is ${regex.value}, the path is ${path}`;
  }
  const folded = (located: Located<string>): Located<string> =>
    isCaseFree ? { ...located, value: located.value.toLowerCase() } : located;
  const wanted = {
    ...(exact === undefined ? {} : { exact: folded(exact) }),
    ...(prefix === undefined ? {} : { prefix: folded(prefix) }),
  };
  if (pathCovers(wanted, { exact: folded({ value: path, at: '' }) })) return undefined;
  const condition = exact === undefined ? `match.prefix is ${prefixOf(features)}` : `match.exact is ${exact.value}`;
  return `${condition}, the path is ${path}`;
}

/** HEAD is not GET, and upper and lower case are two methods. */
function failedMethods({ methods }: RouteFeatures, { method }: Seen): string | undefined {
  if (methods === undefined || methods.value.some((one) => one === method)) return undefined;
  return `match.methods is ${methods.value.join(', ')}, the method is ${method}`;
}
