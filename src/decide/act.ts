/** What the route that won does with the request (api.md §3, then). */
import { appBackend, isOwnPods } from '../model/backend.ts';
import type { Backend, WeightedBackend } from '../model/backend.ts';
import { connectionValues, withoutLocality } from '../model/connections.ts';
import { speaksHttp2 } from '../model/port.ts';
import { tellsProxies } from '../model/reached-pods.ts';
import type { ConnectionValues } from '../model/connections.ts';
import type { ServedModel } from '../model/profile.ts';
import { headersByName } from '../model/headers-by-name.ts';
import type { HeaderEdits, Route } from '../model/route.ts';
import { keptSide, stickyCookie } from '../model/sticky.ts';
import type { Identity } from '../model/identity.ts';
import { tooLargeAtPods } from './body-limit.ts';
import { askedMethod, corsEdits, preflightAnswer } from './cors.ts';
import type { Decision, Forwarded, InjectedFault, StickyDraw } from './decision.ts';
import { cookiePairs } from './header-conditions.ts';
import { locationOf } from './location.ts';
import { auditNotes, podsOf, refusalOf } from './pods.ts';
import type { Refusal } from './pods.ts';
import type { Question } from './question.ts';
import { prefixOf, replacePrefix } from './replace-prefix.ts';
import { brokenWebsocket, upgradeOf } from './upgrade.ts';
import { pathAtNext } from './request-path.ts';
import { rewrittenPath } from './rewritten-path.ts';

/** The request header that names the route a request came through (api.md §4). */
const routeHeader = 'x-apptraffic-route';

const wholePercent = 100;

/** What a decision says beside what became of the routes. */
export type Deed = Omit<Decision, 'candidates'>;

/** A request on its way to a route of `own`. */
export type Passage = {
  readonly own: ServedModel;
  readonly question: Question;
  /** The identity under which the pods are called. */
  readonly caller: Identity | undefined;
  /** The path as it is compared, and as a redirect or a backend gets it where no prefix is replaced. */
  readonly path: { readonly compared: string; readonly forwarded: string };
  /** Writes a path of which the prefix was replaced as it is sent on. */
  readonly sent: (path: string) => string;
  readonly isMarked: boolean;
  /** The largest body, in bytes, that the pods take from there; absent: they take any. */
  readonly bodyLimit?: number;
};

/** What `route` does. */
export function act(route: Route, passage: Passage): Deed {
  const { own, question, path } = passage;
  const { redirect, respond, forward, responseHeaders } = route.features;
  const edited = editsOf(responseHeaders?.value);
  const named = { app: own.traffic.app, route: route.name, notes: [] };
  if (redirect !== undefined) {
    return {
      ...named,
      outcome: 'redirect',
      status: redirect.value.code,
      ...edited,
      location: locationOf(redirect.value, question.request, path.forwarded, prefixOf(route.features)),
      why: `route ${route.name} redirects`,
    };
  }
  if (respond !== undefined) {
    return { ...named, outcome: 'respond', ...respond.value, ...edited, why: `route ${route.name} answers by itself` };
  }
  if (forward === undefined) {
    return { ...named, outcome: 'respond', status: 503, why: `route ${route.name} may not be served and answers 503` };
  }
  return { ...named, ...forwardedOrAnswered(forward.value, route, passage) };
}

/** What a route that forwards does: a fault comes first, then a preflight is answered where the route has cors. */
function forwardedOrAnswered(split: readonly WeightedBackend[], route: Route, passage: Passage): Omit<Deed, 'notes'> {
  const { request } = passage.question;
  const { cors, responseHeaders } = route.features;
  const fault = faultOf(route);
  const faulted = fault === undefined ? {} : { fault };
  const aborted = fault === undefined ? undefined : abortOf(fault, route);
  if (aborted !== undefined) return { ...aborted, ...editsOf(responseHeaders?.value), ...faulted };
  if (cors !== undefined && askedMethod(request) !== undefined) {
    const why = `route ${route.name} answers the CORS preflight`;
    return { outcome: 'respond', status: 200, responseHeaders: preflightAnswer(cors.value, request), why, ...faulted };
  }
  const edits = cors === undefined ? responseHeaders?.value : corsEdits(cors.value, request, responseHeaders?.value);
  return { ...deliverDrawn(split, route, passage), ...editsOf(edits), ...faulted };
}

