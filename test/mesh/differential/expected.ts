/** What a decision lets a client see. */
import { isJoined } from '../../../src/decide/joined-headers.ts';
import type { Decision, Forwarded } from '../../../src/decide/decision.ts';
import type { HttpRequest } from '../../../src/decide/request.ts';
import type { Backend, HostBackend } from '../../../src/model/backend.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { groundPods, outside, sharedPods, strangerService } from './ground.ts';
import type { Pair } from './requests.ts';
import type { Prepared } from './world.ts';

/** Headers by lower-case name, the values of a repeated one joined; undefined: there is none of that name. */
export type HeaderTexts = Readonly<Record<string, string | undefined>>;

/** Pods that may answer. */
export type ExpectedPods = {
  /** `namespace/name` and container port, as `namespace/name:port`; sorted. */
  readonly pods: readonly string[];
  /** With the query. */
  readonly path: string;
  /** Headers that the pod sees, by lower-case name; undefined: it does not. */
  readonly headers: HeaderTexts;
  /** Headers that the client sees. */
  readonly responseHeaders?: HeaderTexts;
};

/** One thing that may be seen: an answer of a proxy, of a pod, or none. */
export type Expected =
  | { readonly is: 'none' }
  | {
      readonly is: 'proxy';
      readonly status: number;
      readonly location?: string;
      readonly body?: string;
      readonly responseHeaders?: HeaderTexts;
    }
  | ({ readonly is: 'pod' } & ExpectedPods);

/** Everything that may be seen; a split to a backend that cannot answer gives several, and so does a fault that aborts some. */
export function expectationsOf(decision: Decision, pair: Pair, prepared: Prepared): readonly Expected[] {
  if (decision.app === undefined && decision.outcome === 'deny') return refusalsOf(decision);
  const aborts = decision.fault?.abort === undefined ? [] : [decision.fault.abort];
  return [
    ...soundExpectations(decision, pair, prepared),
    ...aborts.map(({ status }) => ({ is: 'proxy' as const, status })),
  ];
}

/** What may be seen of a request that no fault aborts. */
function soundExpectations(decision: Decision, pair: Pair, prepared: Prepared): readonly Expected[] {
  const { forwarded, status, location, body, outcome } = decision;
  if (forwarded !== undefined) return expectationsOfShares(decision, pair, prepared);
  if (status === undefined) {
    // Whether a gateway has a certificate for the name of a host that nobody holds is not in the question.
    const isNobodys = decision.app === undefined && pair.request.scheme === 'https';
    return isNobodys ? [{ is: 'none' }, { is: 'proxy', status: 404 }] : [{ is: 'none' }];
  }
  const answer: Expected = {
    is: 'proxy',
    status,
    ...(location === undefined ? {} : { location }),
    ...(body === undefined ? {} : { body }),
    // Envoy's own refusals carry what the route edits, those of other protocols too.
    ...(isRefusal(outcome) || (status === 403 && decision.route !== undefined)
      ? { responseHeaders: refusedHeaders(decision, pair, prepared) }
      : editedHeaders(decision, [])),
  };
  // Nobody is there to refuse where a backend has no pods.
  return isRefusal(outcome) && leadsToNobody(decision, pair, prepared)
    ? [answer, { ...answer, status: 503 }]
    : [answer];
}

/** Whether pods refuse the request; without a token the gateway does. */
function isRefusal(outcome: Decision['outcome']): boolean {
  return outcome === 'deny' || outcome === 'unauthorized';
}

/** What the caller's own sidecar does; on a port of which it is not known whether a proxy looks for requests, one of two things. */
function refusalsOf({ status, notes }: Decision): readonly Expected[] {
  const answer = { is: 'proxy', status: status ?? 502 } as const;
  if (status !== undefined) return [answer];
  return notes.some((note) => note.startsWith('where a listed Service')) ? [{ is: 'none' }, answer] : [{ is: 'none' }];
}

/** The edited headers of a refusal; of a sticky split it tells the side too, and a decision that refuses says none. */
function refusedHeaders(decision: Decision, { to }: Pair, prepared: Prepared): HeaderTexts {
  const { responseHeaders } = editedHeaders(decision, []);
  if (routeOf(ownOf(decision, prepared), decision.route, to)?.features.sticky === undefined) return responseHeaders;
  const { 'set-cookie': _, ...others } = responseHeaders;
  return others;
}

