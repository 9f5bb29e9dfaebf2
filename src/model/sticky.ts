/** Sticky splits (api.md §3, sticky): what the cookie looks like, and which backend a visitor keeps. */
import type { WeightedBackend } from './backend.ts';
import type { Sticky } from './route.ts';

const msPerSecond = 1000;

/** The Set-Cookie line that gives a visitor this backend. `isSecure`: the request came over TLS. */
export function stickyCookie({ cookie, ttlMs }: Sticky, backend: string, isSecure: boolean): string {
  return [
    `${cookie}=${backend}`,
    'Path=/',
    ...(ttlMs === undefined ? [] : [`Max-Age=${Math.ceil(ttlMs / msPerSecond)}`]),
    'HttpOnly',
    'SameSite=Lax',
    ...(isSecure ? ['Secure'] : []),
  ].join('; ');
}

/** The live side that one of these cookie pairs (`name=value`) names; of several the first by name. */
export function keptSide(
  split: readonly WeightedBackend[],
  { cookie }: Sticky,
  pairs: readonly string[],
): WeightedBackend | undefined {
  return split.find(({ backend, weight }) => weight > 0 && pairs.includes(`${cookie}=${backend.name}`));
}