function editsOf(edits: HeaderEdits | undefined): Pick<Deed, 'responseHeaders'> {
  return edits === undefined ? {} : { responseHeaders: edits };
}

function faultOf({ features: { fault } }: Route): InjectedFault | undefined {
  if (fault === undefined) return undefined;
  const { delay, abort } = fault.value;
  return { ...(delay === undefined ? {} : { delay }), ...(abort === undefined ? {} : { abort }) };
}

/** An abort of every request: no backend sees one. */
function abortOf({ abort }: InjectedFault, { name }: Route): Pick<Deed, 'outcome' | 'status' | 'why'> | undefined {
  if (abort?.percent !== 100) return undefined;
  return { outcome: 'respond', status: abort.status, why: `the fault of route ${name} aborts every request` };
}

/** A visitor with a side of the split gets that side; anybody else is told which one was drawn for him. */
function deliverDrawn(split: readonly WeightedBackend[], route: Route, passage: Passage): Deed {
  const { sticky } = route.features;
  if (sticky === undefined) return deliver(split, route, passage);
  const { cookie } = sticky.value;
  const { scheme, headers } = passage.question.request;
  const side = keptSide(split, sticky.value, cookiePairs(headers));
  if (side !== undefined) {
    const kept = deliver([{ ...side, weight: wholePercent }], route, passage);
    return withSticky(kept, { cookie, kept: side.backend.name });
  }
  const sets = split.map(({ backend: { name } }) => [name, stickyCookie(sticky.value, name, scheme === 'https')]);
  return withSticky(deliver(split, route, passage), {
    cookie,
    sets: Object.fromEntries(sets) as Record<string, string>,
  });
}

function withSticky(deed: Deed, sticky: StickyDraw): Deed {
  return deed.forwarded === undefined ? deed : { ...deed, forwarded: { ...deed.forwarded, sticky } };
}

/** What a caller gets from the plain Service: any pod of the app, on the port, with nothing changed. */
export function passThrough(port: Route['port'], passage: Passage, why: string): Deed {
  const backend = { kind: 'App', name: appBackend } as const;
  const deed = deliver([{ backend, weight: 100 }], { port, features: {} }, passage);
  return deed.outcome === 'route' ? { ...deed, why } : deed;
}

/** A backend whose pods refuse the request. */
type Refused = { readonly backend: Backend; readonly refusal: Refusal };

function deliver(
  split: readonly WeightedBackend[],
  route: Pick<Route, 'port' | 'features'> & { readonly name?: string },
  passage: Passage,
): Deed {
  const { own, question, caller } = passage;
  const path = pathFor(route, passage);
  const { method } = question.request;
  const call = { caller, method, path: pathAtNext(path), words: `call ${method} ${pathAtNext(path)} on` };
  const refusedBy = ({ backend }: { readonly backend: Backend }): readonly Refused[] => {
    const pods = podsOf(backend, own, route.port, question.apps);
    const refusal = pods === undefined ? undefined : refusalOf(pods, call, question.accounts);
    return refusal === undefined ? [] : [{ backend, refusal }];
  };
  const { app } = own.traffic;
  if (breaksWebsocket(split, route, passage)) return { app, ...brokenWebsocket, notes: [] };
  const audited = split.flatMap(({ backend }) => {
    const pods = podsOf(backend, own, route.port, question.apps);
    return pods === undefined ? [] : auditNotes(pods, call, question.accounts);
  });
  const refusals = split.flatMap(refusedBy);
  const copies = route.features.mirror === undefined ? [] : refusedBy(route.features.mirror.value);
  const [first] = refusals;
  if (first !== undefined && refusals.length === split.length) {
    const { status, why } = first.refusal;
    return { app, outcome: 'deny', ...(status === undefined ? {} : { status }), why, notes: [] };
  }
  const large = tooLargeAtPods(question.request, passage.bodyLimit, app);
  if (large !== undefined) return { app, ...large, notes: [] };
  return {
    app,
    outcome: 'route',
    forwarded: forwardedBy(split, route, path, passage),
    why: route.name === undefined ? 'the plain Service takes it' : `route ${route.name} sends it on`,
    notes: [
      ...new Set(audited),
      ...refusals.map(({ backend, refusal }) => `backend ${backend.name} refuses its share: ${refusal.why}`),
      ...copies.map(({ backend, refusal }) => `backend ${backend.name} refuses the copies: ${refusal.why}`),
    ],
  };
}