/** Whether a backend of the route that was chosen has no pods. */
function leadsToNobody(decision: Decision, { to }: Pair, prepared: Prepared): boolean {
  const own = ownOf(decision, prepared);
  const { forward } = routeOf(own, decision.route, to)?.features ?? {};
  const targetPort = portOf(own, decision.route, to);
  return (forward?.value ?? []).some(
    ({ backend }) => podsBehind(backend.name, own, { targetPort, prepared }).length === 0,
  );
}

function ownOf(decision: Decision, prepared: Prepared): Traffic {
  const own = prepared.served.apps.find(({ traffic: { app } }) => sameApp(app, decision.app))?.traffic;
  if (own === undefined) throw new Error(`an app that is not served was decided for: ${JSON.stringify(decision.app)}`);
  return own;
}

function expectationsOfShares(decision: Decision, { request, to }: Pair, prepared: Prepared): readonly Expected[] {
  const { forwarded } = decision;
  if (forwarded === undefined) return [];
  const { backends, path } = forwarded;
  const own = ownOf(decision, prepared);
  const targetPort = portOf(own, decision.route, to);
  const sides = backends
    .filter(({ weight }) => weight > 0)
    .map(({ name }) => ({
      cookie: forwarded.sticky?.sets?.[name],
      pods: podsBehind(name, own, { targetPort, prepared }),
      refusal: refusedShare(name, decision),
    }));
  const headers = requestHeadersOf(forwarded, request);
  const answers = sides.filter(({ pods, refusal }) => pods.length > 0 && refusal === undefined);
  const isHidden = to === 'gateway' && request.scheme === 'https' && own.external?.passthrough !== undefined;
  const answerOf = (status: number, { cookie }: { readonly cookie: string | undefined }): Expected =>
    isHidden ? { is: 'none' } : { is: 'proxy', status, responseHeaders: answerHeaders(decision, [], cookie) };
  return [
    ...answers.map(({ pods, cookie }) => ({
      is: 'pod' as const,
      pods,
      path: `${path}${request.query}`,
      headers,
      responseHeaders: answerHeaders(decision, wishedHeaders(request), cookie),
    })),
    // A backend without endpoints: 503 (api.md §3).
    ...sides.filter(({ pods }) => pods.length === 0).map((side) => answerOf(503, side)),
    ...sides.flatMap((side) =>
      side.refusal !== undefined && side.pods.length > 0 ? [answerOf(side.refusal, side)] : [],
    ),
  ];
}

/** The status with which the pods of a backend refuse its share, as the notes have it; undefined: they take it. */
function refusedShare(name: string, { notes }: Decision): 401 | 403 | undefined {
  const note = notes.find((one) => one.startsWith(`backend ${name} refuses its share: `));
  if (note === undefined) return undefined;
  return /share: the token (does not hold|is of)/.test(note) ? 401 : 403;
}

/** The lines of a request under a name. */
function linesOf({ headers }: HttpRequest, name: string): readonly string[] {
  return headers.filter((line) => line.name.toLowerCase() === name).map(({ value }) => value.trim());
}

/** The host, and the headers that a route sets, adds and removes, as the pod sees them. */
function requestHeadersOf(
  { host, setHeaders, addHeaders, removeHeaders }: Forwarded,
  request: HttpRequest,
): HeaderTexts {
  const lower = (headers: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    host: host ?? request.authority,
    ...Object.fromEntries(lower(setHeaders)),
    ...Object.fromEntries(
      lower(addHeaders).map(([name, value]) => [name, joined(name, [...linesOf(request, name), value])]),
    ),
    ...Object.fromEntries(removeHeaders.map((name) => [name, undefined])),
  };
}

/** Nothing is joined to an empty line of those headers that are one value. */
function joined(name: string, lines: readonly string[]): string {
  return lines.filter((line) => !isJoined(name) || line !== '').join(',');
}

/** Headers of an answer before a route edits it. */
type SentHeaders = readonly (readonly [string, string])[];

/** The headers of an answer that a route touches. `cookie`: the line that tells the visitor which backend he got. */
function answerHeaders(decision: Decision, sent: SentHeaders, cookie: string | undefined): HeaderTexts {
  const { set = [], add = [], remove = [] } = decision.responseHeaders ?? {};
  const name = 'set-cookie';
  const own = remove.includes(name) ? [] : sent.flatMap(([key, value]) => (key === name ? [value] : []));
  const [replaced = own] = set.flatMap((one) => (one.name === name ? [[one.value]] : []));
  const added = add.flatMap((one) => (one.name === name ? [one.value] : []));
  const cookies = [...replaced, ...(cookie === undefined ? [] : [cookie]), ...added];
  return {
    ...editedHeaders(decision, sent).responseHeaders,
    [name]: cookies.length === 0 ? undefined : cookies.join(','),
  };
}

