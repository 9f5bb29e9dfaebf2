/** What lifecycle does to what is served. */
import { condition, field } from '../../../testbed/kube-object.ts';
import type { KubeObject } from '../../../testbed/kube-object.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import { canary, shopSpec, stable } from './shop.ts';

const paused = (to: string, isPaused: boolean): LiveApp => ({
  name: 'paused',
  spec: shopSpec({ hosts: ['paused.example.com'], routes: [{ name: 'one', to }] }, { lifecycle: { paused: isPaused } }),
});

const previewed = (to: string, mode: string): LiveApp => ({
  name: 'previewed',
  spec: shopSpec({ hosts: ['previewed.example.com'], routes: [{ name: 'one', to }] }, { lifecycle: { mode } }),
});

const adopting = (adopt: string): LiveApp => ({
  name: 'adopting',
  spec: shopSpec(
    { hosts: ['adopting.example.com'], routes: [{ name: 'one', to: 'stable' }] },
    { lifecycle: { adopt } },
  ),
});
const ofAdopting = { namespace: 'team', name: 'adopting' };
const adoptingApp = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', ...ofAdopting };
const adoptingRule = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', ...ofAdopting };

const outlived = (deletion: string): LiveApp => ({
  name: 'outlived',
  spec: shopSpec(
    { hosts: ['outlived.example.com'], routes: [{ name: 'one', to: 'stable' }] },
    { lifecycle: { deletion } },
  ),
});
const outlivedApp = { ...adoptingApp, name: 'outlived' };

/** Whether the operator has seen this generation and says that it writes nothing. */
function isHeldAt(app: KubeObject): boolean {
  const isObserved = field(app, 'status', 'observedGeneration') === app.metadata.generation;
  return isObserved && condition(app, 'Paused')?.status === 'True';
}

/** The pods that answer eight requests, each once. */
async function podsOf(send: Stage['send'], request: string): Promise<readonly string[]> {
  const answers = await Promise.all(Array.from({ length: 8 }, () => send({ request })));
  return [...new Set(answers.map(({ body = '' }) => (JSON.parse(body) as { pod: string }).pod))];
}

/** The cases; they change their app, so `decide` is asked only while it is not held. */
export const lifecycleCases: readonly LiveCase[] = [
  {
    title: 'while paused nothing changes on the wire, and what was written meanwhile holds when it ends',
    proves: ['lifecycle.paused'],
    apps: [paused('stable', false)],
    run: async ({ mesh, gets, send, serve }) => {
      const request = 'GET http://paused.example.com/';
      await gets([{ request, gets: { pods: stable, backends: 'stable', route: 'team/paused/one' } }]);
      const { name, spec } = paused('canary', true);
      const written = await mesh.app('team', name, spec);
      await mesh.api.waitFor(written, isHeldAt);
      await mesh.synced();
      expect(await podsOf(send, request)).toEqual([stable]);
      await serve([paused('canary', false)]);
      await gets([{ request, gets: { pods: canary, backends: 'canary', route: 'team/paused/one' } }]);
    },
  },
  {
    title: 'a preview changes nothing on the wire and tells what it would do; mode Apply does it',
    proves: ['lifecycle.mode=Preview', 'lifecycle.mode=Apply'],
    apps: [previewed('stable', 'Apply')],
    run: async ({ mesh, gets, send, serve }) => {
      const request = 'GET http://previewed.example.com/';
      await gets([{ request, gets: { pods: stable, backends: 'stable', route: 'team/previewed/one' } }]);
      const { name, spec } = previewed('canary', 'Preview');
      const written = await mesh.app('team', name, spec);
      const told = await mesh.api.waitFor(written, isHeldAt);
      expect(condition(told, 'Paused')).toMatchObject({
        reason: 'Preview',
        message: expect.stringContaining('it would create 0, change 1 and delete 0 objects') as string,
      });
      await mesh.synced();
      expect(await podsOf(send, request)).toEqual([stable]);
      await serve([previewed('canary', 'Apply')]);
      await gets([{ request, gets: { pods: canary, backends: 'canary', route: 'team/previewed/one' } }]);
    },
  },
  {
    title: 'what nobody owns any more serves on: adopt Never leaves it alone, Matching takes it over as it is',
    proves: ['lifecycle.adopt=Never', 'lifecycle.adopt=Matching'],
    apps: [adopting('Never')],
    run: async ({ mesh, gets, send, serve }) => {
      const request = 'GET http://adopting.example.com/';
      const answered = [{ request, gets: { pods: stable, backends: 'stable', route: 'team/adopting/one' } }];
      await gets(answered);
      const made = await mesh.api.get(adoptingRule);
      await mesh.api.delete(adoptingApp, { propagationPolicy: 'Orphan' });
      await mesh.api.waitGone(adoptingApp);
      await mesh.synced();
      expect(await podsOf(send, request)).toEqual([stable]);
      const again = await mesh.app('team', 'adopting', adopting('Never').spec);
      await mesh.api.waitFor(again, (app) => condition(app, 'Conflicted')?.reason === 'NotOwned');
      expect((await mesh.api.get(adoptingRule))?.metadata.ownerReferences).toBeUndefined();
      expect(await podsOf(send, request)).toEqual([stable]);
      await serve([adopting('Matching')]);
      await gets(answered);
      const { metadata } = (await mesh.api.get(adoptingRule)) ?? {};
      expect([metadata?.uid, metadata?.ownerReferences?.[0]?.uid]).toEqual([made?.metadata.uid, again.metadata.uid]);
    },
  },
  {
    title:
      'what outlives its app serves on after it, foreground deletion or not; with deletion Delete nobody serves any more',
    proves: ['lifecycle.deletion=Orphan', 'lifecycle.deletion=Delete'],
    apps: [outlived('Orphan')],
    run: async ({ mesh, gets, send, serve }) => {
      const request = 'GET http://outlived.example.com/';
      const answered = [{ request, gets: { pods: stable, backends: 'stable', route: 'team/outlived/one' } }];
      await gets(answered);
      await mesh.api.delete(outlivedApp, { propagationPolicy: 'Foreground' });
      await mesh.api.waitGone(outlivedApp);
      await mesh.synced();
      expect(await podsOf(send, request)).toEqual([stable]);
      const { name, spec } = outlived('Delete');
      await serve([{ name, spec: { ...spec, lifecycle: { deletion: 'Delete', adopt: 'Matching' } } }]);
      await gets(answered);
      await mesh.api.delete(outlivedApp);
      await mesh.api.waitGone(outlivedApp);
      await mesh.api.waitGone({ ...adoptingRule, kind: 'VirtualService', name: 'outlived-istio' });
      await mesh.synced();
      expect((await send({ request })).status).toBe(404);
    },
  },
];
