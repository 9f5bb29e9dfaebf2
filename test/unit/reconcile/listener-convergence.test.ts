/**
 * Apps of several namespaces that want the same few ports of two gateway workloads: in the end no port leads to two of
 * them, and each is served and told what an operator that starts now would serve and tell.
 */
import { array, assert, asyncProperty, constant, constantFrom, nat, oneof, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { isJsonObject, listAt, numberAt, textsAt } from '../../../src/kube/json.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import type { Action } from './actions.ts';
import type { AppSpec } from './app-object.ts';
import { writesAfterRestart } from './operator-rig.ts';
import type { RigOptions } from './operator-rig.ts';
import { Play, playOptions } from './play.ts';

const offered = [5432, 6379];
const options: RigOptions = {
  platform: {
    gateways: (playOptions.platform?.gateways ?? []).flatMap((entry) => [
      { ...entry, tcpPorts: offered },
      // A second Gateway on the pods of the named one.
      ...(entry.name === undefined ? [] : [{ ...entry, name: 'beside', tcpPorts: offered }]),
    ]),
  },
};

const apps = ['alpha/a', 'alpha/b', 'beta/c', 'zeta/d'] as const;
const ports = [
  { name: 'http', port: 80 },
  { name: 'db', port: 5432, protocol: 'tcp' },
];
const edges = [{}, { gateway: 'edge/public' }, { gateway: 'edge/beside' }] as const;
const tcp = constantFrom([5432], [6379], [5432, 6379]).map((some) => some.map((listen) => ({ listen, port: 'db' })));
const spec = oneof<{ weight: number; arbitrary: Arbitrary<AppSpec> }[]>(
  { weight: 1, arbitrary: constant({}) },
  {
    weight: 8,
    arbitrary: record({ edge: constantFrom(...edges), tcp, paused: constantFrom(false, false, false, true) }).map(
      ({ edge, tcp: list, paused }) => ({ ports, external: { ...edge, tcp: list }, paused }),
    ),
  },
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
const bursts = array(actions, { minLength: 1, maxLength: 6, size: 'max' });

const isOnEdge = (gateway: string): boolean => gateway.startsWith('edge/');

/** Every port of each workload, with the apps that it leads to. */
function takers(objects: Iterable<Manifest>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { kind, metadata, spec: given } of objects) {
    if (kind !== 'VirtualService') continue;
    const workload = textsAt(given, 'gateways').some(isOnEdge) ? 'edge' : 'default';
    const matches = listAt(given, 'tcp')
      .filter(isJsonObject)
      .flatMap((rule) => listAt(rule, 'match'));
    for (const port of matches.flatMap((match) => numberAt(match, 'port') ?? [])) {
      const key = `${workload}:${port}`;
      const owner = metadata.ownerReferences?.[0]?.name ?? '';
      found.set(key, (found.get(key) ?? new Set()).add(`${metadata.namespace}/${owner}`));
    }
  }
  return new Map([...found].map(([key, names]) => [key, [...names].sort()]));
}

test('a port of a workload has one app in the end, and everybody whom a change concerns is woken by it', async () => {
  await assert(
    asyncProperty(bursts, async (list) => {
      const play = new Play(options);
      for (const burst of list) await play.run(burst);
      const shared = [...takers(play.cluster.objects.values())].filter(([, names]) => names.length > 1);
      expect(shared).toEqual([]);
      expect(await writesAfterRestart(play.cluster, options)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
