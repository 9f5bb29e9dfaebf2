/** CORS as Istio has it (networking.istio.io/v1, CorsPolicy). */
import type { VirtualServiceHttpCorsPolicy } from '../../generated/istio/virtual-service.ts';
import { wildcardOrigin } from '../../model/origin.ts';
import type { Cors } from '../../model/route.ts';
import { literalRegex } from './literal-regex.ts';

/** One or more labels before the domain, as a wildcard host has them. */
const labels = '[a-z0-9_-]+(\\.[a-z0-9_-]+)*';

/** A preflight whose origin is not allowed is answered too: left to itself, Istio would send it on to the backend. */
export function corsPolicy(cors: Cors): VirtualServiceHttpCorsPolicy {
  const { origins, methods, headers, exposeHeaders, credentials, maxAgeSeconds } = cors;
  return {
    allowOrigins: origins.map(originMatch),
    ...(methods.length === 0 ? {} : { allowMethods: methods }),
    ...(headers.length === 0 ? {} : { allowHeaders: headers }),
    ...(exposeHeaders.length === 0 ? {} : { exposeHeaders }),
    ...(credentials ? { allowCredentials: true } : {}),
    ...(maxAgeSeconds === undefined ? {} : { maxAge: `${maxAgeSeconds}s` }),
    unmatchedPreflights: 'IGNORE',
  };
}

/** Envoy takes the exact `*` for any origin. */
function originMatch(origin: string): NonNullable<VirtualServiceHttpCorsPolicy['allowOrigins']>[number] {
  const wildcard = wildcardOrigin(origin);
  if (wildcard === undefined) return { exact: origin };
  return { regex: `${literalRegex(wildcard.scheme)}${labels}\\.${literalRegex(wildcard.domain)}` };
}
