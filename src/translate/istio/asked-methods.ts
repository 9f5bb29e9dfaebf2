/**
 * Methods of routes at a gateway: for a CORS preflight the method compared is the one asked for (api.md §3), so that it
 * reaches the route that will take the request itself.
 */
import type { VirtualServiceHttpMatch } from '../../generated/istio/virtual-service.ts';
import { askedMethodHeader } from '../../model/preflight.ts';
import type { HttpConditions } from './route-piece.ts';

type StringMatch = NonNullable<VirtualServiceHttpMatch['method']>;

/** Another spelling than that of the user's own conditions, which are in lower case; Envoy ignores the case. */
const origin = 'Origin';
const preflight = 'OPTIONS';
const given: StringMatch = { regex: '.+' };

/** The match for preflights alone, whatever method they ask for. */
export function preflightOf<M extends HttpConditions>(match: M): M {
  const headers = { ...match.headers, [origin]: given, [askedMethodHeader]: given };
  return { ...match, method: { exact: preflight }, headers };
}

/** A condition on one of the methods. */
export function oneOf(methods: readonly string[]): StringMatch {
  const [first = '', ...rest] = methods;
  return rest.length === 0 ? { exact: first } : { regex: methods.join('|') };
}

/** Requests with one of the methods, and preflights that ask for one: an OPTIONS with an origin that asks for a method. */
export function askedMethods(methods: readonly string[]): readonly HttpConditions[] {
  const others = methods.filter((method) => method !== preflight);
  const plain: readonly HttpConditions[] = methods.includes(preflight)
    ? [
        { method: { exact: preflight }, withoutHeaders: { [origin]: given } },
        { method: { exact: preflight }, withoutHeaders: { [askedMethodHeader]: given } },
      ]
    : [];
  return [
    ...(others.length === 0 ? [] : [{ method: oneOf(others) }]),
    ...plain,
    { method: { exact: preflight }, headers: { [origin]: given, [askedMethodHeader]: oneOf(methods) } },
  ];
}
