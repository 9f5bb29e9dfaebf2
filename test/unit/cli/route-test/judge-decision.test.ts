import { judgeDecision } from '../../../../src/cli/route-test/judge-decision.ts';
import type { ExpectationFields } from '../../../../src/cli/route-test/expectation-fields.ts';
import type { Decision } from '../../../../src/decide/decision.ts';
import { request } from '../../decide/questions.ts';

const routed: Decision = {
  app: { namespace: 'shop', name: 'shop' },
  outcome: 'route',
  route: 'api',
  forwarded: {
    backends: [
      { name: 'canary', weight: 10 },
      { name: 'stable', weight: 90 },
    ],
    path: '/v1/cart',
    setHeaders: { 'x-apptraffic-route': 'shop/shop/api' },
    addHeaders: {},
    removeHeaders: [],
    timeoutMs: 5000,
    retries: { attempts: 2, perTryMs: 1500, retryOn: ['reset', '5xx'] },
  },
  candidates: [],
  why: 'route api sends it on',
  notes: [],
};
const notFound: Decision = { outcome: 'notFound', status: 404, candidates: [], why: 'nobody', notes: [] };
const asked = request('GET http://shop.example.com:8080/api/cart?id=7', [
  'X-Beta: 1',
  'x-beta:  2 ',
  'X-AppTraffic-Route: x/y/z',
]);

/** Each expectation in one line: `field verdict: expected / got`. */
function judged(expect: ExpectationFields, decision: Decision = routed): readonly string[] {
  return judgeDecision(expect, asked, decision).map(
    ({ field, verdict, expected, got }) => `${field} ${verdict}: ${expected} / ${got}`,
  );
}

describe('an expectation without a cluster', () => {
  it('holds where the decision says the same, in other words or another order too', () => {
    const expect_: ExpectationFields = {
      timeout: '5000ms',
      retries: { retryOn: ['5xx', 'reset'], perTry: '1s500ms', attempts: 2 },
      requestHeaders: { 'X-BETA': '2', 'X-AppTraffic-Route': 'shop/shop/api' },
      host: 'shop.example.com:8080',
      path: '/v1/cart',
      backends: { stable: 90, app: 0, canary: 10 },
      route: 'api',
      app: 'shop/shop',
      outcome: 'route',
    };
    expect(judged(expect_)).toEqual([
      'outcome Holds: route / route',
      'app Holds: shop/shop / shop/shop',
      'route Holds: api / api',
      'backends Holds: canary 10, stable 90 / canary 10, stable 90',
      'path Holds: /v1/cart / /v1/cart',
      'host Holds: shop.example.com:8080 / shop.example.com:8080',
      'requestHeaders.x-beta Holds: 2 / 1 or 2',
      'requestHeaders.x-apptraffic-route Holds: shop/shop/api / shop/shop/api',
      'retries.attempts Holds: 2 / 2',
      'retries.perTry Holds: 1s500ms / 1s500ms',
      'retries.retryOn Holds: 5xx, reset / 5xx, reset',
      'timeout Holds: 5s / 5s',
    ]);
  });

  it('fails where the decision says something else, also that there is no such thing', () => {
    expect(
      judged({
        outcome: 'deny',
        app: 'shop/web',
        backend: 'canary',
        requestHeaders: { 'x-apptraffic-route': 'x/y/z' },
      }),
    ).toEqual([
      'outcome Fails: deny / route',
      'app Fails: shop/web / shop/shop',
      'backend Fails: canary / canary 10, stable 90',
      'requestHeaders.x-apptraffic-route Fails: x/y/z / shop/shop/api',
    ]);
    const everything: ExpectationFields = {
      app: 'shop/shop',
      route: 'api',
      backend: 'app',
      path: '/',
      host: 'shop.example.com:8080',
      requestHeaders: { 'x-beta': '1' },
      location: 'http://shop.example.com/',
      retries: { attempts: 0, backoff: '1s' },
      timeout: '1s',
    };
    expect(judged(everything, notFound).map((line) => line.replace(/: .* \//, ' /'))).toEqual([
      'app Fails / none',
      'route Fails / none',
      'backend Fails / none',
      'path Fails / none',
      'host Fails / none',
      'requestHeaders.x-beta Fails / none',
      'location Fails / none',
      'retries.attempts Fails / none',
      'retries.backoff Fails / none',
      'timeout Fails / none',
    ]);
  });

  it('about a status is left open only where the case says that a backend answers', () => {
    const open = 'status NotJudged: 200 / a backend answers, so only --live can tell';
    expect(judged({ status: 200, outcome: 'route' })[1]).toBe(open);
    expect(judged({ status: 200, backends: { stable: 90, canary: 10 } })[0]).toBe(open);
    expect(judged({ status: 404 })).toEqual(["status Fails: 404 / the backend's own"]);
    expect(judged({ status: 404, outcome: 'notFound' })[1]).toBe("status Fails: 404 / the backend's own");
    expect(judged({ status: 404 }, notFound)).toEqual(['status Holds: 404 / 404']);
    expect(judged({ status: 200, outcome: 'route' }, notFound)[1]).toBe('status Fails: 200 / 404');
    const { status: _, ...reset } = notFound;
    expect(judged({ status: 404 }, reset)).toEqual(['status Fails: 404 / none']);
  });

  it('about what the provider does by itself fails: nobody here knows it', () => {
    const {
      timeoutMs: _,
      retries: __,
      ...bare
    } = routed.forwarded ?? {
      backends: [],
      path: '',
      setHeaders: {},
      addHeaders: {},
      removeHeaders: [],
    };
    expect(judged({ timeout: '15s', retries: { attempts: 2 } }, { ...routed, forwarded: bare })).toEqual([
      "retries.attempts Fails: 2 / the provider's own",
      "timeout Fails: 15s / the provider's own",
    ]);
  });
});
