/** AT0221: whom an app has asked about its requests, the platform has to offer. */
import { entryPolicyOf } from '../model/entry-policy.ts';
import type { Policy } from './policy.ts';

/** Refuses a provider of external authorization that settings do not name. */
export const authProvider: Policy = ({ external }, { platform }) => {
  const provider = entryPolicyOf(external)?.provider;
  const { externalProviders } = platform.auth;
  if (provider === undefined || externalProviders.includes(provider.value)) return { problems: [] };
  const offered = externalProviders.length === 0 ? 'it offers none' : `it offers ${externalProviders.join(', ')}`;
  return {
    problems: [
      {
        code: 'AT0221',
        field: provider.at,
        message: `the platform does not offer the provider ${provider.value} for external authorization; ${offered}`,
        fix: `name another in external, or ask the platform team to add ${provider.value} to auth.externalProviders of the settings`,
      },
    ],
  };
};
