/** Parts of a load balancer (networking.istio.io/v1, LoadBalancerSettings). */
import type { DestinationRuleTrafficPolicy } from '../../generated/istio/destination-rule.ts';
import type { ConnectionValues, HashedOn, Locality } from '../../model/connections.ts';
import { durationText } from './duration-text.ts';

/** What a DestinationRule says of how a pod is chosen. */
export type LoadBalancer = NonNullable<DestinationRuleTrafficPolicy['loadBalancer']>;

/** Istio's words for the algorithms. */
export const algorithms = {
  LeastRequest: 'LEAST_REQUEST',
  RoundRobin: 'ROUND_ROBIN',
  Random: 'RANDOM',
} as const satisfies Readonly<Record<ConnectionValues['algorithm'], LoadBalancer['simple']>>;

const msPerSecond = 1000;

/** The hash. A cookie that the proxy sets is for the whole site; Envoy itself keeps scripts from it (HttpOnly). */
export function consistentHash(on: HashedOn): NonNullable<LoadBalancer['consistentHash']> {
  if (on.by === 'sourceIP') return { useSourceIp: true };
  if (on.by !== 'cookie') {
    return on.by === 'header' ? { httpHeaderName: on.name } : { httpQueryParameterName: on.name };
  }
  // Without a ttl Envoy never sets the cookie; with 0s it would last as long as the browser is open.
  if (on.ttlMs === undefined) return { httpCookie: { name: on.name } };
  const ttl = durationText(Math.ceil(on.ttlMs / msPerSecond) * msPerSecond);
  const attributes = [{ name: 'SameSite', value: 'Lax' }];
  return { httpCookie: { name: on.name, ttl, path: '/', attributes } };
}

/** Where pods are chosen. What the mesh says of localities as a whole is replaced by it. */
export function localitySetting(where: Locality): NonNullable<LoadBalancer['localityLbSetting']> {
  if ('failover' in where) return { failover: where.failover };
  return {
    distribute: where.distribute.map(({ from, to }) => ({
      from,
      to: Object.fromEntries(to.map(({ locality, percent }) => [locality, percent])),
    })),
  };
}
