/** HTTP filters of Envoy in the sidecars of an app's pods, and whom they pass by. */
import type { EnvoyFilterConfigPatches } from '../../generated/istio/envoy-filter.ts';
import type { Identity } from '../../model/identity.ts';
import type { AppRef } from '../../model/traffic.ts';
import { routeHeader } from './features.ts';

/** A part of Envoy's configuration. */
export type EnvoyConfig = Readonly<Record<string, unknown>>;

/** Right before the request goes to the pod, behind authentication and `allow`: whom these refuse does not get this far. */
export function beforeRouter(value: EnvoyConfig): EnvoyFilterConfigPatches {
  return {
    applyTo: 'HTTP_FILTER',
    match: {
      context: 'SIDECAR_INBOUND',
      listener: {
        filterChain: {
          filter: {
            name: 'envoy.filters.network.http_connection_manager',
            subFilter: { name: 'envoy.filters.http.router' },
          },
        },
      },
    },
    patch: { operation: 'INSERT_BEFORE', value },
  };
}

/** The filter under another name, passed by where one of the predicates holds. */
export function skippedWhere(predicates: readonly EnvoyConfig[], name: string, extension: EnvoyConfig): EnvoyConfig {
  const [only, ...more] = predicates;
  const skip = { name: 'skip', typed_config: typed('envoy.extensions.filters.common.matcher.action.v3.SkipFilter') };
  const predicate = more.length === 0 ? only : { or_matcher: { predicate: predicates } };
  return {
    name,
    typed_config: typed('envoy.extensions.common.matching.v3.ExtensionWithMatcher', {
      extension_config: extension,
      xds_matcher: { matcher_list: { matchers: [{ predicate, on_match: { action: skip } }] } },
    }),
  };
}

/** The gateway says through which route a request came, whatever the client said; no other app's begins so. */
export function cameThrough({ namespace, name }: AppRef): EnvoyConfig {
  return header(routeHeader, { prefix: `${namespace}/${name}/` });
}

/**
 * Whether the caller has proven to be another one than this. Who speaks plaintext has proven nothing. The trust domain is
 * not compared, as in AuthorizationPolicies that name a ServiceAccount.
 */
export function isProvenOther({ namespace, serviceAccount }: Identity): EnvoyConfig {
  const own = not(callerUri({ suffix: `/ns/${namespace}/sa/${serviceAccount}` }));
  return { and_matcher: { predicate: [callerUri({ prefix: 'spiffe://' }), own] } };
}

/** Whether the header is there and has such a value; a repeated one is compared as one joined line. */
export function header(name: string, value: EnvoyConfig): EnvoyConfig {
  return matching(name, typed('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: name }), value);
}

/** Whether the predicate does not hold. */
export function not(predicate: EnvoyConfig): EnvoyConfig {
  return { not_matcher: predicate };
}

/** What the certificate of the caller calls him; none where he has none. */
function callerUri(value: EnvoyConfig): EnvoyConfig {
  return matching('caller', typed('envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput'), value);
}

function matching(name: string, input: EnvoyConfig, value: EnvoyConfig): EnvoyConfig {
  return { single_predicate: { input: { name, typed_config: input }, value_match: value } };
}

/** A message of Envoy's API. */
export function typed(type: string, fields: EnvoyConfig = {}): EnvoyConfig {
  return { '@type': `type.googleapis.com/${type}`, ...fields };
}