/** What the request asks the pod to answer with, beside its own headers. */
function wishedHeaders(request: HttpRequest): SentHeaders {
  return linesOf(request, 'x-echo-header').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
}

const allowOrigin = 'access-control-allow-origin';

/** The edited headers of an answer that had these lines. */
function editedHeaders({ responseHeaders }: Decision, lines: SentHeaders): { readonly responseHeaders: HeaderTexts } {
  const sent = (name: string): readonly string[] => lines.flatMap(([key, value]) => (key === name ? [value] : []));
  // Where nobody allows an origin, none is allowed.
  const origins = sent(allowOrigin);
  const allowed = { [allowOrigin]: origins.length === 0 ? undefined : origins.join(',') };
  if (responseHeaders === undefined) return { responseHeaders: allowed };
  const { set, add, remove } = responseHeaders;
  return {
    responseHeaders: {
      ...allowed,
      ...Object.fromEntries(set.map(({ name, value }) => [name, value])),
      ...Object.fromEntries(add.map(({ name, value }) => [name, [...sent(name), value].join(',')])),
      ...Object.fromEntries(remove.map((name) => [name, undefined])),
    },
  };
}

const sameApp = (a: Traffic['app'], b: Decision['app']): boolean => a.namespace === b?.namespace && a.name === b.name;

function routeOf({ external, internal }: Traffic, name: string | undefined, to: Pair['to']): Route | undefined {
  const routes: readonly Route[] = (typeof to === 'object' ? internal?.routes : external?.routes) ?? [];
  return name === undefined ? undefined : routes.find((one) => one.name === name);
}

/** The container port that a route, or the plain Service, leads to. */
export function portOf(own: Traffic, name: string | undefined, to: Pair['to']): number {
  const plain = typeof to === 'object' ? own.ports.find(({ port }) => port === to.port) : undefined;
  const port = routeOf(own, name, to)?.port ?? plain;
  if (port === undefined) throw new Error(`no port is meant by route ${name ?? '(none)'}`);
  return port.targetPort;
}

/** The pods that a backend of the app means, as `namespace/name:port`. */
export function podsBehind(
  name: string,
  own: Traffic,
  { targetPort, prepared }: { readonly targetPort: number; readonly prepared: Prepared },
): readonly string[] {
  const backend = own.backends.find((one) => one.name === name);
  if (backend === undefined) throw new Error(`no backend is called ${name}`);
  if (backend.kind === 'Service') return podsOfService(backend, prepared.asked);
  if (backend.kind === 'Host') return serverAt(backend);
  const { externalName } = own.service;
  if (externalName !== undefined) return serverAt({ host: externalName, port: targetPort, tls: false });
  const labels = { ...own.selector, ...(backend.kind === 'Subset' ? backend.labels : {}) };
  return podsWith(own.app.namespace, labels, targetPort);
}

/** Over TLS a server answers only under the name that its certificate is for. */
function serverAt({ host, port, tls }: Pick<HostBackend, 'host' | 'port' | 'tls'>): readonly string[] {
  const isThere = tls ? host === outside.host && port === outside.tlsPort : port === outside.port;
  return isThere ? [`${outside.namespace}/${outside.name}:${port}`] : [];
}

function podsOfService(
  { namespace, service, port }: Backend & { kind: 'Service' },
  apps: readonly Traffic[],
): readonly string[] {
  if (service === strangerService) return podsWith(namespace, sharedPods, 8080);
  const found = apps.find((one) => one.app.namespace === namespace && one.service.name === service);
  const meant = found?.ports.find((one) => one.port === port);
  return found === undefined || meant === undefined ? [] : podsWith(namespace, found.selector, meant.targetPort);
}

/** Pods of the ground with these labels, as `namespace/name:port`. */
export function podsWith(namespace: string, labels: Readonly<Record<string, string>>, port: number): readonly string[] {
  return groundPods
    .filter(
      (pod) => pod.namespace === namespace && Object.entries(labels).every(([key, value]) => pod.labels[key] === value),
    )
    .map((pod) => `${pod.namespace}/${pod.name}:${port}`);
}
