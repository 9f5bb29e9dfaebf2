/** Which pod of a backend gets a request. */
import { z } from 'zod';
import { cookieName } from './cookie-name.ts';
import { about } from './describe.ts';
import { duration, durationMs } from './duration.ts';
import type { Immutable } from './immutable.ts';
import { locality, localityFacts } from './locality.ts';
import type { LocalityFacts } from './locality.ts';
import { unless, withRules } from './rule.ts';
import { text } from './text.ts';

const balancer = 'DestinationRule.spec.trafficPolicy.loadBalancer';
const hash = `${balancer}.consistentHash`;

const headerName = text({
  pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
  max: 128,
  message: 'is not a header name',
  fix: 'use a token of letters, digits and dashes, without a colon',
});

const queryName = text({
  pattern: /^[!$%(-;?-[\]_a-z~A-Z]+$/,
  max: 128,
  message: 'is not the name of a query parameter as a URL has it',
  fix: 'write it encoded (%20 for a blank), without &, = and #',
});

const cookie = z.strictObject({
  name: cookieName.meta(about('Name of the cookie.', { becomes: `${hash}.httpCookie.name` })),
  ttl: duration
    .meta(
      about(
        'How long the proxy keeps the client at its pod: it gives a cookie to who sends none, as a duration, in whole seconds, rounded up.',
        {
          absent: 'the app sets the cookie itself, and who sends none gets any pod',
          becomes: `${hash}.httpCookie.ttl`,
        },
      ),
    )
    .exactOptional(),
});

const hashOn = withRules(
  z.strictObject({
    cookie: cookie.meta(about('By the value of a cookie.')).exactOptional(),
    header: headerName
      .meta(about('By the value of a header; requests without it get any pod.', { becomes: `${hash}.httpHeaderName` }))
      .exactOptional(),
    query: queryName
      .meta(
        about('By the value of a parameter of the query; requests without it get any pod.', {
          becomes: `${hash}.httpQueryParameterName`,
        }),
      )
      .exactOptional(),
    sourceIP: z
      .literal(true)
      .meta({
        ...about(
          'By the address of who calls: from outside the client that the gateway sees, inside the calling pod.',
          {
            becomes: `${hash}.useSourceIp`,
          },
        ),
        type: 'boolean',
      })
      .exactOptional(),
  }),
  [
    {
      message: 'not exactly one of cookie, header, query and sourceIP is given',
      fix: 'keep one of them',
      cel: '[has(self.cookie), has(self.header), has(self.query), has(self.sourceIP)].filter(given, given).size() == 1',
      faults: ({ cookie: one, header, query, sourceIP }) =>
        unless([one, header, query, sourceIP].filter((given) => given !== undefined).length === 1),
    },
  ],
);

/** How a pod is chosen. */
export const loadBalancing = withRules(
  z.strictObject({
    algorithm: z
      .enum(['LeastRequest', 'RoundRobin', 'Random'])
      .meta(
        about(
          'How a pod is chosen: the one of two with fewer requests under way, one after another, or any; each proxy by itself.',
          { absent: "the provider's own; Istio: LeastRequest", becomes: `${balancer}.simple` },
        ),
      )
      .exactOptional(),
    hashOn: hashOn
      .meta(
        about('Requests that are alike in this get the same pod, as long as the pods stay the same.', {
          absent: 'no pod is kept',
          becomes: hash,
        }),
      )
      .exactOptional(),
    warmup: duration
      .meta(
        about('How long a new pod gets fewer requests, growing, as a duration of at least 1s.', {
          absent: 'a new pod gets its full share at once',
          becomes: `${balancer}.warmup.duration`,
        }),
      )
      .exactOptional(),
    locality: locality
      .meta(
        about(
          "From which regions and zones the app's own pods are chosen, by where the calling proxy runs: the labels topology.kubernetes.io/region and zone of the Nodes tell. With hashOn the pod is kept among those that a proxy chooses from, so callers in two zones may get two.",
          {
            absent:
              "with circuitBreaker.eject, proxies of Istio choose pods of their own zone, then of their region, unless the mesh's localityLbSetting says otherwise; without it, any pod",
            becomes: `${balancer}.localityLbSetting`,
          },
        ),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'algorithm and hashOn both say which pod is chosen',
      fix: 'keep one of them',
      cel: '!has(self.algorithm) || !has(self.hashOn)',
      faults: ({ algorithm, hashOn: by }) => unless(algorithm === undefined || by === undefined),
    },
    {
      message: 'warmup has no effect where pods are chosen at random or by hashOn',
      fix: 'remove warmup, or use LeastRequest or RoundRobin',
      cel: "!has(self.warmup) || (!has(self.hashOn) && (!has(self.algorithm) || self.algorithm != 'Random'))",
      faults: ({ algorithm, hashOn: by, warmup }) =>
        warmup !== undefined && (by !== undefined || algorithm === 'Random') ? [['warmup']] : [],
    },
    {
      message: 'warmup is shorter than 1s',
      fix: 'write 1s or more',
      cel: "!has(self.warmup) || duration(self.warmup) >= duration('1s')",
      faults: ({ warmup }) => (warmup !== undefined && durationMs(warmup) < 1000 ? [['warmup']] : []),
    },
  ],
);

/** Load balancing as written. */
export type LoadBalancing = Immutable<z.output<typeof loadBalancing>>;

/** The same as facts, durations in milliseconds. */
export function loadBalancingFacts(given: LoadBalancing): LoadBalancingFacts {
  const { algorithm, hashOn: by, warmup, locality: where } = given;
  return {
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(by === undefined ? {} : { hashOn: hashFacts(by) }),
    ...(warmup === undefined ? {} : { warmup: durationMs(warmup) }),
    ...(where === undefined ? {} : { locality: localityFacts(where) }),
  };
}

function hashFacts(by: NonNullable<LoadBalancing['hashOn']>): NonNullable<LoadBalancingFacts['hashOn']> {
  if (by.cookie !== undefined) {
    const { name, ttl } = by.cookie;
    return { by: 'cookie', name, ...(ttl === undefined ? {} : { ttlMs: durationMs(ttl) }) };
  }
  if (by.header !== undefined) return { by: 'header', name: by.header.toLowerCase() };
  return by.query === undefined ? { by: 'sourceIP' } : { by: 'query', name: by.query };
}

/** What {@link loadBalancingFacts} gives. */
export type LoadBalancingFacts = {
  readonly algorithm?: 'LeastRequest' | 'RoundRobin' | 'Random';
  readonly hashOn?:
    | { readonly by: 'cookie'; readonly name: string; readonly ttlMs?: number }
    | { readonly by: 'header' | 'query'; readonly name: string }
    | { readonly by: 'sourceIP' };
  readonly warmup?: number;
  readonly locality?: LocalityFacts;
};
