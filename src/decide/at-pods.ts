/** What the sidecars of the app's pods make of requests that come there through its routes at a gateway. */
import { bodyLimitAtPods } from '../model/body-limit.ts';
import { entryPolicyOf, judgesAddresses } from '../model/entry-policy.ts';
import { clientAddress } from './client-address.ts';
import type { Holder } from './held-host.ts';
import type { Passage } from './passage.ts';
import type { Question } from './question.ts';

/** What they limit and ask for. */
export function askedAtPods(
  { external, profile: { trustedHops } }: Holder,
  { request }: Question,
): Pick<Passage, 'bodyLimit' | 'entry'> {
  const limit = bodyLimitAtPods(external);
  const limited = limit === undefined ? {} : { bodyLimit: limit.value };
  const policy = entryPolicyOf(external);
  if (policy === undefined) return limited;
  const tellsClient = trustedHops > 0 && judgesAddresses(policy);
  return { ...limited, entry: { policy, client: clientAddress(request, trustedHops), tellsClient } };
}
