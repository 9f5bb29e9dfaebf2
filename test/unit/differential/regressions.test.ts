import { decide } from '../../../src/decide/decide.ts';
import { decidedOnly, gets, pairOf, regressions } from '../../mesh/differential/regressions.ts';
import { prepare } from '../../mesh/differential/world.ts';

describe('a regression case', () => {
  it.each([...regressions(), ...decidedOnly()].map((one) => [one.title, one] as const))('%s', (_, { world, asks }) => {
    const { served, faults } = prepare(world);
    const decided = asks.map((ask) => {
      const { request, caller } = pairOf(ask, world);
      return gets(decide({ ...served, request, caller }));
    });
    expect(faults).toEqual([]);
    expect(decided).toEqual(asks.map((ask) => ask.gets));
  });
});
