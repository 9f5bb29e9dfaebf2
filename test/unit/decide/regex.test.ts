import * as fc from 'fast-check';
import { headerRegex, pathRegex } from '../../../src/api/v1alpha1/regex-match.ts';
import { matchesWhole } from '../../../src/decide/matches-whole.ts';
import { anyRegex, sampleOfRegex } from '../../mesh/differential/regexes.ts';

describe('a regular expression that the schema takes', () => {
  it('is one for JavaScript too, and matches the text that is made for it', () => {
    fc.assert(
      fc.property(anyRegex, (regex) => {
        const taken = [pathRegex.safeParse(`/${regex}`), headerRegex.safeParse(regex)].map(({ success }) => success);
        expect({ regex, taken, matches: matchesWhole(regex, sampleOfRegex(regex)) }).toEqual({
          regex,
          taken: [true, true],
          matches: true,
        });
      }),
      { numRuns: 500 },
    );
  });

  const pieces = [
    '/',
    'a',
    '-',
    '.',
    '*',
    '+',
    '?',
    '(',
    ')',
    '(?:',
    '(?=',
    '|',
    '[a-z]',
    '[^/',
    '[',
    ']',
    '{2}',
    '{3,1}',
  ];
  const others = ['{', '}', ',', '\\', '\\d', '\\b', '\\1', '^', '$', '[b-a]', '[a-', '2', '\n', '"', "'", 'é'];

  it('compiles, whatever was put together: nothing else gets through', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces, ...others), { minLength: 1, maxLength: 7 }), (parts) => {
        const regex = parts.join('');
        if (!headerRegex.safeParse(regex).success) return;
        taken += 1;
        expect(() => matchesWhole(regex, 'a')).not.toThrow();
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('ends in time, however badly JavaScript would backtrack', () => {
    expect(matchesWhole('((a*)*)*b', 'a'.repeat(2000))).toBe(false);
  });

  it.each([
    ['/a', '/ab', false],
    ['/a', 'x/a', false],
    ['/a|/b', '/ab', false],
    ['/a|/b', '/b', true],
    ['[\\s]a\\S', '\ta-', true],
    ['\\w+\\.', 'é.', false],
    ['a{2}|b{2,}|c{1,2}', 'aaa', false],
    ['a{2}|b{2,}|c{1,2}', 'bbbbb', true],
    ['a{2}|b{2,}|c{1,2}', 'cc', true],
    ['(a|b)*c|', '', true],
  ])('%s on %s: %s', (regex, text, expected) => {
    expect(matchesWhole(regex, text)).toBe(expected);
  });
});
