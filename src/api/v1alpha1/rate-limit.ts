/** How many requests from outside are let through to the app's pods. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import type { Immutable } from '../../schema/immutable.ts';
import { unless, withRules } from '../../schema/rule.ts';
import type { Rule } from '../../schema/rule.ts';
import { wholeNumber } from '../../schema/text.ts';

const most = 1_000_000;
const bucket = 'EnvoyFilter.spec.configPatches[].patch.value, token_bucket';

const requests = wholeNumber(1, most).meta(
  about(
    'How many requests come through in each span of per, counted evenly over it: 60 per Minute is one each second.',
    {
      becomes: `${bucket}.tokens_per_fill`,
    },
  ),
);

const per = z
  .enum(['Second', 'Minute', 'Hour'])
  .meta(about('The span of time that requests is for.', { becomes: `${bucket}.fill_interval` }));

const burst = wholeNumber(1, most).meta(
  about(
    'How many requests may come at once, after a time of quiet. In no span of per does a pod let more through than requests and burst together.',
    { absent: 'as many as requests', becomes: `${bucket}.max_tokens` },
  ),
);

/** The limit of all routes of an app together. */
export const rateLimit = z.strictObject({ requests, per, burst: burst.exactOptional() });

/** The limit of one route, or that it has none. */
export const routeRateLimit = withRules(
  z.strictObject({
    mode: z
      .enum(['None'])
      .meta(about('None: the requests of the route are neither counted nor limited.', { absent: 'they are limited' }))
      .exactOptional(),
    requests: requests.exactOptional(),
    per: per.exactOptional(),
    burst: burst.exactOptional(),
  }),
  [
    {
      message: 'rateLimit gives requests and per together, or mode None and nothing else',
      fix: 'write {requests: 100, per: Minute}, or {mode: None} where the route has no limit',
      cel: '(has(self.mode) != has(self.requests)) && has(self.requests) == has(self.per) && (has(self.requests) || !has(self.burst))',
      faults: (value) =>
        unless(
          (value.mode !== undefined) !== (value.requests !== undefined) &&
            (value.requests !== undefined) === (value.per !== undefined) &&
            (value.requests !== undefined || value.burst === undefined),
        ),
    },
  ],
);

type Answering = {
  readonly redirect?: unknown;
  readonly respond?: unknown;
  readonly rateLimit?: unknown;
};

/** No pod sees what a route answers by itself. */
export const rateLimitBesideAnswers: Rule<Answering> = {
  message: 'redirect and respond answer before any pod, and the pods count requests',
  fix: 'remove rateLimit, or remove redirect and respond',
  cel: '!(has(self.redirect) || has(self.respond)) || !has(self.rateLimit)',
  faults: ({ redirect, respond, rateLimit: given }) =>
    (redirect !== undefined || respond !== undefined) && given !== undefined ? [['rateLimit']] : [],
};

/** The limit of an app as written. */
export type RateLimit = Immutable<z.output<typeof rateLimit>>;

/** The limit of a route as written. */
export type RouteRateLimit = Immutable<z.output<typeof routeRateLimit>>;
