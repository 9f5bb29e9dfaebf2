import * as fc from 'fast-check';
import { clip } from '../../../src/report/clip.ts';

/** What the API server keeps of a text: UTF-8, half a character becomes U+FFFD. */
const asKept = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

test('a text within the bound stays as it is, a longer one ends in an ellipsis', () => {
  expect([clip('shop', 4), clip('shops', 4), clip('', 4)]).toEqual(['shop', 'sho…', '']);
});

test('a character of two units is kept whole or left out', () => {
  expect([clip('ab😀', 4), clip('ab😀c', 4), clip('a😀bc', 4)]).toEqual(['ab😀', 'ab…', 'a😀…']);
});

test('half a character that came in is replaced as the API server would', () => {
  expect(clip('a\uD83D', 4)).toBe('a\uFFFD');
});

test('any text is within the bound, is kept by the API server as it was sent, and is not cut twice', () => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.nat(0xffff)).map(fromUnits));
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 12 }), (text, most) => {
      const clipped = clip(text, most);
      expect(clipped.length).toBeLessThanOrEqual(most);
      expect(asKept(clipped)).toBe(clipped);
      expect(clip(clipped, most)).toBe(clipped);
      if (text.length <= most) expect(clipped).toBe(text.toWellFormed());
      else expect(text.toWellFormed().startsWith(clipped.slice(0, -1))).toBe(true);
    }),
  );
});

const fromUnits = (units: readonly number[]): string => String.fromCharCode(...units);
