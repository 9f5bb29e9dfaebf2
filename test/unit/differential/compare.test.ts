import { differences, triesAtFailure, wrongShares } from '../../mesh/differential/compare.ts';
import type { Expected } from '../../mesh/differential/expected.ts';
import type { Observed } from '../../mesh/differential/observed.ts';
import type { Decision } from '../../../src/decide/decision.ts';

const seen = { pod: 'blue/echo-v1', port: 8080, path: '/v1/x?q', headers: { 'x-apptraffic-route': 'blue/shop/api' } };
const answer = (over: Partial<Extract<Observed, { is: 'answer' }>> = {}): Observed => ({
  is: 'answer',
  status: 200,
  seen,
  tries: 1,
  ...over,
});
const byProxy = (status: number, location?: string): Observed => ({
  is: 'answer',
  status,
  tries: 0,
  ...(location === undefined ? {} : { location }),
});
const answeredByProxy = (body: string): Observed => ({ is: 'answer', status: 404, tries: 0, body });
const none: Observed = { is: 'none', why: 'ECONNRESET' };
const pod: Expected = {
  is: 'pod',
  pods: ['blue/echo-v1:8080'],
  path: '/v1/x?q',
  headers: { 'x-apptraffic-route': 'blue/shop/api' },
};
const notFound: Expected = { is: 'proxy', status: 404 };
const moved: Expected = { is: 'proxy', status: 308, location: 'https://a/' };

describe('an observation', () => {
  it.each<readonly [string, readonly Expected[], Observed]>([
    ['an answer of a pod that has a share', [pod], answer()],
    ['an answer of the proxy', [notFound], byProxy(404)],
    ['a redirect to the same place', [moved], byProxy(308, 'https://a/')],
    ['no answer', [{ is: 'none' }], none],
    ['one of several that may be seen', [pod, { is: 'proxy', status: 503 }], byProxy(503)],
  ])('agrees: %s', (_, expected, observed) => {
    expect(differences(expected, observed)).toEqual([]);
  });

  it.each<readonly [string, readonly Expected[], Observed, readonly string[]]>([
    [
      'another pod',
      [pod],
      answer({ seen: { ...seen, pod: 'blue/echo-v2' } }),
      ['pod blue/echo-v1:8080 was expected, got blue/echo-v2:8080'],
    ],
    [
      'another port',
      [pod],
      answer({ seen: { ...seen, port: 9090 } }),
      ['pod blue/echo-v1:8080 was expected, got blue/echo-v1:9090'],
    ],
    [
      'another path',
      [pod],
      answer({ seen: { ...seen, path: '/x?q' } }),
      ['path at the pod: expected "/v1/x?q", got "/x?q"'],
    ],
    [
      'a header that is missing',
      [pod],
      answer({ seen: { ...seen, headers: {} } }),
      ['header x-apptraffic-route at the pod: expected "blue/shop/api", got undefined'],
    ],
    ['a proxy for a pod', [pod], byProxy(404), ['pod blue/echo-v1:8080 was expected, a proxy answered 404']],
    ['a pod for a proxy', [notFound], answer({ status: 404 }), ['a pod answered: blue/echo-v1']],
    ['another body', [{ ...notFound, body: 'a' }], answeredByProxy('b'), ['body: expected "a", got "b"']],
    ['another status', [notFound], byProxy(403), ['status: expected 404, got 403']],
    ['another place', [moved], byProxy(308, 'https://b/'), ['location: expected "https://a/", got "https://b/"']],
    ['an answer for none', [{ is: 'none' }], byProxy(404), ['no answer was expected, got 404']],
    ['none for an answer', [pod], none, ['an answer was expected, got none: ECONNRESET']],
    ['nothing at all', [], none, ['nothing was expected']],
  ])('differs: %s', (_, expected, observed, told) => {
    expect(differences(expected, observed)).toEqual(told);
  });

  it('without a body is judged by its status alone', () => {
    expect([differences([pod], byProxy(200), true), differences([pod], byProxy(404), true)]).toEqual([
      [],
      ['status: expected 200, got 404'],
    ]);
  });
});

describe('tries of a request that always fails', () => {
  const decided = (forwarded: Partial<Decision['forwarded']>): Decision => ({
    outcome: 'route',
    candidates: [],
    why: '',
    notes: [],
    forwarded: { backends: [], path: '/', setHeaders: {}, addHeaders: {}, removeHeaders: [], ...forwarded },
  });
  it.each([
    ['no retries', {}, 1],
    ['retries switched off', { retries: { attempts: 0 } }, 1],
    ['two retries on 5xx', { retries: { attempts: 2, retryOn: ['5xx'] } }, 3],
    ["the provider's own conditions, which 500 is not among", { retries: { attempts: 2 } }, 1],
    ['other conditions', { retries: { attempts: 2, retryOn: ['reset'] } }, undefined],
  ])('%s', (_, forwarded, tries) => {
    expect(triesAtFailure(decided(forwarded))).toBe(tries);
  });

  it('are none where nothing is forwarded', () => {
    expect(triesAtFailure({ outcome: 'notFound', candidates: [], why: '', notes: [] })).toBeUndefined();
  });
});

describe('shares', () => {
  it('of few draws may be further off than a normal distribution has it', () => {
    const counted = (few: number): Parameters<typeof wrongShares>[0] => [
      { name: 'many', share: 99, count: 600 - few },
      { name: 'few', share: 1, count: few },
    ];
    expect([wrongShares(counted(20)), wrongShares(counted(21))]).toEqual([
      [],
      ['many has 99 percent and got 579 of 600', 'few has 1 percent and got 21 of 600'],
    ]);
  });

  it.each([
    ['as they should be', [900, 100], []],
    ['within chance', [880, 120], []],
    ['off by ten', [800, 200], ['a has 90 percent and got 800 of 1000', 'b has 10 percent and got 200 of 1000']],
  ])('%s', (_, [a = 0, b = 0], told) => {
    const counted = [
      { name: 'a', share: 90, count: a },
      { name: 'b', share: 10, count: b },
    ];
    expect(wrongShares(counted)).toEqual(told);
  });

  it('of 0 percent get nothing', () => {
    const counted = [
      { name: 'a', share: 100, count: 999 },
      { name: 'b', share: 0, count: 1 },
    ];
    expect(wrongShares(counted)).toEqual([
      'a has 100 percent and got 999 of 1000',
      'b has 0 percent and got 1 of 1000',
    ]);
  });
});
