import type { KubeObject } from '../testbed/kube-object.ts';
import { childrenIn, childStatesOf, conditionTextsOf, versionsOf, writeTexts } from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const spec = {
  port: 8080,
  backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
  split: { stable: 90, canary: 10 },
};
const specOf = (host: string, more: object = {}): object => ({ ...spec, external: { hosts: [host] }, ...more });
const preview = { lifecycle: { mode: 'Preview' } };
const accepted = {
  Accepted: 'True Accepted: the spec is valid and permitted',
  ResolvedRefs: 'True ResolvedRefs: everything that the spec refers to is there',
};
const would = (created: number, changed: number, deleted: number): string =>
  'True Preview: the operator writes nothing until spec.lifecycle.mode is Apply: ' +
  `it would create ${created}, change ${changed} and delete ${deleted} objects`;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({
    operator: { settings: { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings', settle: '200ms' } },
  });
});
afterAll(() => stage?.stop());

describe('an app that is only previewed', () => {
  it('tells what it would create, writes status alone, and makes it all once mode is Apply', async () => {
    await stage.namespace('new');
    const mark = stage.proxy.mark();
    const told = await stage.settled(await stage.app('new', 'shop', specOf('new.example.com', preview)));
    expect(childStatesOf(told)).toEqual({
      'DestinationRule shop': 'Pending: would be created',
      'Gateway shop-istio': 'Pending: would be created',
      'Service shop': 'Pending: would be created',
      'VirtualService shop-istio': 'Pending: would be created',
    });
    const names = ['Service shop', 'Gateway shop-istio', 'VirtualService shop-istio'];
    const message = `${names.map((name) => `${name}: would be created`).join('. ')}. 1 more`;
    expect(conditionTextsOf(told)).toEqual({
      ...accepted,
      Ready: `False Preview: ${message}`,
      Programmed: `False Preview: ${message}`,
      Reconciling: `True Progressing: ${message}`,
      Paused: would(4, 0, 0),
    });
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'new', mark)).toEqual(['apply apptraffics/status shop']);
    await stage.ready(await stage.app('new', 'shop', specOf('new.example.com', { lifecycle: { mode: 'Apply' } })));
    expect(await childrenIn(stage.plane, 'new')).toHaveLength(4);
  });

  it('tells the fields that it would change and the objects that it would delete, and leaves both alone', async () => {
    await stage.namespace('old');
    await stage.ready(
      await stage.app('old', 'shop', specOf('old.example.com', { internal: { mtls: { mode: 'Strict' } } })),
    );
    const before = versionsOf(await childrenIn(stage.plane, 'old'));
    const mark = stage.proxy.mark();
    const edited = { ...specOf('old.example.com', preview), port: 8081, split: { stable: 50, canary: 50 } };
    const told = await stage.settled(await stage.app('old', 'shop', edited));
    expect(childStatesOf(told)).toEqual({
      'DestinationRule shop': 'Programmed',
      'Gateway shop-istio': 'Programmed',
      'PeerAuthentication shop': 'Draining: would be deleted',
      'Service shop': 'Pending: would be changed: spec.ports',
      'VirtualService shop': 'Draining: would be deleted',
      'VirtualService shop-istio': 'Pending: would be changed: spec.http',
    });
    expect(conditionTextsOf(told)['Paused']).toBe(would(0, 2, 2));
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'old', mark)).toEqual(['apply apptraffics/status shop']);
    expect(versionsOf(await childrenIn(stage.plane, 'old'))).toEqual(before);
    // Nothing left to do: Ready although nothing would be written.
    await stage.ready(
      await stage.app('old', 'shop', specOf('old.example.com', { ...preview, internal: { mtls: { mode: 'Strict' } } })),
    );
    expect(versionsOf(await childrenIn(stage.plane, 'old'))).toEqual(before);
  });

  it('tells of an object of somebody else that would be in the way', async () => {
    await stage.namespace('taken');
    const stranger: KubeObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'taken', name: 'shop' },
      spec: { selector: { app: 'other' }, ports: [{ port: 80 }] },
    };
    const made = await stage.plane.api.create(stranger);
    const mark = stage.proxy.mark();
    const told = await stage.settled(await stage.app('taken', 'shop', { port: 8080, ...preview }));
    expect(childStatesOf(told)).toEqual({
      'Service shop': 'NotOwned: an object of this name exists and is not controlled by this AppTraffic',
    });
    await stage.proxy.quietFor(500);
    expect(writeTexts(stage.proxy, 'taken', mark)).toEqual(['apply apptraffics/status shop']);
    const now = await stage.plane.api.waitFor(made, () => true);
    expect(now.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });
});
