/** Durations in JSON. */
import { durationText } from '../../schema/duration.ts';

/** Milliseconds as the spec writes a duration; null: there is none. */
export function durationOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : durationText(ms);
}
