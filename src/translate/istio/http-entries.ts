/** Http entries: a route of the model as entries of a VirtualService, put together from what its features build. */
import type { VirtualServiceHttp, VirtualServiceHttpMatch } from '../../generated/istio/virtual-service.ts';
import { placeRoute } from '../place.ts';
import { belowEntry, sideEntry } from './entry-name.ts';
import { routeTable } from './features.ts';
import { beside, withoutToken } from './without-token.ts';
import { withoutWebsocket } from './no-websocket.ts';
import type { HeaderOperations, HttpAction, HttpConditions, RouteContext, RoutePiece, Side } from './route-piece.ts';

type Path = NonNullable<VirtualServiceHttpMatch['uri']>;

/**
 * The entries of one route: one, or two where a prefix is replaced (the prefix itself, then everything below it), each of
 * them once for every side of a sticky split. One more stands before them where a token is needed, and one where websockets
 * would break connections.
 * `port`: only requests that come to this port of the Service.
 */
export function httpEntries(context: RouteContext, port?: number): readonly VirtualServiceHttp[] {
  const { name } = context.route;
  const { paths, conditions, alternatives, action, sides, atPrefix } = merge(
    placeRoute(routeTable, context.route, context),
  );
  const onPaths = (some: readonly Path[]): readonly VirtualServiceHttpMatch[] =>
    some.flatMap((uri) =>
      alternatives.map((one) => ({ uri, ...together(conditions, one), ...(port === undefined ? {} : { port }) })),
    );
  const refused = [withoutToken, withoutWebsocket].flatMap((refuse) => refuse(context.route, onPaths(paths), action));
  const own = (some: readonly Path[]): readonly VirtualServiceHttpMatch[] => beside(context.route, onPaths(some));
  if (atPrefix === undefined) return [...refused, ...onSides(entry(name, own(paths), action), sides)];
  const isWhole = ({ exact }: Path): boolean => exact !== undefined;
  return [
    ...refused,
    ...onSides(entry(name, own(paths.filter(isWhole)), mergeActions(action, atPrefix)), sides),
    ...onSides(entry(belowEntry(name), own(paths.filter((path) => !isWhole(path))), action), sides),
  ];
}

/** The entry for each side, or the entry itself where there are none. */
function onSides(whole: VirtualServiceHttp, sides: readonly Side[]): readonly VirtualServiceHttp[] {
  if (sides.length === 0) return [whole];
  const { headers: edits, ...others } = whole;
  return sides.map(({ name, headers, port, route }) => ({
    ...others,
    name: sideEntry(whole.name ?? '', name),
    match: (whole.match ?? []).map((match) => ({
      ...match,
      ...(Object.keys(headers).length === 0 ? {} : { headers: { ...match.headers, ...headers } }),
      ...(port === undefined ? {} : { port }),
    })),
    ...editsBeside(edits, route),
  }));
}

/**
 * Envoy edits answers as the destination says, then as the entry says, so an entry that takes Set-Cookie away would take a
 * side's too: where destinations edit, all edits of the answer are theirs.
 */
function editsBeside(headers: HttpAction['headers'], route: Side['route']): Pick<HttpAction, 'route' | 'headers'> {
  const { request, response } = headers ?? {};
  if (response === undefined || route.every((to) => to.headers === undefined)) {
    return { route, ...(headers === undefined ? {} : { headers }) };
  }
  return {
    route: route.map((to) => ({ ...to, headers: mergeHeaders({ response }, to.headers) })),
    ...(request === undefined ? {} : { headers: { request } }),
  };
}

type Merged = {
  readonly paths: readonly Path[];
  readonly conditions: HttpConditions;
  readonly alternatives: readonly HttpConditions[];
  readonly action: HttpAction;
  readonly sides: readonly Side[];
  readonly atPrefix?: HttpAction;
};

function merge(pieces: readonly RoutePiece[]): Merged {
  return pieces.reduce<Merged>(
    (merged, { paths, conditions, alternatives, action, sides, atPrefix }) => ({
      paths: [...merged.paths, ...(paths ?? [])],
      conditions: together(merged.conditions, conditions),
      alternatives: alternatives ?? merged.alternatives,
      action: mergeActions(merged.action, action),
      sides: [...merged.sides, ...(sides ?? [])],
      ...(merged.atPrefix === undefined && atPrefix === undefined
        ? {}
        : { atPrefix: { ...merged.atPrefix, ...atPrefix } }),
    }),
    { paths: [], conditions: {}, alternatives: [{}], action: {}, sides: [] },
  );
}

/** Both conditions; more than one row names headers. */
function together(a: HttpConditions, b: HttpConditions = {}): HttpConditions {
  const headers = { ...a.headers, ...b.headers };
  const withoutHeaders = { ...a.withoutHeaders, ...b.withoutHeaders };
  return {
    ...a,
    ...b,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(Object.keys(withoutHeaders).length === 0 ? {} : { withoutHeaders }),
  };
}

/** Several features rewrite and edit headers; each has fields and names of its own. */
function mergeActions(merged: HttpAction, action: HttpAction = {}): HttpAction {
  const headers = merged.headers === undefined ? action.headers : mergeHeaders(merged.headers, action.headers);
  const rewrite = { ...merged.rewrite, ...action.rewrite };
  return {
    ...merged,
    ...action,
    ...(Object.keys(rewrite).length === 0 ? {} : { rewrite }),
    ...(headers === undefined ? {} : { headers }),
  };
}

type Headers = NonNullable<HttpAction['headers']>;

function mergeHeaders(before: Headers, after: Headers = {}): Headers {
  const request = mergeOperations(before.request, after.request);
  const response = mergeOperations(before.response, after.response);
  return { ...(request === undefined ? {} : { request }), ...(response === undefined ? {} : { response }) };
}

function mergeOperations(a?: HeaderOperations, b?: HeaderOperations): HeaderOperations | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const set = { ...a.set, ...b.set };
  const add = { ...a.add, ...b.add };
  const remove = [...(a.remove ?? []), ...(b.remove ?? [])];
  return {
    ...(Object.keys(set).length === 0 ? {} : { set }),
    ...(Object.keys(add).length === 0 ? {} : { add }),
    ...(remove.length === 0 ? {} : { remove }),
  };
}

/** An entry with its fields in the order in which people write them. */
function entry(name: string, match: readonly VirtualServiceHttpMatch[], action: HttpAction): VirtualServiceHttp {
  const { route, redirect, directResponse, rewrite, mirrors, fault, timeout, retries, corsPolicy, headers } = action;
  return {
    name,
    match,
    ...(route === undefined ? {} : { route }),
    ...(redirect === undefined ? {} : { redirect }),
    ...(directResponse === undefined ? {} : { directResponse }),
    ...(rewrite === undefined ? {} : { rewrite }),
    ...(mirrors === undefined ? {} : { mirrors }),
    ...(fault === undefined ? {} : { fault }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
    ...(corsPolicy === undefined ? {} : { corsPolicy }),
    ...(headers === undefined ? {} : { headers }),
  };
}
