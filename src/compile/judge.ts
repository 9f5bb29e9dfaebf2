/** What normalize, policy and translate say of one AppTraffic, before it is put together. */
import type { AppTraffic } from '../api/v1alpha1/app-traffic.ts';
import { refuses } from '../model/problem.ts';
import type { ServedModel } from '../model/profile.ts';
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { normalize } from '../normalize/normalize.ts';
import { checkPolicy } from '../policy/check-policy.ts';
import type { PolicyOutcome } from '../policy/check-policy.ts';
import { profileOf } from '../translate/profile.ts';
import type { Translation } from '../translate/target.ts';
import { translate } from '../translate/translate.ts';

/** The judgement of one AppTraffic. */
export type Judgement = {
  /** As the spec says. */
  readonly traffic: Traffic;
  readonly policy: PolicyOutcome;
  /** Of what policy granted. */
  readonly translation: Translation;
};

/** Judges an AppTraffic that the schema accepted. */
export function judge(input: AppTraffic, world: World): Judgement {
  const traffic = normalize(input, world.platform);
  const policy = checkPolicy(traffic, world);
  return { traffic, policy, translation: translate(policy.granted, world) };
}

/** The app as it is served: what decides about its requests. Undefined where it is refused whole: then it changes nothing. */
export function servedModel(input: AppTraffic, world: World): ServedModel | undefined {
  const { policy, translation } = judge(input, world);
  if ([...policy.problems, ...translation.problems].some(refuses)) return undefined;
  return modelOf(policy.granted, world);
}

/** What is granted, with what its provider does differently. */
export function modelOf(granted: Traffic, world: World): ServedModel {
  return { traffic: granted, profile: profileOf(granted, world) };
}
