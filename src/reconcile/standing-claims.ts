/** Standing claims: what live objects serve beyond what the app's spec asks for (api.md §6: live routes come first). */
import { httpsRedirectEntry, routeOfEntry } from '../compile/route-entries.ts';
import type { HostClaim } from '../model/host-claim.ts';
import type { SpecClaim } from '../model/claims.ts';
import { edgesOf } from '../plan/edge.ts';
import type { Extract as ChildExtract } from '../plan/extract.ts';
import type { LiveChild } from '../plan/live-child.ts';
import { carriedHosts } from './carried-hosts.ts';
import { entriesOn, entryText, isPathOf } from './live-evidence.ts';
import { routesAtEntries, routesAtPaths } from './standing-routes.ts';

/** A live object, as far as claims are read off it. */
export type StandingObject = Pick<LiveChild, 'key' | 'extract'>;

/** What the app's spec asks for. */
export type Asked = {
  readonly claims: readonly SpecClaim[];
  /** What it would become were everything granted; compared with what is live. */
  readonly rendered: readonly ChildExtract[];
};

/**
 * One claim for each host of an object that the spec does not claim, or claims without some of the routes that are live
 * there. `objects`: the route objects that stand, Gateways among them.
 */
export function standingClaims(
  app: Pick<HostClaim, 'app' | 'created'>,
  objects: readonly StandingObject[],
  asked: Asked,
): readonly HostClaim[] {
  const generated = new Set(
    objects.flatMap(({ key, extract }) => (extract.kind === 'Gateway' ? edgesOf(key, extract) : [])),
  );
  return objects
    .flatMap((object) => carriedHosts(object.extract).map((host) => ({ object, host })))
    .flatMap(({ object: { key, extract }, host }): readonly HostClaim[] => {
      const routes = standingRoutes(extract, host, asked);
      if (routes.length === 0 && asked.claims.some((claim) => claim.host === host)) return [];
      const [edge = ''] = edgesOf(key, extract);
      return [
        {
          ...app,
          host,
          edge: generated.has(edge) ? 'generated' : edge,
          httpsRedirect: redirects(extract),
          routes,
          standing: true,
        },
      ];
    })
    .sort((a, b) => compare(`${a.host} ${a.edge}`, `${b.host} ${b.edge}`));
}

/** The routes that the object has for the host and the spec does not ask for. */
function standingRoutes(extract: ChildExtract, host: string, { claims, rendered }: Asked): HostClaim['routes'] {
  if (extract.kind === 'VirtualService') {
    const wanted = entriesOn(rendered, host);
    return routesAtEntries(
      extract.routes.filter((entry) => routeOfEntry(entry.name) !== undefined && !wanted.has(entryText(entry))),
    );
  }
  if (extract.kind !== 'Ingress') return [];
  const wanted = claims.filter((claim) => claim.host === host).flatMap(({ routes }) => routes);
  return routesAtPaths(
    extract.paths.filter((path) => path.host === host && !wanted.some((route) => isPathOf(route, path))),
  );
}

function redirects(extract: ChildExtract): boolean {
  return extract.kind === 'VirtualService' && extract.routes.some(({ name }) => name === httpsRedirectEntry);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
