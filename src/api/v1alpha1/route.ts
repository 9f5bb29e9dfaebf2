/** Routes: which requests, and what happens to them. */
import { z } from 'zod';
import { claimsBesideAnswers } from './auth-rules.ts';
import { routeAuth } from './auth.ts';
import { split } from './backend.ts';
import { about } from '../../schema/describe.ts';
import { duration } from '../../schema/duration.ts';
import { fault } from './fault.ts';
import type { Immutable } from '../../schema/immutable.ts';
import { labelName } from '../../schema/names.ts';
import { cors } from './cors.ts';
import { headerEdits } from './header-edits.ts';
import { mirror } from './mirror.ts';
import { rateLimitBesideAnswers, routeRateLimit } from './rate-limit.ts';
import { redirect } from './redirect.ts';
import { respond } from './respond.ts';
import { rewrite } from './rewrite.ts';
import { sticky } from './sticky.ts';
import { retries } from '../../schema/retries.ts';
import { websocket } from './websocket.ts';
import { externalMatch, internalMatch } from './route-match.ts';
import { unless, withRules } from '../../schema/rule.ts';
import type { Rule } from '../../schema/rule.ts';

const name = labelName.meta(
  about('Name of the route, unique in its list.', { becomes: 'VirtualService.spec.http[].name' }),
);

const matchMeta = about('Which requests the route takes; all given conditions must hold.', { absent: 'all requests' });

const actions = {
  port: labelName
    .meta(
      about('Name of the port of this app that requests go to.', {
        absent: 'the port named http, else the first http, http2 or grpc',
      }),
    )
    .exactOptional(),
  to: labelName
    .meta(about('Name of the backend that gets all requests.', { absent: 'spec.split, else app' }))
    .exactOptional(),
  split: split
    .meta(
      about('Shares of backends, in whole percents that add up to 100.', {
        absent: 'spec.split, else app',
        becomes: 'VirtualService.spec.http[].route[].weight',
      }),
    )
    .exactOptional(),
  redirect: redirect
    .meta(about('Answers with another address.', { becomes: 'VirtualService.spec.http[].redirect' }))
    .exactOptional(),
  respond: respond
    .meta(
      about('Answers by itself: no backend gets the request.', {
        becomes: 'VirtualService.spec.http[].directResponse',
      }),
    )
    .exactOptional(),
  rewrite: rewrite
    .meta(
      about('Changes the path and the host that the backend sees.', { becomes: 'VirtualService.spec.http[].rewrite' }),
    )
    .exactOptional(),
  headers: headerEdits
    .meta(about('Changes headers.', { becomes: 'VirtualService.spec.http[].headers' }))
    .exactOptional(),
  mirror: mirror
    .meta(
      about('Sends a copy of requests to another backend; what the client gets does not change.', {
        becomes: 'VirtualService.spec.http[].mirrors',
      }),
    )
    .exactOptional(),
  sticky: sticky
    .meta(
      about('A visitor keeps the backend that he first got of the split of this route.', {
        absent: 'as spec.sticky says',
      }),
    )
    .exactOptional(),
  fault: fault
    .meta(
      about('Delays or aborts requests on purpose, before anything else is done with them.', {
        becomes: 'VirtualService.spec.http[].fault',
      }),
    )
    .exactOptional(),
  timeout: duration
    .meta(
      about('Longest time until the answer is complete, as a duration; covers all tries.', {
        absent: "the provider's own",
        becomes: 'VirtualService.spec.http[].timeout',
      }),
    )
    .exactOptional(),
  retries: retries
    .meta(
      about('How often and when a request is tried again.', {
        absent: "the provider's own",
        becomes: 'VirtualService.spec.http[].retries',
      }),
    )
    .exactOptional(),
  websocket: websocket
    .meta(
      about(
        'Clients open websockets on the route: a provider that may not let them through refuses it. timeout and retries hold until a websocket is open, not longer.',
        { absent: "the provider's own; Istio lets websockets through on every route" },
      ),
    )
    .exactOptional(),
};

const inMesh = z.strictObject({ name, match: internalMatch.meta(matchMeta).exactOptional(), ...actions });
const outside = z.strictObject({
  name,
  match: externalMatch.meta(matchMeta).exactOptional(),
  ...actions,
  cors: cors
    .meta(
      about('Lets pages of other origins call the route; stands in place of all of external.cors.', {
        absent: 'external.cors where the route leads to a backend',
        becomes: 'VirtualService.spec.http[].corsPolicy',
      }),
    )
    .exactOptional(),
  auth: routeAuth
    .meta(
      about('What requests of the route need, where it is not what external.auth asks for.', {
        absent: 'what external.auth asks for',
        becomes: 'AuthorizationPolicy.spec.rules',
      }),
    )
    .exactOptional(),
  rateLimit: routeRateLimit
    .meta(
      about(
        'How many requests each pod takes on the route; stands in place of external.rateLimit, which then does not count them. mode None: as many as come.',
        { absent: 'external.rateLimit, together with the other routes', becomes: 'EnvoyFilter.spec.configPatches' },
      ),
    )
    .exactOptional(),
});

