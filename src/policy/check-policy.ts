/** Policy: the rules that need the platform, the provider or other apps. What needs the object alone is checked by the schema. */
import { compareProblems } from '../model/problem.ts';
import type { Problem } from '../model/problem.ts';
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { policies } from './chain.ts';
import type { HostVerdict } from './policy.ts';

/** What all policies together say. */
export type PolicyOutcome = {
  /** All problems, sorted by field. */
  readonly problems: readonly Problem[];
  /** The traffic without refused hosts and routes; routes that may not be served are `unavailable`. */
  readonly granted: Traffic;
  /** Every host that the app claims, sorted. */
  readonly hosts: readonly HostVerdict[];
  /** What was taken to be there because nothing says otherwise (offline), e.g. `Gateway istio-ingress/public`; sorted. */
  readonly assumed: readonly string[];
  /** When to look again although nothing changes, in milliseconds since the epoch; absent: never. */
  readonly recheckAt?: number;
};

/** Runs every policy. The outcome does not depend on the order of the lists in `world`. */
export function checkPolicy(traffic: Traffic, world: World): PolicyOutcome {
  const verdicts = policies.map((policy) => policy(traffic, world));
  const times = verdicts.flatMap(({ recheckAt }) => recheckAt ?? []);
  return {
    problems: verdicts.flatMap(({ problems }) => problems).sort(compareProblems),
    granted: verdicts.reduce((given, { narrow }) => narrow?.(given) ?? given, traffic),
    hosts: verdicts.flatMap(({ hosts }) => hosts ?? []),
    assumed: [...new Set(verdicts.flatMap(({ assumed }) => assumed ?? []))].sort(),
    ...(times.length === 0 ? {} : { recheckAt: Math.min(...times) }),
  };
}
