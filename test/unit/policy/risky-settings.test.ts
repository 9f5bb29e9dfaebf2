import type { Problem } from '../../../src/model/problem.ts';
import type { Route, RouteFeatures } from '../../../src/model/route.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { sketch } from '../model/routes.ts';
import { external, internal, traffic, world } from './samples.ts';

type Values = {
  readonly [F in keyof RouteFeatures]?: NonNullable<RouteFeatures[F]>['value'];
};

/** A route with prefix `/<name>` and these features, each at a place of its own unless it is given one. */
function route(name: string, values: Values, places: Readonly<Record<string, string>> = {}): Route {
  const plain = sketch({ name, prefix: `/${name}` });
  const features = Object.fromEntries(
    Object.entries(values).map(([feature, value]) => [feature, { value, at: places[feature] ?? `${name}.${feature}` }]),
  );
  return { ...plain, features: { ...plain.features, ...features } };
}

const app = (outside: readonly Route[], inside?: readonly Route[]): Traffic => ({
  ...traffic,
  external: { ...external, routes: outside },
  ...(inside === undefined ? {} : { internal: { ...internal, routes: inside } }),
});

const told = (given: Traffic): readonly Problem[] => checkPolicy(given, world).problems;

describe('retries that a timeout leaves no time for', () => {
  const places = { retries: 'spec.resilience.retries' };
  const slow = { attempts: 2, perTryMs: 2_000 };

  it('are told of once for each place, by the first route that has them', () => {
    const routes = [
      route('short', { timeout: 2_000, retries: slow }, places),
      route('shorter', { timeout: 1_000, retries: slow }, places),
      route('own', { timeout: 1_000, retries: { attempts: 1, perTryMs: 500, backoffMs: 1_000 } }),
    ];
    expect(told(app(routes))).toEqual([
      {
        code: 'AT0309',
        field: 'own.retries',
        message:
          'on route own backoff is no shorter than the timeout, which covers all tries: the time is over before a second try',
        fix: 'make backoff shorter, the timeout longer, or remove backoff',
      },
      {
        code: 'AT0309',
        field: 'spec.resilience.retries',
        message:
          'on route short perTry is no shorter than the timeout, which covers all tries: it ends no try, and a try that is slow is the last one',
        fix: 'make perTry shorter, the timeout longer, or remove perTry',
      },
    ]);
  });

  it('are none without a timeout, with a longer one, or without tries', () => {
    const routes = [
      route('endless', { retries: slow }),
      route('long', { timeout: 2_001, retries: slow }),
      route('once', { timeout: 1_000, retries: { attempts: 0, perTryMs: 2_000 } }),
      route('plain', { timeout: 1_000, retries: { attempts: 2 } }),
    ];
    expect(told(app(routes))).toEqual([]);
  });
});

describe('faults without an end', () => {
  it('are told of, outside and inside', () => {
    const abort = { status: 503, percent: 5 };
    const later = Date.parse(world.now) + 1;
    const given = app(
      [route('a', { fault: { abort } }), route('b', { fault: { abort, untilMs: later } })],
      [route('c', { fault: { abort } })],
    );
    expect(told(given)).toEqual(
      ['a', 'c'].map((name) => ({
        code: 'AT0310',
        field: `${name}.fault`,
        message: `requests of route ${name} fail on purpose until somebody takes the fault out`,
        fix: 'set until to when it shall end by itself',
      })),
    );
  });
});

describe('retries that may repeat writes', () => {
  it('are told of where the route names POST or PATCH and a pod may have acted', () => {
    const given = app([
      route('orders', {
        methods: ['GET', 'PATCH', 'POST'],
        retries: { attempts: 1, retryOn: ['connect-failure', 'reset', '5xx'] },
      }),
    ]);
    expect(told(given)).toEqual([
      {
        code: 'AT0311',
        field: 'orders.retries',
        message:
          'route orders takes POST and PATCH, and a request is sent again on 5xx, reset, when a pod may have carried it out already',
        fix: 'set retries on that route with connect-failure, refused-stream and reset-before-request alone, or with attempts: 0',
      },
    ]);
  });

  it.each<[string, Values]>([
    ['the methods may be repeated', { methods: ['GET', 'PUT', 'DELETE'], retries: { attempts: 1, retryOn: ['5xx'] } }],
    ['no method is named', { retries: { attempts: 1, retryOn: ['5xx'] } }],
    [
      'no pod has the request',
      {
        methods: ['POST'],
        retries: { attempts: 1, retryOn: ['connect-failure', 'refused-stream', 'reset-before-request'] },
      },
    ],
    ['the provider chooses', { methods: ['POST'], retries: { attempts: 1 } }],
    ['there are no tries', { methods: ['POST'], retries: { attempts: 0, retryOn: ['5xx'] } }],
  ])('are none where %s', (_, values) => {
    expect(told(app([route('a', values)]))).toEqual([]);
  });
});

describe('circuit breaking that may leave no pod', () => {
  const ejecting = (maxPercent?: number): Traffic => {
    const value = { after: 5, ...(maxPercent === undefined ? {} : { maxPercent }) };
    const eject = { eject: { value, at: 'spec.resilience.circuitBreaker.eject' } };
    return { ...app([route('a', {})]), connections: { given: eject, effective: eject } };
  };

  it('is told of', () => {
    expect(told(ejecting(100))).toEqual([
      {
        code: 'AT0312',
        field: 'spec.resilience.circuitBreaker.eject',
        message: 'all pods may be left out at once, and every request is then answered with 503',
        fix: 'set maxPercent below 100, so that some pods are always asked',
      },
    ]);
  });

  it('is none with less, with what the provider has, or where the platform says so for all', () => {
    const { connections, ...rest } = ejecting(100);
    const platforms = { ...rest, connections: { ...connections, given: {} } };
    expect([ejecting(99), ejecting(), platforms].flatMap(told)).toEqual([]);
  });
});

describe('what leads nowhere', () => {
  it('is told of with its place', () => {
    const unused = [
      { what: 'Backend', name: 'docs', at: 'spec.backends.docs' },
      { what: 'Split', at: 'spec.split' },
    ] as const;
    expect(told({ ...app([route('a', {})]), unused })).toEqual([
      {
        code: 'AT0308',
        field: 'spec.backends.docs',
        message: 'backend docs never gets a request: no route, split, mirror or tcp entry names it',
        fix: 'lead a route to docs, or remove it',
      },
      {
        code: 'AT0308',
        field: 'spec.split',
        message: 'the split never gets a request: every route says where it leads',
        fix: 'remove to or split from a route that shall use it, or remove the split',
      },
    ]);
  });
});
