/** Durations as strings: `250ms`, `5s`, `1h30m` (the form of Gateway API's GEP-2257), at least 1 ms. */
import { celMatches, unless, withRules } from './rule.ts';
import { text } from './text.ts';

const form = /^(?:[0-9]{1,5}(?:h|m|s|ms)){1,4}$/;
const millisecondsOf: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** A positive duration. */
export const duration = withRules(
  text({
    pattern: form,
    max: 32,
    message: 'is not a duration',
    fix: 'write a whole number and a unit: 250ms, 5s, 10m or 1h',
  }),
  [
    {
      message: 'is no time at all',
      fix: 'write at least 1ms',
      cel: celMatches('self', /[1-9]/),
      // Of what is no duration at all, one fault is enough.
      faults: (value: string) => unless(!form.test(value) || /[1-9]/.test(value)),
    },
  ],
);

/** Milliseconds of a duration that the schema accepted; NaN for any other text. */
export function durationMs(value: string): number {
  if (!form.test(value)) return Number.NaN;
  return Array.from(value.matchAll(/([0-9]+)([a-z]+)/g)).reduce(
    (sum, [, count, unit]) => sum + Number(count) * (millisecondsOf[unit ?? ''] ?? Number.NaN),
    0,
  );
}

/** The duration as the schema takes it, e.g. `1m30s`; `ms` is whole and at least 1. */
export function durationText(ms: number): string {
  let rest = ms;
  return Object.entries(millisecondsOf)
    .map(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count === 0 ? '' : `${count}${unit}`;
    })
    .join('');
}
