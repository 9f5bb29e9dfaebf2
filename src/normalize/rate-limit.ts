/** `rateLimit`: seconds in place of words, and the burst that stands where none is given. */
import type { RateLimit as ApiRateLimit, RouteRateLimit } from '../api/v1alpha1/rate-limit.ts';
import type { RateLimit } from '../model/route.ts';

const seconds = { Second: 1, Minute: 60, Hour: 3600 } as const;

/** The limit of an app. */
export function rateLimitOf({ requests, per, burst = requests }: ApiRateLimit): RateLimit {
  return { requests, perSeconds: seconds[per], burst };
}

/** The limit of a route, or that it has none. */
export function routeRateLimitOf({ requests, per, burst }: RouteRateLimit): RateLimit | 'None' {
  // One without the other is refused by the schema.
  if (requests === undefined || per === undefined) return 'None';
  return rateLimitOf({ requests, per, ...(burst === undefined ? {} : { burst }) });
}
