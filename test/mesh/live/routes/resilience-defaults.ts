/** Timeouts and retries that an app gives once, for all routes that say nothing else. */
import { echoOf } from '../../../testbed/mesh/request.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import { brokenKinds, failuresWorthARetry, retriesOn } from './resilience.ts';
import { inside, outside } from './side.ts';
import type { Side } from './side.ts';

const kinds = Object.keys(failuresWorthARetry) as readonly (keyof typeof failuresWorthARetry)[];
const connectionKinds = brokenKinds.filter((kind) => kind !== 'reset-before-request');
const slow = [['x-echo-delay-ms', '900']] as const;
const failing = [['x-echo-status', '500']] as const;

const defaults = { timeout: '300ms', retries: { attempts: 2, retryOn: ['5xx'], backoff: '1ms' } };
const routes = [
  { name: 'plain', match: { prefix: '/plain' } },
  { name: 'own', match: { prefix: '/own' }, timeout: '20s', retries: { attempts: 0 } },
  { name: 'rest', match: { prefix: '/rest' } },
];

/** An app whose only word on retries is a default. */
function retryingApp(kind: keyof typeof failuresWorthARetry): LiveApp {
  return outside.app(`all-${kind}`, [{ name: 'all' }], { resilience: { retries: retriesOn(kind) } });
}

function bareApp(kind: (typeof connectionKinds)[number]): LiveApp {
  const listening = { to: 'one', match: { prefix: '/one' }, name: 'one' };
  const app = outside.bareApp(`all-${kind}`, [{ ...listening, port: 'http2' }, { name: 'any' }]);
  return { ...app, spec: { ...app.spec, resilience: { retries: retriesOn(kind) } } };
}

/** Sends a request and counts how often pods got it. */
async function counted(
  { send, mesh }: Stage,
  side: Side,
  { app, path, headers }: { app: string; path: string; headers: readonly (readonly [string, string])[] },
): Promise<readonly unknown[]> {
  const key = `defaults-${side.side}-${app}${path}-${headers.flat().join('-')}`;
  const { status } = await send(side.ask(app, `GET ${path}`, [['x-echo-key', key], ...headers]));
  return [status, await mesh.count(key)];
}

function fallBack(side: Side): LiveCase {
  return {
    title: `${side.side === 'external' ? 'outside' : 'inside'}, routes without a timeout or retries have those of the app, and a route keeps its own`,
    proves: [
      'resilience.timeout',
      'resilience.retries.attempts',
      'resilience.retries.backoff',
      ...(side.side === 'external' ? [] : ['internal']),
    ],
    apps: [side.app('defaults', routes, { resilience: defaults })],
    run: async (stage) => {
      const of = (path: string, headers: typeof slow | typeof failing) =>
        counted(stage, side, { app: 'defaults', path, headers });
      // The timeout ends all tries, and a try that takes too long is none that failed.
      expect(await Promise.all(['/plain', '/rest', '/own'].map((path) => of(path, slow)))).toEqual([
        [504, 1],
        [504, 1],
        [200, 1],
      ]);
      expect(await Promise.all(['/plain', '/rest', '/own'].map((path) => of(path, failing)))).toEqual([
        [500, 3],
        [500, 3],
        [500, 1],
      ]);
      const forwarded = (path: string) => stage.decide(side.ask('defaults', `GET ${path}`)).forwarded;
      const retries = { attempts: 2, retryOn: ['5xx'], backoffMs: 1 };
      expect(['/plain', '/own'].map((path) => forwarded(path))).toMatchObject([
        { timeoutMs: 300, retries },
        { timeoutMs: 20_000, retries: { attempts: 0 } },
      ]);
    },
  };
}

