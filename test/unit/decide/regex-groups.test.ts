import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import { groupsOfWhole } from '../../../src/decide/matches-whole.ts';
import { anyRegex, sampleOfRegex } from '../../mesh/differential/regexes.ts';

/** What RE2 takes from the text. */
function groupsOfRe2(regex: string, text: string): readonly (string | undefined)[] | undefined {
  const matcher = RE2JS.compile(`^(?:${regex})$`, RE2JS.DOTALL).matcher(text);
  if (!matcher.find()) return undefined;
  return Array.from({ length: matcher.groupCount() + 1 }, (_, at) => matcher.group(at) ?? undefined);
}

const groupedAtoms = fc.constantFrom('a', 'b', '.', '[ab]', 'ab', 'a|ab', 'b|', '|a', 'a*', 'b+?', 'a??', '');
const repeats = fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '??');

/** Groups within groups, of few characters, so that several ways match and the choice shows. */
const manyWays = fc
  .array(
    fc.oneof(
      groupedAtoms,
      fc
        .tuple(fc.array(groupedAtoms, { maxLength: 3 }), repeats)
        .map(([parts, repeat]) => `(${parts.join('')})${repeat}`),
      fc
        .tuple(groupedAtoms, repeats, groupedAtoms, repeats)
        .map(([one, first, other, second]) => `(?:(${one})${first}|(${other}))${second}`),
      fc
        .tuple(groupedAtoms, repeats, groupedAtoms, repeats)
        .map(([one, first, other, second]) => `((${one})${first}${other})${second}`),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(''))
  .filter((regex) => !/[*+?]{3}|[*+?]\?[*+?]|[*+][*+]|\?\*|\?\+/.test(regex));

const texts = fc.array(fc.constantFrom('a', 'b', 'ab', 'aab'), { maxLength: 6 }).map((parts) => parts.join(''));

describe('what the groups of a regular expression take', () => {
  it('is what RE2 gives them, whichever of many ways there are', () => {
    let matched = 0;
    fc.assert(
      fc.property(manyWays, texts, (regex, text) => {
        const expected = groupsOfRe2(regex, text);
        if (expected !== undefined) matched += 1;
        expect({ regex, text, groups: groupsOfWhole(regex, text) }).toEqual({ regex, text, groups: expected });
      }),
      { numRuns: 5000 },
    );
    expect(matched).toBeGreaterThan(500);
  });

  it('is what RE2 gives them for every kind of expression that the schema takes', () => {
    fc.assert(
      fc.property(anyRegex, (regex) => {
        const text = sampleOfRegex(regex);
        expect({ regex, text, groups: groupsOfWhole(regex, text) }).toEqual({
          regex,
          text,
          groups: groupsOfRe2(regex, text),
        });
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['/api/(.*)', '/api/a/b', ['/api/a/b', 'a/b']],
    ['/api(/.*)?', '/api', ['/api', undefined]],
    ['/(a|ab)(c|bcd)?(d*)', '/abcd', ['/abcd', 'a', 'bcd', '']],
    ['/(?:(a)|b)*', '/ab', ['/ab', 'a']],
    ['/(.*?)/(.*)', '/a/b/c', ['/a/b/c', 'a', 'b/c']],
    ['/(.)', '/\u{1F550}', ['/\u{1F550}', '\u{1F550}']],
    ['/a', '/b', undefined],
  ])('%s on %s: %j', (regex, text, expected) => {
    expect(groupsOfWhole(regex, text)).toEqual(expected);
  });

  it('comes in time, however badly JavaScript would backtrack', () => {
    expect(groupsOfWhole('((a*)*)*b', 'a'.repeat(2000))).toBeUndefined();
  });
});
