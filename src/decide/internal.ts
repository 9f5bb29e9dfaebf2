/** What a call inside the mesh gets: routing at the caller's sidecar, then the app's pods (api.md §4). */
import { appBackend } from '../model/backend.ts';
import { isHttp } from '../model/port.ts';
import type { Port } from '../model/port.ts';
import type { ServedModel } from '../model/profile.ts';
import type { Route } from '../model/route.ts';
import { act, passThrough } from './act.ts';
import type { Deed } from './passage.ts';
import type { Authority } from './authority.ts';
import { chooseRoute } from './choose-route.ts';
import type { Decision } from './decision.ts';
import { answerToMethod } from './envoy-methods.ts';
import { dialedPort, dialedRoute, isHeadless, unheardPort } from './headless.ts';
import type { Question } from './question.ts';
import { normalizedPath } from './request-path.ts';
import { refusedUpgrade, upgradeOf, upgradeRefusedOn } from './upgrade.ts';

/** The app whose Service has this name; `shop` alone is known in the Service's own namespace only. */
export function serviceAt(
  { apps, platform, caller }: Pick<Question, 'apps' | 'platform' | 'caller'>,
  { host }: Authority,
): ServedModel | undefined {
  return apps.find(({ traffic: { app, service } }) => {
    const name = `${service.name}.${app.namespace}`;
    const names = [name, `${name}.svc`, `${name}.svc.${platform.clusterDomain}`];
    return names.includes(host) || (caller?.namespace === app.namespace && host === service.name);
  });
}

/** The decision for a call to the Service of `own`. */
export function decideInternal(question: Question, own: ServedModel, asked: Authority): Decision {
  const { request, caller } = question;
  const { app, service, ports } = own.traffic;
  const number = Number(asked.port ?? (request.scheme === 'http' ? 80 : 443));
  const port = ports.find((one) => one.port === number);
  const nothing = { app, outcome: 'notFound', candidates: [], notes: [] } as const;
  if (port === undefined) return { ...nothing, why: `Service ${service.name} has no port ${number}` };
  if (isHttp(port) && request.scheme === 'https') {
    return { ...nothing, why: `port ${number} of Service ${service.name} speaks http, not https` };
  }
  const path = normalizedPath(request.path);
  if (path === undefined) {
    const badPath = { ...nothing, outcome: 'respond', status: 400, why: 'no server takes such a path' } as const;
    return unheard(question, own, port) ?? badPath;
  }
  const answer = isHttp(port) ? answerToMethod(request.method) : undefined;
  if (answer !== undefined) return unheard(question, own, port) ?? { ...nothing, ...answer };
  const notes = caller === undefined ? plaintextNotes(own) : [];
  const decided = routed(question, own, port, path);
  return { ...refusing(decided, question, own, port), notes: [...notes, ...decided.notes] };
}

/** The decision, or Envoy's answer to a protocol that it does not take; where no route is found or nobody hears, neither says so. */
function refusing(decided: Decision, { request }: Question, { traffic }: ServedModel, port: Port): Decision {
  if (!isHttp(port) || upgradeOf(request.headers) !== 'Other') return decided;
  const isHeard = decided.outcome === 'route' || (decided.outcome !== 'notFound' && decided.status !== undefined);
  if (!isHeard) return decided;
  const { candidates, notes, route } = decided;
  const found = traffic.internal?.routes?.find(({ name }) => name === route);
  return { app: traffic.app, ...(found === undefined ? refusedUpgrade : upgradeRefusedOn(found)), candidates, notes };
}

/** Why nobody hears what a caller without a sidecar says, whatever method and path it has: then no proxy answers either. */
function unheard(question: Question, own: ServedModel, port: Port): Decision | undefined {
  if (question.caller !== undefined) return undefined;
  const plain = routed({ ...question, request: { ...question.request, method: 'GET' } }, own, port, '/');
  return plain.outcome !== 'route' && plain.status === undefined ? plain : undefined;
}

function routed(question: Question, own: ServedModel, port: Port, path: string): Decision {
  const { request, caller } = question;
  const paths = { compared: path, forwarded: isHttp(port) ? path : request.path };
  const passage = { own, question, caller, path: paths, sent: (text: string) => text, isMarked: false };
  const { app } = own.traffic;
  const plain = plainService(question, own, port);
  const isDialed = isHeadless(own.traffic);
  if (typeof plain === 'string') {
    const deed = passThrough(isDialed ? dialedPort(port) : port, passage, plain);
    return { ...heard(deed, own, port, caller), candidates: [] };
  }
  const seen = { path, isCaseFree: false, method: request.method, headers: request.headers, query: request.query };
  const { winner, candidates } = chooseRoute([{ app, routes: plain, seen }]);
  const deed: Deed =
    winner === undefined
      ? { app, outcome: 'notFound', status: 404, why: 'no route of internal.routes matches', notes: [] }
      : act(isDialed ? dialedRoute(winner.route, port) : winner.route, passage);
  return { ...heard(deed, own, port, caller), candidates };
}

/** What is sent to pods of a Headless Service on a port that no container has: the caller's sidecar answers 503. */
function heard(deed: Deed, { traffic }: ServedModel, port: Port, caller: Question['caller']): Deed {
  const isForPods = deed.forwarded?.backends.some(({ name }) => name === appBackend) === true;
  const why = isHeadless(traffic) && isForPods ? unheardPort(traffic, port) : undefined;
  if (why === undefined) return deed;
  const { forwarded: _, ...named } = { ...deed, app: traffic.app, why };
  return caller === undefined ? { ...named, outcome: 'notFound' } : { ...named, outcome: 'respond', status: 503 };
}

/** The routes that are meant; or, as a sentence, why the call goes to the plain Service. */
function plainService({ caller }: Question, { traffic }: ServedModel, port: Port): readonly Route[] | string {
  const routes = traffic.internal?.routes;
  if (routes === undefined) return 'there are no routes inside the mesh, so the plain Service takes it';
  if (!isHttp(port)) return `port ${port.name} is ${port.protocol}, which no route looks into`;
  if (caller === undefined) return 'routes hold for callers with a sidecar, so the plain Service takes it';
  if (routes.length === 0 || traffic.ports.filter(isHttp).length === 1) return routes;
  const meant = routes.filter((route) => route.port.name === port.name);
  return meant.length === 0 ? `no route means port ${port.name}, so the plain Service takes it` : meant;
}

/** Where the app does not say it, the mesh does. */
function plaintextNotes({ traffic: { internal } }: ServedModel): readonly string[] {
  if (internal === undefined || internal.mtls !== undefined) return [];
  return ["internal.mtls is absent: whether plaintext is taken is the mesh's own to say"];
}
