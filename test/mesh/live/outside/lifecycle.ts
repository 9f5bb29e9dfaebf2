/** What lifecycle does to what is served. */
import { condition, field } from '../../../testbed/kube-object.ts';
import type { KubeObject } from '../../../testbed/kube-object.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import { canary, shopSpec, stable } from './shop.ts';

const paused = (to: string, isPaused: boolean): LiveApp => ({
  name: 'paused',
  spec: shopSpec({ hosts: ['paused.example.com'], routes: [{ name: 'one', to }] }, { lifecycle: { paused: isPaused } }),
});

/** Whether the operator has seen this generation and says that it is paused. */
function isPausedAt(app: KubeObject): boolean {
  const isObserved = field(app, 'status', 'observedGeneration') === app.metadata.generation;
  return isObserved && condition(app, 'Paused')?.status === 'True';
}

/** The cases; they change their app, so `decide` is asked only while it is not paused. */
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
      await mesh.api.waitFor(written, isPausedAt);
      await mesh.synced();
      const during = await Promise.all(Array.from({ length: 8 }, () => send({ request })));
      expect(new Set(during.map(({ body = '' }) => (JSON.parse(body) as { pod: string }).pod))).toEqual(
        new Set([stable]),
      );
      await serve([paused('canary', false)]);
      await gets([{ request, gets: { pods: canary, backends: 'canary', route: 'team/paused/one' } }]);
    },
  },
];
