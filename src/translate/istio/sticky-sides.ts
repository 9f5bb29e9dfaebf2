/** The entries of a sticky split: one for each side that a visitor may have, then the draw, whose answer tells him his side. */
import type { WeightedBackend } from '../../model/backend.ts';
import type { Route, Sticky } from '../../model/route.ts';
import { stickyCookie } from '../../model/sticky.ts';
import { oneMoreCookie } from './cookie-headers.ts';
import { destination, destinations } from './destinations.ts';
import { keptSideName } from './entry-name.ts';
import type { RouteContext, Side, TlsSeen } from './route-piece.ts';

/** The sides in the order in which Istio looks at them. `split`: backends with a weight above 0. */
export function stickySides(sticky: Sticky, split: readonly WeightedBackend[], context: RouteContext): readonly Side[] {
  const kept = split.map(({ backend }): Side => ({
    name: keptSideName(backend.name),
    headers: oneMoreCookie({ name: sticky.cookie, value: backend.name }, cookieConditions(context.route)),
    route: [{ destination: destination(backend, context) }],
  }));
  return [...kept, ...draws(context.tls, (isSecure) => drawn(sticky, split, context, isSecure))];
}

/** How many conditions on the Cookie header the route has itself. */
function cookieConditions({ features: { cookies, headers, headersRegex } }: Route): number {
  const whole = [...(headers?.value ?? []), ...(headersRegex?.value ?? [])].filter(({ name }) => name === 'cookie');
  return whole.length + (cookies?.value.length ?? 0);
}

/** Istio adds to what the app itself sets; in this spelling, so that an edit of the user's on the same header stays. */
function drawn(
  sticky: Sticky,
  split: readonly WeightedBackend[],
  context: RouteContext,
  isSecure: boolean,
): Side['route'] {
  return destinations(split, context).map((to, i) => ({
    ...to,
    headers: { response: { add: { 'Set-Cookie': stickyCookie(sticky, split[i]?.backend.name ?? '', isSecure) } } },
  }));
}

/** A cookie that came over TLS is Secure, and a browser takes no such cookie over plain http. */
function draws(tls: TlsSeen, route: (isSecure: boolean) => Side['route']): readonly Side[] {
  const rest = (isSecure: boolean): Side => ({ name: '', headers: {}, route: route(isSecure) });
  if (tls === 'All' || tls === 'None') return [rest(tls === 'All')];
  if (tls === 'ByHeader') {
    // In this spelling, so that a condition of the user's on the same header stays.
    const headers = { 'X-Forwarded-Proto': { exact: 'https' } };
    return [{ name: 'tls', headers, route: route(true) }, rest(false)];
  }
  return [{ name: 'plain', headers: {}, port: tls.plainPort, route: route(false) }, rest(true)];
}
