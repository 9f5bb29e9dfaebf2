/** Which pod gets a request, by who answers. */
import { field } from '../../../testbed/kube-object.ts';
import { echoOf, headerValues } from '../../../testbed/mesh/request.ts';
import type { HeaderLine } from '../../../testbed/mesh/wire.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import { outside } from '../routes/side.ts';
import type { Stage } from '../stage.ts';
import { gatewayCluster } from './gateway-cluster.ts';

const balanced = (name: string, loadBalancing: object | undefined): LiveApp => ({
  name,
  spec: {
    port: 8080,
    app: { selector: { app: 'shop' } },
    external: { hosts: [`${name}.example.com`] },
    ...(loadBalancing === undefined ? {} : { resilience: { loadBalancing } }),
  },
});

type Send = { readonly path?: string; readonly headers?: readonly HeaderLine[] };
const both = [...outside.both].sort();
const times = 40;

/** Who answered, of so many requests that are all alike; each pod once, sorted. */
async function answeredBy(
  stage: Stage,
  name: string,
  { path = '/', headers = [] }: Send = {},
): Promise<readonly string[]> {
  const ask = { request: `GET http://${name}.example.com${path}`, headers };
  const answers = await Promise.all(Array.from({ length: times }, () => stage.send(ask)));
  return [...new Set(answers.map((answer) => echoOf(answer).pod))].sort();
}

/** Every one of so many different requests has one pod, and not all have the same. */
async function keeps(stage: Stage, name: string, send: (key: string) => Send): Promise<void> {
  const each = await Promise.all(Array.from({ length: 12 }, (_, at) => answeredBy(stage, name, send(`visitor-${at}`))));
  expect(each.map(({ length }) => length)).toEqual(each.map(() => 1));
  expect([...new Set(each.flat())].sort()).toEqual(both);
}

const hash = (by: string): string => `resilience.loadBalancing.hashOn.${by}`;

/** The cases. */
export const balancingCases: readonly LiveCase[] = [
  {
    title: 'requests with the same header, or the same parameter of the query, get the same pod, and others any',
    proves: [hash('header'), hash('query')],
    apps: [
      balanced('hash-header', { hashOn: { header: 'X-User' } }),
      balanced('hash-query', { hashOn: { query: 'user' } }),
      balanced('no-hash', undefined),
    ],
    run: async (stage) => {
      const byHeader = (user: string): Send => ({ headers: [['x-user', user]] });
      const byQuery = (user: string): Send => ({ path: `/?a=b&user=${user}` });
      await keeps(stage, 'hash-header', byHeader);
      await keeps(stage, 'hash-query', byQuery);
      expect(await answeredBy(stage, 'hash-header')).toEqual(both);
      expect(await answeredBy(stage, 'hash-query', { path: '/?User=a' })).toEqual(both);
      expect(await answeredBy(stage, 'no-hash', byHeader('a'))).toEqual(both);
      const decided = ['hash-header', 'hash-query', 'no-hash'].map(
        (name) => stage.decide({ request: `GET http://${name}.example.com/` }).forwarded?.connections?.hashOn,
      );
      expect(decided).toEqual([{ by: 'header', name: 'x-user' }, { by: 'query', name: 'user' }, undefined]);
    },
  },
  {
    title: 'a cookie keeps its pod; with a ttl the proxy gives one to who has none, without it never',
    proves: [hash('cookie.name'), hash('cookie.ttl')],
    apps: [
      balanced('hash-own', { hashOn: { cookie: { name: 'session' } } }),
      balanced('hash-given', { hashOn: { cookie: { name: 'pod', ttl: '89s500ms' } } }),
    ],
    run: async (stage) => {
      await keeps(stage, 'hash-own', (session) => ({ headers: [['cookie', `a=b; session=${session}`]] }));
      expect(await answeredBy(stage, 'hash-own')).toEqual(both);
      const given = async (name: string) => {
        const { headers = [] } = await stage.send({ request: `GET http://${name}.example.com/` });
        return headerValues(headers, 'set-cookie');
      };
      expect(await given('hash-own')).toEqual([]);
      const [line = ''] = await given('hash-given');
      const [, value = ''] = /^pod="?([0-9a-f]+)"?;/.exec(line) ?? [];
      expect(line.replace(value, 'VALUE')).toBe('pod="VALUE"; Max-Age=90; Path=/; SameSite=Lax; HttpOnly');
      expect(await answeredBy(stage, 'hash-given', { headers: [['cookie', `pod=${value}`]] })).toHaveLength(1);
      const { headers = [] } = await stage.send({
        request: 'GET http://hash-given.example.com/',
        headers: [['cookie', `pod=${value}`]],
      });
      expect(headerValues(headers, 'set-cookie')).toEqual([]);
    },
  },
  {
    title: 'one client keeps its pod by its address',
    proves: [hash('sourceIP=true')],
    apps: [balanced('hash-source', { hashOn: { sourceIP: true } })],
    run: async (stage) => {
      expect(await answeredBy(stage, 'hash-source')).toHaveLength(1);
      expect(await answeredBy(stage, 'no-hash')).toEqual(both);
    },
  },
  {
    title: 'pods are chosen by the algorithm, and a new one warms up as long as is said',
    proves: [
      ...['LeastRequest', 'RoundRobin', 'Random'].map((name) => `resilience.loadBalancing.algorithm=${name}`),
      'resilience.loadBalancing.warmup',
    ],
    apps: [
      balanced('least', { algorithm: 'LeastRequest', warmup: '61s' }),
      balanced('in-turn', { algorithm: 'RoundRobin', warmup: '62s' }),
      balanced('random', { algorithm: 'Random' }),
    ],
    run: async (stage) => {
      for (const name of ['least', 'in-turn', 'random']) expect(await answeredBy(stage, name)).toEqual(both);
      // Which of them it is shows only in the long run, so the proxy is asked. The first of its names is left out.
      const held = await Promise.all(['least', 'in-turn', 'random'].map((name) => gatewayCluster(stage, name)));
      expect(held.map((cluster) => field(cluster, 'lb_policy'))).toEqual(['LEAST_REQUEST', undefined, 'RANDOM']);
      expect(held[0]).toMatchObject({ least_request_lb_config: { slow_start_config: { slow_start_window: '61s' } } });
      expect(held[1]).toMatchObject({ round_robin_lb_config: { slow_start_config: { slow_start_window: '62s' } } });
    },
  },
];
