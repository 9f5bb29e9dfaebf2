import * as fc from 'fast-check';
import { pathAtNext } from '../../../src/decide/request-path.ts';
import { rewrittenPath } from '../../../src/decide/rewritten-path.ts';
import type { RegexRewrite } from '../../../src/model/route.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { sketch } from '../model/routes.ts';
import { anyRegex, sampleOfRegex } from '../../mesh/differential/regexes.ts';
import { external, internal, traffic, world } from './samples.ts';

const at = 'spec.external.routes[0].rewrite.regex';

/** What is said of a route that rewrites so, each as message and fix. */
function said(rewrite: RegexRewrite): readonly (readonly [field: string, message: string, fix: string])[] {
  const plain = sketch({ name: 'a' });
  const route = { ...plain, features: { ...plain.features, rewriteRegex: { value: rewrite, at } } };
  const { problems } = checkPolicy({ ...traffic, external: { ...external, routes: [route] } }, world);
  return problems.filter(({ code }) => code === 'AT0104').map(({ field, message, fix }) => [field, message, fix]);
}

const inSegments =
  'let the group hold whole segments and stand between slashes in both, as /old/(.*) and /new/\\1 do, or let it take neither . nor % nor /, as ([a-z0-9-]+) does';
const part = (group: string): string =>
  `${group} may take a part of a segment, and with what stands beside it become one like .. or an escape`;
const front = (group: string): string => `${group} may be empty or not begin with /`;

describe('a rewrite by regular expression', () => {
  it.each([
    ['/api/(.*)', '/v1/\\1'],
    ['/api/(.*)', '/v1/\\1/x'],
    ['/api(/.*)?', '/v1\\1'],
    ['/api(/.*)', '\\1'],
    ['/api(/.*)', '\\1/x'],
    ['.*', '\\0'],
    ['.*', '/v1\\0/x'],
    ['(/.*)/x', '\\1'],
    ['/([^/]+)/([^/]+)/(.*)', '/\\2/\\1/\\3'],
    ['/([^/]+)(/.*)?', '/a/\\1\\2'],
    ['/item-(\\d+)[.]html', '/items/\\1'],
    ['/item-(\\d+)[.]html', '/items-\\1.html'],
    ['/([a-z]+)-([a-z]+)/.*', '/\\2\\1.\\1'],
    ['/(?:a/|b/)(.*)', '/\\1'],
    ['/(?:x/)*(.*)', '/\\1'],
    ['/a', '/b'],
  ])('is taken where nobody can make of %s -> %s anything but a path', (match, replacement) => {
    expect(said({ match, with: replacement })).toEqual([]);
  });

  it.each([
    ['/v(.*)', '/\\1', part('\\1'), inSegments],
    ['/(.*)v', '/\\1', part('\\1'), inSegments],
    ['/(.*)', '/v\\1', part('\\1'), inSegments],
    ['/(.*)', '/\\1v', part('\\1'), inSegments],
    ['/(.*)/(.*)', '/\\1\\2', part('\\1'), inSegments],
    ['/?(.*)', '/\\1', part('\\1'), inSegments],
    ['/[/a](.*)', '/\\1', part('\\1'), inSegments],
    ['/(?:a/|b)(.*)', '/\\1', part('\\1'), inSegments],
    ['/(?:a/)*b?(.*)', '/\\1', part('\\1'), inSegments],
    ['/a(%..)', '/\\1', part('\\1'), inSegments],
    ['/([^.])([^.])', '/\\1\\2', part('\\1'), inSegments],
    ['/a(/.*)', '\\1x', part('\\1'), inSegments],
    ['.*', '\\0x', part('\\0'), inSegments],
    ['/api(/.*)?', '\\1', front('\\1'), 'begin with /'],
    ['/api/(.*)', '\\1', front('\\1'), 'begin with /'],
    ['/(?:a(/.*)|b)', '\\1/x', front('\\1'), 'begin with /'],
    [
      '/([a-z]*)',
      '/..\\1',
      'a segment of dots and references may become a dot segment',
      'put another character into the segment',
    ],
    [
      '/a(/.*)',
      '/.\\1',
      'a segment of dots and references may become a dot segment',
      'put another character into the segment',
    ],
  ])('is refused where somebody can: %s -> %s', (match, replacement, message, fix) => {
    expect(said({ match, with: replacement })).toEqual([
      [`${at}.with`, `route a may rewrite a path to something else: ${message}`, fix],
    ]);
  });

  it('is refused inside the mesh too', () => {
    const plain = sketch({ name: 'a' });
    const value = { match: '/v(.*)', with: '/\\1' };
    const route = {
      ...plain,
      features: { ...plain.features, rewriteRegex: { value, at: 'spec.internal.routes[0].rewrite.regex' } },
    };
    const { problems } = checkPolicy({ ...traffic, internal: { ...internal, routes: [route] } }, world);
    expect(problems.map(({ code, field }) => [code, field])).toEqual([
      ['AT0104', 'spec.internal.routes[0].rewrite.regex.with'],
    ]);
  });

  it('gives a path that the next proxy leaves as it is, whatever the client wrote', () => {
    const regexes = fc.oneof(
      anyRegex.map((regex) => `/${regex}`),
      fc
        .array(
          fc.constantFrom('/', '(.*)', '([^/]*)', '(/.*)', '(/.*)?', 'a', '(a*)', '(?:a|/)', '[.%]', '(\\d)', '|'),
          { maxLength: 6 },
        )
        .map((parts) => `/${parts.join('')}`),
    );
    const replacements = fc
      .array(fc.constantFrom('/', '\\0', '\\1', '\\2', 'a', '.', '..', '/\\1', '/\\2/'), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(''))
      .filter((text) => /^[/\\]/.test(text) && !/\/\/|\/\.{1,2}(?:\/|$)/.test(text));
    const piece = fc.constantFrom('/', '.', '..', '%', '%2', '2e', 'e', 'F', 'a', 'aa', '0', '%2F', ';', '//', '/a/');
    const paths = fc.array(piece, { maxLength: 8 }).map((parts) => pathAtNext(pathAtNext(`/${parts.join('')}`)));
    let taken = 0;
    fc.assert(
      fc.property(
        regexes,
        replacements,
        fc.array(paths, { minLength: 10, maxLength: 10 }),
        (match, replacement, some) => {
          const groups = match.split('(').length - match.split('(?:').length;
          if (/\\[12]/.test(replacement) && groups < 2) return;
          if (said({ match, with: replacement }).length > 0) return;
          for (const path of [...some, pathAtNext(sampleOfRegex(match).replace(/^(?!\/)/, '/'))]) {
            const result = rewrittenPath(path, { match, with: replacement });
            if (result !== path) taken += 1;
            expect({ path, match, replacement, result, next: pathAtNext(result) }).toEqual({
              path,
              match,
              replacement,
              result,
              next: result,
            });
          }
        },
      ),
      { numRuns: 1200 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
