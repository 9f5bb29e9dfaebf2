/** Which localities (region, zone, subzone of a Node) proxies choose pods in. */
import { z } from 'zod';
import { about } from './describe.ts';
import type { Immutable } from './immutable.ts';
import { unless, withRules } from './rule.ts';
import { stringMap } from './string-map.ts';
import { text, wholeNumber } from './text.ts';
import type { TextForm } from './text.ts';

const setting = 'DestinationRule.spec.trafficPolicy.loadBalancer.localityLbSetting';

/** Few, since the rules compare each entry with each. */
const most = 8;

/** A value of the labels topology.kubernetes.io/region and zone, as in {@link localityForm}. */
const part = '[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?';

const region = text({
  pattern: new RegExp(`^${part}$`),
  max: 63,
  message: 'is not the name of a region',
  fix: 'write the label topology.kubernetes.io/region of its Nodes, without a zone and without *',
});

const localityForm: TextForm = {
  pattern: new RegExp(`^(?:\\*|${part}(?:\\/${part}){0,2}|${part}(?:\\/${part})?\\/\\*)$`),
  max: 191,
  message: 'is not a locality',
  fix: 'write REGION, REGION/ZONE or REGION/ZONE/SUBZONE; a * stands for all that is left, at the end alone',
};

/** What the names of all localities begin with that are part of this one. */
const beginning = (locality: string): string => `${locality}/`.replace('*/', '');
const celBeginning = (locality: string): string => `(${locality} + '/').replace('*/', '')`;

/** Those that hold, or are, another one of the list. */
function overlapping(localities: readonly string[]): readonly number[] {
  const beginnings = localities.map(beginning);
  return beginnings.flatMap((own, at) =>
    beginnings.some((other, i) => i !== at && other.startsWith(own)) ? [at] : [],
  );
}

const celDisjoint = (of: (one: string) => string): string =>
  `self.all(a, self.exists_one(b, ${celBeginning(of('b'))}.startsWith(${celBeginning(of('a'))})))`;

const failover = withRules(
  z
    .array(
      withRules(
        z.strictObject({
          from: region.meta(about('Region of the callers.', { becomes: `${setting}.failover[].from` })),
          to: region.meta(
            about('Region whose pods are next, once those of their own are left out or gone.', {
              becomes: `${setting}.failover[].to`,
            }),
          ),
        }),
        [
          {
            message: 'a region cannot stand in for itself',
            fix: 'write two regions; within one, proxies go from zone to zone by themselves',
            cel: 'self.from != self.to',
            faults: ({ from, to }) => (from === to ? [['to']] : []),
          },
        ],
      ),
    )
    .min(1)
    .max(most)
    .meta({ 'x-kubernetes-list-type': 'atomic' }),
  [
    {
      message: 'a region has two that stand in for it, and only the first would count',
      fix: 'write each region once in from',
      cel: 'self.all(a, self.exists_one(b, b.from == a.from))',
      faults: (list) =>
        list.flatMap(({ from }, at) => (list.findIndex((other) => other.from === from) < at ? [[at, 'from']] : [])),
    },
  ],
);

const shares = withRules(
  stringMap(
    wholeNumber(1, 100).meta(
      about('Share of the requests, in percent; of localities without a pod the others get theirs.', {
        becomes: `${setting}.distribute[].to`,
      }),
    ),
    { keys: localityForm, most },
  ),
  [
    {
      message: 'the shares of the localities do not add up to 100',
      fix: 'write whole percents whose sum is 100',
      cel: 'self.map(key, self[key]).sum() == 100',
      faults: (map) => unless(Object.values(map).reduce((sum, share) => sum + share, 0) === 100),
    },
    {
      message: 'a locality holds another one of the list, so that pods would have two shares',
      fix: 'write localities of which none is part of another',
      cel: celDisjoint((one) => one),
      faults: (map) => overlapping(Object.keys(map)).map((at) => [Object.keys(map)[at] ?? '']),
    },
    {
      message: 'YAML reads this locality as true or false',
      fix: 'write REGION/*, as in no/*',
      cel: "self.all(key, !(key.lowerAscii() in ['true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n']))",
      faults: (map) =>
        Object.keys(map).flatMap((key) => (/^(?:true|false|yes|no|on|off|y|n)$/i.test(key) ? [[key]] : [])),
    },
  ],
).meta({ 'x-kubernetes-map-type': 'atomic' });

const distribute = withRules(
  z
    .array(
      z.strictObject({
        from: text(localityForm).meta(
          about('Locality of the callers: REGION, REGION/ZONE or REGION/ZONE/SUBZONE, where * is all that is left.', {
            becomes: `${setting}.distribute[].from`,
          }),
        ),
        to: shares.meta(
          about(
            'Shares of localities, in whole percents that add up to 100. Pods elsewhere get none of these requests, also where no other pod is left.',
            { becomes: `${setting}.distribute[].to` },
          ),
        ),
      }),
    )
    .min(1)
    .max(most)
    .meta({ 'x-kubernetes-list-type': 'atomic' }),
  [
    {
      message: 'callers are in the localities of two entries, and only the first would count',
      fix: 'write localities in from of which none is part of another',
      cel: celDisjoint((one) => `${one}.from`),
      faults: (list) => overlapping(list.map(({ from }) => from)).map((at) => [at, 'from']),
    },
  ],
);

/** Where pods are chosen. */
export const locality = withRules(
  z.strictObject({
    failover: failover
      .meta(
        about(
          "Proxies choose pods of their own zone, then of their region; here is which region is next. A region is left as far as its pods are left out, so circuitBreaker.eject is needed, with a maxPercent of at least the share of all pods that the region has: Istio's own is 10.",
          { absent: 'any other region is next', becomes: `${setting}.failover` },
        ),
      )
      .exactOptional(),
    distribute: distribute
      .meta(
        about('Which share of the requests each locality gets, by where the caller is.', {
          absent: 'no shares',
          becomes: `${setting}.distribute`,
        }),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'not exactly one of failover and distribute is given',
      fix: 'keep one of them, or remove locality',
      cel: 'has(self.failover) != has(self.distribute)',
      faults: ({ failover: next, distribute: shared }) => unless((next === undefined) !== (shared === undefined)),
    },
  ],
);

/** Locality as written. */
export type Locality = Immutable<z.output<typeof locality>>;

/** The same as facts: shares by locality, sorted. */
export function localityFacts({ failover: next, distribute: shared = [] }: Locality): LocalityFacts {
  if (next !== undefined) return { failover: next };
  return {
    distribute: shared.map(({ from, to }) => ({
      from,
      to: Object.keys(to)
        .sort()
        .map((name) => ({ locality: name, percent: to[name] ?? 0 })),
    })),
  };
}

/** What {@link localityFacts} gives. */
export type LocalityFacts =
  | { readonly failover: readonly { readonly from: string; readonly to: string }[] }
  | {
      readonly distribute: readonly {
        readonly from: string;
        readonly to: readonly { readonly locality: string; readonly percent: number }[];
      }[];
    };
