/** Requests without a token: the gateway answers 401 itself, before anything else of the route but preflights (api.md §3). */
import type { VirtualServiceHttp } from '../../generated/istio/virtual-service.ts';
import { challenged } from '../../model/challenge.ts';
import { askedMethodHeader } from '../../model/preflight.ts';
import type { Route } from '../../model/route.ts';
import { preflightOf } from './asked-methods.ts';
import { preflightEntry, tokenEntry } from './entry-name.ts';
import { headerOperations } from './header-operations.ts';
import type { HttpAction } from './route-piece.ts';

type Match = NonNullable<VirtualServiceHttp['match']>[number];

/** Another spelling than that of the user's own conditions, which are in lower case; Envoy ignores the case. */
const header = 'Authorization';

/** One signed token (RFC 7515, compact) and nothing beside it, so that pods and their sidecars cannot take two for one. */
const oneToken = { regex: 'Bearer [A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+' };

/** The entries to stand before those of the route, with its matches; none where no token is needed. */
export function withoutToken(route: Route, match: readonly Match[], action: HttpAction): readonly VirtualServiceHttp[] {
  const { name, features } = route;
  if (!needsToken(route)) return [];
  const { responseHeaders } = features;
  return [
    ...preflights(name, match, action),
    {
      name: tokenEntry(name),
      match: beside(route, match).map((one) => ({
        ...one,
        withoutHeaders: { ...one.withoutHeaders, [header]: oneToken },
      })),
      directResponse: { status: 401 },
      headers: { response: headerOperations(challenged(responseHeaders?.value)) },
    },
  ];
}

/** The matches of the route that are not those of an entry for preflights before it. */
export function beside(route: Route, match: readonly Match[]): readonly Match[] {
  if (!needsToken(route) || route.features.cors === undefined) return match;
  return match.filter((one) => !isPreflight(one));
}

function needsToken({ features: { auth, forward } }: Route): boolean {
  return forward !== undefined && auth !== undefined && auth.value.issuers.length > 0;
}

/** A route with methods has matches for preflights that ask for one of them. */
function isPreflight({ headers }: Match): boolean {
  return headers?.[askedMethodHeader] !== undefined;
}

/** Browsers send none with a preflight. Envoy answers one on a route that forwards, and on no other. */
function preflights(
  name: string,
  match: readonly Match[],
  { route, corsPolicy, headers }: HttpAction,
): readonly VirtualServiceHttp[] {
  if (route === undefined || corsPolicy === undefined) return [];
  const asking = match.filter(isPreflight);
  return [
    {
      name: preflightEntry(name),
      match: asking.length > 0 ? asking : match.map(preflightOf),
      route,
      corsPolicy,
      ...(headers === undefined ? {} : { headers }),
    },
  ];
}
