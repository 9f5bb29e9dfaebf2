/** Notes: what the provider does differently from the contract. */
import type { Behaviour, Profile } from '../model/profile.ts';

/** A difference of the provider as a sentence. */
export function noteOf({ target, how }: Profile, behaviour: Behaviour): string {
  return ['on', target, how[behaviour]].join(' ');
}
