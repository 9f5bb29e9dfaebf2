import { byteCount } from '../../../src/schema/byte-size.ts';

test.each([
  ['1', 1],
  ['500k', 500_000],
  ['3M', 3_000_000],
  ['1G', 1_000_000_000],
  ['4Ki', 4096],
  ['8Mi', 8_388_608],
  ['1Gi', 1_073_741_824],
  ['000', 0],
])('%s is %d bytes', (text, bytes) => {
  expect(byteCount(text)).toBe(bytes);
});

test('a text that is no size has no bytes', () => {
  expect(['', '8mi', '8 Mi', '1.5Mi', '1e3', '-1', 'Mi', '1m', '1Ti'].map(byteCount)).toEqual(
    Array(9).fill(Number.NaN),
  );
});
