/** The contract of a policy: one rule that needs the platform, the provider or other apps. */
import type { Problem } from '../model/problem.ts';
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';

/** Whether the app holds a host. `Conflicted`: another app does; `NotPermitted`: the platform did not grant it. */
export type HostVerdict = { readonly host: string; readonly state: 'Granted' | 'Conflicted' | 'NotPermitted' };

/** What one policy says of an app. */
export type Verdict = {
  readonly problems: readonly Problem[];
  /** Objects taken to be there because nothing says otherwise (offline), e.g. `Service shop/docs`. */
  readonly assumed?: readonly string[];
  /** The app's hosts, in the order of the spec's list in the model. */
  readonly hosts?: readonly HostVerdict[];
  /** When the rule says something else although nothing changes, in milliseconds since the epoch; absent: never. */
  readonly recheckAt?: number;
  /** Takes out of the traffic what the policy does not let through; absent: nothing. */
  readonly narrow?: (traffic: Traffic) => Traffic;
};

/** One rule. `traffic` is what the spec says, whatever other policies narrow. */
export type Policy = (traffic: Traffic, world: World) => Verdict;
