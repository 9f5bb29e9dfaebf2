/** Where pods are chosen: Nodes of three regions with a pod each, and callers on two of them. */
import { eventually } from '../../../testbed/eventually.ts';
import type { Mesh } from '../../../testbed/mesh/mesh.ts';
import type { PodOptions } from '../../../testbed/mesh/pod.ts';
import { echoOf } from '../../../testbed/mesh/request.ts';
import type { HeaderLine } from '../../../testbed/mesh/wire.ts';
import { expectShare } from '../../share.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';

/** Nodes by name: their locality. */
const nodes = {
  'eu-a-1': 'eu/eu-a',
  'eu-a-2': 'eu/eu-a',
  'eu-b-1': 'eu/eu-b',
  'us-a-1': 'us/us-a',
  'asia-a-1': 'asia/asia-a',
} as const;
const everywhere = Object.keys(nodes).sort();

/** Callers by pod: the Node they are on. */
const callersOn = { 'in-eu': 'eu-a-1', 'in-us': 'us-a-1' } as const;
type Caller = keyof typeof callersOn;

/** Who they are, by pod. */
export const localityCallers = Object.fromEntries(Object.keys(callersOn).map((name) => [name, `team/${name}`]));

/** Every pod listens here, those in Europe nowhere else. */
const everyone = 8080;
const overseas = 9090;

/** An app over one pod of each Node. */
const app = (name: string, spec: object, port: number = everyone): LiveApp => ({
  name,
  spec: { port, app: { selector: { [`in-${name}`]: 'yes' } }, internal: {}, ...spec },
});

/** Nothing is tried again, so that every answer is of the pod that was chosen first. */
const resilience = (loadBalancing: object | undefined, eject?: object): object => ({
  resilience: {
    retries: { attempts: 0 },
    ...(eject === undefined ? {} : { circuitBreaker: { eject } }),
    ...(loadBalancing === undefined ? {} : { loadBalancing }),
  },
});
const failover = (to: string): object => ({ locality: { failover: [{ from: 'eu', to }] } });
const leftOut = { after: 1, every: '1s', for: '5m', maxPercent: 100 };

/** The Nodes, and the pods on them: one with the labels of all apps on each, and the callers. */
export async function setUpLocalities(mesh: Mesh): Promise<readonly PodOptions[]> {
  const localities = Object.entries(nodes);
  await Promise.all(localities.map(([name, locality]) => mesh.node({ name, locality })));
  const apps = localityCases.flatMap(({ apps: some = [] }) => some);
  const labels = Object.fromEntries(apps.map(({ name }) => [`in-${name}`, 'yes']));
  return [
    ...localities.map(([node, locality]) => ({
      namespace: 'team',
      name: node,
      node,
      labels,
      ports: locality.startsWith('eu/') ? [everyone] : [everyone, overseas],
      sidecar: false,
    })),
    ...Object.entries(callersOn).map(([name, node]) => ({ namespace: 'team', name, node, serviceAccount: name })),
  ];
}

type Send = { readonly times?: number; readonly headers?: readonly HeaderLine[] };

/** The Nodes whose pods answered, one answer after another; `503` where none did. */
async function answers(stage: Stage, name: string, from: Caller, send: Send = {}): Promise<readonly string[]> {
  const { times = 40, headers = [] } = send;
  const seen: string[] = [];
  for (let at = 0; at < times; at += 1) {
    const answer = await stage.send({ request: `GET http://${name}.team/`, from, headers });
    seen.push(answer.status === 200 ? echoOf(answer).node : String(answer.status));
  }
  return seen;
}

/** The same, each once, sorted. */
async function nodesOf(stage: Stage, name: string, from: Caller, send: Send = {}): Promise<readonly string[]> {
  return [...new Set(await answers(stage, name, from, send))].sort();
}

/** What `decide` says of the localities of an app. */
function decided(stage: Stage, name: string): unknown {
  return stage.decide({ request: `GET http://${name}.team/`, from: 'in-eu' }).forwarded?.connections?.locality;
}

const field = (name: string): string => `resilience.loadBalancing.locality.${name}`;
const close = (name: string): string => `service.trafficDistribution=${name}`;
const ownZone = ['eu-a-1', 'eu-a-2'];

