import { decide } from '../../../src/decide/decide.ts';
import { decisionOn, isConnection } from '../../mesh/differential/connections.ts';
import { askOf, decidedOnly, gets, regressions } from '../../mesh/differential/regressions.ts';
import { prepare } from '../../mesh/differential/world.ts';

describe('a regression case', () => {
  it.each([...regressions(), ...decidedOnly()].map((one) => [one.title, one] as const))('%s', (_, { world, asks }) => {
    const { served, faults } = prepare(world);
    const decided = asks.map((ask) => {
      const read = askOf(ask, world);
      if (isConnection(read)) return gets(decisionOn(read, { served }));
      return gets(decide({ ...served, request: read.request, caller: read.caller }));
    });
    expect(faults).toEqual([]);
    expect(decided).toEqual(asks.map((ask) => ask.gets));
  });
});
