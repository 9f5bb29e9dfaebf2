/** Placed routes: what a route becomes in a dialect, before it is known on which hosts. */
import type { IngressBackend } from '../../kube/ingress.ts';
import type { StringMap } from '../../kube/manifest.ts';
import { isOwnPods } from '../../model/backend.ts';
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';
import type { Traffic } from '../../model/traffic.ts';
import { placementProblems, placeRoute } from '../place.ts';
import type { Dialect, PathMatch, Remark, RouteContext, RoutePiece } from './dialect.ts';

/** A route as a dialect says it. */
export type PlacedRoute = {
  readonly route: Route;
  readonly match: PathMatch;
  readonly backend: IngressBackend;
  /** What the Ingress of the route needs and its neighbours must not get; empty: nothing. */
  readonly annotations: StringMap;
  /** The annotations refer to what the path captures. */
  readonly captures: boolean;
};

/** The placed routes, in the given order, and what the dialect says about them. */
export type Placed = { readonly routes: readonly PlacedRoute[]; readonly problems: readonly Problem[] };

/** Places every route. A route that the dialect refuses is left out; its problem refuses the whole app. */
export function placeRoutes(traffic: Traffic, routes: readonly Route[], dialect: Dialect): Placed {
  const effective = routes.map(withoutIdleRewrite);
  const placed = effective.map((route) => place({ app: traffic.app, service: traffic.service, route }, dialect));
  return {
    routes: placed.flatMap((one) => one.routes),
    problems: [
      ...placementProblems(dialect.routes, effective, dialect.title),
      ...placed.flatMap((one) => one.problems),
    ],
  };
}

/** Whether the route turns its hosts' paths into regular expressions; `route` may be another app's. */
export function capturesPath(route: Route, dialect: Dialect): boolean {
  const effective = withoutIdleRewrite(route);
  const context = { app: { namespace: '', name: '' }, service: { name: '' }, route: effective };
  return placeRoute(dialect.routes, effective, context).some(({ captures }) => captures === true);
}

/** What the controller makes of single values of the routes, although it takes others as they are. */
export function remarksOn(traffic: Traffic, routes: readonly Route[], dialect: Dialect): readonly Remark[] {
  return routes
    .map(withoutIdleRewrite)
    .flatMap((route) =>
      placeRoute(dialect.routes, route, { app: traffic.app, service: traffic.service, route }).flatMap(
        ({ differences }) => differences ?? [],
      ),
    );
}

/** A prefix that is replaced by itself changes no path, so it must not change how paths are compared. */
function withoutIdleRewrite(route: Route): Route {
  const { rewritePrefix, ...features } = route.features;
  return rewritePrefix !== undefined && rewritePrefix.value === features.prefix?.value ? { ...route, features } : route;
}

function place(context: RouteContext, dialect: Dialect): Placed {
  const { route } = context;
  const protocol = placeProtocol(context, dialect);
  const pieces = [...placeRoute(dialect.routes, route, context), ...protocol.pieces];
  const match = pieces.find((piece) => piece.match !== undefined)?.match;
  const backend = pieces.find((piece) => piece.backend !== undefined)?.backend;
  const problems = [...protocol.problems, ...pieces.flatMap((piece) => remarkProblems(piece, dialect))];
  if (match === undefined || backend === undefined) return { routes: [], problems };
  const annotations = Object.assign({}, ...pieces.map((piece) => piece.annotations ?? {})) as StringMap;
  const captures = pieces.some((piece) => piece.captures === true);
  return { routes: [{ route, match, backend, annotations, captures }], problems };
}

function remarkProblems({ refusals = [], differences = [] }: RoutePiece, { title }: Dialect): readonly Problem[] {
  return [
    ...refusals.map(({ at: field, why, fix }): Problem => ({
      code: 'AT0701',
      field,
      message: `${title} has no way for it: ${why}`,
      fix,
    })),
    ...differences.map(({ at: field, why, fix }): Problem => ({
      code: 'AT0702',
      field,
      message: `on ${title} ${why}`,
      fix,
    })),
  ];
}

type PlacedProtocol = { readonly pieces: readonly RoutePiece[]; readonly problems: readonly Problem[] };

/** Only the protocol of this app's own Service is known. */
function placeProtocol(context: RouteContext, { protocols, title }: Dialect): PlacedProtocol {
  const { route } = context;
  const { port } = route;
  const isOwn = route.features.forward?.value.some(({ backend }) => isOwnPods(backend)) === true;
  if (!isOwn) return { pieces: [], problems: [] };
  const row = protocols[port.protocol];
  const field = route.at;
  const said = `port ${port.name} is ${port.protocol}`;
  if (row.support === 'unsupported') {
    const message = `${title} has no way for it: ${said}, and ${row.why}`;
    return { pieces: [], problems: [{ code: 'AT0701', field, message, fix: row.fix }] };
  }
  const message = row.support === 'differs' ? `${said}, but on ${title} ${row.how}` : undefined;
  return {
    pieces: [row.build(port, context)],
    problems:
      message === undefined
        ? []
        : [{ code: 'AT0702', field, message, fix: 'make sure that the pods speak HTTP/1.1 too' }],
  };
}
