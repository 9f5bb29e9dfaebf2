/** What requests from outside must meet at the app's own pods, where Istio serves its hosts: addresses, tokens, and the word of a provider. */
import type { Located } from './located.ts';
import type { Route } from './route.ts';
import type { External } from './traffic.ts';

/** The parts of `external` that the sidecars of the app's pods enforce; nobody asks where no host was granted. */
export type EntryPolicy = Pick<External, 'allowCIDRs' | 'denyCIDRs' | 'jwt'> & {
  readonly routes: readonly Route[];
  /** The provider that is asked about requests of some routes. */
  readonly provider?: Located<string>;
};

/** Undefined: requests from outside must meet nothing there. */
export function entryPolicyOf(external: External | undefined): EntryPolicy | undefined {
  if (external === undefined || external.edge.kind === 'Ingress' || external.hosts.length === 0) return undefined;
  const { allowCIDRs, denyCIDRs, jwt, routes } = external;
  const [provider] = routes.flatMap(({ features: { auth } }) =>
    auth?.value.provider === undefined ? [] : [{ value: auth.value.provider, at: auth.at }],
  );
  if ([allowCIDRs, denyCIDRs, jwt, provider].every((part) => part === undefined)) return undefined;
  return {
    ...(allowCIDRs === undefined ? {} : { allowCIDRs }),
    ...(denyCIDRs === undefined ? {} : { denyCIDRs }),
    ...(jwt === undefined ? {} : { jwt }),
    ...(provider === undefined ? {} : { provider }),
    routes,
  };
}

/** Whether it counts from which address a client comes. */
export function judgesAddresses({ allowCIDRs, denyCIDRs }: Pick<External, 'allowCIDRs' | 'denyCIDRs'>): boolean {
  return allowCIDRs !== undefined || denyCIDRs !== undefined;
}
