/** Profiles: what a provider does differently from api.md §3, as data; derived from its feature tables. */
import type { Identity } from './identity.ts';
import type { Traffic } from './traffic.ts';

/** Every way in which providers differ. The first value of each is what the contract says. */
export type Behaviours = {
  /** How many labels the `*` of a wildcard host stands for. */
  readonly wildcardLabels: 'OneOrMore' | 'One';
  /** What a request for `x.` gets where `x` is served. */
  readonly trailingDot: 'Same' | 'NotFound';
  /** What a request gets for a host of an app that has no route there. `Wildcard`: what a wildcard above it gives. */
  readonly hostWithoutRoutes: 'NotFound' | 'Wildcard';
  /** What plain http gets where TLS is served and httpsRedirect is off. `Unknown`: for the controller to say. */
  readonly plainHttp: 'Served' | 'Unknown';
  /** How the path of a request is compared. `Decoded`: all escapes decoded, double slashes joined. */
  readonly comparedPath: 'Normalized' | 'Decoded' | 'Unknown';
  /** The path that a backend sees where no prefix is replaced. */
  readonly backendPath: 'Normalized' | 'AsSent';
  /** Whether case counts in paths. `IgnoredBesideRewrites`: not on hosts of which a route replaces a prefix. */
  readonly pathCase: 'Counts' | 'IgnoredBesideRewrites';
  /** What a request for `/x` gets where a route has the exact path `/x/` and none the path `/x`. */
  readonly missingSlash: 'OtherRoute' | 'Redirect301';
  /** Whether a request that opens a websocket is let through as one. `Unknown`: for the controller to say. */
  readonly websockets: 'Through' | 'Unknown';
  /** Who answers 413 to a body that is too large. `First`: what serves the host, before anything else. */
  readonly largeBody: 'AtThePods' | 'First';
  /** What becomes of a body where the app limits none. `Unknown`: for the controller to say. */
  readonly unlimitedBody: 'Through' | 'Unknown';
};

/** The name of one way in which providers differ. */
export type Behaviour = keyof Behaviours;

/** What the contract says: a provider that differs in nothing. */
export const contractBehaviours: Behaviours = {
  wildcardLabels: 'OneOrMore',
  trailingDot: 'Same',
  hostWithoutRoutes: 'NotFound',
  plainHttp: 'Served',
  comparedPath: 'Normalized',
  backendPath: 'Normalized',
  pathCase: 'Counts',
  missingSlash: 'OtherRoute',
  websockets: 'Through',
  largeBody: 'AtThePods',
  unlimitedBody: 'Through',
};

/** What serves one app from outside, as far as it decides what a request gets. */
export type Profile = Behaviours & {
  /** The name that a user knows, e.g. `Istio` or `ingress-nginx`. */
  readonly target: string;
  /** How it differs, each a sentence that goes behind `on <target>`. */
  readonly how: { readonly [B in Behaviour]?: string };
  /** Hosts of the app that a named Gateway's servers know only without a trailing dot. */
  readonly dotless: readonly string[];
  /** Which methods are routed; `OfEnvoy`: those that Envoy knows, to others it answers by itself, and to upgrades but websocket. */
  readonly methods: 'Any' | 'OfEnvoy';
  /** Whether forwarded requests carry the header `x-apptraffic-route` (api.md §4). */
  readonly marksRoutes: boolean;
  /** How many proxies before the gateway are trusted to tell the client's address in X-Forwarded-For. */
  readonly trustedHops: number;
  /** The identity under which requests from outside reach the pods; absent: none, they come in plaintext. */
  readonly reachesPodsAs?: Identity;
};

/** An app as it is served: its traffic without what policy refused, and what serves it. */
export type ServedModel = { readonly traffic: Traffic; readonly profile: Profile };
