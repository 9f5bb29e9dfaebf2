/** Numbers of requests: which are too many, for whom, and what does not count. */
import { randomUUID } from 'node:crypto';
import { eventually } from '../../../testbed/eventually.ts';
import { headerValues } from '../../../testbed/mesh/request.ts';
import type { Ask, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';

type Sent = Omit<Ask, 'gets'>;

const host = 'counted.example.com';
const url = `http://${host}`;

/** One after the other, so that it is known which of them is one too many; status codes. */
async function statusesOf({ send }: Stage, asks: readonly Sent[]): Promise<readonly (number | undefined)[]> {
  const statuses: (number | undefined)[] = [];
  for (const ask of asks) statuses.push((await send(ask)).status);
  return statuses;
}

const times = (count: number, ask: Sent): readonly Sent[] => Array.from({ length: count }, () => ask);
const some = (count: number, status: number): readonly number[] => Array.from({ length: count }, () => status);
const saying = (route: string): Pick<Sent, 'headers'> => ({ headers: [['x-apptraffic-route', route]] });

/** Sends until the bucket is empty, all at once: no more get through than it held and got meanwhile. */
async function drain(
  { send }: Stage,
  request: string,
  count: number,
  most: (seconds: number) => number,
): Promise<void> {
  const start = performance.now();
  const answers = await Promise.all(Array.from({ length: count }, () => send({ request })));
  const seconds = (performance.now() - start) / 1000;
  const passed = answers.filter(({ status }) => status === 200).length;
  expect({ request, tooMany: passed > most(seconds), tooFew: passed < Math.floor(most(0)) }).toEqual({
    request,
    tooMany: false,
    tooFew: false,
  });
  expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
}

const passesAgain = ({ send }: Stage, request: string): Promise<void> =>
  eventually(`${request} passes again`, async () => (await send({ request })).status === 200);

/** The cases. */
export const rateCases: readonly LiveCase[] = [
  {
    title:
      'a route with a limit of its own lets so many requests through, whatever they look like and whatever they say of their route, and answers 429 to the next',
    proves: [
      'external.routes[].rateLimit.requests',
      'external.routes[].rateLimit.per=Hour',
      'external.routes[].rateLimit.burst',
    ],
    apps: [
      {
        name: 'counted',
        spec: {
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'calls', port: 90, targetPort: 9090, protocol: 'grpc' },
          ],
          external: {
            hosts: [host, '*.counted.example.com'],
            rateLimit: { requests: 6, per: 'Hour' },
            routes: [
              {
                name: 'search',
                match: { prefix: '/search' },
                rateLimit: { requests: 3, per: 'Hour', burst: 4 },
                headers: { response: { set: { 'x-told': 'yes' } } },
              },
              { name: 'export', match: { prefix: '/export' }, rateLimit: { requests: 100, per: 'Hour', burst: 1 } },
              { name: 'paced', match: { prefix: '/paced' }, rateLimit: { requests: 20, per: 'Minute', burst: 2 } },
              { name: 'quick', match: { prefix: '/quick' }, rateLimit: { requests: 1, per: 'Second', burst: 3 } },
              { name: 'free', match: { prefix: '/free' }, rateLimit: { mode: 'None' } },
              { name: 'closed', match: { prefix: '/closed' }, respond: { status: 418 } },
              {
                name: 'copied',
                match: { prefix: '/copied' },
                rateLimit: { requests: 3, per: 'Hour' },
                mirror: { to: 'app' },
              },
              {
                name: 'calls',
                match: { prefix: '/shop.Cart' },
                port: 'calls',
                rateLimit: { requests: 1, per: 'Hour' },
              },
              { name: 'all' },
            ],
          },
        },
      },
    ],
    run: async (stage) => {
      const { send, decide, gets } = stage;
      const route = 'team/counted/search';
      await gets([
        { request: `GET ${url}/search?q=1`, gets: { pods: 'counted', route } },
        { request: `GET http://COUNTED.example.com:80/search`, gets: { pods: 'counted', route } },
        { request: `POST http://a.counted.example.com./search/x`, gets: { pods: 'counted', route } },
      ]);
      expect(await statusesOf(stage, [{ request: `HEAD ${url}/search//x` }])).toEqual([200]);
      const more: readonly Sent[] = [
        { request: `GET ${url}/search` },
        { request: `HEAD ${url}/search` },
        { request: `GET ${url}/%73earch` },
        { request: `DELETE http://a.counted.example.com/search/../search/x` },
        ...['team/counted/free', 'team/counted/all', 'team/roomy/default', ''].map((said) => ({
          request: `GET ${url}/search`,
          ...saying(said),
        })),
        {
          request: `GET ${url}/search`,
          headers: [
            ['x-envoy-internal', 'true'],
            ['x-forwarded-for', '203.0.113.99'],
          ],
        },
      ];
      expect(await statusesOf(stage, more)).toEqual(some(more.length, 429));
      const told = await send({ request: `GET ${url}/search` });
      expect([told.body, headerValues(told.headers ?? [], 'x-told')]).toEqual(['local_rate_limited', ['yes']]);
      expect(decide({ request: `GET ${url}/search` })).toMatchObject({
        outcome: 'route',
        forwarded: { rateLimit: { requests: 3, perSeconds: 3600, burst: 4, of: 'Route' } },
      });
      expect(await statusesOf(stage, times(2, { request: `GET ${url}/export` }))).toEqual([200, 429]);
    },
  },
  {
    title:
      'routes without a limit of their own share that of the app; other routes, fixed answers and callers inside the mesh take nothing of it, whatever they say',
    proves: [
      'external.rateLimit.requests',
      'external.rateLimit.per=Hour',
      'external.rateLimit.burst',
      'external.routes[].rateLimit.mode=None',
    ],
    run: async (stage) => {
      const { mesh, decide } = stage;
      const inside = { request: 'GET http://counted.team/', from: 'docs' };
      const forged = saying('team/counted/all');
      // Who has proven to be another one than the gateway is neither counted nor limited.
      expect(await statusesOf(stage, times(10, { ...inside, ...forged }))).toEqual(some(10, 200));
      // Who has proven nothing, and says that he came through the gateway, has a bucket with others of his kind.
      const past = async (headers: Sent['headers'] = []): Promise<number | undefined> => {
        const to = `${stage.pod('counted').address}:8080`;
        return (await mesh.internet.request({ to, host: 'counted.team', headers })).status;
      };
      const inPlaintext: (number | undefined)[] = [];
      for (const { headers } of Array.from({ length: 8 }, () => forged)) inPlaintext.push(await past(headers));
      expect(inPlaintext).toEqual([...some(6, 200), 429, 429]);
      expect(await past()).toBe(200);
      expect(await statusesOf(stage, times(8, { request: `GET ${url}/free` }))).toEqual(some(8, 200));
      expect(await statusesOf(stage, times(8, { request: `GET ${url}/closed` }))).toEqual(some(8, 418));
      // Five requests and a websocket, over which a second message counts for nothing.
      expect(
        await statusesOf(stage, [
          { request: `GET ${url}/` },
          { request: `HEAD ${url}/x` },
          { request: `GET http://b.${host}//free`, ...saying('team/counted/free') },
          { request: `OPTIONS ${url}/` },
          { request: `POST ${url}/`, bodyBytes: 5 },
        ]),
      ).toEqual(some(5, 200));
      const gateway = `${mesh.gateways[0]?.address ?? ''}:80`;
      const websocket = () => mesh.internet.websocket({ to: gateway, host, silentMs: 10 });
      const { status, messages = [] } = await websocket();
      expect([status, messages[1]]).toEqual([101, 'still there?']);
      expect((await websocket()).status).toBe(429);
      expect(await statusesOf(stage, [{ request: `GET ${url}/` }, { request: `GET http://b.${host}/y` }])).toEqual([
        429, 429,
      ]);
      expect(await statusesOf(stage, [inside, { ...inside, ...forged }, { request: `GET ${url}/free` }])).toEqual(
        some(3, 200),
      );
      expect(decide({ request: `GET ${url}/` }).forwarded?.rateLimit).toEqual({
        requests: 6,
        perSeconds: 3600,
        burst: 6,
        of: 'App',
      });
      const unlimited = [{ request: `GET ${url}/free` }, inside].map((ask) => decide(ask).forwarded);
      expect(unlimited.map((forwarded) => [forwarded?.backends[0]?.name, forwarded?.rateLimit])).toEqual([
        ['app', undefined],
        ['app', undefined],
      ]);
    },
  },
  {
    title: 'a copy of a request counts as another one where the pods get both',
    proves: ['external.routes[].rateLimit.requests'],
    run: async (stage) => {
      const keyed = (key: string): Sent => ({ request: `GET ${url}/copied`, headers: [['x-echo-key', key]] });
      const [first, later] = [randomUUID(), randomUUID()];
      expect(await statusesOf(stage, [keyed(first)])).toEqual([200]);
      const { count } = stage.pod('counted');
      await eventually('the copy of the first request', async () => (await count(first)) === 2);
      // One more is let through, the request or its copy.
      const [, next] = await statusesOf(stage, times(2, keyed(later)));
      expect(next).toBe(429);
      await eventually('the last one that is let through', async () => (await count(later)) === 1);
    },
  },
  {
    title: 'a call of gRPC that is one too many ends with RESOURCE_EXHAUSTED',
    proves: ['external.routes[].rateLimit.requests'],
    run: async ({ mesh }) => {
      const call = { to: `${mesh.gateways[0]?.address ?? ''}:80`, host, path: '/shop.Cart/Add', message: '{}' };
      const outcome = async (): Promise<string> => {
        const { headers = [], trailers = [] } = (await mesh.internet.grpc(call)) as never;
        return [...headerValues(headers, 'grpc-status'), ...headerValues(trailers, 'grpc-status')].join();
      };
      expect([await outcome(), await outcome(), await outcome()]).toEqual(['0', '8', '8']);
    },
  },
  {
    title: 'a limit is filled evenly: a request for a share of its span, and never more than the burst at once',
    proves: [
      'external.routes[].rateLimit.per=Minute',
      'external.routes[].rateLimit.per=Second',
      'external.routes[].rateLimit.burst',
    ],
    run: async (stage) => {
      await drain(stage, `GET ${url}/paced`, 12, (seconds) => 2 + seconds / 3);
      await drain(stage, `GET ${url}/quick`, 12, (seconds) => 3 + seconds);
      await Promise.all([passesAgain(stage, `GET ${url}/paced`), passesAgain(stage, `GET ${url}/quick`)]);
    },
  },
  {
    title:
      'the limit of an app holds where its pods take plaintext only, is for each pod, and comes before the limit of bodies',
    proves: ['external.rateLimit.per=Minute', 'external.rateLimit.per=Second', 'external.rateLimit.burst'],
    apps: [
      {
        name: 'rated',
        spec: {
          port: 8080,
          external: {
            hosts: ['rated.example.com'],
            rateLimit: { requests: 20, per: 'Minute', burst: 3 },
            maxBodySize: '1k',
          },
          internal: { mtls: { mode: 'Disable' } },
        },
      },
      {
        name: 'hurried',
        spec: {
          port: 8080,
          external: { hosts: ['hurried.example.com'], rateLimit: { requests: 1, per: 'Second', burst: 5 } },
        },
      },
    ],
    run: async (stage) => {
      const rated = 'http://rated.example.com/';
      const large = { request: `POST ${rated}`, bodyBytes: 2000 };
      expect(await statusesOf(stage, [large, { request: `GET ${rated}` }])).toEqual([413, 200]);
      await drain(stage, `GET ${rated}`, 10, (seconds) => 1 + seconds / 3);
      expect([200, 413]).not.toContain((await stage.send(large)).status);
      await passesAgain(stage, `GET ${rated}`);
      // Two pods, so twice as many.
      await drain(stage, 'GET http://hurried.example.com/', 40, (seconds) => 2 * (5 + seconds));
      await passesAgain(stage, 'GET http://hurried.example.com/');
    },
  },
];
