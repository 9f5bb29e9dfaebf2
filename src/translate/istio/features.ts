/** Where every feature of a route lands in a VirtualService (networking.istio.io/v1, HTTPRoute). */
import type {
  VirtualServiceHttpFault,
  VirtualServiceHttpMatch,
  VirtualServiceHttpRetries,
} from '../../generated/istio/virtual-service.ts';
import type { Fault, PairCondition, Redirect, Retries, Route } from '../../model/route.ts';
import type { AppRef } from '../../model/traffic.ts';
import { exact } from '../feature-table.ts';
import type { FeatureTable } from '../feature-table.ts';
import { askedMethods, oneOf } from './asked-methods.ts';
import { cookieHeaders } from './cookie-headers.ts';
import { corsPolicy } from './cors-policy.ts';
import { destination, destinations, movedDestinations } from './destinations.ts';
import { durationText } from './duration-text.ts';
import { headerOperations } from './header-operations.ts';
import type { HttpAction, RouteContext, RoutePiece } from './route-piece.ts';
import { stickySides } from './sticky-sides.ts';

/** The request header that names the route a request came through (api.md §4: external policy keys on it). */
export const routeHeader = 'x-apptraffic-route';

/**
 * A sidecar takes the last entry for the client, and Istio tells only gateways how many proxies stand before them
 * (pilot/pkg/networking/core/gateway.go): where there are any, the gateway says itself who the client is.
 */
const clientAddress = { 'x-forwarded-for': '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%' };

/** Istio's row for every route feature. */
export const routeTable = {
  host: exact('VirtualService spec.hosts', () => ({})),
  prefix: exact('VirtualService spec.http[].match[].uri', (prefix) => ({
    // Envoy's prefix is one of characters, not of segments: /api alone would take /apix too.
    paths: prefix === '/' ? [{ prefix }] : [{ exact: prefix }, { prefix: `${prefix}/` }],
  })),
  exact: exact('VirtualService spec.http[].match[].uri.exact', (path) => ({ paths: [{ exact: path }] })),
  regex: exact('VirtualService spec.http[].match[].uri.regex', (regex) => ({ paths: [{ regex }] })),
  methods: exact('VirtualService spec.http[].match[].method', (methods, { isMarked }) =>
    isMarked ? { alternatives: askedMethods(methods) } : { conditions: { method: oneOf(methods) } },
  ),
  // Envoy compares every occurrence of a repeated header: the condition holds where one of them has the value.
  headers: exact('VirtualService spec.http[].match[].headers', (conditions) => ({
    conditions: { headers: exactValues(conditions) },
  })),
  headersRegex: exact('VirtualService spec.http[].match[].headers', (conditions) => ({
    conditions: { headers: Object.fromEntries(conditions.map(({ name, value }) => [name, { regex: value }])) },
  })),
  // A match without a value asks whether the header is there at all.
  withoutHeaders: exact('VirtualService spec.http[].match[].withoutHeaders', (names) => ({
    conditions: { withoutHeaders: Object.fromEntries(names.map((name) => [name, {}])) },
  })),
  cookies: exact('VirtualService spec.http[].match[].headers.cookie', (cookies) => ({
    conditions: { headers: cookieHeaders(cookies) },
  })),
  query: exact('VirtualService spec.http[].match[].queryParams', (conditions) => ({
    conditions: { queryParams: exactValues(conditions) },
  })),
  forward: exact('VirtualService spec.http[].route', (split, context) => ({
    action: { route: destinations(split, context), ...marker(context) },
  })),
  // Argo Rollouts looks for both backends in a route, whatever their weights (its ValidateHTTPRoutes).
  weightsManagedBy: exact('VirtualService spec.http[].route[].weight', (moved, context) => {
    const { forward } = context.route.features;
    return forward === undefined ? {} : { action: { route: movedDestinations(forward.value, moved, context) } };
  }),
  redirect: exact('VirtualService spec.http[].redirect', redirectPiece),
  respond: exact('VirtualService spec.http[].directResponse', ({ status, body }) => ({
    action: { directResponse: { status, ...(body === undefined ? {} : { body: { string: body } }) } },
  })),
  unavailable: exact('VirtualService spec.http[].directResponse', () => ({
    action: { directResponse: { status: 503 } },
  })),
  rewritePrefix: exact('VirtualService spec.http[].rewrite.uri', (replacement, { route }) =>
    forwards(route) ? replacePrefix(route, replacement, (uri) => ({ rewrite: { uri } })) : {},
  ),
  rewritePath: exact('VirtualService spec.http[].rewrite.uriRegexRewrite', (path, { route }) =>
    // A plain `uri` would replace no more than the prefix that was matched.
    forwards(route) ? { action: { rewrite: { uriRegexRewrite: { match: '/.*', rewrite: path } } } } : {},
  ),
  rewriteRegex: exact('VirtualService spec.http[].rewrite.uriRegexRewrite', ({ match, with: rewrite }, { route }) =>
    // Envoy replaces whatever the expression matches anywhere in the path (RE2 GlobalReplace), so it is held at both ends.
    forwards(route) ? { action: { rewrite: { uriRegexRewrite: { match: `^(?:${match})$`, rewrite } } } } : {},
  ),
  rewriteHost: exact('VirtualService spec.http[].rewrite.authority', (authority, { route }) =>
    forwards(route) ? { action: { rewrite: { authority } } } : {},
  ),
  requestHeaders: exact('VirtualService spec.http[].headers.request', (edits, { route }) =>
    forwards(route) ? { action: { headers: { request: headerOperations(edits) } } } : {},
  ),
  responseHeaders: exact('VirtualService spec.http[].headers.response', (edits) => ({
    action: { headers: { response: headerOperations(edits) } },
  })),
  auth: exact(
    'RequestAuthentication, AuthorizationPolicy spec.rules[], VirtualService spec.http[] for requests without a token',
    () => ({}),
  ),
  cors: exact('VirtualService spec.http[].corsPolicy', (cors, { route }) =>
    forwards(route) ? { action: { corsPolicy: corsPolicy(cors) } } : {},
  ),
  mirror: exact('VirtualService spec.http[].mirrors', ({ backend, percent }, context) =>
    forwards(context.route)
      ? { action: { mirrors: [{ destination: destination(backend, context), percentage: { value: percent } }] } }
      : {},
  ),
  // The app's pods keep it (rate-limit.ts).
  rateLimit: exact('EnvoyFilter spec.configPatches', () => ({})),
  sticky: exact(
    'VirtualService spec.http[] for each side, .match[].headers.cookie, .route[].headers.response.add',
    (sticky, context) => {
      const { forward } = context.route.features;
      return forward === undefined ? {} : { sides: stickySides(sticky, forward.value, context) };
    },
  ),
  fault: exact('VirtualService spec.http[].fault', (fault, { route }) =>
    forwards(route) ? { action: { fault: injected(fault) } } : {},
  ),
  timeout: exact('VirtualService spec.http[].timeout', (ms, { route }) =>
    forwards(route) ? { action: { timeout: durationText(ms) } } : {},
  ),
  retries: exact('VirtualService spec.http[].retries', (retries, { route }) =>
    forwards(route) ? { action: { retries: retryPolicy(retries) } } : {},
  ),
  // Istio's HTTP listeners take the upgrade on every route, and Envoy's timeouts end with the answer to it.
  websocket: exact('nothing: every route lets websockets through', () => ({})),
} satisfies FeatureTable<RouteContext, RoutePiece>;