/** The cases. */
export const localityCases: readonly LiveCase[] = [
  {
    title: 'requests stay in the zone of the caller while its pods are well, and with hashOn at one of them',
    proves: [],
    apps: [
      app('near-first', resilience(failover('us'), leftOut)),
      app('near-by-default', resilience(undefined, leftOut)),
      app('near-and-kept', resilience({ ...failover('us'), hashOn: { header: 'x-user' } }, leftOut)),
      app('anywhere', resilience(undefined)),
    ],
    run: async (stage) => {
      for (const name of ['near-first', 'near-by-default', 'near-and-kept']) {
        expect({ name, nodes: await nodesOf(stage, name, 'in-eu') }).toEqual({ name, nodes: ownZone });
        expect({ name, nodes: await nodesOf(stage, name, 'in-us') }).toEqual({ name, nodes: ['us-a-1'] });
      }
      expect(await nodesOf(stage, 'anywhere', 'in-eu', { times: 100 })).toEqual(everywhere);
      const kept = [];
      for (let user = 0; user < 12; user += 1) {
        kept.push(await nodesOf(stage, 'near-and-kept', 'in-eu', { times: 8, headers: [['x-user', `${user}`]] }));
      }
      expect(kept.map(({ length }) => length)).toEqual(kept.map(() => 1));
      expect([...new Set(kept.flat())].sort()).toEqual(ownZone);
    },
  },
  {
    title: 'once pods are left out, those of the next region take over',
    proves: [field('failover[].from'), field('failover[].to')],
    apps: [
      app('over-to-us', resilience(failover('us'), leftOut), overseas),
      app('over-to-asia', resilience(failover('asia'), leftOut), overseas),
      app('over-to-any', resilience(undefined, leftOut), overseas),
    ],
    run: async (stage) => {
      // Nobody in Europe listens on this port: each refusal puts a pod out, until its zone and then its region are empty.
      const next = { 'over-to-us': ['us-a-1'], 'over-to-asia': ['asia-a-1'], 'over-to-any': ['asia-a-1', 'us-a-1'] };
      for (const [name, wanted] of Object.entries(next)) {
        expect(await answers(stage, name, 'in-eu', { times: 1 })).toEqual(['503']);
        await eventually(`${name}: ${wanted.join()}`, async () => {
          return (await nodesOf(stage, name, 'in-eu')).join() === wanted.join();
        });
      }
      expect(decided(stage, 'over-to-us')).toEqual({ failover: [{ from: 'eu', to: 'us' }] });
      // Callers of another region have other rules, here none.
      expect(await nodesOf(stage, 'over-to-asia', 'in-us')).toEqual(['us-a-1']);
    },
  },
  {
    title: 'localities get the shares that distribute says, also where the Service prefers what is close',
    proves: [field('distribute[].from'), field('distribute[].to')],
    apps: [false, true].map((isClose) =>
      app(isClose ? 'shared-not-close' : 'shared-out', {
        ...(isClose ? { service: { trafficDistribution: 'PreferClose' } } : {}),
        ...resilience({
          locality: {
            distribute: [
              { from: 'eu/*', to: { 'eu/eu-a': 70, 'asia/*': 30 } },
              { from: 'us', to: { 'eu/eu-b': 100 } },
            ],
          },
        }),
      }),
    ),
    run: async (stage) => {
      for (const name of ['shared-out', 'shared-not-close']) {
        const all = await answers(stage, name, 'in-eu', { times: 300 });
        expect([...new Set(all)].sort()).toEqual(['asia-a-1', ...ownZone]);
        expectShare(all.filter((node) => node === 'asia-a-1').length, all.length, 0.3);
        expect(await nodesOf(stage, name, 'in-us')).toEqual(['eu-b-1']);
      }
      expect(decided(stage, 'shared-out')).toEqual({
        distribute: [
          {
            from: 'eu/*',
            to: [
              { locality: 'asia/*', percent: 30 },
              { locality: 'eu/eu-a', percent: 70 },
            ],
          },
          { from: 'us', to: [{ locality: 'eu/eu-b', percent: 100 }] },
        ],
      });
    },
  },
  {
    title:
      'trafficDistribution keeps requests in the zone or at the Node of the caller, as far as pods there are ready',
    proves: ['PreferClose', 'PreferSameZone', 'PreferSameNode'].map(close),
    apps: ['close', 'same-zone', 'same-node'].map((name) =>
      app(`prefer-${name}`, {
        service: {
          trafficDistribution: { close: 'PreferClose', 'same-zone': 'PreferSameZone', 'same-node': 'PreferSameNode' }[
            name
          ],
        },
      }),
    ),
    run: async (stage) => {
      const seen = async (name: string): Promise<readonly string[]> => nodesOf(stage, `prefer-${name}`, 'in-eu');
      const all = async () => [await seen('close'), await seen('same-zone'), await seen('same-node')];
      expect(await all()).toEqual([ownZone, ownZone, ['eu-a-1']]);
      const unready = async (names: readonly string[], isReady: boolean) => {
        await Promise.all(names.map((name) => stage.pod(name).setReady(isReady)));
        await stage.mesh.synced();
      };
      await unready(['eu-a-1'], false);
      // Envoy leaves a place before it is empty: with half of its pods a zone gets seven tenths of its requests.
      const spilling = ['eu-a-2', 'eu-b-1'];
      expect(await all()).toEqual([spilling, spilling, ['eu-a-2']]);
      await unready(['eu-a-2'], false);
      expect(await all()).toEqual([['eu-b-1'], ['eu-b-1'], ['eu-b-1']]);
      await unready(ownZone, true);
      expect(await seen('close')).toEqual(ownZone);
    },
  },
];
