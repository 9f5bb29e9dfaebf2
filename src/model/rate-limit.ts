/** How many requests from outside the app's pods take: where Istio serves its hosts, their sidecars keep it. */
import type { Located } from './located.ts';
import type { RateLimit, Route } from './route.ts';
import type { External } from './traffic.ts';

/** The limits that the sidecars of the app's pods keep of requests from outside. */
export type RateLimitsAtPods = {
  /** What all routes without a word of their own have together. */
  readonly shared?: Located<RateLimit>;
  /** Routes with a limit of their own. */
  readonly own: readonly { readonly route: Route; readonly limit: Located<RateLimit> }[];
  /** Routes that have none. */
  readonly unlimited: readonly Route[];
  /** Routes that say nothing of it. */
  readonly silent: readonly Route[];
};

/** Undefined: they limit none. Nobody asks for hosts that were not granted. */
export function rateLimitsAtPods(external: External | undefined): RateLimitsAtPods | undefined {
  if (external === undefined || external.edge.kind === 'Ingress' || external.hosts.length === 0) return undefined;
  const { rateLimit, routes } = external;
  const own = routes.flatMap((route) => {
    const limit = ownLimitOf(route);
    return limit === undefined ? [] : [{ route, limit }];
  });
  if (rateLimit === undefined && own.length === 0) return undefined;
  return {
    ...(rateLimit === undefined ? {} : { shared: rateLimit }),
    own,
    unlimited: routes.filter(({ features }) => features.rateLimit?.value === 'None'),
    silent: routes.filter(({ features }) => features.rateLimit === undefined),
  };
}

/** The limit that requests on the route have, with other routes or alone; undefined: none. */
export function rateLimitOn(
  external: External,
  { name }: Pick<Route, 'name'>,
): { readonly limit: RateLimit; readonly isShared: boolean } | undefined {
  const { own = [], silent = [], shared } = rateLimitsAtPods(external) ?? {};
  const alone = own.find(({ route }) => route.name === name);
  if (alone !== undefined) return { limit: alone.limit.value, isShared: false };
  const isSilent = silent.some((route) => route.name === name);
  return shared === undefined || !isSilent ? undefined : { limit: shared.value, isShared: true };
}

/** Where each of them stands, and its name in the spec. */
export function rateLimitFields(
  external: External | undefined,
): readonly { readonly name: 'external.rateLimit' | 'rateLimit'; readonly at: Located<RateLimit>['at'] }[] {
  const limits = rateLimitsAtPods(external);
  if (limits === undefined) return [];
  const { shared, own } = limits;
  return [
    ...(shared === undefined ? [] : [{ name: 'external.rateLimit' as const, at: shared.at }]),
    ...own.map(({ limit: { at } }) => ({ name: 'rateLimit' as const, at })),
  ];
}

function ownLimitOf({ features: { rateLimit } }: Route): Located<RateLimit> | undefined {
  return rateLimit === undefined || rateLimit.value === 'None'
    ? undefined
    : { value: rateLimit.value, at: rateLimit.at };
}
