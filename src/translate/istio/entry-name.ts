/**
 * Names of http entries in VirtualServices. A route has no dot in its name, so a dot tells what is not a route's own
 * name: `<route>.preflight` answers preflights on a route that needs a token, `<route>.token` refuses requests without one,
 * `<route>.websocket` websockets, `<route>.below` is the second half of a route, `<route>.keep-<backend>` a side of a sticky
 * split, and a name that begins with a dot belongs to no route.
 */
import type { VirtualServiceHttp } from '../../generated/istio/virtual-service.ts';

/** The entry that sends plain http to https. */
export const httpsRedirectEntry = '.https-redirect';

/** The second entry of a route whose prefix is replaced: the paths below the prefix. The first one bears the route's name. */
export function belowEntry(route: string): string {
  return `${route}.below`;
}

/** The entry before that, for preflights, which carry no token. */
export function preflightEntry(route: string): string {
  return `${route}.preflight`;
}

/** The entry before those of a route that refuses requests without a token for it. */
export function tokenEntry(route: string): string {
  return `${route}.token`;
}

/** The entry before those of a route that refuses websockets for it. */
export function websocketEntry(route: string): string {
  return `${route}.websocket`;
}

const keptPrefix = 'keep-';

/** The side of a sticky split that visitors get who have its cookie. */
export function keptSideName(backend: string): string {
  return `${keptPrefix}${backend}`;
}

/** Whether the entry is for visitors who keep a side of a sticky split. */
export function isKeptEntry(entry: string): boolean {
  return entry.includes(`.${keptPrefix}`);
}

/** One of several entries of a route, or of its second half. */
export function sideEntry(entry: string, side: string): string {
  return side === '' ? entry : `${entry}.${side}`;
}

/** The entry that hands the requests of a port through, as if there were no VirtualService. */
export function portEntry(port: string): string {
  return `.port-${port}`;
}

/** The entry that answers 404 to every request: the list of routes is empty. */
export const noRoute: VirtualServiceHttp = { name: '.no-route', directResponse: { status: 404 } };

/** The route that an entry belongs to; undefined for the entries that belong to none. */
export function routeOfEntry(entry: string): string | undefined {
  const [route = ''] = entry.split('.');
  return route === '' ? undefined : route;
}
