import * as fc from 'fast-check';
import { createDiscovery } from '../../../src/runtime/discovery.ts';
import { createInformer } from '../../../src/runtime/informer.ts';
import { createResourceClient } from '../../../src/runtime/kube-client.ts';
import type { Resource } from '../../../src/runtime/resource.ts';
import { FakeApiServer, answer, broken } from './fake-api-server.ts';
import { createTestEnvironment } from './test-environment.ts';

const widgets: Resource = { group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
const pathOf = (name: string): string => `/apis/example.com/v1/namespaces/shop/widgets/${name}`;

const name = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('put' as const), name, unheard: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('remove' as const), name, unheard: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constantFrom('end', 'cut', 'forget', 'bookmark', 'half a line', 'refuse', 'heal'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('wait' as const), ms: fc.constantFrom(1, 1000, 40_000) }) },
);

describe('an informer, whatever happens to its server and its connection', () => {
  test.each([true, false])(
    'ends with exactly what the server holds, and has told exactly the way there (streamed lists: %s)',
    async (streamsLists) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const server = new FakeApiServer();
          server.streamsLists = streamsLists;
          const environment = createTestEnvironment();
          const stop = new AbortController();
          const discovery = createDiscovery({ transport: server, environment, resources: [widgets] });
          const reader = createResourceClient(server, widgets, { fieldManager: 'test' });
          // Identity and version are all that is kept: two stores that agree on them agree.
          const transform = ({
            metadata,
          }: {
            readonly metadata: { readonly uid?: string; readonly resourceVersion?: string };
          }): string => `${metadata.uid} ${metadata.resourceVersion}`;
          const informer = createInformer<string>({ reader, discovery, environment, transform });
          const told = new Map<string, string>();
          const faults: string[] = [];
          informer.store.subscribe((change) => {
            if ((change.type === 'added') === told.has(change.key)) faults.push(`${change.type} ${change.key}`);
            if (change.type !== 'added' && told.get(change.key) !== change.old) faults.push(`old of ${change.key}`);
            if (change.type === 'deleted') told.delete(change.key);
            else told.set(change.key, change.item);
          });
          const running = Promise.all([informer.run(stop.signal), discovery.run(stop.signal)]);

          for (const each of steps) {
            if (each.what === 'put') server.put(pathOf(each.name), {}, each.unheard);
            else if (each.what === 'remove') server.remove(pathOf(each.name), each.unheard);
            else if (each.what === 'wait') await environment.clock.advance(each.ms);
            else if (each.what === 'end') server.hangUp();
            else if (each.what === 'cut') server.hangUp(broken());
            else if (each.what === 'bookmark') server.bookmark();
            else if (each.what === 'half a line') server.say('{"type":"ADD');
            else if (each.what === 'forget') server.compacted = server.version;
            else if (each.what === 'refuse') server.fault = () => answer(503, 'ServiceUnavailable', 'watch');
            else server.fault = () => undefined;
          }

          // Two relist periods after the last fault even what no watch ever told is found.
          server.fault = () => undefined;
          await environment.clock.advance(1_300_000);
          const objects = [...server.objects.values()];
          const truth = new Map(objects.map(({ metadata }) => [`shop/${metadata.name}`, transform({ metadata })]));
          const held = new Map(informer.store.keys().map((key) => [key, informer.store.get(key)]));
          stop.abort();
          await running;
          const timers = environment.clock.pending;
          expect({ held, told, faults, timers }).toEqual({ held: truth, told: truth, faults: [], timers: 0 });
        }),
        { numRuns: 60 },
      );
    },
  );
});
