/** Routes: from what the user wrote to a bag of features, each with its place in the spec. */
import type { Route as ApiRoute } from '../api/v1alpha1/route.ts';
import { durationMs } from '../schema/duration.ts';
import { retryFacts } from '../schema/retries.ts';
import type { Auth } from '../model/auth.ts';
import type { Backend, WeightedBackend } from '../model/backend.ts';
import type { At, Located } from '../model/located.ts';
import type { MovedWeights } from '../model/moved-weights.ts';
import type { Port } from '../model/port.ts';
import type { Cors, Mirror, Redirect, Route, RouteFeatures, Sticky } from '../model/route.ts';
import type { RouteResilience } from './resilience.ts';
import { ownAuth } from './auth.ts';
import { idleIn, normalizeSplit, wholeTo } from './backends.ts';
import { corsFacts } from './cors.ts';
import { normalizeFault } from './fault.ts';
import { headerFeatures } from './header-edits.ts';
import { matchFeatures } from './match.ts';
import { routeRateLimitOf } from './rate-limit.ts';
import { rewriteFeatures } from './rewrite.ts';
import { normalizeSticky } from './sticky.ts';
import { wholeSegments } from './whole-segments.ts';

/** What a route inherits from its app. */
export type RouteDefaults = {
  readonly backends: readonly Backend[];
  /** What a route gets that says nothing else. */
  readonly split: Located<readonly WeightedBackend[]>;
  /** Whether `split` is one that the user wrote. */
  readonly isSplit: boolean;
  /** What a route with the app's own split gets: somebody else moves its weights. */
  readonly weightsManagedBy?: Located<MovedWeights>;
  /** What a route with a split gets that says nothing else. */
  readonly sticky?: Located<Sticky>;
  /** What a route that forwards gets that says nothing else. */
  readonly resilience: RouteResilience;
  /** What a route that forwards gets that says nothing else; absent: nothing. */
  readonly cors?: Located<Cors>;
  /** What a route that forwards needs that says nothing else; absent: nothing. */
  readonly auth?: Located<Auth>;
  readonly portNamed: (name: string | undefined) => Port | undefined;
  /** The port that a route means which names none where TLS is passed through to the pods. */
  readonly tlsPort: () => Port | undefined;
};

const defaultRedirectCode = 302;
const wholePercent = 100;

/** One route. Throws when the app has no port: the schema requires one. */
export function normalizeRoute(route: ApiRoute, at: At, position: number, defaults: RouteDefaults): Route {
  const port = defaults.portNamed(route.port);
  if (port === undefined) throw new Error(`${at}: no port ${route.port ?? ''}; the schema lets none through`);
  const acts = action(route, at, defaults);
  return {
    name: route.name,
    at,
    position,
    port,
    features: {
      ...matchFeatures(route.match ?? {}, at),
      ...acts,
      ...weightsOf(route, acts, defaults),
      ...mirrorOf(route, at, defaults),
      ...stickyOf(route, at, acts, defaults),
      ...(acts.forward === undefined ? {} : corsOf(route, at, defaults)),
      ...(acts.forward === undefined ? {} : authOf(route, at, defaults)),
      ...(acts.forward === undefined ? {} : defaults.resilience),
      ...extras(route, at),
      ...(route.websocket === true ? { websocket: { value: true, at: `${at}.websocket` } } : {}),
    },
  };
}

function action(route: ApiRoute, at: At, { backends, split }: RouteDefaults): RouteFeatures {
  if (route.redirect !== undefined) {
    const { code, prefix, ...rest } = route.redirect;
    const redirect: Redirect = {
      ...rest,
      ...(prefix === undefined ? {} : { prefix: wholeSegments(prefix) }),
      code: code ?? defaultRedirectCode,
    };
    return { redirect: { value: redirect, at: `${at}.redirect` } };
  }
  if (route.respond !== undefined) return { respond: { value: route.respond, at: `${at}.respond` } };
  if (route.to !== undefined) return { forward: { value: wholeTo(route.to, backends), at: `${at}.to` } };
  if (route.split !== undefined) {
    return { forward: { value: normalizeSplit(route.split, backends), at: `${at}.split` } };
  }
  return { forward: split };
}

/** Only where there is a split: nobody moves the weight of a backend that gets every request. */
function weightsOf(
  { split }: ApiRoute,
  { forward }: RouteFeatures,
  { backends, weightsManagedBy, ...defaults }: RouteDefaults,
): Pick<RouteFeatures, 'weightsManagedBy'> {
  if (weightsManagedBy === undefined) return {};
  const { at, value } = weightsManagedBy;
  if (split !== undefined) return { weightsManagedBy: { at, value: { ...value, idle: idleIn(split, backends) } } };
  return defaults.isSplit && forward === defaults.split ? { weightsManagedBy } : {};
}

function mirrorOf({ mirror }: ApiRoute, at: At, { backends }: RouteDefaults): RouteFeatures {
  // A name without a backend is refused by the schema.
  const backend = backends.find(({ name }) => name === mirror?.to);
  if (mirror === undefined || backend === undefined) return {};
  const value: Mirror = { backend, percent: mirror.percent ?? wholePercent };
  return { mirror: { value, at: `${at}.mirror` } };
}

/** Only where requests are drawn: `to` leads to one backend, and without any split so does the route. */
function stickyOf(
  { sticky, to }: ApiRoute,
  at: At,
  { forward }: RouteFeatures,
  defaults: RouteDefaults,
): Pick<RouteFeatures, 'sticky'> {
  const isDrawn = forward !== undefined && to === undefined && (forward !== defaults.split || defaults.isSplit);
  if (!isDrawn) return {};
  if (sticky !== undefined) return { sticky: { value: normalizeSticky(sticky), at: `${at}.sticky` } };
  return defaults.sticky === undefined ? {} : { sticky: defaults.sticky };
}

function corsOf({ cors }: ApiRoute, at: At, defaults: RouteDefaults): RouteFeatures {
  if (cors !== undefined) return { cors: { value: corsFacts(cors), at: `${at}.cors` } };
  return defaults.cors === undefined ? {} : { cors: defaults.cors };
}

function authOf({ auth }: ApiRoute, at: At, defaults: RouteDefaults): Pick<RouteFeatures, 'auth'> {
  if (defaults.auth === undefined) return {};
  const needed = auth === undefined ? defaults.auth : ownAuth(auth, defaults.auth, at);
  return needed === undefined ? {} : { auth: needed };
}

function extras(route: ApiRoute, at: At): RouteFeatures {
  return {
    ...(route.rateLimit === undefined
      ? {}
      : { rateLimit: { value: routeRateLimitOf(route.rateLimit), at: `${at}.rateLimit` } }),
    ...rewriteFeatures(route, at),
    ...(route.fault === undefined ? {} : { fault: { value: normalizeFault(route.fault), at: `${at}.fault` } }),
    ...headerFeatures(route, at),
    ...(route.timeout === undefined ? {} : { timeout: { value: durationMs(route.timeout), at: `${at}.timeout` } }),
    ...(route.retries === undefined ? {} : { retries: { value: retryFacts(route.retries), at: `${at}.retries` } }),
  };
}
