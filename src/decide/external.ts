/** What a request from outside gets (api.md §3). */
import { rateLimitOn } from '../model/rate-limit.ts';
import { redirectsToHttps, servesTls } from '../model/tls-served.ts';
import { act } from './act.ts';
import type { Deed } from './passage.ts';
import { askedAtPods } from './at-pods.ts';
import { approach, isHidden } from './approach.ts';
import type { Approach } from './approach.ts';
import { tooLargeBefore } from './body-limit.ts';
import { chooseRoute } from './choose-route.ts';
import type { Winner } from './choose-route.ts';
import type { Decision } from './decision.ts';
import { answerToMethod } from './envoy-methods.ts';
import { noCertificate, noTls, oldTls } from './handshake.ts';
import type { HeldHost, Holder } from './held-host.ts';
import { appOf, soleApp } from './stage.ts';
import type { Stage } from './stage.ts';
import { locationOf } from './location.ts';
import { noteOf } from './note.ts';
import type { Passage } from './passage.ts';
import type { Question } from './question.ts';
import { refusedUpgrade, upgradeOf, upgradeRefusedOn } from './upgrade.ts';

/** The decision for a request to a host that apps hold outside. */
export function decideExternal(question: Question, { host, holders, notes }: HeldHost): Decision {
  if (holders.length === 0) return nobodys(question, host, notes);
  const approaches = holders.flatMap((holder) => approach(holder, host, question.request) ?? []);
  if (approaches.length < holders.length) return { ...badPath, ...soleApp(holders), candidates: [] };
  const { winner, candidates } = chooseRoute(approaches.map(({ list }) => list));
  const own = approaches.filter(({ holder }) => holder.traffic.app === winner?.app);
  const stage = { question, host, approaches, winner, deciding: winner === undefined ? approaches : own };
  const early = firstRule(stage);
  const deed = early ?? routed(stage);
  const touched = [
    ...notes,
    ...stage.deciding.flatMap((one) => [...one.notes, ...plainHttpNotes(one, question)]),
    ...deed.notes,
  ];
  return {
    ...deed,
    candidates:
      early === undefined ? candidates : candidates.map((one) => ({ ...one, verdict: 'noMatch', reason: early.why })),
    notes: [...new Set(touched)],
  };
}

/** A host that nobody serves: 404, but over TLS no server is for its name, and without one there is no http. */
function nobodys({ request }: Question, host: string, notes: readonly string[]): Decision {
  const nothing = { outcome: 'notFound', candidates: [] } as const;
  if (notes.length > 0) return { ...nothing, status: 404, why: `${host} is not served under this name`, notes };
  const why = `no app holds the host ${host}`;
  if (request.scheme === 'http') return { ...nothing, status: 404, why, notes };
  return {
    ...nothing,
    why: `${why}, so an https request gets no answer, or 404 from a gateway whose certificate is for every name`,
    notes,
  };
}

/** What is decided before any route, in this order. */
function firstRule(stage: Stage): Deed | undefined {
  const rules = [
    noTls,
    oldTls,
    noCertificate,
    largeBody,
    unknownMethod,
    otherProtocol,
    noRoutes,
    missingSlash,
    httpsRedirect,
    noPlainHttp,
  ];
  for (const rule of rules) {
    const deed = rule(stage);
    if (deed !== undefined) return deed;
  }
  return undefined;
}

const badPath = { outcome: 'respond', status: 400, why: 'no server takes such a path', notes: [] } as const;

/** A controller that looks at the size of a body as soon as it has found a path for the request. */
function largeBody({ winner, deciding, question }: Stage): Deed | undefined {
  const [own] = deciding;
  if (winner === undefined || own?.holder.profile.largeBody !== 'First') return undefined;
  const { external, profile, traffic } = own.holder;
  const answer = tooLargeBefore(question.request, external.maxBodyBytes?.value, traffic.app);
  if (answer === undefined) return undefined;
  return { ...answer, app: traffic.app, route: winner.route.name, notes: [noteOf(profile, 'largeBody')] };
}

/** All who hold a host share one provider, so the first speaks for them. */
function unknownMethod(stage: Stage): Deed | undefined {
  const [first] = stage.deciding;
  const isEnvoy = first?.holder.profile.methods === 'OfEnvoy' && !isHidden(first.holder, stage.question.request);
  const answer = isEnvoy ? answerToMethod(stage.question.request.method) : undefined;
  if (answer === undefined) return undefined;
  return { ...appOf(stage), ...answer, notes: [] };
}

