/** Edits of headers: names in lower case, lists sorted. */
import type { Route as ApiRoute } from '../api/v1alpha1/route.ts';
import type { At } from '../model/located.ts';
import type { HeaderEdits, RouteFeatures } from '../model/route.ts';
import { headerPairs } from './pairs.ts';

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
  return { set: headerPairs(set), add: headerPairs(add), remove: remove.map((name) => name.toLowerCase()).sort() };
}
