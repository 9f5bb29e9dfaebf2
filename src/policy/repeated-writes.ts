/** AT0311: retries that may carry out a request twice, on a route that is there for such requests. */
import { appRoutes } from '../model/app-routes.ts';
import type { Method, Route } from '../model/route.ts';
import { oncePerPlace } from './once-per-place.ts';
import type { Policy } from './policy.ts';

/** Doing it twice is not the same as once (RFC 9110 §9.2.2, RFC 5789 §2). */
const writes: readonly Method[] = ['POST', 'PATCH'];

/** What a retry answers to after a backend may have acted on the request; the others mean that it did not get it, or refused it. */
const afterActing: readonly string[] = ['5xx', 'gateway-error', 'reset', 'cancelled', 'deadline-exceeded', 'internal'];

/** A Warning for each place of such retries. A route that names no methods is left alone: which requests come is not known. */
export const repeatedWrites: Policy = (traffic) => ({ problems: oncePerPlace(appRoutes(traffic).flatMap(repeated)) });

function repeated({ name, features: { methods, retries } }: Route): ReturnType<Policy>['problems'] {
  if (retries === undefined || retries.value.attempts === 0) return [];
  const named = writes.filter((method) => methods?.value.includes(method));
  const risky = afterActing.filter((one) => retries.value.retryOn?.includes(one));
  if (named.length === 0 || risky.length === 0) return [];
  return [
    {
      code: 'AT0311',
      field: retries.at,
      message: `route ${name} takes ${named.join(' and ')}, and a request is sent again on ${risky.join(', ')}, when a pod may have carried it out already`,
      fix: 'set retries on that route with connect-failure, refused-stream and reset-before-request alone, or with attempts: 0',
    },
  ];
}
