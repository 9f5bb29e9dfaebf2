/** AT0701 for limits of requests that the sidecars of the app's pods could not keep. */
import type { Problem } from '../../model/problem.ts';
import type { RateLimitsAtPods } from '../../model/rate-limit.ts';
import type { External, Traffic } from '../../model/traffic.ts';
import { ownSidecarProblems } from './at-own-sidecar.ts';
import type { KeptAtPods } from './at-own-sidecar.ts';

const words = { isKept: 'rateLimit is kept', name: 'rateLimit' };

/** The limit of the app is for the routes without one of their own. */
export function rateLimitProblems(
  { shared, own, silent }: RateLimitsAtPods,
  external: External,
  traffic: Pick<Traffic, 'service'>,
): readonly Problem[] {
  const kept: readonly KeptAtPods[] = [
    ...(shared === undefined
      ? []
      : [
          {
            ...words,
            at: shared.at,
            field: 'external.rateLimit',
            unless: 'rateLimit {mode: None}',
            routes: silent,
          },
        ]),
    ...own.map(({ route, limit: { at } }) => ({ ...words, at, field: 'rateLimit', routes: [route] })),
  ];
  return kept.flatMap((one) => ownSidecarProblems(one, external, traffic));
}
