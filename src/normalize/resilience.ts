/** Resilience: what the spec says, else the platform, each default by itself. */
import type { AppTrafficSpec } from '../api/v1alpha1/app-traffic.ts';
import { withoutLocality } from '../model/connections.ts';
import type { Connections } from '../model/connections.ts';
import type { Located } from '../model/located.ts';
import type { Resilience, ResilienceValues } from '../model/resilience.ts';
import type { RouteFeatures } from '../model/route.ts';
import { resilienceFacts } from '../schema/resilience.ts';

/** The place of what the platform says. */
const platformsPlace = 'spec';

/** Defaults, each with its place; those of the platform stand where the spec as a whole does. */
export type LocatedResilience = { readonly [F in keyof ResilienceValues]?: Located<ResilienceValues[F]> };

/** The defaults that are features of a route. */
export type RouteResilience = Pick<RouteFeatures, 'timeout' | 'retries'>;

/** The defaults of an app. */
export function normalizeResilience(spec: AppTrafficSpec, platform: Resilience): LocatedResilience {
  return { ...located(platform, () => platformsPlace), ...ownResilience(spec) };
}

/** The defaults that the spec itself gives. */
export function ownResilience({ resilience = {} }: AppTrafficSpec): LocatedResilience {
  return located(resilienceFacts(resilience), (field) => `spec.resilience.${field}`);
}

function located(values: Resilience, atOf: (field: string) => string): LocatedResilience {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, { value, at: atOf(field) }]));
}

/** What of the defaults routes get. */
export function routeResilience({ timeout, retries }: LocatedResilience): RouteResilience {
  return { ...(timeout === undefined ? {} : { timeout }), ...(retries === undefined ? {} : { retries }) };
}

/** What of the defaults is about connections, each with its place. */
export function connectionsOf({
  connectTimeout,
  idleTimeout,
  circuitBreaker,
  loadBalancing,
}: LocatedResilience): Connections {
  return {
    ...(connectTimeout === undefined ? {} : { connectTimeout }),
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
    ...partsOf(circuitBreaker),
    ...partsOf(loadBalancing),
  };
}

/**
 * What of them holds. A server elsewhere is in no locality. Regions that the platform puts in order are left out where no pod
 * of the app is ever: no proxy would go over, and the app has not asked for it.
 */
export function effectiveConnections(resilience: LocatedResilience, { service }: AppTrafficSpec): Connections {
  const connections = connectionsOf(resilience);
  const { locality, eject } = connections;
  const isIdle = locality?.at === platformsPlace && 'failover' in locality.value && eject === undefined;
  return isIdle || service?.type === 'ExternalName' ? withoutLocality(connections) : connections;
}

/** The fields of a default, each at its own place; all at that of the platform where the spec says nothing. */
function partsOf(located: Located<object> | undefined): Connections {
  if (located === undefined) return {};
  const { at, value } = located;
  const atOf = (field: string): string => (at === platformsPlace ? at : `${at}.${field}`);
  return Object.fromEntries(
    Object.entries(value).map(([field, part]: readonly [string, unknown]) => [field, { value: part, at: atOf(field) }]),
  );
}
