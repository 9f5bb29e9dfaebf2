/** Reads an AppTraffic from plain JSON and reports everything that is wrong with it at once. */
import { withoutNulls } from '../../schema/nulls.ts';
import { read } from '../../schema/read.ts';
import type { Read } from '../../schema/read.ts';
import { appTraffic } from './app-traffic.ts';
import type { AppTraffic } from './app-traffic.ts';

/** An AppTraffic, or every problem of what was given, ordered by path. */
export type Parsed = Read<AppTraffic>;

/**
 * Reads an AppTraffic from plain JSON of any shape. Never throws.
 * The verdict is the API server's under fieldValidation=Strict: an unknown field is a problem, a null field is absent.
 * One exception: `internal.allow: null` is a problem here, while the server drops it and the app stands open.
 */
export function parseAppTraffic(value: unknown): Parsed {
  return read(appTraffic, withoutNulls(appTraffic, value));
}
