/** The conditions of a route: which of its features they are, how many beside host and path, and whether there are any. */
import type { RouteFeature, RouteFeatures } from './route.ts';

/** Whether a feature says which requests a route takes; all others say what becomes of them. */
const isCondition: { readonly [F in RouteFeature]: boolean } = {
  host: true,
  prefix: true,
  exact: true,
  regex: true,
  methods: true,
  headers: true,
  headersRegex: true,
  withoutHeaders: true,
  cookies: true,
  query: true,
  forward: false,
  weightsManagedBy: false,
  redirect: false,
  respond: false,
  unavailable: false,
  rewritePrefix: false,
  rewritePath: false,
  rewriteRegex: false,
  rewriteHost: false,
  requestHeaders: false,
  responseHeaders: false,
  mirror: false,
  auth: false,
  rateLimit: false,
  cors: false,
  sticky: false,
  fault: false,
  timeout: false,
  retries: false,
  websocket: false,
};

/** The features that say which requests the route takes. */
export function conditionsOf(features: RouteFeatures): RouteFeatures {
  return Object.fromEntries(Object.entries(features).filter(([name]) => isCondition[name as RouteFeature]));
}

/** How many headers and cookies the route looks at. */
export function headerConditionCount({ headers, headersRegex, withoutHeaders, cookies }: RouteFeatures): number {
  const all = [headers, headersRegex, withoutHeaders, cookies];
  return all.reduce((sum, conditions) => sum + (conditions?.value.length ?? 0), 0);
}

/** How many parameters of the query the route looks at. */
export function queryConditionCount({ query }: RouteFeatures): number {
  return query?.value.length ?? 0;
}

/** Whether the route takes every request of the hosts it applies to. */
export function takesEverything(features: RouteFeatures): boolean {
  const others = headerConditionCount(features) + queryConditionCount(features);
  return features.prefix?.value === '/' && features.methods === undefined && others === 0;
}