/** A protocol that Envoy does not take, wherever it finds a route: one that redirects or answers counts too. */
function otherProtocol(stage: Stage): Deed | undefined {
  const { approaches, deciding, winner, question } = stage;
  const [first] = deciding;
  const isEnvoy = first?.holder.profile.methods === 'OfEnvoy' && !isHidden(first.holder, question.request);
  if (!isEnvoy || upgradeOf(question.request.headers) !== 'Other' || noPlainHttp(stage) !== undefined) return undefined;
  if (httpsRedirect(stage) !== undefined) return { ...appOf(stage), ...refusedUpgrade, notes: [] };
  if (winner === undefined && approaches.some(({ reachable }) => reachable.length > 0)) return undefined;
  return { ...appOf(stage), ...(winner === undefined ? refusedUpgrade : upgradeRefusedOn(winner.route)), notes: [] };
}

/** A host without a single route is not served at all: an empty list means 404 for everything, plain http too. */
function noRoutes(stage: Stage): Deed | undefined {
  if (stage.approaches.some(({ reachable }) => reachable.length > 0)) return undefined;
  const why = `no route is for ${stage.host}`;
  // Where TLS ends at the pods there is nobody else to answer.
  const isAnswered = !stage.deciding.some(({ holder }) => isHidden(holder, stage.question.request));
  return { ...appOf(stage), outcome: 'notFound', ...(isAnswered ? { status: 404 } : {}), why, notes: [] };
}

/** nginx leads /x to /x/ by itself where only the latter has a route; prefixes are not among those. */
function missingSlash(stage: Stage): Deed | undefined {
  const { request } = stage.question;
  const slashed = stage.approaches.find(({ holder, reachable, path, list }) => {
    const isExact = (wanted: string): boolean => reachable.some(({ features }) => features.exact?.value === wanted);
    const isPrefix = reachable.some(({ features }) => features.prefix?.value === path.compared);
    const isLed = holder.profile.missingSlash === 'Redirect301' && !list.seen.isCaseFree;
    return isLed && isExact(`${path.compared}/`) && !isExact(path.compared) && !isPrefix;
  });
  if (slashed === undefined) return undefined;
  const { path, holder } = slashed;
  const why = `${holder.profile.target} leads ${path.compared} to ${path.compared}/`;
  return {
    app: holder.traffic.app,
    outcome: 'redirect',
    status: 301,
    location: locationOf({ path: `${path.compared}/`, code: 301 }, request, path.compared, '/'),
    why,
    notes: [noteOf(holder.profile, 'missingSlash')],
  };
}

/** Plain http where TLS is served: 308 to https, whatever the path (api.md §3, plain http). */
function httpsRedirect(stage: Stage): Deed | undefined {
  const { platform, request } = stage.question;
  const [first] = stage.deciding.filter(
    ({ holder: { external } }) => servesTls(external, platform) && redirectsToHttps(external, platform),
  );
  if (request.scheme === 'https' || first === undefined) return undefined;
  return {
    ...appOf(stage),
    outcome: 'redirect',
    status: 308,
    location: locationOf({ scheme: 'https', code: 308 }, request, first.path.forwarded, '/'),
    why: 'plain http is sent to https before any route',
    notes: [],
  };
}

/** Where TLS ends at the pods nothing is served over plain http. */
function noPlainHttp(stage: Stage): Deed | undefined {
  const isPassed = stage.deciding.some(({ holder: { external } }) => external.passthrough !== undefined);
  if (stage.question.request.scheme === 'https' || !isPassed) return undefined;
  const why = `TLS for ${stage.host} ends at the pods, so plain http is not served`;
  return { ...appOf(stage), outcome: 'notFound', status: 404, why, notes: [] };
}

function routed(stage: Stage): Deed {
  const { question, winner, deciding, host } = stage;
  const [own] = deciding;
  if (winner === undefined || own === undefined) {
    return { ...appOf(stage), outcome: 'notFound', status: 404, why: `no route for ${host} matches`, notes: [] };
  }
  const { holder, path, sent } = own;
  const { profile } = holder;
  const isMarked = profile.marksRoutes && !isHidden(holder, question.request);
  const passage = {
    own: holder,
    question,
    caller: profile.reachesPodsAs,
    path,
    sent,
    isMarked,
    ...askedAtPods(holder, question),
    ...limitOf(holder, winner.route),
  };
  return act(winner.route, passage);
}

/** How many requests the pods' sidecars let through on the route. */
function limitOf({ external }: Holder, route: Winner['route']): Pick<Passage, 'rateLimit'> {
  const rate = rateLimitOn(external, route);
  return rate === undefined ? {} : { rateLimit: { ...rate.limit, of: rate.isShared ? 'App' : 'Route' } };
}

function plainHttpNotes(
  { holder: { external, profile } }: Approach,
  { request, platform }: Question,
): readonly string[] {
  const isBeside = request.scheme === 'http' && servesTls(external, platform) && !redirectsToHttps(external, platform);
  return isBeside && profile.plainHttp === 'Unknown' ? [noteOf(profile, 'plainHttp')] : [];
}