const noEffectBesideAnswers = [
  'port',
  'rewrite',
  'mirror',
  'sticky',
  'fault',
  'timeout',
  'retries',
  'websocket',
] as const;

const routeRules: readonly Rule<z.output<typeof inMesh>>[] = [
  {
    message: 'more than one of to, split, redirect and respond is given',
    fix: 'keep one; without any the route gets spec.split, else app',
    cel: '[has(self.to), has(self.split), has(self.redirect), has(self.respond)].filter(given, given).size() <= 1',
    faults: ({ to, split, redirect, respond: answer }) =>
      unless([to, split, redirect, answer].filter((given) => given !== undefined).length <= 1),
  },
  {
    message: 'to sends every request to one backend, so sticky would do nothing',
    fix: 'remove sticky, or write a split in the place of to',
    cel: '!has(self.to) || !has(self.sticky)',
    faults: ({ to, sticky: given }) => (to !== undefined && given !== undefined ? [['sticky']] : []),
  },
  {
    message: 'a websocket is opened by GET, and match.methods leaves it out',
    fix: 'add GET to match.methods, or remove websocket',
    cel: "!has(self.websocket) || !has(self.match) || !has(self.match.methods) || 'GET' in self.match.methods",
    faults: ({ websocket: given, match }) =>
      given !== undefined && match?.methods?.includes('GET') === false ? [['websocket']] : [],
  },
  {
    message: 'rewrite.prefix has no prefix to replace',
    fix: 'add match.prefix, or use rewrite.path',
    cel: '!has(self.rewrite) || !has(self.rewrite.prefix) || (has(self.match) && has(self.match.prefix))',
    faults: ({ rewrite: change, match }) =>
      change?.prefix !== undefined && match?.prefix === undefined ? [['rewrite', 'prefix']] : [],
  },
  {
    message: 'redirect.prefix has no prefix to replace',
    fix: 'add match.prefix, or use redirect.path',
    cel: '!has(self.redirect) || !has(self.redirect.prefix) || (has(self.match) && has(self.match.prefix))',
    faults: ({ redirect, match }) =>
      redirect?.prefix !== undefined && match?.prefix === undefined ? [['redirect', 'prefix']] : [],
  },
  {
    message: 'redirect and respond answer before any backend, so what is for backends alone would do nothing',
    fix: 'remove it, or remove redirect and respond',
    cel: `!(has(self.redirect) || has(self.respond)) || !(${noEffectBesideAnswers.map((field) => `has(self.${field})`).join(' || ')})`,
    faults: (route) =>
      noEffectBesideAnswers.flatMap((field) =>
        (route.redirect !== undefined || route.respond !== undefined) && route[field] !== undefined ? [[field]] : [],
      ),
  },
  {
    message: 'redirect and respond answer before any backend, so edits of request headers would do nothing',
    fix: 'remove headers.request, or remove redirect and respond',
    cel: '!(has(self.redirect) || has(self.respond)) || !has(self.headers) || !has(self.headers.request)',
    faults: ({ redirect, respond: answer, headers }) =>
      (redirect !== undefined || answer !== undefined) && headers?.request !== undefined
        ? [['headers', 'request']]
        : [],
  },
];

const outsideRules: readonly Rule<z.output<typeof outside>>[] = [
  ...routeRules,
  {
    message: 'redirect and respond answer before any backend, and cors is for the answers of backends',
    fix: 'remove cors; headers.response sets headers of such an answer',
    cel: '!(has(self.redirect) || has(self.respond)) || !has(self.cors)',
    faults: ({ redirect: away, respond: answer, cors: given }) =>
      (away !== undefined || answer !== undefined) && given !== undefined ? [['cors']] : [],
  },
  claimsBesideAnswers,
  rateLimitBesideAnswers,
];

function routeList<S extends z.ZodType<{ name: string }>>(route: S): z.ZodArray<S> {
  return withRules(z.array(route).max(200), [
    {
      message: 'two routes have the same name',
      fix: 'give every route its own name',
      keywords: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
      faults: (list) =>
        list.flatMap((one, at) => (list.findIndex((r) => r.name === one.name) < at ? [[at, 'name']] : [])),
    },
  ]);
}

const externalRoute = withRules(outside, outsideRules);
const internalRoute = withRules(inMesh, routeRules);

/** The routes of `external`, keyed by name. */
export const externalRoutes = routeList(externalRoute);

/** The routes of `internal`, keyed by name. */
export const internalRoutes = routeList(internalRoute);

/** A route of `external`. */
export type Route = Immutable<z.output<typeof externalRoute>>;

/** A route of `internal`: the same without `match.host`, so it is a Route too. */
export type InternalRoute = Immutable<z.output<typeof internalRoute>>;
