/** Routes read off live objects: which requests they take, and nothing of what becomes of these. */
import { isKeptEntry, routeOfEntry } from '../compile/route-entries.ts';
import type { Method, Route, RouteFeatures } from '../model/route.ts';
import type { ExtractedPath, ExtractedRoute } from '../plan/extract.ts';
import { isExactPath, plainPath } from './live-evidence.ts';

/** Where a route read off an object stands in the spec: nowhere. */
const at = '';
const port = { name: '', port: 0, targetPort: 0, protocol: 'http', at } as const;

/** The routes of entries of a VirtualService: an exact path beside the prefix below it is one prefix. */
export function routesAtEntries(entries: readonly ExtractedRoute[]): readonly Route[] {
  const names = [...new Set(entries.flatMap(({ name }) => routeOfEntry(name) ?? []))].sort();
  return names.flatMap((name) =>
    routesOf(
      name,
      entries.filter((entry) => routeOfEntry(entry.name) === name),
    ),
  );
}

/** The routes of paths of an Ingress, which names none: they are named after their paths. */
export function routesAtPaths(paths: readonly ExtractedPath[]): readonly Route[] {
  const found = new Map(
    paths.map((path): readonly [string, RouteFeatures] => {
      const value = { value: plainPath(path), at };
      return [`${value.value} ${path.pathType}`, isExactPath(path) ? { exact: value } : { prefix: value }];
    }),
  );
  return [...found.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, features], position) => route(features.exact?.value ?? features.prefix?.value ?? '/', position, features));
}

function routesOf(name: string, entries: readonly ExtractedRoute[]): readonly Route[] {
  const paths = entries.flatMap((entry) => entry.paths);
  const prefixes = new Set(paths.flatMap(({ prefix }) => (prefix === undefined ? [] : [withoutSlash(prefix)])));
  const exacts = new Set(paths.flatMap(({ exact }) => (exact === undefined || prefixes.has(exact) ? [] : [exact])));
  const regexes = new Set(paths.flatMap(({ regex }) => regex ?? []));
  const others = conditionsOf(entries);
  return [
    ...[...prefixes].sort().map((value): RouteFeatures => ({ prefix: { value, at }, ...others })),
    ...[...exacts].sort().map((value): RouteFeatures => ({ exact: { value, at }, ...others })),
    ...[...regexes].sort().map((value): RouteFeatures => ({ regex: { value, at }, ...others })),
  ].map((features, position) => route(name, position, features));
}

/**
 * All entries of a route have the same conditions beside the path; those of a sticky split have one more each, but the last
 * one, which is for visitors without a side.
 */
function conditionsOf(entries: readonly ExtractedRoute[]): RouteFeatures {
  const { methods, headers, withoutHeaders, query } = entries.at(-1) ?? ({} as Partial<ExtractedRoute>);
  return {
    ...(entries.some((entry) => isKeptEntry(entry.name)) ? { sticky: { value: { cookie: '' }, at } } : {}),
    ...(methods === undefined ? {} : { methods: { value: methods as readonly Method[], at } }),
    ...(headers === undefined ? {} : { headers: { value: headers.map((name) => ({ name, value: '' })), at } }),
    ...(withoutHeaders === undefined ? {} : { withoutHeaders: { value: withoutHeaders, at } }),
    ...(query === undefined ? {} : { query: { value: query.map(pairOf), at } }),
  };
}

function pairOf(text: string): { readonly name: string; readonly value: string } {
  const [name = '', ...rest] = text.split('=');
  return { name, value: rest.join('=') };
}

function withoutSlash(prefix: string): string {
  return prefix === '/' ? prefix : prefix.replace(/\/$/, '');
}

function route(name: string, position: number, features: RouteFeatures): Route {
  return { name, at, position, port, features };
}
