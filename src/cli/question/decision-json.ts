/** Decisions as JSON (docs/reference/decision.md): every key is always there, so that a reader asks for no key in vain. */
import type {
  Candidate,
  Decision,
  InjectedFault,
  LimitedTo,
  MirroredTo,
  Outcome,
  Share,
  StickyDraw,
  Verdict,
} from '../../decide/decision.ts';
import { headersByName } from '../../model/headers-by-name.ts';
import type { Retries } from '../../model/route.ts';
import type { AppRef } from '../../model/traffic.ts';
import { durationText } from '../../schema/duration.ts';
import { connectionsJson } from './connections-json.ts';
import type { ConnectionsJson } from './connections-json.ts';
import { durationOrNull } from './duration-or-null.ts';

/** When and how often a request is tried again; null: the provider's own. Durations as in the spec, e.g. `5s`. */
export type RetriesJson = {
  readonly attempts: number;
  readonly perTry: string | null;
  readonly backoff: string | null;
  readonly retryOn: readonly string[] | null;
};

/** What is made to fail on purpose; percents of such requests. */
export type FaultJson = {
  readonly delay: { readonly duration: string; readonly percent: number } | null;
  readonly abort: { readonly status: number; readonly percent: number } | null;
};

/** Whether the visitor keeps a backend; else the Set-Cookie line that each one's answer gets. */
export type StickyJson = {
  readonly cookie: string;
  readonly kept: string | null;
  readonly setCookie: Readonly<Record<string, string>>;
};

/** How many such requests each pod takes; `of`: of the route alone, or of all routes of the app that share the limit. */
export type RateLimitJson = {
  readonly requests: number;
  readonly per: string;
  readonly burst: number;
  readonly of: 'Route' | 'App';
};

/** A decision. Keys of features that no AppTraffic can ask for yet are there too, and say that nothing happens. */
export type DecisionJson = {
  readonly app: AppRef | null;
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly route: string | null;
  readonly backends: readonly Share[];
  readonly weightsManagedBy: string | null;
  readonly location: string | null;
  readonly body: string | null;
  readonly rewrite: { readonly path: string | null; readonly host: string | null };
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly addedRequestHeaders: Readonly<Record<string, string>>;
  readonly removedRequestHeaders: readonly string[];
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly addedResponseHeaders: Readonly<Record<string, string>>;
  readonly removedResponseHeaders: readonly string[];
  readonly websocket: boolean;
  readonly mirror: MirroredTo | null;
  readonly sticky: StickyJson | null;
  readonly fault: FaultJson | null;
  readonly timeout: string | null;
  readonly retries: RetriesJson | null;
  readonly connections: ConnectionsJson | null;
  readonly rateLimit: RateLimitJson | null;
  readonly candidates: readonly { readonly route: string; readonly verdict: Verdict; readonly reason: string }[];
};

/** The decision as JSON; the order of keys is always the same. */
export function decisionJson(decision: Decision): DecisionJson {
  const { app, outcome, status, route, location, body, fault, forwarded, candidates } = decision;
  return {
    app: app ?? null,
    outcome,
    status: status ?? null,
    route: route ?? null,
    ...splitJson(forwarded),
    location: location ?? null,
    body: body ?? null,
    ...messageJson(decision),
    ...wayJson(forwarded),
    fault: faultJson(fault),
    ...limitsJson(forwarded),
    candidates: candidatesJson(candidates),
  };
}

function splitJson(forwarded: Decision['forwarded']): Pick<DecisionJson, 'backends' | 'weightsManagedBy'> {
  return { backends: forwarded?.backends ?? [], weightsManagedBy: forwarded?.weightsManagedBy ?? null };
}

type WayJson = Pick<DecisionJson, 'websocket' | 'mirror' | 'sticky'>;

function wayJson(forwarded: Decision['forwarded']): WayJson {
  return {
    websocket: forwarded?.websocket ?? false,
    mirror: forwarded?.mirror ?? null,
    sticky: stickyJson(forwarded?.sticky),
  };
}

type MessageJson = Pick<DecisionJson, 'rewrite' | Extract<keyof DecisionJson, `${string}Headers`>>;

function messageJson({ forwarded, responseHeaders }: Decision): MessageJson {
  return {
    rewrite: rewriteJson(forwarded),
    requestHeaders: { ...forwarded?.setHeaders },
    addedRequestHeaders: { ...forwarded?.addHeaders },
    removedRequestHeaders: forwarded?.removeHeaders ?? [],
    responseHeaders: headersByName(responseHeaders?.set),
    addedResponseHeaders: headersByName(responseHeaders?.add),
    removedResponseHeaders: responseHeaders?.remove ?? [],
  };
}

function rewriteJson(forwarded: Decision['forwarded']): DecisionJson['rewrite'] {
  return { path: forwarded?.path ?? null, host: forwarded?.host ?? null };
}

function limitsJson(
  forwarded: Decision['forwarded'],
): Pick<DecisionJson, 'timeout' | 'retries' | 'connections' | 'rateLimit'> {
  return {
    timeout: durationOrNull(forwarded?.timeoutMs),
    retries: retriesJson(forwarded?.retries),
    connections: connectionsJson(forwarded?.connections),
    rateLimit: rateLimitJson(forwarded?.rateLimit),
  };
}

/** Two apps that share a host may both have a route `api`: then the reason says whose it is. */
function candidatesJson(candidates: readonly Candidate[]): DecisionJson['candidates'] {
  const nameOf = ({ app }: Candidate): string => `${app.namespace}/${app.name}`;
  const isShared = new Set(candidates.map(nameOf)).size > 1;
  return candidates.map((candidate) => {
    const { route, verdict, reason } = candidate;
    return { route, verdict, reason: isShared ? `of ${nameOf(candidate)}: ${reason}` : reason };
  });
}

function stickyJson(sticky: StickyDraw | undefined): StickyJson | null {
  return sticky === undefined
    ? null
    : { cookie: sticky.cookie, kept: sticky.kept ?? null, setCookie: { ...sticky.sets } };
}

function faultJson(fault: InjectedFault | undefined): FaultJson | null {
  if (fault === undefined) return null;
  const { delay, abort } = fault;
  return {
    delay: delay === undefined ? null : { duration: durationText(delay.ms), percent: delay.percent },
    abort: abort ?? null,
  };
}

function retriesJson(retries: Retries | undefined): RetriesJson | null {
  if (retries === undefined) return null;
  const { attempts, perTryMs, backoffMs, retryOn } = retries;
  return {
    attempts,
    perTry: durationOrNull(perTryMs),
    backoff: durationOrNull(backoffMs),
    retryOn: retryOn ?? null,
  };
}

const spans = { 1: 'Second', 60: 'Minute', 3600: 'Hour' } as const;

function rateLimitJson(limit: LimitedTo | undefined): RateLimitJson | null {
  if (limit === undefined) return null;
  const { requests, perSeconds, burst, of } = limit;
  return { requests, per: spans[perSeconds], burst, of };
}
