/** Evidence of hosts: which routes of an app its live objects carry for a host (api.md §6). */
import type { SpecClaim } from '../model/claims.ts';
import type { Route } from '../model/route.ts';
import type { Extract as ChildExtract, ExtractedPath, ExtractedRoute } from '../plan/extract.ts';
import type { LiveChild } from '../plan/live-child.ts';

type VirtualService = Extract<ChildExtract, { kind: 'VirtualService' }>;
type Ingress = Extract<ChildExtract, { kind: 'Ingress' }>;

/**
 * The names of the claim's routes that are live for its host: rendered now as they were rendered then. A route that
 * keeps its name and changes what it matches is a new wish, not an old right. Undefined: no live object carries the host.
 */
export function liveRoutesOf(
  claim: SpecClaim,
  live: readonly Pick<LiveChild, 'extract'>[],
  rendered: readonly ChildExtract[],
): readonly string[] | undefined {
  const extracts = live.map(({ extract }) => extract);
  const served = { ingresses: ingresses(extracts, claim.host), entries: entriesOn(extracts, claim.host) };
  if (served.ingresses.length === 0 && edgeServices(extracts, claim.host).length === 0) return undefined;
  const wanted = entriesOn(rendered, claim.host);
  return claim.routes
    .filter((route) => {
      const entries = [...wanted].filter((entry) => routeOf(entry) === route.name);
      if (entries.length > 0) return entries.every((entry) => served.entries.has(entry));
      return served.ingresses.some((ingress) => carries(ingress, claim.host, route));
    })
    .map(({ name }) => name);
}

/** Whether the Ingress has the route's path on the host. */
function carries({ paths }: Ingress, host: string, route: Route): boolean {
  return paths.some((path) => path.host === host && isPathOf(route, path));
}

/** Whether the path of an Ingress is the route's: plain, or as a regular expression. */
export function isPathOf({ features: { exact, prefix } }: Route, path: ExtractedPath): boolean {
  return isExactPath(path) === (exact !== undefined) && plainPath(path) === (exact?.value ?? prefix?.value ?? '');
}

/** Whether the path of an Ingress is exact; as a regular expression it ends in `($)` then. */
export function isExactPath({ path, pathType }: ExtractedPath): boolean {
  return pathType === 'Exact' || path.endsWith('($)');
}

/** The path without what makes it a regular expression, which writes dots as `[.]` and ends in groups. */
export function plainPath({ path }: ExtractedPath): string {
  const group = path.indexOf('(');
  return group < 0 ? path : path.slice(0, group).replaceAll('[.]', '.');
}

function edgeServices(extracts: readonly ChildExtract[], host: string): readonly VirtualService[] {
  return extracts.filter(
    (one): one is VirtualService =>
      one.kind === 'VirtualService' && !one.gateways.includes('mesh') && one.hosts.includes(host),
  );
}

function ingresses(extracts: readonly ChildExtract[], host: string): readonly Ingress[] {
  return extracts.filter((one): one is Ingress => one.kind === 'Ingress' && one.hosts.includes(host));
}

/** An entry as it is compared. */
export const entryText = ({ name, match }: ExtractedRoute): string => `${name}\n${match}`;

/** Entries of VirtualServices are named `<route>` or `<route>.<half>`. */
const routeOf = (entry: string): string => entry.split(/[.\n]/)[0] ?? '';

/** The entries of all VirtualServices for the host, as they are compared. */
export function entriesOn(extracts: readonly ChildExtract[], host: string): ReadonlySet<string> {
  return new Set(edgeServices(extracts, host).flatMap(({ routes }) => routes.map(entryText)));
}