/** The cases of apps that are served outside. */
export const outsideDefaults: readonly LiveCase[] = [
  fallBack(outside),
  {
    title: 'what the app says is tried again is, and nothing else',
    proves: [...kinds, ...connectionKinds].map((kind) => `resilience.retries.retryOn=${kind}`),
    apps: [...kinds.map(retryingApp), ...connectionKinds.map(bareApp)],
    run: async (stage) => {
      const seen = await Promise.all(
        kinds.map(async (kind) => {
          const other = [['x-echo-status', kind === 'retriable-4xx' ? '500' : '409']] as const;
          const of = async (headers: Parameters<typeof counted>[2]['headers']) =>
            (await counted(stage, outside, { app: `all-${kind}`, path: '/', headers }))[1];
          return { kind, tries: await of(failuresWorthARetry[kind].headers), others: await of(other) };
        }),
      );
      expect(seen).toEqual(kinds.map((kind) => ({ kind, tries: 2, others: 1 })));
      const broken = (kind: string, header: string) =>
        counted(stage, outside, { app: `all-${kind}`, path: '/one', headers: [[header, '1']] });
      expect(await Promise.all(['reset', 'refused-stream'].map((kind) => broken(kind, 'x-echo-refuse')))).toEqual([
        [503, 2],
        [503, 2],
      ]);
      expect(await Promise.all(['reset', 'connect-failure'].map((kind) => broken(kind, 'x-echo-close')))).toEqual([
        [503, 2],
        [503, 1],
      ]);
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => stage.send(outside.ask('all-connect-failure', 'GET /any'))),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    },
  },
  {
    title: 'perTry that an app gives ends each try',
    proves: ['resilience.retries.perTry'],
    apps: [
      outside.app('each-try', [{ name: 'all' }], {
        resilience: { retries: { attempts: 3, perTry: '300ms', retryOn: ['5xx'], backoff: '5ms' } },
      }),
    ],
    run: async (stage) => {
      const headers = [['x-echo-delay-ms', '5000']] as const;
      expect(await counted(stage, outside, { app: 'each-try', path: '/', headers })).toEqual([504, 4]);
    },
  },
];

/** The cases of callers inside. */
export const insideDefaults: readonly LiveCase[] = [
  fallBack(inside),
  {
    title: 'resilience alone asks for a route inside',
    proves: ['resilience.timeout', 'internal'],
    apps: [
      {
        name: 'only-defaults',
        spec: {
          port: 8080,
          app: { selector: { 'in-only-defaults': 'yes' } },
          internal: {},
          resilience: { timeout: '300ms' },
        },
      },
    ],
    run: async (stage) => {
      expect(await counted(stage, inside, { app: 'only-defaults', path: '/', headers: slow })).toEqual([504, 1]);
      expect(stage.decide(inside.ask('only-defaults', 'GET /')).forwarded?.timeoutMs).toBe(300);
    },
  },
  {
    title: 'what is said of connections leaves mutual TLS as it is, and holds at the pod for all callers together',
    proves: ['resilience.connectTimeout', 'resilience.circuitBreaker.maxRequests'],
    apps: [
      {
        name: 'sealed',
        spec: {
          port: 8080,
          internal: { mtls: { mode: 'Strict' } },
          resilience: { connectTimeout: '5s', circuitBreaker: { maxRequests: 2 } },
        },
      },
    ],
    run: async ({ gets, send }) => {
      const ask = { request: 'GET http://sealed.team/', from: 'checkout' };
      await gets([
        { ...ask, gets: { pods: 'sealed', route: 'team/sealed/default' } },
        { request: 'GET http://sealed.team/', from: 'stranger', at: 'sealed:8080', gets: 'nothing' },
      ]);
      const headers = [
        ['x-echo-key', 'sealed'],
        ['x-echo-delay-ms', '2000'],
      ] as const;
      // No caller has more than two under way.
      const callers = ['checkout', 'ops', 'batch-job'];
      const answers = await Promise.all(callers.flatMap((from) => [0, 1].map(() => send({ ...ask, from, headers }))));
      const seen = answers.filter(({ status }) => status === 200).map((answer) => echoOf(answer).underWay);
      expect(Math.max(...seen)).toBe(2);
      expect(answers.some(({ status }) => status === 503)).toBe(true);
    },
  },
];