function exactValues(conditions: readonly PairCondition[]): NonNullable<VirtualServiceHttpMatch['headers']> {
  return Object.fromEntries(conditions.map(({ name, value }) => [name, { exact: value }]));
}

/** Istio refuses rewrite, mirrors, fault, timeout and retries beside an answer of its own. */
function forwards({ features }: Route): boolean {
  return features.forward !== undefined;
}

/** What {@link routeHeader} says of a route. */
export function routeValue({ namespace, name }: AppRef, route: Pick<Route, 'name'>): string {
  return `${namespace}/${name}/${route.name}`;
}

function marker({ traffic: { app }, route, isMarked, tellsClient }: RouteContext): Pick<HttpAction, 'headers'> {
  if (!isMarked) return {};
  const client = tellsClient === true ? clientAddress : {};
  return { headers: { request: { set: { [routeHeader]: routeValue(app, route), ...client } } } };
}

function injected({ delay, abort }: Fault): VirtualServiceHttpFault {
  return {
    ...(delay === undefined
      ? {}
      : { delay: { fixedDelay: durationText(delay.ms), percentage: { value: delay.percent } } }),
    ...(abort === undefined ? {} : { abort: { httpStatus: abort.status, percentage: { value: abort.percent } } }),
  };
}

/** Zero attempts switch retries off; Istio then allows no other field (validateHTTPRetry). */
function retryPolicy({ attempts, perTryMs, backoffMs, retryOn }: Retries): VirtualServiceHttpRetries {
  if (attempts === 0) return { attempts };
  return {
    attempts,
    ...(perTryMs === undefined ? {} : { perTryTimeout: durationText(perTryMs) }),
    ...(retryOn === undefined ? {} : { retryOn: retryOn.join(',') }),
    ...(backoffMs === undefined ? {} : { backoff: durationText(backoffMs) }),
  };
}

function redirectPiece(redirect: Redirect, { route }: RouteContext): RoutePiece {
  const { path, prefix } = redirect;
  const rest = redirectTarget(redirect);
  if (prefix === undefined) return { action: { redirect: { ...(path === undefined ? {} : { uri: path }), ...rest } } };
  // prefixRewrite is refused beside an exact path, which `uri` replaces as a whole.
  return replacePrefix(route, prefix, (uri, isWhole) => ({
    redirect: { ...(isWhole ? { uri } : { prefixRewrite: uri }), ...rest },
  }));
}

/**
 * A new host comes without the request's port, so it is reached on the scheme's own. `derivePort` would put the port that
 * the Gateway's server declares there, which is not the client's where the server declares the port of the pods.
 */
function redirectTarget({ scheme, host, port, code }: Redirect): NonNullable<HttpAction['redirect']> {
  return {
    ...(host === undefined ? {} : { authority: host }),
    ...(port === undefined ? {} : { port }),
    ...(scheme === undefined ? {} : { scheme }),
    redirectCode: code,
  };
}

/**
 * Replaces the matched prefix so that it joins with one slash: /api → /v1 gives /v1, /v1/ and /v1/x; → / gives / and /x.
 * `/api` and `/api/` are two matches and need two replacements, and Istio has one for an entry: so two entries. A regular
 * expression could do it in one, but Istio limits it to 1024 characters, which a path of that length exceeds.
 */
function replacePrefix(
  { features }: Route,
  replacement: string,
  actionFor: (uri: string, isWhole: boolean) => HttpAction,
): RoutePiece {
  const trimmed = replacement.replace(/\/$/, '');
  const below = { action: actionFor(`${trimmed}/`, false) };
  if (features.prefix === undefined || features.prefix.value === '/') return below;
  return { ...below, atPrefix: actionFor(trimmed === '' ? '/' : trimmed, true) };
}
