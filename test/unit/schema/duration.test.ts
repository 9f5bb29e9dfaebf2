import * as fc from 'fast-check';
import { durationMs, durationText } from '../../../src/schema/duration.ts';

test.each([
  ['250ms', 250],
  ['5s', 5_000],
  ['1h30m', 5_400_000],
  ['1m1s1ms', 61_001],
])('%s is %d milliseconds', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test('a text that is no duration has no length', () => {
  expect(durationMs('5')).toBe(Number.NaN);
});

test('a length is written as the schema reads it', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 3_600_000_000 }), (ms) => durationMs(durationText(ms)) === ms));
  expect([1, 1_000, 90_000, 5_400_000, 3_661_001].map(durationText)).toEqual([
    '1ms',
    '1s',
    '1m30s',
    '1h30m',
    '1h1m1s1ms',
  ]);
});
