/** Routes: which requests, and what happens to them. A route is a bag of features; a target's table says where each one lands. */
import type { Auth } from './auth.ts';
import type { Backend, WeightedBackend } from './backend.ts';
import type { At, Located } from './located.ts';
import type { Port } from './port.ts';
import type { MovedWeights } from './moved-weights.ts';

/** HTTP methods that a route may name. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'CONNECT' | 'OPTIONS' | 'TRACE';

/** A header that must have exactly this value; `name` is lower-case. */
export type HeaderCondition = { readonly name: string; readonly value: string };

/** A cookie, or a parameter of the query, that must have exactly this value; upper and lower case count. */
export type PairCondition = { readonly name: string; readonly value: string };

/** An answer that sends the client elsewhere; what is absent stays as the request had it. */
export type Redirect = {
  readonly scheme?: 'http' | 'https';
  readonly host?: string;
  readonly port?: number;
  /** Replaces the whole path. */
  readonly path?: string;
  /** Replaces the matched prefix. Never ends in `/` unless it is `/`. */
  readonly prefix?: string;
  readonly code: 301 | 302 | 303 | 307 | 308;
};

/** An answer that a route gives by itself. */
export type FixedAnswer = { readonly status: number; readonly body?: string };

/**
 * Replaces a path that the expression (RE2, of the subset of `regex`) matches as a whole, and no other. In `with`, `\1` to
 * `\9` stand for what the groups took, empty where they took no part, and `\0` for the whole path.
 */
export type RegexRewrite = { readonly match: string; readonly with: string };

/** One header line; `name` is lower-case. */
export type HeaderLine = { readonly name: string; readonly value: string };

/** Edits of headers, each list sorted by name; no name is in two of them. Values are literal. */
export type HeaderEdits = {
  /** Replace every line of that name. */
  readonly set: readonly HeaderLine[];
  /** Come beside the lines of that name. */
  readonly add: readonly HeaderLine[];
  readonly remove: readonly string[];
};

/** How often and when a request is tried again; 0 attempts switches retries off. Durations in milliseconds. */
export type Retries = {
  readonly attempts: number;
  readonly perTryMs?: number;
  readonly backoffMs?: number;
  readonly retryOn?: readonly string[];
};

/** Copies of a share of the requests (whole percents, 1 to 100); the answers are thrown away. */
export type Mirror = { readonly backend: Backend; readonly percent: number };

/**
 * Requests that are made to fail on purpose, in whole percents (1 to 100), delays and aborts each for themselves. A delay
 * comes first, and no timeout covers it; an abort is not retried.
 */
export type Fault = {
  readonly delay?: { readonly ms: number; readonly percent: number };
  readonly abort?: { readonly status: number; readonly percent: number };
  /** When it ends, in milliseconds since the epoch; absent: never. */
  readonly untilMs?: number;
};

/** A visitor keeps the backend that he first got of a split; a cookie holds its name. */
export type Sticky = {
  readonly cookie: string;
  /** Milliseconds, counted from the first answer; absent: as long as the browser runs. */
  readonly ttlMs?: number;
};

/** How many requests come through: `requests` in each span, evenly, and at most `burst` at once (a bucket of that many tokens). */
export type RateLimit = { readonly requests: number; readonly perSeconds: 1 | 60 | 3600; readonly burst: number };

/** What pages of other origins may do (Fetch standard, CORS protocol). Lists are sorted; an empty one tells nothing. */
export type Cors = {
  /** `*`, `SCHEME://HOST[:PORT]`, or with `*.` before the host for any name below it. */
  readonly origins: readonly string[];
  readonly methods: readonly Method[];
  readonly headers: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly credentials: boolean;
  /** How long a preflight's answer may be remembered. */
  readonly maxAgeSeconds?: number;
};

/** Every feature a route can have, and the type of its value. A new feature is a row here; the compiler then asks each target for its row. */
export type RouteFeatureValues = {
  /** `match.host`: only requests for this host (exact, or a wildcard below one of the app's wildcards). */
  readonly host: string;
  /** Whole path segments: `/api` means /api, /api/ and /api/x. Never ends in `/` unless it is `/`. */
  readonly prefix: string;
  /** The path, byte for byte. */
  readonly exact: string;
  /** RE2, for the whole path; of the subset that every engine reads alike (api.md §3, paths). */
  readonly regex: string;
  readonly methods: readonly Method[];
  readonly headers: readonly HeaderCondition[];
  /** The value is a regular expression as in `regex`, for the whole value. */
  readonly headersRegex: readonly HeaderCondition[];
  /** Names of headers that the request must not have, lower-case. */
  readonly withoutHeaders: readonly string[];
  /** Each must be a pair of one of the Cookie headers. */
  readonly cookies: readonly PairCondition[];
  /** Each must be the first value of its name, compared as it was sent. */
  readonly query: readonly PairCondition[];
  /** Backends with a weight above 0, sorted by name; the weights add up to 100. */
  readonly forward: readonly WeightedBackend[];
  /** Only beside `forward` with a split: its weights are those to begin with. */
  readonly weightsManagedBy: MovedWeights;
  readonly redirect: Redirect;
  readonly respond: FixedAnswer;
  /** The route keeps its match and answers 503: it cannot be served (design: refusals). */
  readonly unavailable: true;
  readonly rewritePrefix: string;
  /** Replaces the whole path. */
  readonly rewritePath: string;
  readonly rewriteRegex: RegexRewrite;
  /** Replaces the Host header, its port too; lower-case. */
  readonly rewriteHost: string;
  /** On the way to the backend. */
  readonly requestHeaders: HeaderEdits;
  /** On the way back: on answers of backends, of `redirect` and of `respond`, and where a call fails or is refused. */
  readonly responseHeaders: HeaderEdits;
  /** What requests need to reach the pods; absent: nothing. */
  readonly auth: Auth;
  readonly cors: Cors;
  readonly mirror: Mirror;
  /** Of the route alone, counted by each pod for all clients together; None: what its app says does not hold for it. */
  readonly rateLimit: RateLimit | 'None';
  readonly sticky: Sticky;
  readonly fault: Fault;
  /** Milliseconds; covers all tries. */
  readonly timeout: number;
  readonly retries: Retries;
  /** Clients open websockets on the route; a provider that may not let them through cannot serve it. */
  readonly websocket: true;
};

/** The name of a route feature. */
export type RouteFeature = keyof RouteFeatureValues;

/** The features that one route has. Exactly one of prefix | exact | regex and one of forward | redirect | respond | unavailable is present. */
export type RouteFeatures = { readonly [F in RouteFeature]?: Located<RouteFeatureValues[F]> };

/** One route of an app. */
export type Route = {
  /** Unique in its list; also the name of the generated route. */
  readonly name: string;
  readonly at: At;
  /** Position in the user's list: the last tie-break. */
  readonly position: number;
  /** The port of this app's Service that app and subset backends are reached on. */
  readonly port: Port;
  readonly features: RouteFeatures;
  /** Hosts of the app where policy left this route out, because another app holds its requests there; absent: none. */
  readonly refusedOn?: readonly string[];
};
