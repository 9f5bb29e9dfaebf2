/**
 * Apps of three namespaces that want the same few hosts, each alone, below a wildcard, by path or by `match.host`: in the
 * end each is served and told what an operator that starts now would serve and tell, although a change wakes only whom
 * it concerns.
 */
import { array, assert, asyncProperty, constant, constantFrom, nat, oneof, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { Action } from './actions.ts';
import type { AppSpec } from './app-object.ts';
import { ingressClass } from './memory-cluster.ts';
import { writesAfterRestart } from './operator-rig.ts';
import { Play, playOptions } from './play.ts';

const options = {
  platform: {
    ...playOptions.platform,
    hosts: { policy: 'FirstCome', grants: [], shared: [{ host: 'x.example.com', namespaces: ['alpha', 'beta'] }] },
  },
} as const;

const apps = ['alpha/a', 'alpha/b', 'beta/c', 'zeta/d', 'zeta/e'] as const;
const listed = ['x.example.com', 'y.example.com', 'z.y.example.com', '*.example.com', '*.y.example.com'] as const;
const routes = [
  [{ name: 'web', match: { prefix: '/web' } }],
  [{ name: 'web', match: { prefix: '/web/shop' } }, { name: 'any' }],
  [{ name: 'one', match: { host: 'x.example.com' } }],
  [{ name: 'api', match: { prefix: '/api' }, rewrite: { prefix: '/' } }],
] as const;
const edges = [{ gateway: 'edge/public' }, { provider: 'Ingress', ingressClass: 'nginx' }] as const;

const hosts = array(constantFrom(...listed), { minLength: 1, maxLength: 3 }).map((some) => [...new Set(some)]);
const external = record({ edge: constantFrom(...edges), routes: constantFrom(...routes) }).map(
  ({ edge, routes: list }) => ({ ...edge, routes: list }),
);
const spec = oneof<{ weight: number; arbitrary: Arbitrary<AppSpec> }[]>(
  { weight: 1, arbitrary: constant({}) },
  { weight: 5, arbitrary: record({ hosts }) },
  { weight: 5, arbitrary: record({ hosts, external }) },
);

const app = constantFrom(...apps);
const n = nat({ max: 40 });
const actions = array(
  oneof<{ weight: number; arbitrary: Arbitrary<Action> }[]>(
    { weight: 3, arbitrary: record({ do: constant('edit'), app, spec }) },
    { weight: 1, arbitrary: record({ do: constant('delete'), app }) },
    { weight: 2, arbitrary: record({ do: constant('deliver'), n }) },
    { weight: 2, arbitrary: record({ do: constant('step'), n }) },
  ),
  { maxLength: 8, size: 'max' },
);
/** After each, the operator comes to rest: whoever is not woken from then on is not looked at again. */
const bursts = array(actions, { minLength: 1, maxLength: 6, size: 'max' });

test('everybody whom a change of hosts concerns is woken by it', async () => {
  await assert(
    asyncProperty(bursts, async (list) => {
      const play = new Play(options);
      play.cluster.put(ingressClass('nginx', 'k8s.io/ingress-nginx'));
      for (const burst of list) await play.run(burst);
      expect(await writesAfterRestart(play.cluster, options)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
