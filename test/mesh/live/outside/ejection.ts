/** Pods that fail are left out, by what they stop getting and get again. */
import { eventually } from '../../../testbed/eventually.ts';
import { field } from '../../../testbed/kube-object.ts';
import type { Answer } from '../../../testbed/mesh/request.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import { gatewayCluster } from './gateway-cluster.ts';

type Eject = { readonly after: number; readonly every?: string; readonly for?: string; readonly maxPercent?: number };

/** An app over pods with this label; nothing is tried again, so that a failure is seen. */
const ejecting = (name: string, pods: string, eject: Eject | undefined): LiveApp => ({
  name,
  spec: {
    port: 8080,
    app: { selector: { app: pods } },
    external: { hosts: [`${name}.example.com`] },
    resilience: { retries: { attempts: 0 }, ...(eject === undefined ? {} : { circuitBreaker: { eject } }) },
  },
});

const request = (name: string): string => `GET http://${name}.example.com/`;
const failing = [['x-echo-status', '500']] as const;

/** Sends one request after another. */
async function oneByOne({ send }: Stage, name: string, count: number, fails = false): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < count; at += 1) {
    answers.push(await send({ request: request(name), ...(fails ? { headers: failing } : {}) }));
  }
  return answers;
}

const statusesOf = (answers: readonly Answer[]): readonly number[] =>
  [...new Set(answers.map(({ status }) => status ?? 0))].sort((a, b) => a - b);

/** What the gateway's Envoy holds of the ejection of the app's pods. */
async function heldOf(stage: Stage, name: string): Promise<unknown> {
  return field(await gatewayCluster(stage, name), 'outlier_detection');
}

const long = '5m';

/** The cases. */
export const ejectionCases: readonly LiveCase[] = [
  {
    title: 'a pod that nobody reaches gets no more requests after so many failures, and without eject it goes on',
    proves: ['resilience.circuitBreaker.eject.after'],
    apps: [
      ejecting('left-out', 'bare', { after: 3, every: '1s', for: long, maxPercent: 100 }),
      ejecting('patient-eject', 'bare', { after: 1000, for: long, maxPercent: 100 }),
      ejecting('never-out', 'bare', undefined),
    ],
    run: async (stage) => {
      // One of the two pods listens to nothing; three failures put it out, a moment after the third.
      const first = await oneByOne(stage, 'left-out', 20);
      expect(first.filter(({ status }) => status === 503).length).toBeGreaterThanOrEqual(3);
      await eventually('the pod is left out', async () => {
        return statusesOf(await oneByOne(stage, 'left-out', 20)).join() === '200';
      });
      expect(await heldOf(stage, 'left-out')).toMatchObject({ consecutive_5xx: 3 });
      for (const name of ['patient-eject', 'never-out']) {
        expect(statusesOf((await oneByOne(stage, name, 60)).slice(30))).toEqual([200, 503]);
      }
      const eject = { after: 3, everyMs: 1000, forMs: 300_000, maxPercent: 100 };
      expect(stage.decide({ request: request('left-out') }).forwarded?.connections).toEqual({ eject });
    },
  },
  {
    title: 'no more pods than maxPercent are left out, and one comes back after its time when it is looked for',
    proves: ['every', 'for', 'maxPercent'].map((name) => `resilience.circuitBreaker.eject.${name}`),
    apps: [
      ejecting('all-out', 'shop', { after: 2, every: '1s', for: long, maxPercent: 100 }),
      ejecting('half-out', 'shop', { after: 2, every: '1s', for: long, maxPercent: 50 }),
      ejecting('back-soon', 'narrow', { after: 2, every: '100ms', for: '1s', maxPercent: 100 }),
      ejecting('looked-for-late', 'narrow', { after: 2, every: long, for: '1s', maxPercent: 100 }),
    ],
    run: async (stage) => {
      // Envoy's workers hear of an ejection a moment after the failure that led to it.
      const failsUntil = (name: string, end: number) =>
        eventually(`${name} answers ${end}`, async () => {
          return statusesOf(await oneByOne(stage, name, 5, true)).join() === `${end}`;
        });
      await failsUntil('all-out', 503);
      await oneByOne(stage, 'half-out', 20, true);
      expect(statusesOf(await oneByOne(stage, 'all-out', 5))).toEqual([503]);
      expect(statusesOf(await oneByOne(stage, 'half-out', 5))).toEqual([200]);
      await failsUntil('looked-for-late', 503);
      await oneByOne(stage, 'back-soon', 5, true);
      await eventually('the pod is back', async () => {
        return (await stage.send({ request: request('back-soon') })).status === 200;
      });
      expect(statusesOf(await oneByOne(stage, 'looked-for-late', 3))).toEqual([503]);
      // Which of two times is which shows only by the clock, so the proxy is asked.
      expect(await heldOf(stage, 'back-soon')).toMatchObject({
        consecutive_5xx: 2,
        interval: '0.100s',
        base_ejection_time: '1s',
        max_ejection_percent: 100,
      });
    },
  },
];
