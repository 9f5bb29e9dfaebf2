/** The Ingress objects of an app: one for all routes without options of their own, and one for each set of options. */
import { childName } from '../../kube/identity.ts';
import type { Ingress, IngressPath, IngressRule } from '../../kube/ingress.ts';
import type { StringMap } from '../../kube/manifest.ts';
import { compareRoutes } from '../../model/route-order.ts';
import type { AppRef } from '../../model/traffic.ts';
import { childMetadata } from '../metadata.ts';
import type { IngressEdge } from './choose-dialect.ts';
import type { Dialect } from './dialect.ts';
import type { EdgeParts } from './edge-features.ts';
import type { HostPaths } from './host-paths.ts';
import type { PlacedRoute } from './placed-route.ts';

/** What all Ingresses of an app have in common. */
export type IngressParts = {
  readonly app: AppRef;
  readonly edge: IngressEdge;
  readonly dialect: Dialect;
  readonly edgeParts: EdgeParts;
};

/** Where a route is written: the Ingress's role in its name, and its annotations. */
type Place = { readonly role: readonly string[]; readonly annotations: StringMap };

type Entry = Place & { readonly host: string; readonly path: IngressPath };

/** The Ingresses that serve these paths, by name. */
export function ingresses(paths: readonly HostPaths[], parts: IngressParts): readonly Ingress[] {
  const roleOf = rolesOf(paths);
  const entries = paths.flatMap((one) => one.routes.map((placed) => entryOf(one, placed, parts.dialect, roleOf)));
  const byRole = Map.groupBy(entries, ({ role }) => role.join('\n'));
  return [...byRole.values()]
    .map((own) => ingress(own, parts))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function entryOf(
  { host, isRegex }: HostPaths,
  placed: PlacedRoute,
  { path, regexHosts }: Dialect,
  roleOf: (placed: PlacedRoute) => readonly string[],
): Entry {
  const { match, backend, captures, annotations } = placed;
  const written = isRegex && regexHosts !== undefined ? regexHosts.path(match, captures) : path(match);
  const own = roleOf(placed);
  // The host's other paths are expressions too, and must say so: a literal path beside them would match by characters.
  const isBeside = own.length === 0 && isRegex && regexHosts !== undefined;
  return {
    host,
    path: { ...written, backend },
    role: isBeside ? ['regex'] : own,
    annotations: isBeside ? regexHosts.annotations : annotations,
  };
}

/**
 * The role of each route's Ingress: none without annotations of its own, else the path that it is about. The name must
 * not change with the annotations: an edit has to reach the same object, because controllers let the oldest Ingress
 * keep a path, and the admission webhook of ingress-nginx refuses a second one. Routes with the same path and the same
 * annotations share an Ingress; with other annotations (on other hosts) the route's name is added.
 */
function rolesOf(paths: readonly HostPaths[]): (placed: PlacedRoute) => readonly string[] {
  const roles = new Map<PlacedRoute, readonly string[]>();
  const takenBy = new Map<string, string>();
  const all = [...new Set(paths.flatMap(({ routes }) => routes))];
  // General routes first: one that is added for a single host leaves their names alone.
  for (const placed of all.sort((a, b) => compareRoutes(b.route, a.route))) {
    const { match, annotations, route } = placed;
    if (Object.keys(annotations).length === 0) continue;
    const options = JSON.stringify(annotations);
    const holder = takenBy.get(match.path) ?? options;
    takenBy.set(match.path, holder);
    roles.set(placed, holder === options ? ['path', match.path.slice(1)] : ['path', match.path.slice(1), route.name]);
  }
  return (placed) => roles.get(placed) ?? [];
}

function ingress(entries: readonly Entry[], { app, edge, edgeParts }: IngressParts): Ingress {
  const [{ role, annotations: own } = { role: [], annotations: {} }] = entries;
  const { className } = edge;
  const rules = rulesOf(entries);
  const annotations = { ...edgeParts.annotations, ...own };
  const isUserChosen = className !== undefined || role.length > 1;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      ...childMetadata(app, childName('Ingress', app.name, [className ?? 'ingress', ...role], isUserChosen)),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      ...edgeParts.spec(rules.map(({ host }) => host)),
      rules,
    },
  };
}

function rulesOf(entries: readonly Entry[]): readonly (IngressRule & { readonly host: string })[] {
  return [...Map.groupBy(entries, ({ host }) => host)].map(([host, own]) => ({
    host,
    http: { paths: own.map(({ path }) => path) },
  }));
}
