/** Timeouts and retries, by what the client got and by what the backend counted. */
import type { Answer } from '../../../testbed/mesh/request.ts';
import type { LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import type { Side } from './side.ts';

/** A side and its stage. */
type On = { readonly side: Side; readonly stage: Stage };

/** What a request asks of the pod for each kind of failure, and what the last try gets. */
export const failuresWorthARetry = {
  '5xx': { headers: [['x-echo-status', '500']], finally: 500 },
  'gateway-error': { headers: [['x-echo-status', '502']], finally: 502 },
  'retriable-4xx': { headers: [['x-echo-status', '409']], finally: 409 },
  cancelled: { headers: [['x-echo-header', 'grpc-status: 1']], finally: 200 },
  'deadline-exceeded': { headers: [['x-echo-header', 'grpc-status: 4']], finally: 200 },
  internal: { headers: [['x-echo-header', 'grpc-status: 13']], finally: 200 },
  'resource-exhausted': { headers: [['x-echo-header', 'grpc-status: 8']], finally: 200 },
  unavailable: { headers: [['x-echo-header', 'grpc-status: 14']], finally: 200 },
} as const;

/** Failures of connections; the last try finds a pod that listens, whatever the first ones found. */
export const brokenKinds = ['reset', 'reset-before-request', 'connect-failure', 'refused-stream'] as const;

/** Retries for one kind of failure. */
export const retriesOn = (kind: string): object => ({
  attempts: kind === 'connect-failure' ? 10 : 1,
  retryOn: [kind],
  backoff: '1ms',
});

const kinds = Object.keys(failuresWorthARetry) as readonly (keyof typeof failuresWorthARetry)[];

const routes = [
  { name: 'plain', match: { prefix: '/plain' } },
  { name: 'slow', match: { prefix: '/slow' }, timeout: '300ms' },
  { name: 'long', match: { prefix: '/long' }, timeout: '20s' },
  { name: 'twice', match: { prefix: '/twice' }, retries: { attempts: 2, retryOn: ['5xx'], backoff: '5ms' } },
  { name: 'never', match: { prefix: '/never' }, retries: { attempts: 0 } },
  {
    name: 'per-try',
    match: { prefix: '/per-try' },
    retries: { attempts: 3, perTry: '300ms', retryOn: ['5xx'], backoff: '5ms' },
  },
  {
    name: 'all-tries',
    match: { prefix: '/all-tries' },
    timeout: '2s',
    retries: { attempts: 10, perTry: '300ms', retryOn: ['5xx'], backoff: '1ms' },
  },
  {
    name: 'patient',
    match: { prefix: '/patient' },
    timeout: '500ms',
    retries: { attempts: 1, retryOn: ['5xx'], backoff: '1m' },
  },
  ...kinds.map((kind) => ({
    name: `on-${kind}`,
    match: { prefix: `/on-${kind}` },
    retries: { attempts: 1, retryOn: [kind], backoff: '1ms' },
  })),
];

/** Sends a request whose tries are counted under a key of its own; `decide` must mean the same route. */
async function tries(
  { side, stage: { send, decide, mesh } }: On,
  route: string,
  key: string,
  headers: readonly (readonly [string, string])[],
): Promise<{ readonly status: number | undefined; readonly count: number; readonly answer: Answer }> {
  const ask = side.ask('resilience', `GET /${route}`, [['x-echo-key', key], ...headers]);
  expect(decide(ask)).toMatchObject({ outcome: 'route', route });
  const answer = await send(ask);
  return { status: answer.status, count: await mesh.count(key), answer };
}

/** The cases of one side. */
export function resilienceCases(side: Side): readonly LiveCase[] {
  const field = `${side.side}.routes[]`;
  const decided = (stage: Stage, route: string) => stage.decide(side.ask('resilience', `GET /${route}`)).forwarded;
  return [
    {
      title: 'a timeout ends an answer that takes longer with 504, and none ends one without',
      proves: [`${field}.timeout`],
      apps: [side.app('resilience', routes)],
      run: async (stage) => {
        const slow = [['x-echo-delay-ms', '900']] as const;
        const [ended, plain, long] = await Promise.all(
          ['slow', 'plain', 'long'].map((route) => tries({ side, stage }, route, `timeout-${route}`, slow)),
        );
        expect([ended, plain, long].map((one) => [one?.status, one?.count])).toEqual([
          [504, 1],
          [200, 1],
          [200, 1],
        ]);
        const timeoutOf = (route: string) => decided(stage, route)?.timeoutMs;
        expect(['slow', 'plain', 'long'].map(timeoutOf)).toEqual([300, undefined, 20_000]);
      },
    },
    {
      title:
        'a failed request is tried again as often as its route says, and not at all on a route that says nothing or 0',
      proves: [`${field}.retries.attempts`],
      run: async (stage) => {
        const failing = [['x-echo-status', '500']] as const;
        const twice = await tries({ side, stage }, 'twice', 'attempts-fail', failing);
        expect([twice.status, twice.count]).toEqual([500, 3]);
        const healed = await tries({ side, stage }, 'twice', 'attempts-heal', [
          ['x-echo-fail-first', '1'],
          ['x-echo-fail-status', '500'],
        ]);
        expect(healed.status).toBe(200);
        // Both pods count, and each fails once.
        expect([2, 3]).toContain(healed.count);
        for (const route of ['plain', 'never']) {
          const once = await tries({ side, stage }, route, `attempts-${route}`, failing);
          expect([once.status, once.count]).toEqual([500, 1]);
        }
        const retriesOf = (route: string) => decided(stage, route)?.retries?.attempts;
        expect(['twice', 'plain', 'never'].map(retriesOf)).toEqual([2, undefined, 0]);
      },
    },
    {
      title: 'only what retryOn names is tried again, each kind by itself',
      proves: kinds.map((kind) => `${field}.retries.retryOn=${kind}`),
      run: async (stage) => {
        const seen = await Promise.all(
          kinds.flatMap((route) =>
            kinds.map(async (failure) => {
              const { headers } = failuresWorthARetry[failure];
              const { status, count } = await tries(
                { side, stage },
                `on-${route}`,
                `retry-${route}-${failure}`,
                headers,
              );
              return { route, failure, status, tries: count };
            }),
          ),
        );
        const isRetried = (route: string, failure: string): boolean =>
          route === failure || (route === '5xx' && failure === 'gateway-error');
        const wanted = kinds.flatMap((route) =>
          kinds.map((failure) => ({
            route,
            failure,
            status: failuresWorthARetry[failure].finally,
            tries: isRetried(route, failure) ? 2 : 1,
          })),
        );
        expect(seen).toEqual(wanted);
      },
    },
    {
      title: 'perTry ends each try, and the timeout of the route ends all of them',
      proves: [`${field}.retries.perTry`],
      run: async (stage) => {
        const slow = [['x-echo-delay-ms', '5000']] as const;
        const [each, all] = await Promise.all(
          ['per-try', 'all-tries'].map((route) => tries({ side, stage }, route, `tries-${route}`, slow)),
        );
        expect([each?.status, each?.count]).toEqual([504, 4]);
        expect(all?.status).toBe(504);
        expect(all?.count).toBeGreaterThanOrEqual(2);
        expect(all?.count).toBeLessThan(11);
      },
    },
    {
      title: 'backoff is a wait before the next try, so a short timeout ends first',
      proves: [`${field}.retries.backoff`],
      run: async (stage) => {
        const failing = [['x-echo-status', '500']] as const;
        const sent = async (route: string): Promise<readonly number[]> => {
          const all = await Promise.all(
            Array.from({ length: 10 }, (_, at) => tries({ side, stage }, route, `backoff-${route}-${at}`, failing)),
          );
          return all.map(({ count }) => count).sort((a, b) => a - b);
        };
        expect(await sent('twice')).toEqual(Array.from({ length: 10 }, () => 3));
        // Envoy waits between nothing and the whole of it: five of ten come early once in a hundred million runs.
        const waited = await sent('patient');
        expect(waited.slice(0, 5)).toEqual([1, 1, 1, 1, 1]);
      },
    },
    {
      title: 'a connection that breaks or that nobody takes is tried again where retryOn says so',
      proves: ['reset', 'connect-failure', 'refused-stream'].map((kind) => `${field}.retries.retryOn=${kind}`),
      apps: [
        side.bareApp(
          'bare',
          brokenKinds.flatMap((kind) => [
            { name: `on-${kind}`, match: { prefix: `/on-${kind}` }, to: 'one', retries: retriesOn(kind) },
            {
              name: `two-${kind}`,
              match: { prefix: `/two-${kind}` },
              to: 'one',
              port: 'http2',
              retries: retriesOn(kind),
            },
            { name: `any-${kind}`, match: { prefix: `/any-${kind}` }, retries: retriesOn(kind) },
          ]),
        ),
      ],
      run: async ({ send, mesh }) => {
        // Inside, a route is for the port that is called.
        const http2Port = side.side === 'internal' ? ':90' : '';
        const broken = async (route: string, header: string): Promise<readonly unknown[]> => {
          const key = `broken-${route}-${header}`;
          const port = route.startsWith('two-') ? http2Port : '';
          const headers = [
            ['x-echo-key', key],
            [header, '1'],
          ] as const;
          const { status } = await send(side.ask('bare', `GET ${port}/${route}`, headers));
          return [status, await mesh.count(key)];
        };
        const counted = async (prefix: string, header: string): Promise<Record<string, unknown>> =>
          Object.fromEntries(
            await Promise.all(
              brokenKinds.map(async (kind) => [kind, await broken(`${prefix}-${kind}`, header)] as const),
            ),
          );
        const none = {
          reset: [503, 1],
          'reset-before-request': [503, 1],
          'connect-failure': [503, 1],
          'refused-stream': [503, 1],
        };
        expect(await counted('on', 'x-echo-close')).toEqual({ ...none, reset: [503, 2] });
        expect(await counted('two', 'x-echo-refuse')).toEqual({ ...none, reset: [503, 2], 'refused-stream': [503, 2] });
        // One of the two pods listens to nothing: half of the first tries find no connection.
        const answers = async (kind: string): Promise<readonly number[]> => {
          const all = await Promise.all(Array.from({ length: 40 }, () => send(side.ask('bare', `GET /any-${kind}`))));
          return [...new Set(all.map(({ status }) => status ?? 0))].sort((a, b) => a - b);
        };
        expect(await answers('connect-failure')).toEqual([200]);
        expect(await answers('refused-stream')).toEqual([200, 503]);
      },
    },
  ];
}
