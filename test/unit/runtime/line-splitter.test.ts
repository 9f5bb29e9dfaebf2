import * as fc from 'fast-check';
import { LineSplitter } from '../../../src/runtime/line-splitter.ts';

/** Cuts the bytes at the given places and pushes the pieces one by one. */
function split(bytes: Buffer, cuts: readonly number[]): string[] {
  const splitter = new LineSplitter();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).flatMap((end, index) => [...splitter.push(bytes.subarray(places[index], end))]);
}

describe('the line splitter', () => {
  test('gives the same lines wherever the bytes were cut, also within a character', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        expect(split(bytes, cuts)).toEqual(lines);
      }),
    );
  });

  test('keeps an unfinished line back', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.from('{"a":1}\n{"b"'))).toEqual(['{"a":1}']);
    expect(splitter.push(Buffer.from(':2}\n\n'))).toEqual(['{"b":2}']);
  });
});
