/** Reads an AppTraffic from plain JSON and reports everything that is wrong with it at once. */
import { read } from '../../schema/read.ts';
import type { Read } from '../../schema/read.ts';
import { appTraffic } from './app-traffic.ts';
import type { AppTraffic } from './app-traffic.ts';

/** An AppTraffic, or every problem of what was given, ordered by path. */
export type Parsed = Read<AppTraffic>;

/** Reads an AppTraffic from plain JSON (of any shape). Never throws; an unknown field is a problem, as under fieldValidation=Strict. */
export function parseAppTraffic(value: unknown): Parsed {
  return read(appTraffic, value);
}
