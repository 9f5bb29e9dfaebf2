import { isJsonObject, listAt, textAt, valueAt } from '../../src/kube/json.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { holdRequest } from '../testbed/proxy/injections.ts';
import { rolloutsController } from '../testbed/rollouts.ts';
import type { RolloutsController } from '../testbed/rollouts.ts';
import { conditionTextsOf, localWriteText } from './app-view.ts';
import { childRef, edited, liveOf } from './drift-cases.ts';
import { isAboutApp, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const namespace = 'rollouts';
let stage: Stage;

beforeAll(async () => {
  const settings = { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '200ms' };
  stage = await startStage({ operator: { settings } });
  await stage.namespace(namespace);
});
afterAll(() => stage?.stop());
afterEach(() => stage.recover());

const labels = { app: 'shop' };
const specOf = (name: string, more: object = {}): object => ({
  port: 8080,
  backends: { stable: { labels }, canary: { labels } },
  split: { stable: 100, canary: 0 },
  weightsManagedBy: 'ArgoRollouts',
  external: { hosts: [`${name}.example.com`] },
  ...more,
});

type Rolled = {
  readonly app: KubeObject;
  readonly rollouts: RolloutsController;
  /** Makes an edit; resolves when it is Ready. */
  readonly edit: (more: object) => Promise<KubeObject>;
  readonly writes: () => readonly string[];
};

/** A Ready app whose canary got 20 percent from Argo Rollouts, and no writes since. */
async function rolled(name: string): Promise<Rolled> {
  const app = await stage.ready(await stage.app(namespace, name, specOf(name)));
  const rollouts = rolloutsController(stage.plane.api, {
    namespace,
    virtualService: `${name}-istio`,
    routes: ['default'],
    destinationRule: name,
  });
  const mark = stage.proxy.mark();
  await rollouts.updateHash({ canary: 'b', stable: 'a' });
  for (const weight of [5, 10, 20]) await rollouts.setWeight(weight);
  const edit = async (more: object): Promise<KubeObject> => {
    const { metadata } = await stage.app(namespace, name, specOf(name, more));
    return stage.ready({ ...app, metadata });
  };
  const isOwn = (one: { readonly name: string }): boolean => one.name === name || one.name === `${name}-istio`;
  return { app, rollouts, edit, writes: () => stage.proxy.writes(mark).filter(isOwn).map(localWriteText) };
}

const routesOf = (name: string) => childRef('VirtualService', namespace, `${name}-istio`);
const ruleOf = (name: string) => childRef('DestinationRule', namespace, name);

/** The live weights by subset, the timeout, and each subset's hash. */
async function liveIn(name: string): Promise<object> {
  const [routes, rule] = await Promise.all([routesOf(name), ruleOf(name)].map((ref) => liveOf(stage.plane.api, ref)));
  const [entry] = listAt(routes?.spec, 'http');
  const weights = listAt(entry, 'route').map((to) => [textAt(to, 'destination', 'subset'), valueAt(to, 'weight')]);
  const hashes = listAt(rule?.spec, 'subsets').map((subset) => [
    textAt(subset, 'name'),
    textAt(subset, 'labels', 'rollouts-pod-template-hash'),
  ]);
  return {
    weights: Object.fromEntries(weights) as object,
    hashes: Object.fromEntries(hashes) as object,
    timeout: textAt(entry, 'timeout'),
  };
}

const hashes = { canary: 'b', stable: 'a' };

/** The reasons of the events about an app. */
async function eventsOf(name: string, expected = 0): Promise<readonly unknown[]> {
  const events = await stage.plane.api.waitForList(
    { apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace },
    (found) => found.filter((event) => isAboutApp(event, name)).length >= expected,
  );
  return events.filter((event) => isAboutApp(event, name)).map(({ reason }) => reason);
}

/** Somebody changes each http entry with kubectl edit. */
async function editRoutes(name: string, change: (entry: JsonObject) => JsonObject): Promise<void> {
  const { spec } = await liveOf(stage.plane.api, routesOf(name));
  await edited({ http: listAt(spec, 'http').filter(isJsonObject).map(change) })(stage.plane.api, routesOf(name));
}

describe('weights that Argo Rollouts moves', () => {
  it('cost no write and no event, over a restart too, and status says whose they are', async () => {
    const { app, writes } = await rolled('moved');
    expect(await stage.proxy.quietFor(500)).toEqual([]);
    await stage.killOperator();
    await stage.startOperator();
    expect(await stage.proxy.quietFor(500)).toEqual([]);
    expect({ live: await liveIn('moved'), writes: writes(), events: await eventsOf('moved') }).toEqual({
      live: { weights: { canary: 20, stable: 80 }, hashes },
      writes: [],
      events: [],
    });
    const now = await liveOf(stage.plane.api, app);
    expect(conditionTextsOf(now)).toMatchObject({
      Ready: 'True Ready: 1 host, 1 route, weights by ArgoRollouts',
      Programmed: 'True Programmed: every object is as the spec wants it',
    });
    expect(field(now, 'status', 'columns', 'split')).toBe('canary / stable by ArgoRollouts');
  });

  it('stay while what others change beside them is put right, each with one write and one event', async () => {
    const { writes } = await rolled('beside');
    await stage.proxy.quietFor(300);
    const isRight = { weights: { canary: 20, stable: 80 }, hashes };
    const putRight = async (
      kind: 'VirtualService' | 'DestinationRule',
      meddle: () => Promise<unknown>,
    ): Promise<void> => {
      const ref = kind === 'VirtualService' ? routesOf('beside') : ruleOf('beside');
      const before = (await liveOf(stage.plane.api, ref)).metadata.generation ?? 0;
      await meddle();
      await stage.plane.api.waitFor(ref, (now) => (now.metadata.generation ?? 0) >= before + 2);
      await stage.proxy.quietFor(300);
      expect(await liveIn('beside')).toEqual(isRight);
    };
    await putRight('VirtualService', () => editRoutes('beside', (entry) => ({ ...entry, timeout: '1s' })));
    const stolen = [{ destination: { host: 'stolen.example.com' } }];
    await putRight('VirtualService', () => editRoutes('beside', (entry) => ({ ...entry, route: stolen })));
    await putRight('DestinationRule', () => edited({ host: 'stolen.example.com' })(stage.plane.api, ruleOf('beside')));
    expect(writes()).toEqual([
      'apply virtualservices beside-istio',
      'apply virtualservices beside-istio',
      'apply destinationrules beside',
    ]);
    // Events of one child are a series.
    expect(await eventsOf('beside', 2)).toEqual(['Repaired', 'Repaired']);
  });

  it('are not lost when one is written between the look and the write of an edit', async () => {
    const { rollouts, edit, writes } = await rolled('raced');
    await stage.proxy.quietFor(300);
    const match = { verb: 'apply', resource: 'virtualservices', name: 'raced-istio' } as const;
    const held = stage.proxy.inject(match, holdRequest);
    const done = edit({ resilience: { timeout: '5s' } });
    await held.firstHit;
    await rollouts.setWeight(30);
    held.release();
    await done;
    await stage.proxy.quietFor(300);
    expect({ live: await liveIn('raced'), writes: writes(), events: await eventsOf('raced') }).toEqual({
      live: { weights: { canary: 30, stable: 70 }, hashes, timeout: '5s' },
      writes: [
        'apply virtualservices raced-istio -> 409',
        'apply virtualservices raced-istio',
        'apply apptraffics/status raced',
      ],
      events: [],
    });
  });

  it('are those of the spec again once the field is gone: one write for each object that was moved', async () => {
    const { edit, writes } = await rolled('back');
    await stage.proxy.quietFor(300);
    await edit({ weightsManagedBy: 'AppTraffic', split: { stable: 90, canary: 10 } });
    await stage.proxy.quietFor(300);
    expect({ live: await liveIn('back'), writes: writes(), events: await eventsOf('back') }).toEqual({
      live: { weights: { canary: 10, stable: 90 }, hashes: {} },
      writes: ['apply destinationrules back', 'apply virtualservices back-istio', 'apply apptraffics/status back'],
      events: [],
    });
  });
});
