/** Weights that Argo Rollouts moves, while the operator writes the same objects. */
import { echoOf, headerValues } from '../../../testbed/mesh/request.ts';
import { rolloutsController } from '../../../testbed/rollouts.ts';
import { judgeShare } from '../../share.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import { seenView } from '../views.ts';
import { canary, stable } from './shop.ts';

const request = 'GET http://rolled.example.com/';
const draws = 400;

/** Both backends have the labels of the app; which pods each means is in the label that the rollout puts on them. */
const rolled = (edit: string, weightsManagedBy: string): LiveApp => ({
  name: 'rolled',
  spec: {
    port: 8080,
    app: { selector: { app: 'shop' } },
    backends: { stable: { labels: { app: 'shop' } }, canary: { labels: { app: 'shop' } } },
    split: { stable: 100, canary: 0 },
    weightsManagedBy,
    external: {
      hosts: ['rolled.example.com'],
      routes: [{ name: 'all', headers: { request: { set: { 'x-edit': edit } } } }],
    },
  },
});

/** What a request got: the pod that answered, and the edit that its route was of. */
type Seen = { readonly pod: string | null; readonly edit: string | undefined };

async function sent({ send }: Stage, times: number): Promise<readonly Seen[]> {
  const answers = await Promise.all(Array.from({ length: times }, () => send({ request })));
  return answers.map((answer) => ({
    pod: seenView(answer).pod,
    edit: headerValues(echoOf(answer).headers, 'x-edit')[0],
  }));
}

/** What requests got that were sent all the while that something was done. */
async function sentWhile(stage: Stage, act: () => Promise<void>): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const work = { isDone: false };
  const probing = (async () => {
    while (!work.isDone) seen.push(...(await sent(stage, 5)));
  })();
  await act().finally(() => (work.isDone = true));
  await probing;
  return seen;
}

async function expectCanary(stage: Stage, percent: number): Promise<void> {
  const count = (await sent(stage, draws)).filter(({ pod }) => pod === canary).length;
  expect(judgeShare(count, draws, percent / 100)).toMatchObject({ isRight: true });
}

/** The case. */
export const rolloutCases: readonly LiveCase[] = [
  {
    title:
      'requests follow the weights that Argo Rollouts sets, from one edit of the spec to the next and all the while',
    proves: ['weightsManagedBy=ArgoRollouts', 'weightsManagedBy=AppTraffic'],
    apps: [rolled('0', 'ArgoRollouts')],
    run: async (stage) => {
      const { mesh, serve } = stage;
      const rollouts = rolloutsController(mesh.api, {
        namespace: 'team',
        virtualService: 'rolled-istio',
        routes: ['all'],
        destinationRule: 'rolled',
      });
      await rollouts.updateHash({ canary: 'v2', stable: 'v1' });
      await mesh.synced();
      await expectCanary(stage, 0);
      await rollouts.setWeight(30);
      await mesh.synced();
      await expectCanary(stage, 30);
      // The spec gives the canary nothing: whoever gets to stable from here on got weights of the spec.
      await rollouts.setWeight(100);
      await mesh.synced();
      const seen = await sentWhile(stage, async () => {
        for (const edit of ['1', '2', '3']) await serve([rolled(edit, 'ArgoRollouts')]);
      });
      expect([...new Set(seen.map(({ pod }) => pod))]).toEqual([canary]);
      expect(new Set((await sent(stage, 10)).map(({ edit }) => edit))).toEqual(new Set(['3']));
      // Both at once: neither loses what the other wrote.
      const moving = (async () => {
        for (let weight = 99; weight >= 60; weight -= 1) await rollouts.setWeight(weight);
      })();
      for (const edit of ['4', '5', '6', '7']) await serve([rolled(edit, 'ArgoRollouts')]);
      await moving;
      await mesh.synced();
      expect(new Set((await sent(stage, 10)).map(({ edit }) => edit))).toEqual(new Set(['7']));
      await expectCanary(stage, 60);
      expect(stage.decide({ request }).forwarded).toMatchObject({
        backends: [{ name: 'stable', weight: 100 }],
        weightsManagedBy: 'ArgoRollouts',
      });
      await serve([rolled('8', 'AppTraffic')]);
      // The label is gone as well, so backend stable is all pods again.
      const last = await sent(stage, 40);
      expect(new Set(last.map(({ pod, edit }) => `${String(pod)} ${String(edit)}`))).toEqual(
        new Set([`${stable} 8`, `${canary} 8`]),
      );
    },
  },
];
