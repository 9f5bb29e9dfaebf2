/** AT0105: proxies leave a region only as far as its pods are left out. */
import type { Policy } from './policy.ts';

/** Refuses failover that an app asks for where none of its pods is ever left out; that of the platform is not held against it. */
export const failoverNeedsEjection: Policy = ({ connections: { given, effective } }) => {
  const { locality } = given;
  if (locality === undefined || !('failover' in locality.value) || effective.eject !== undefined) {
    return { problems: [] };
  }
  return {
    problems: [
      {
        code: 'AT0105',
        field: `${locality.at}.failover`,
        message: 'no pod of this app is ever left out, so proxies never go over to another region',
        fix: 'add spec.resilience.circuitBreaker.eject, e.g. {after: 5, maxPercent: 50}, or remove failover',
      },
    ],
  };
};