function pathFor({ features }: Pick<Route, 'features'>, { path, sent }: Passage): string {
  const { rewritePrefix, rewritePath, rewriteRegex } = features;
  if (rewritePath !== undefined) return rewritePath.value;
  if (rewriteRegex !== undefined) return rewrittenPath(path.forwarded, rewriteRegex.value);
  if (rewritePrefix === undefined) return path.forwarded;
  return sent(replacePrefix(path.compared, prefixOf(features), rewritePrefix.value));
}

function forwardedBy(
  split: readonly WeightedBackend[],
  { name, features }: Pick<Route, 'features'> & { readonly name?: string },
  path: string,
  passage: Passage,
): Forwarded {
  const { own, isMarked } = passage;
  const { app } = own.traffic;
  const { mirror, timeout, retries, requestHeaders, rewriteHost } = features;
  const connections = connectionsOf(split, passage);
  return {
    ...sharesOf(split, features),
    path,
    ...(rewriteHost === undefined ? {} : { host: rewriteHost.value }),
    setHeaders: {
      ...headersByName(requestHeaders?.value.set),
      ...(isMarked && name !== undefined ? { [routeHeader]: `${app.namespace}/${app.name}/${name}` } : {}),
    },
    addHeaders: headersByName(requestHeaders?.value.add),
    removeHeaders: requestHeaders?.value.remove ?? [],
    ...opened(passage),
    ...(mirror === undefined ? {} : { mirror: { to: mirror.value.backend.name, percent: mirror.value.percent } }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout.value }),
    ...(retries === undefined ? {} : { retries: retries.value }),
    ...(connections === undefined ? {} : { connections }),
  };
}

function sharesOf(
  split: readonly WeightedBackend[],
  { weightsManagedBy }: Route['features'],
): Pick<Forwarded, 'backends' | 'weightsManagedBy'> {
  return {
    backends: split.map(({ backend, weight }) => ({ name: backend.name, weight })),
    ...(weightsManagedBy === undefined ? {} : { weightsManagedBy: weightsManagedBy.value.by }),
  };
}

/** Whether the request opens a websocket. */
function opened({ own, question }: Passage): Pick<Forwarded, 'websocket'> {
  const isLetThrough = own.profile.websockets === 'Through';
  return isLetThrough && upgradeOf(question.request.headers) === 'websocket' ? { websocket: true } : {};
}

/** Proxies of the mesh speak HTTP/2 to such ports, and open no websocket over it. */
function breaksWebsocket(split: readonly WeightedBackend[], { port }: Pick<Route, 'port'>, passage: Passage): boolean {
  if (opened(passage).websocket === undefined || passage.caller === undefined) return false;
  return speaksHttp2(port) && split.every(({ backend }) => isOwnPods(backend));
}

/** What is said of connections holds for proxies of the mesh, on their way to the app's own pods and to servers elsewhere. */
export function connectionsOf(
  split: readonly WeightedBackend[],
  passage: Pick<Passage, 'own' | 'caller'>,
): Partial<ConnectionValues> | undefined {
  const { traffic } = passage.own;
  const isOwn = split.some(({ backend }) => isOwnPods(backend)) && tellsProxies(traffic);
  const isElsewhere = split.some(({ backend }) => backend.kind === 'Host');
  if (!(isOwn || isElsewhere) || passage.caller === undefined) return undefined;
  const { effective } = traffic.connections;
  return connectionValues(isOwn ? effective : withoutLocality(effective));
}
