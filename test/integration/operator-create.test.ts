import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { problemsOf, writeTexts } from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const documentsOf = (path: string): readonly KubeObject[] =>
  parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as KubeObject);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.stop());

describe('the sample', () => {
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

describe('a fault with an end', () => {
  it('is taken out when it ends, with one write of its routes and one of status, and nobody has to touch the app', async () => {
    await stage.namespace('faults');
    // In whole seconds, and late enough for the app to be Ready with its fault on a busy machine.
    const until = `${new Date(Math.ceil(Date.now() / 1_000 + 12) * 1_000).toISOString().slice(0, 19)}Z`;
    const app = await stage.app('faults', 'shop', {
      port: 8080,
      external: { hosts: ['faults.example.com'], routes: [{ name: 'all', fault: { abort: 503, until } }] },
    });
    expect(problemsOf(await stage.ready(app))).toEqual([]);
    const routes = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      namespace: 'faults',
      name: 'shop-istio',
    };
    const faultIn = (found: KubeObject | undefined): unknown => field(found ?? app, 'spec', 'http', 0, 'fault');
    expect(faultIn(await stage.plane.api.get(routes))).toEqual({
      abort: { httpStatus: 503, percentage: { value: 100 } },
    });
    const mark = stage.proxy.mark();
    await stage.plane.api.waitFor(routes, (found) => found !== undefined && faultIn(found) === undefined);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
    const over = await stage.settled(app, (found) => problemsOf(found).length > 0);
    expect(problemsOf(over)).toEqual([
      'AT0305 Warning spec.external.routes[0].fault: the fault of route all ended at its until, and requests are served without it; remove fault, or set a later until',
    ]);
    expect(condition(over, 'Ready')).toMatchObject({ status: 'True' });
    expect(writeTexts(stage.proxy, 'faults', mark)).toEqual([
      'apply virtualservices shop-istio',
      'apply apptraffics/status shop',
    ]);
  });
});
