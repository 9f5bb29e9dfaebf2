/** Edits of headers: names in lower case, lists sorted. */
import type { Route as ApiRoute } from '../api/v1alpha1/route.ts';
import type { At } from '../model/located.ts';
import type { HeaderEdits, HeaderLine, RouteFeatures } from '../model/route.ts';

type ApiEdits = NonNullable<NonNullable<ApiRoute['headers']>['request']>;

/** The features of what a route edits on either way. */
export function headerFeatures({ headers }: Pick<ApiRoute, 'headers'>, at: At): RouteFeatures {
  const { request, response } = headers ?? {};
  return {
    ...(request === undefined
      ? {}
      : { requestHeaders: { value: normalizeEdits(request), at: `${at}.headers.request` } }),
    ...(response === undefined
      ? {}
      : { responseHeaders: { value: normalizeEdits(response), at: `${at}.headers.response` } }),
  };
}

function normalizeEdits({ set = {}, add = {}, remove = [] }: ApiEdits): HeaderEdits {
  return { set: headerLines(set), add: headerLines(add), remove: remove.map((name) => name.toLowerCase()).sort() };
}

/** Headers by name as lines, sorted. */
export function headerLines(headers: Readonly<Record<string, string>>): readonly HeaderLine[] {
  return Object.entries(headers)
    .map(([name, value]) => ({ name: name.toLowerCase(), value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
