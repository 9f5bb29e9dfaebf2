/** Decisions: what one request gets, and why. */
import type { AppRef } from '../model/traffic.ts';
import type { At } from '../model/located.ts';
import type { ConnectionValues } from '../model/connections.ts';
import type { WeightManager } from '../model/moved-weights.ts';
import type { HeaderEdits, Retries } from '../model/route.ts';

/**
 * `route`: forwarded to a backend. `respond`: answered with a status of its own. `deny`: refused at the pod, or, without
 * an app, by the caller's own sidecar. `notFound`: no host, route or port takes it.
 */
export type Outcome = 'route' | 'redirect' | 'respond' | 'deny' | 'unauthorized' | 'notFound';

/**
 * What became of one route. `wins`: the request is this route's. `loses`: it matches too, and another comes first.
 * `noMatch`: a condition failed.
 */
export type Verdict = 'wins' | 'loses' | 'noMatch';

/** One route that could have been meant. */
export type Candidate = {
  readonly app: AppRef;
  readonly route: string;
  /** Where the user wrote it; what an app has that names no routes stands where the routes would. */
  readonly at: At;
  readonly verdict: Verdict;
  /** The first condition that failed, or what decided; a sentence without a full stop. */
  readonly reason: string;
};

/** A backend and its share in percent. */
export type Share = { readonly name: string; readonly weight: number };

/** Where copies of a request go, and of how many such requests in percent. */
export type MirroredTo = { readonly to: string; readonly percent: number };

/** A split of which a visitor keeps a side. */
export type StickyDraw = {
  readonly cookie: string;
  /** The backend that the request's cookie names and gets; absent: it is drawn. */
  readonly kept?: string;
  /** The Set-Cookie line that the answer gets where a backend was drawn, by backend; absent: none. */
  readonly sets?: Readonly<Record<string, string>>;
};

/**
 * How many such requests each pod takes from all clients together, on each of its ports: `requests` in each span, evenly, and
 * at most `burst` at once. What is more is answered with 429.
 */
export type LimitedTo = {
  readonly requests: number;
  readonly perSeconds: 1 | 60 | 3600;
  readonly burst: number;
  /** Whether the route alone has it, or all routes of the app together that have none of their own. */
  readonly of: 'Route' | 'App';
};

/** What a backend sees of a request that is forwarded. */
export type Forwarded = {
  readonly backends: readonly Share[];
  /** Who moves the shares: those of `backends` are the ones that the spec begins with. Absent: nobody. */
  readonly weightsManagedBy?: WeightManager;
  /** Without the query, which stays as it was sent; absent: a TCP connection, in which nobody looks for requests. */
  readonly path?: string;
  /** What takes the place of the Host header; absent: it stays as it was sent. */
  readonly host?: string;
  /** Headers that are set, by name; they overwrite what the client sent. */
  readonly setHeaders: Readonly<Record<string, string>>;
  /** Headers that come beside what the client sent under that name. */
  readonly addHeaders: Readonly<Record<string, string>>;
  /** Names of headers that are taken away. */
  readonly removeHeaders: readonly string[];
  /** The request opens a websocket where the backend answers 101: timeout and retries hold until then. */
  readonly websocket?: true;
  /** Absent: nobody gets a copy. */
  readonly mirror?: MirroredTo;
  /** Absent: the pods take as many as come. */
  readonly rateLimit?: LimitedTo;
  /** Absent: every request is drawn anew. */
  readonly sticky?: StickyDraw;
  /** Milliseconds; absent: the provider's own. */
  readonly timeoutMs?: number;
  /** Absent: the provider's own. */
  readonly retries?: Retries;
  /** How the proxy connects to this app's pods; absent: as the provider does by itself. */
  readonly connections?: Partial<ConnectionValues>;
};

/** What is made to fail on purpose, and of how many such requests in percent: first a delay, then an answer without a backend. */
export type InjectedFault = {
  readonly delay?: { readonly ms: number; readonly percent: number };
  readonly abort?: { readonly status: number; readonly percent: number };
};

/** What one request gets. */
export type Decision = {
  /** Whose request it is; absent: nobody's, or that of several apps which share the host. */
  readonly app?: AppRef;
  readonly outcome: Outcome;
  /** The status of the answer; absent: a backend answers, or nobody (the connection fails). */
  readonly status?: number;
  /** Absent where no route of the app decided. */
  readonly route?: string;
  /** Where a redirect leads. */
  readonly location?: string;
  /** The body of an answer that a route gives by itself; absent: none, or the answer is somebody else's. */
  readonly body?: string;
  /** Absent: nothing. With an abort of all requests the outcome is `respond`. */
  readonly fault?: InjectedFault;
  /** What is done to the headers of the answer; absent: nothing, or the answer is not the route's. */
  readonly responseHeaders?: HeaderEdits;
  /** Present for outcome `route`. */
  readonly forwarded?: Forwarded;
  /** In order of precedence; those of several apps one app after another. */
  readonly candidates: readonly Candidate[];
  /** What decided, as a sentence without a full stop. */
  readonly why: string;
  /** What the provider does differently from the contract, where it touches this request; sentences. */
  readonly notes: readonly string[];
};
