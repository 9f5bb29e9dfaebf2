/** Hosts: normalized names (lower-case, no trailing dot), exact or with a leading `*.`, and how they relate. */

/** Whether the host is a wildcard, `*.example.com`. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*.');
}

/** Whether every request for `inner` is also one for `outer`: equal, or below the wildcard (one or more labels). */
export function hostCovers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  return isWildcard(outer) && inner.endsWith(outer.slice(1));
}

/** Whether some request could be for both hosts. */
export function hostsOverlap(a: string, b: string): boolean {
  return hostCovers(a, b) || hostCovers(b, a);
}

/** Orders hosts by precedence: exact before wildcard, longer wildcard before shorter, then by text (api.md §3, host). */
export function compareHosts(a: string, b: string): number {
  const rank = (host: string): number => (isWildcard(host) ? 1 : 0);
  return rank(a) - rank(b) || (isWildcard(a) ? b.length - a.length : 0) || (a < b ? -1 : Number(a > b));
}
