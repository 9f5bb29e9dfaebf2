import { durationMs } from '../../../src/schema/duration.ts';

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
