/** Faults: durations in milliseconds, every share in percent. */
import type { Route as ApiRoute } from '../api/v1alpha1/route.ts';
import type { Fault } from '../model/route.ts';
import { durationMs } from '../schema/duration.ts';

const wholePercent = 100;

/** The fault of a route; a share that is not given is all requests. */
export function normalizeFault(fault: NonNullable<ApiRoute['fault']>): Fault {
  const { delay, delayPercent = wholePercent, abort, abortPercent = wholePercent, until } = fault;
  return {
    ...(delay === undefined ? {} : { delay: { ms: durationMs(delay), percent: delayPercent } }),
    ...(abort === undefined ? {} : { abort: { status: abort, percent: abortPercent } }),
    ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
  };
}
