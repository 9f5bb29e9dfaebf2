/** Sticky splits: durations in milliseconds. */
import type { AppTrafficSpec } from '../api/v1alpha1/app-traffic.ts';
import type { Sticky } from '../model/route.ts';
import { durationMs } from '../schema/duration.ts';

/** How a visitor keeps his backend. */
export function normalizeSticky({ cookie, ttl }: NonNullable<AppTrafficSpec['sticky']>): Sticky {
  return { cookie, ...(ttl === undefined ? {} : { ttlMs: durationMs(ttl) }) };
}
