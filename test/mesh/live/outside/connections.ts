/** How proxies connect to pods, by what a pod that takes no connection, few of them or none any more gives a client. */
import { echoOf, headerValues } from '../../../testbed/mesh/request.ts';
import type { Answer } from '../../../testbed/mesh/request.ts';
import { eventually } from '../../../testbed/eventually.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';

/** An app over the one pod `pod`, whose routes do nothing but what resilience says. */
const appOver = (pod: string, name: string, resilience: object): LiveApp => ({
  name,
  spec: {
    port: 8080,
    app: { selector: { app: pod } },
    external: { hosts: [`${name}.example.com`] },
    resilience,
  },
});

const request = (name: string): string => `GET http://${name}.example.com/`;

/** What many requests at once got. */
type Crowd = {
  readonly ok: number;
  /** Answered with 503 because a limit was reached. */
  readonly overloaded: number;
  /** Anything else. */
  readonly others: readonly Answer[];
  /** Most that a pod had under way. */
  readonly underWay: number;
};

/** Sends requests at once, each of which takes the pod a while. */
async function crowd({ send }: Stage, name: string, size: number, delayMs: number): Promise<Crowd> {
  const headers = [
    ['x-echo-key', `crowd-${name}`],
    ['x-echo-delay-ms', String(delayMs)],
  ] as const;
  const answers = await Promise.all(Array.from({ length: size }, () => send({ request: request(name), headers })));
  const isOk = ({ status }: Answer): boolean => status === 200;
  const isOverloaded = ({ status, headers: lines = [] }: Answer): boolean =>
    status === 503 && headerValues(lines, 'x-envoy-overloaded')[0] === 'true';
  return {
    ok: answers.filter(isOk).length,
    overloaded: answers.filter(isOverloaded).length,
    others: answers.filter((answer) => !isOk(answer) && !isOverloaded(answer)),
    underWay: Math.max(0, ...answers.filter(isOk).map((answer) => echoOf(answer).underWay)),
  };
}

/** The cases. */
export const connectionCases: readonly LiveCase[] = [
  {
    title: 'a pod that takes no connection is given up after connectTimeout, and an answer may take longer than that',
    proves: ['resilience.connectTimeout'],
    apps: [
      appOver('lost', 'lost', { timeout: '8s', connectTimeout: '200ms', retries: { attempts: 0 } }),
      appOver('narrow', 'patient', { connectTimeout: '200ms' }),
    ],
    run: async ({ send, decide }) => {
      const lost = await send({ request: request('lost') });
      // Without it the route's timeout would come first: 504.
      expect(lost.status).toBe(503);
      const slow = await send({ request: request('patient'), headers: [['x-echo-delay-ms', '1200']] });
      expect(slow.status).toBe(200);
      expect(decide({ request: request('patient') }).forwarded?.connections).toEqual({ connectTimeout: 200 });
    },
  },
  {
    title: 'a connection to a pod that nobody uses is closed after idleTimeout',
    proves: ['resilience.idleTimeout'],
    apps: [appOver('idle', 'idle', { idleTimeout: '1s' })],
    run: async ({ send, pod }) => {
      expect((await send({ request: request('idle') })).status).toBe(200);
      await eventually('the connection is closed', async () => (await pod('idle').connections()) === 0);
    },
  },
  {
    title: 'with maxConnections further requests wait, with maxPending only so many, and with maxRequests none',
    proves: ['maxConnections', 'maxPending', 'maxRequests'].map((field) => `resilience.circuitBreaker.${field}`),
    apps: [
      appOver('narrow', 'one-by-one', { circuitBreaker: { maxConnections: 1 } }),
      appOver('narrow', 'few-wait', { circuitBreaker: { maxConnections: 1, maxPending: 1 } }),
      appOver('narrow', 'two-at-once', { circuitBreaker: { maxRequests: 2 } }),
      appOver('narrow', 'unlimited', { circuitBreaker: {} }),
    ],
    run: async (stage) => {
      const size = 8;
      const unlimited = await crowd(stage, 'unlimited', size, 1500);
      expect(unlimited).toMatchObject({ ok: size, overloaded: 0, others: [] });
      expect(unlimited.underWay).toBeGreaterThan(2);
      const oneByOne = await crowd(stage, 'one-by-one', size, 200);
      expect(oneByOne).toEqual({ ok: size, overloaded: 0, others: [], underWay: 1 });
      // While the one connection is being made, the first request waits too, and takes the place of the one that may.
      expect((await stage.send({ request: request('few-wait') })).status).toBe(200);
      const fewWait = await crowd(stage, 'few-wait', size, 1500);
      expect(fewWait).toMatchObject({ others: [], underWay: 1 });
      // One is under way and one waits; on a busy machine others come when these are done.
      expect(fewWait.ok).toBeGreaterThanOrEqual(2);
      expect(fewWait.overloaded).toBeGreaterThan(0);
      const twoAtOnce = await crowd(stage, 'two-at-once', size, 1500);
      expect(twoAtOnce).toMatchObject({ others: [], underWay: 2 });
      expect(twoAtOnce.overloaded).toBeGreaterThan(0);
      const connections = (name: string) => stage.decide({ request: request(name) }).forwarded?.connections;
      expect(['few-wait', 'two-at-once', 'unlimited'].map(connections)).toEqual([
        { maxConnections: 1, maxPending: 1 },
        { maxRequests: 2 },
        undefined,
      ]);
    },
  },
  {
    title: 'with maxRetries only so many failed requests at a time are tried again',
    proves: ['resilience.circuitBreaker.maxRetries'],
    apps: [1, 100].map((maxRetries) =>
      appOver('narrow', `retries-${maxRetries}`, {
        retries: { attempts: 1, retryOn: ['5xx'], backoff: '1ms' },
        circuitBreaker: { maxRetries },
      }),
    ),
    run: async ({ send, mesh }) => {
      const size = 10;
      const tries = async (name: string): Promise<number> => {
        const headers = [
          ['x-echo-key', name],
          ['x-echo-status', '500'],
          ['x-echo-delay-ms', '1000'],
        ] as const;
        await Promise.all(Array.from({ length: size }, () => send({ request: request(name), headers })));
        return mesh.count(name);
      };
      expect(await tries('retries-100')).toBe(2 * size);
      const few = await tries('retries-1');
      expect(few).toBeGreaterThan(size);
      expect(few).toBeLessThan(2 * size);
    },
  },
];
