import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const documentsOf = (path: string): readonly KubeObject[] =>
  parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as KubeObject);

describe('the sample', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage?.stop());

  it('becomes exactly its golden objects and is Ready, with one write a child and one for status', async () => {
    const mark = stage.proxy.mark();
    const [namespace, app] = documentsOf('config/samples/shop.yaml');
    if (namespace === undefined || app === undefined) throw new Error('the sample has a Namespace and an AppTraffic');
    await stage.plane.api.apply(namespace);
    await stage.plane.api.apply(app);
    const ready = await stage.ready(app);
    expect(condition(ready, 'Ready')).toMatchObject({ status: 'True', reason: 'Ready', observedGeneration: 1 });
    expect(await stage.proxy.quietFor(2_000)).toEqual([]);
    const writes = stage.proxy
      .writes(mark)
      .map(
        ({ verb, resource, subresource, name }) =>
          `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`} ${name}`,
      );
    expect([...writes].sort()).toEqual([
      'apply apptraffics/status shop',
      'apply authorizationpolicies shop',
      'apply destinationrules shop',
      'apply gateways shop-istio',
      'apply peerauthentications shop',
      'apply services shop',
      'apply virtualservices shop',
      'apply virtualservices shop-istio',
    ]);
    expect(writes.at(-1)).toBe('apply apptraffics/status shop');
    for (const golden of documentsOf('test/golden/samples/shop/manifests.yaml')) {
      const live = await stage.plane.api.get(golden);
      expect(live).toMatchObject({ metadata: { labels: field(golden, 'metadata', 'labels') }, spec: golden.spec });
      expect(live?.metadata.ownerReferences).toEqual([
        {
          apiVersion: 'apptraffic.dev/v1alpha1',
          kind: 'AppTraffic',
          name: 'shop',
          uid: ready.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ]);
    }
  });
});
