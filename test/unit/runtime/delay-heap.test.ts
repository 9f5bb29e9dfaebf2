import * as fc from 'fast-check';
import { DelayHeap } from '../../../src/runtime/delay-heap.ts';

describe('the heap of delayed keys', () => {
  test('gives the same order as sorting, whatever was set, set again and deleted', () => {
    const key = fc.integer({ min: 0, max: 20 }).map(String);
    const step = fc.record({ key, at: fc.option(fc.integer({ min: 0, max: 1000 })) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const heap = new DelayHeap<null>();
        const model = new Map<string, number>();
        for (const { key, at } of steps) {
          if (at === null) {
            heap.delete(key);
            model.delete(key);
          } else {
            heap.set({ key, at, payload: null });
            model.set(key, at);
          }
        }
        const order: number[] = [];
        for (let next = heap.peek(); next !== undefined; next = heap.peek()) {
          order.push(next.at);
          expect(model.get(next.key)).toBe(next.at);
          heap.delete(next.key);
        }
        expect(order).toEqual([...model.values()].sort((a, b) => a - b));
      }),
    );
  });
});
