/** AT0701 for hosts in regex mode whose paths would then no longer mean what the spec says. */
import { sharesByPath } from '../../model/claim-contention.ts';
import { edgeText } from '../../model/claims.ts';
import { defaultIngressClass } from '../../model/ingress-class.ts';
import type { HostClaim } from '../../model/host-claim.ts';
import { pathsOverlap } from '../../model/route-path.ts';
import type { PathCondition } from '../../model/route-path.ts';
import type { Problem } from '../../model/problem.ts';
import type { External, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import type { Dialect } from './dialect.ts';
import type { HostPaths } from './host-paths.ts';
import { capturesPath } from './placed-route.ts';

/** Problems of one app's hosts on a controller with regex mode; none on any other. */
export function regexHostProblems(
  traffic: Traffic,
  paths: readonly HostPaths[],
  dialect: Dialect,
  world: World,
): readonly Problem[] {
  const { external } = traffic;
  if (dialect.regexHosts === undefined || external === undefined) return [];
  return paths.flatMap((one) => [
    ...(one.isRegex ? caseTwins(one, dialect) : []),
    ...(staysApart(one, { traffic, external, dialect, world }) ? [] : [sharedHost(one, external, dialect)]),
  ]);
}

/** Two paths that only their case keeps apart: which one wins would depend on the controller's sorting. */
function caseTwins({ host, routes }: HostPaths, { title }: Dialect): readonly Problem[] {
  return routes.flatMap(({ route }, i) =>
    routes
      .slice(0, i)
      .filter(({ route: other }) => areCaseTwins(route.features, other.features))
      .map(({ route: other }) => ({
        code: 'AT0701' as const,
        field: (route.features.exact ?? route.features.prefix)?.at ?? route.at,
        message: `${title} compares the paths of ${host} without regard to case, so routes ${other.name} and ${route.name} would mix`,
        fix: 'choose paths that differ in more than case, or remove the rewrites of that host',
      })),
  );
}

function areCaseTwins(a: PathCondition, b: PathCondition): boolean {
  return !pathsOverlap(a, b) && pathsOverlap(lowerCase(a), lowerCase(b));
}

function lowerCase({ prefix, exact }: PathCondition): PathCondition {
  return {
    ...(prefix === undefined ? {} : { prefix: { ...prefix, value: prefix.value.toLowerCase() } }),
    ...(exact === undefined ? {} : { exact: { ...exact, value: exact.value.toLowerCase() } }),
  };
}

type Sharing = {
  readonly traffic: Traffic;
  readonly external: External;
  readonly dialect: Dialect;
  readonly world: World;
};

/**
 * Regex mode holds for the whole host, whoever asked for it, and turns the prefixes of other Ingresses into prefixes of
 * characters. So an app in regex mode has its host alone, and who comes later is refused. Who was first: live before
 * new; of live ones those without regex mode, because an app that only now asks for it must not harm the others; then
 * by age and name. An app that is refused changes nothing, so what is live stays as it was.
 */
function staysApart({ host, isRegex }: HostPaths, { traffic, external, dialect, world }: Sharing): boolean {
  const { app } = traffic;
  const isOwn = (claim: HostClaim): boolean => claim.app.namespace === app.namespace && claim.app.name === app.name;
  const servingClass = classOf(edgeText(external.edge), world);
  const sharers = world.hosts
    .filter((claim) => claim.host === host && !isOwn(claim) && classOf(claim.edge, world) === servingClass)
    .filter((claim) => sharesByPath(claim, { app, host }, world.platform.hosts.shared))
    .map((claim) =>
      standing(
        claim,
        claim.routes.some((route) => capturesPath(route, dialect)),
      ),
    );
  const known = world.hosts.find((claim) => claim.host === host && isOwn(claim));
  const own = standing({ app, created: world.created, ...known }, isRegex);
  const first = sharers.reduce((best, next) => (compare(next.rank, best.rank) < 0 ? next : best), own);
  return first === own || !(first.isRegex || isRegex);
}

/** The class behind the edge of a claim; an Ingress without a class is served by the default class. */
function classOf(edge: string, world: World): string | undefined {
  if (!edge.startsWith('ingress/')) return undefined;
  const named = edge.slice('ingress/'.length);
  return named === '' ? (defaultIngressClass(world) ?? '') : named;
}

type Standing = { readonly isRegex: boolean; readonly rank: readonly string[] };

function standing(claim: Pick<HostClaim, 'app' | 'created' | 'liveRoutes'>, isRegex: boolean): Standing {
  const { app, created, liveRoutes } = claim;
  const life = liveRoutes === undefined ? 'new' : isRegex ? 'live, regex' : 'live';
  return { isRegex, rank: [String(['live', 'live, regex', 'new'].indexOf(life)), created, app.namespace, app.name] };
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((text, i) => text !== b[i]);
  if (at < 0) return 0;
  return (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
}

function sharedHost({ host, isRegex, routes }: HostPaths, { hosts, at }: External, { title }: Dialect): Problem {
  const rewrite = routes.find(({ captures }) => captures)?.route.features.rewritePrefix?.at;
  const message = isRegex
    ? `${title} applies a rewrite's regular expressions to the whole host, and another app shares ${host}`
    : `another app rewrites paths of ${host}, and ${title} would then match this app's paths by characters`;
  return {
    code: 'AT0701',
    field: rewrite ?? hosts.find(({ value }) => value === host)?.at ?? at,
    message,
    fix: isRegex ? 'remove the rewrite, or serve it on a host of its own' : 'use a host of its own for this app',
  };
}
