/** AT0310: a fault without an end. Nobody may be there to take it out. */
import { appRoutes } from '../model/app-routes.ts';
import type { Policy } from './policy.ts';

/** A Warning for each fault without `until`. */
export const endlessFaults: Policy = (traffic) => ({
  problems: appRoutes(traffic).flatMap(({ name, features: { fault } }) =>
    fault === undefined || fault.value.untilMs !== undefined
      ? []
      : [
          {
            code: 'AT0310',
            field: fault.at,
            message: `requests of route ${name} fail on purpose until somebody takes the fault out`,
            fix: 'set until to when it shall end by itself',
          },
        ],
  ),
});
