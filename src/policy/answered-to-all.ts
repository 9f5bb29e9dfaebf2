/** AT0314: what a route answers by itself comes before the pods, which judge addresses. */
import { entryPolicyOf, judgesAddresses } from '../model/entry-policy.ts';
import type { Policy } from './policy.ts';

/** A Warning for each route that redirects or answers in an app that judges addresses. */
export const answeredToAll: Policy = ({ external }) => {
  const policy = entryPolicyOf(external);
  if (policy === undefined || !judgesAddresses(policy)) return { problems: [] };
  const name = policy.allowCIDRs === undefined ? 'denyCIDRs' : 'allowCIDRs';
  return {
    problems: policy.routes.flatMap(({ name: route, features: { redirect, respond } }) => {
      const answer = redirect ?? respond;
      if (answer === undefined) return [];
      return [
        {
          code: 'AT0314' as const,
          field: answer.at,
          message: `the gateway answers requests of route ${route} itself, from whatever address they come: ${name} is kept at the pods`,
          fix: 'lead the route to the app where that matters',
        },
      ];
    }),
  };
};
