/** The EnvoyFilter of the app's pods: their sidecars answer 429 to requests from outside beyond a number. */
import type { EnvoyFilter } from '../../generated/istio/envoy-filter.ts';
import { childName } from '../../kube/identity.ts';
import type { Identity } from '../../model/identity.ts';
import { rateLimitsAtPods } from '../../model/rate-limit.ts';
import type { RateLimitsAtPods } from '../../model/rate-limit.ts';
import type { RateLimit } from '../../model/route.ts';
import { servingIdentity } from '../../model/serving-identity.ts';
import type { AppRef, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';
import { routeHeader, routeValue } from './features.ts';
import { beforeRouter, cameThrough, header, isProvenOther, not, skippedWhere, typed } from './inbound-filter.ts';
import type { EnvoyConfig } from './inbound-filter.ts';
import { rateLimitProblems } from './rate-limit-problems.ts';

/** After the EnvoyFilters that say nothing of it (0), before the limit of bodies (10): none is read that is one too many. */
const priority = 5;

const descriptorKey = 'route';

/** One EnvoyFilter where Istio serves hosts of an app that limits requests. */
export function translateRateLimit(traffic: Traffic, world: Pick<World, 'platform' | 'ingressClasses'>): Translation {
  const { app, selector, external } = traffic;
  const limits = rateLimitsAtPods(external);
  if (external === undefined || limits === undefined) return { manifests: [], problems: [] };
  const filter = skippedWhere(
    [not(cameThrough(app)), ...isNotCounted(limits, app), ...fromElsewhere(servingIdentity(traffic, world))],
    'apptraffic.rate-limit',
    { name: 'envoy.filters.http.local_ratelimit', typed_config: limiter(limits, app) },
  );
  const manifest: EnvoyFilter = {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: childMetadata(app, childName('EnvoyFilter', app.name, ['rate-limit'])),
    spec: { workloadSelector: { labels: selector }, priority, configPatches: [beforeRouter(filter)] },
  };
  return { manifests: [manifest], problems: rateLimitProblems(limits, external, traffic) };
}

/** Who has proven to be another one than the gateway may say of routes what he likes: he takes nothing from those outside. */
function fromElsewhere(gateway: Identity | undefined): readonly EnvoyConfig[] {
  return gateway === undefined ? [] : [isProvenOther(gateway)];
}

function isNotCounted({ unlimited }: RateLimitsAtPods, app: AppRef): readonly EnvoyConfig[] {
  return unlimited.map((route) => header(routeHeader, { exact: routeValue(app, route) }));
}

/** Without a bucket for all, requests of routes that are not listed are let through. */
function limiter({ shared, own }: RateLimitsAtPods, app: AppRef): EnvoyConfig {
  const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  return typed('envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
    stat_prefix: 'apptraffic_rate_limit',
    filter_enabled: always,
    filter_enforced: always,
    // To gRPC it says RESOURCE_EXHAUSTED; UNAVAILABLE would be tried again, by clients and by the gateway.
    rate_limited_as_resource_exhausted: true,
    ...(shared === undefined ? {} : { token_bucket: bucket(shared.value) }),
    ...(own.length === 0 ? {} : ofTheirOwn(own, app)),
  });
}

function ofTheirOwn(own: RateLimitsAtPods['own'], app: AppRef): EnvoyConfig {
  const named = { request_headers: { header_name: routeHeader, descriptor_key: descriptorKey } };
  return {
    always_consume_default_token_bucket: false,
    rate_limits: [{ actions: [named] }],
    descriptors: own.map(({ route, limit }) => ({
      entries: [{ key: descriptorKey, value: routeValue(app, route) }],
      token_bucket: bucket(limit.value),
    })),
  };
}

/** Envoy fills it evenly, not once in each interval (AtomicTokenBucketImpl). */
function bucket({ requests, perSeconds, burst }: RateLimit): EnvoyConfig {
  return { max_tokens: burst, tokens_per_fill: requests, fill_interval: `${perSeconds}s` };
}
