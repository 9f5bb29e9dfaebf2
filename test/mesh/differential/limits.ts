/** Limits of what comes from outside, which the sidecars of an app's pods keep. */
import * as fc from 'fast-check';
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import type { External } from '../../../src/api/v1alpha1/external.ts';
import type { RateLimit, RouteRateLimit } from '../../../src/api/v1alpha1/rate-limit.ts';
import { trafficOf } from '../../../src/compile/compile.ts';
import { rateLimitsAtPods } from '../../../src/model/rate-limit.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { bodyLimitProblems } from '../../../src/translate/istio/body-limit-problems.ts';
import { rateLimitProblems } from '../../../src/translate/istio/rate-limit-problems.ts';

/** Sizes of bodies. */
export const bodySizes = fc.constantFrom(undefined, '1', '16', '1k', '2Ki');

/** Numbers that no world reaches: whether a request is one too many depends on those before it, and `decide` knows none. */
const plenty: readonly RateLimit[] = [
  { requests: 1, per: 'Hour', burst: 100_000 },
  { requests: 100_000, per: 'Second' },
];

/** Numbers of requests, of the app and of one of its routes. */
export const rates = fc.record({
  rateLimit: fc.constantFrom(undefined, ...plenty),
  ofRoute: fc.constantFrom<RouteRateLimit | undefined>(undefined, { mode: 'None' }, ...plenty),
});

type Limits = {
  readonly maxBodySize: string | undefined;
  readonly rateLimit: RateLimit | undefined;
  readonly ofRoute: RouteRateLimit | undefined;
};

/** The app with the limits, each but where a route leads where nobody would keep it. */
export function limitedWhereItMay(app: AppTraffic, { maxBodySize, rateLimit, ofRoute }: Limits): AppTraffic {
  const changes: readonly ((external: External) => External)[] = [
    (external) => (maxBodySize === undefined ? external : { ...external, maxBodySize }),
    (external) => (ofRoute === undefined ? external : withLimitOfRoute(external, ofRoute)),
    (external) => (rateLimit === undefined ? external : { ...external, rateLimit }),
  ];
  return changes.reduce((before, change) => {
    const { external } = before.spec;
    if (external === undefined) return before;
    const after = { ...before, spec: { ...before.spec, external: change(external) } };
    return isKept(after) ? after : before;
  }, app);
}

/** On the first route that leads to a backend. */
function withLimitOfRoute(external: External, rateLimit: RouteRateLimit): External {
  const { routes } = external;
  const at = routes?.findIndex(({ redirect, respond }) => redirect === undefined && respond === undefined);
  if (routes === undefined) return external;
  return { ...external, routes: routes.map((route, i) => (i === at ? { ...route, rateLimit } : route)) };
}

function isKept(app: AppTraffic): boolean {
  const traffic = trafficOf(app, { platform: builtInPlatform() });
  const { external } = traffic;
  if (external === undefined) return true;
  const limits = rateLimitsAtPods(external);
  const problems = [
    ...bodyLimitProblems(external, traffic),
    ...(limits === undefined ? [] : rateLimitProblems(limits, external, traffic)),
  ];
  return problems.length === 0;
}
