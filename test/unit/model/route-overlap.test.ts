import * as fc from 'fast-check';
import { routeCovers } from '../../../src/model/route-cover.ts';
import { compareRoutes } from '../../../src/model/route-order.ts';
import { routesOverlap } from '../../../src/model/route-overlap.ts';
import { anySketch, matches, requests, sketch } from './routes.ts';

describe('routesOverlap', () => {
  test.each([
    ['a prefix and the same prefix', { prefix: '/api' }, { prefix: '/api' }, true],
    ['a prefix and one below it', { prefix: '/api' }, { prefix: '/api/v1' }, true],
    ['a prefix and one that only starts alike', { prefix: '/api' }, { prefix: '/apix' }, false],
    ['a prefix and its exact path with a slash', { prefix: '/api' }, { exact: '/api/' }, true],
    ['two exact paths', { exact: '/api' }, { exact: '/api/' }, false],
    [
      'two values of one header, because a request can carry both',
      { headers: { v: '1' } },
      { headers: { v: '2' } },
      true,
    ],
    [
      'two values of one query parameter, of which the first counts',
      { query: { v: '1' } },
      { query: { v: '2' } },
      false,
    ],
    ['two query parameters', { query: { v: '1' } }, { query: { w: '2' } }, true],
    ['a header and its absence', { headers: { v: '1' } }, { withoutHeaders: ['v'] }, false],
    ['a cookie and the absence of all', { cookies: { ab: 'b' } }, { withoutHeaders: ['cookie'] }, false],
    [
      'two values of one cookie, because a request can carry both',
      { cookies: { ab: 'a' } },
      { cookies: { ab: 'b' } },
      true,
    ],
    ['a regex and a prefix that its literal beginning rules out', { regex: '/a/[0-9]+' }, { prefix: '/b' }, false],
    ['a regex and a prefix of its literal beginning', { regex: '/a/[0-9]+' }, { prefix: '/a' }, true],
    ['a regex and a prefix below its literal beginning', { regex: '/a/.*' }, { prefix: '/a/b' }, true],
    ['a regex and the root', { regex: '/a/[0-9]+' }, {}, true],
    ['a regex and a prefix that only starts alike', { regex: '/api-v[0-9]' }, { prefix: '/api' }, false],
    ['a regex with a character that may be missing', { regex: '/apix?/.*' }, { prefix: '/api' }, true],
    ['a regex with alternatives, of which nothing is known', { regex: '/a|/b' }, { prefix: '/c' }, true],
    ['a regex with an open parenthesis, of a live object', { regex: '/a(' }, { prefix: '/c' }, true],
    ['a regex with alternatives in a group', { regex: '/a/((b|c)[|(]\\))+' }, { prefix: '/b' }, false],
    ['a regex and an exact path', { regex: '/a/.*' }, { exact: '/a/b' }, true],
    ['a regex and an exact path elsewhere', { regex: '/a\\.b/.*' }, { exact: '/axb/c' }, false],
    ['two regexes that may meet', { regex: '/a/.*' }, { regex: '/a/b[0-9]' }, true],
    ['two regexes that begin otherwise', { regex: '/a/.*' }, { regex: '/b/.*' }, false],
    ['GET and HEAD', { methods: ['GET'] as const }, { methods: ['HEAD'] as const }, false],
    ['a wildcard host and a host below it', { host: '*.x' }, { host: 'b.a.x' }, true],
    ['two exact hosts', { host: 'a.x' }, { host: 'b.x' }, false],
  ])('says of %s what a request shows', (_, a, b, expected) => {
    expect(routesOverlap(sketch(a), sketch(b))).toBe(expected);
  });

  test('agrees with every request, and is symmetric', () => {
    fc.assert(
      fc.property(anySketch, anySketch, (left, right) => {
        const [a, b] = [sketch(left), sketch(right)];
        const expected = requests.some((request) => matches(a, request) && matches(b, request));
        expect([routesOverlap(a, b), routesOverlap(b, a)]).toEqual([expected, expected]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('routeCovers', () => {
  test.each([
    ['a cookie', { cookies: { ab: 'b' } }, { cookies: { ab: 'b', x: 'y' } }, true],
    ['another value of a cookie', { cookies: { ab: 'a' } }, { cookies: { ab: 'b' } }, false],
    ['the absence of a header', { withoutHeaders: ['v'] }, { withoutHeaders: ['v', 'w'] }, true],
    ['a regex, by its text', { regex: '/a/[0-9]+' }, { regex: '/a/[0-9]+', methods: ['GET'] as const }, true],
    ['a regex, by more than its text', { regex: '/a/.*' }, { regex: '/a/[0-9]+' }, false],
    ['a prefix, of a regex that begins with it', { prefix: '/a' }, { regex: '/a/[0-9]+' }, true],
    ['a prefix, of a regex that may leave it', { prefix: '/a' }, { regex: '/a.*' }, false],
    ['a query parameter', { query: { v: '1' } }, { query: { v: '1', w: '2' }, headers: { h: '1' } }, true],
  ])('says of %s what is the narrower route', (_, outer, inner, expected) => {
    expect([routeCovers(sketch(outer), sketch(inner)), routeCovers(sketch(inner), sketch(outer))]).toEqual([
      expected,
      false,
    ]);
  });

  test('agrees with every request', () => {
    fc.assert(
      fc.property(anySketch, anySketch, (left, right) => {
        const [a, b] = [sketch(left), sketch(right)];
        const expected = requests.every((request) => !matches(b, request) || matches(a, request));
        expect(routeCovers(a, b)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('implies that the routes overlap, and that the covering one wins by its position alone', () => {
    fc.assert(
      fc.property(anySketch, anySketch, fc.boolean(), (left, right, isNarrower) => {
        const inner = isNarrower ? { ...right, ...left } : right;
        const [a, b] = [sketch({ ...left, position: 1 }), sketch({ ...inner, position: 0 })];
        fc.pre(routesOverlap(b, b) && routeCovers(a, b));
        expect([routesOverlap(a, b), compareRoutes(b, a) < 0]).toEqual([true, true]);
      }),
      { numRuns: 200 },
    );
  });

  test('takes a route without a host for one of all the hosts that can be reached', () => {
    const [below, everywhere] = [sketch({ host: '*.x' }), sketch({})];
    expect([
      routeCovers(below, everywhere, ['*.x', 'a.x']),
      routeCovers(below, everywhere, ['*.x', 'x']),
      routeCovers(below, everywhere),
    ]).toEqual([true, false, false]);
  });
});
