/** What every part of the runtime is given from outside: time, randomness and somebody to tell. */
import type { Random } from './backoff.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { silentObserver } from './observer.ts';
import type { Observer } from './observer.ts';

/** Injected into every part, so that a test owns time and chance. */
export type Environment = { readonly clock: Clock; readonly random: Random; readonly observe: Observer };

/** The environment of a real process; events go to `observe`. */
export function systemEnvironment(observe: Observer = silentObserver): Environment {
  return { clock: systemClock, random: Math.random, observe };
}
