import { decisionJson } from '../../../../src/cli/question/decision-json.ts';

const app = { namespace: 'shop', name: 'shop' };
const nothing = {
  app: null,
  outcome: 'notFound',
  status: null,
  route: null,
  backends: [],
  weightsManagedBy: null,
  location: null,
  body: null,
  rewrite: { path: null, host: null },
  requestHeaders: {},
  addedRequestHeaders: {},
  removedRequestHeaders: [],
  responseHeaders: {},
  addedResponseHeaders: {},
  removedResponseHeaders: [],
  websocket: false,
  mirror: null,
  sticky: null,
  fault: null,
  timeout: null,
  retries: null,
  connections: null,
  rateLimit: null,
  candidates: [],
};

describe('a decision as JSON', () => {
  it('has every key also where it says nothing', () => {
    const json = decisionJson({ outcome: 'notFound', candidates: [], why: 'nobody', notes: ['a note'] });
    expect(json).toEqual(nothing);
    expect(Object.keys(json)).toEqual(Object.keys(nothing));
  });

  it('says all of a request that is sent on, with durations as in the spec', () => {
    expect(
      decisionJson({
        app,
        outcome: 'route',
        route: 'api',
        forwarded: {
          backends: [
            { name: 'canary', weight: 10 },
            { name: 'stable', weight: 90 },
          ],
          path: '/v1',
          setHeaders: { 'x-apptraffic-route': 'shop/shop/api' },
          addHeaders: { 'x-via': 'gateway' },
          removeHeaders: ['x-debug'],
          mirror: { to: 'canary', percent: 20 },
          sticky: { cookie: 'side', kept: 'canary' },
          rateLimit: { requests: 100, perSeconds: 60, burst: 20, of: 'App' },
          timeoutMs: 90_000,
          retries: { attempts: 2, perTryMs: 250 },
        },
        responseHeaders: { set: [{ name: 'x-a', value: '1' }], add: [{ name: 'x-b', value: '2' }], remove: ['x-c'] },
        candidates: [{ app, route: 'api', at: 'spec.external.routes[0]', verdict: 'wins', reason: 'it matches' }],
        fault: { delay: { ms: 2_000, percent: 10 } },
        why: 'route api sends it on',
        notes: [],
      }),
    ).toEqual({
      ...nothing,
      app,
      outcome: 'route',
      route: 'api',
      backends: [
        { name: 'canary', weight: 10 },
        { name: 'stable', weight: 90 },
      ],
      rewrite: { path: '/v1', host: null },
      requestHeaders: { 'x-apptraffic-route': 'shop/shop/api' },
      addedRequestHeaders: { 'x-via': 'gateway' },
      removedRequestHeaders: ['x-debug'],
      responseHeaders: { 'x-a': '1' },
      addedResponseHeaders: { 'x-b': '2' },
      removedResponseHeaders: ['x-c'],
      mirror: { to: 'canary', percent: 20 },
      sticky: { cookie: 'side', kept: 'canary', setCookie: {} },
      fault: { delay: { duration: '2s', percent: 10 }, abort: null },
      rateLimit: { requests: 100, per: 'Minute', burst: 20, of: 'App' },
      timeout: '1m30s',
      retries: { attempts: 2, perTry: '250ms', backoff: null, retryOn: null },
      candidates: [{ route: 'api', verdict: 'wins', reason: 'it matches' }],
    });
  });

  it('tells the routes of apps that share a host apart', () => {
    const of = (name: string) =>
      ({ app: { namespace: 'site', name }, route: 'default', at: '', verdict: 'noMatch', reason: 'no' }) as const;
    const decision = { outcome: 'notFound', status: 404, candidates: [of('a'), of('b')], why: '', notes: [] } as const;
    expect(decisionJson(decision).candidates).toEqual([
      { route: 'default', verdict: 'noMatch', reason: 'of site/a: no' },
      { route: 'default', verdict: 'noMatch', reason: 'of site/b: no' },
    ]);
  });
});
