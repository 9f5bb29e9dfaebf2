/**
 * AT0309: retries that a timeout leaves no time for. Envoy gives up with the request when its timeout is over, whatever
 * try is under way (router filter, per_try_timeout: "must be less than the global request timeout").
 */
import { appRoutes } from '../model/app-routes.ts';
import type { Policy } from './policy.ts';
import { oncePerPlace } from './once-per-place.ts';

/** A Warning for each place of retries whose perTry, or whose backoff, is no shorter than the timeout of a route. */
export const retriesWithoutTime: Policy = (traffic) => ({
  problems: oncePerPlace(
    appRoutes(traffic).flatMap(({ name, features: { timeout, retries } }) => {
      if (timeout === undefined || retries === undefined || retries.value.attempts === 0) return [];
      const { perTryMs = 0, backoffMs = 0 } = retries.value;
      const limit = perTryMs >= timeout.value ? 'perTry' : backoffMs >= timeout.value ? 'backoff' : undefined;
      if (limit === undefined) return [];
      return [
        {
          code: 'AT0309',
          field: retries.at,
          message: `on route ${name} ${limit} is no shorter than the timeout, which covers all tries: ${outcomes[limit]}`,
          fix: `make ${limit} shorter, the timeout longer, or remove ${limit}`,
        },
      ];
    }),
  ),
});

const outcomes = {
  perTry: 'it ends no try, and a try that is slow is the last one',
  backoff: 'the time is over before a second try',
};
