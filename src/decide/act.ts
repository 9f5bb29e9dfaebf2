/** What the route that won does with the request (api.md §3, then). */
import { appBackend, isOwnPods } from '../model/backend.ts';
import type { Backend, WeightedBackend } from '../model/backend.ts';
import { speaksHttp2 } from '../model/port.ts';
import type { HeaderEdits, Route } from '../model/route.ts';
import { keptSide, stickyCookie } from '../model/sticky.ts';
import { tooLargeAtPods } from './body-limit.ts';
import { askedMethod, corsEdits, preflightAnswer } from './cors.ts';
import type { InjectedFault, StickyDraw } from './decision.ts';
import { entryNotes, entryRefusal, withoutToken } from './entry-policy.ts';
import { forwardedBy, opened, pathFor } from './forwarded.ts';
import { cookiePairs } from './header-conditions.ts';
import { locationOf } from './location.ts';
import type { Deed, Passage } from './passage.ts';
import { auditNotes, podsOf, refusalOf } from './pods.ts';
import type { PodCall, Refusal } from './pods.ts';
import { prefixOf } from './replace-prefix.ts';
import { pathAtNext } from './request-path.ts';
import { brokenWebsocket } from './upgrade.ts';

const wholePercent = 100;

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
  const early = passage.entry === undefined ? undefined : withoutToken(route, request);
  if (early !== undefined) return early;
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
  const { own, question } = passage;
  const path = pathFor(route, passage);
  const call = callOf(route, path, passage);
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
    return { app, ...refusedWith(first.refusal), notes: [] };
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
      ...entryNotes(passage.entry, route),
      ...refusals.map(({ backend, refusal }) => `backend ${backend.name} refuses its share: ${refusal.why}`),
      ...copies.map(({ backend, refusal }) => `backend ${backend.name} refuses the copies: ${refusal.why}`),
    ],
  };
}

/** The call of the pods that the route leads to. */
function callOf(
  route: Pick<Route, 'features'> & { readonly name?: string },
  forwarded: string,
  { question: { request }, caller, entry }: Passage,
): PodCall {
  const { method } = request;
  const path = pathAtNext(forwarded);
  const unmet = entryRefusal(entry, route, request);
  const words = `call ${method} ${path} on`;
  return { caller, method, path, words, request, ...(unmet === undefined ? {} : { entry: unmet }) };
}

function refusedWith({ status, why }: Refusal): Pick<Deed, 'outcome' | 'status' | 'why'> {
  return { outcome: status === 401 ? 'unauthorized' : 'deny', ...(status === undefined ? {} : { status }), why };
}

/** Proxies of the mesh speak HTTP/2 to such ports, and open no websocket over it. */
function breaksWebsocket(split: readonly WeightedBackend[], { port }: Pick<Route, 'port'>, passage: Passage): boolean {
  if (opened(passage).websocket === undefined || passage.caller === undefined) return false;
  return speaksHttp2(port) && split.every(({ backend }) => isOwnPods(backend));
}
