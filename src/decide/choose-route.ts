/** Route choice: which route of the apps that hold a host, or of one app inside the mesh, gets a request. */
import { takesEverything } from '../model/route-conditions.ts';
import { compareRoutes, precedenceOf } from '../model/route-order.ts';
import type { Route, RouteFeatures } from '../model/route.ts';
import type { AppRef } from '../model/traffic.ts';
import { failedCondition } from './conditions.ts';
import type { Seen } from './conditions.ts';
import type { Candidate } from './decision.ts';
import { prefixOf } from './replace-prefix.ts';

/** The routes of one app, in any order, and what of the request they are compared with. */
export type RouteList = { readonly app: AppRef; readonly routes: readonly Route[]; readonly seen: Seen };

/** The route that wins, and whose it is. */
export type Winner = { readonly app: AppRef; readonly route: Route };

/** Who wins, and what became of every route. */
export type Choice = { readonly winner?: Winner; readonly candidates: readonly Candidate[] };

type Judged = { readonly app: AppRef; readonly route: Route; readonly failed: string | undefined };

/** Chooses among the routes of all lists; the lists in a fixed order, the routes in any. */
export function chooseRoute(lists: readonly RouteList[]): Choice {
  const judged = lists.map(judge);
  const firsts = judged.flatMap((routes) => routes.find(({ failed }) => failed === undefined) ?? []);
  // Policy lets two apps meet only where one of them takes every request: that one gets what the other leaves.
  const winner = [...firsts].sort((a, b) => rank(a.route) - rank(b.route)).at(0);
  const candidates = judged.flatMap((routes) => {
    const first = routes.find(({ failed }) => failed === undefined);
    return routes.map((one) => candidateOf(one, first ?? one, winner));
  });
  if (winner === undefined) return { candidates };
  return { winner: { app: winner.app, route: winner.route }, candidates };
}

function judge({ app, routes, seen }: RouteList): readonly Judged[] {
  return [...routes].sort(compareRoutes).map((route) => ({ app, route, failed: failedCondition(route, seen) }));
}

/** `first`: the app's own first route that matches, if any; `winner`: the one that got the request. */
function candidateOf({ app, route, failed }: Judged, first: Judged, winner: Judged | undefined): Candidate {
  const named = { app, route: route.name, at: route.at };
  if (failed !== undefined) return { ...named, verdict: 'noMatch', reason: failed };
  if (route === winner?.route) return { ...named, verdict: 'wins', reason: `it matches: ${conditionWords(route)}` };
  const reason =
    route === first.route
      ? 'it matches too, but takes only what no route of another app matches'
      : `it matches too, but ${first.route.name} comes first: it ${precedenceOf(first.route, route)}`;
  return { ...named, verdict: 'loses', reason };
}

/** Whether the route takes every request of its host; across apps such a route comes last (api.md §6). */
function rank({ features }: Route): number {
  return takesEverything(features) ? 1 : 0;
}

function conditionWords({ features }: Route): string {
  const { host, methods } = features;
  return [
    ...(host === undefined ? [] : [`host ${host.value}`]),
    pathWords(features),
    ...(methods === undefined ? [] : [`methods ${methods.value.join(', ')}`]),
    ...headerWords(features),
    ...(features.query?.value ?? []).map(({ name, value }) => `query ${name}=${value}`),
  ].join(', ');
}

function headerWords({ headers, headersRegex, withoutHeaders, cookies }: RouteFeatures): readonly string[] {
  return [
    ...(headers?.value ?? []).map(({ name, value }) => `header ${name}: ${value}`),
    ...(headersRegex?.value ?? []).map(({ name, value }) => `header ${name} like ${value}`),
    ...(withoutHeaders?.value ?? []).map((name) => `no header ${name}`),
    ...(cookies?.value ?? []).map(({ name, value }) => `cookie ${name}=${value}`),
  ];
}

function pathWords(features: RouteFeatures): string {
  const { exact, regex } = features;
  if (regex !== undefined) return `path like ${regex.value}`;
  return exact === undefined ? `prefix ${prefixOf(features)}` : `exact path ${exact.value}`;
}
