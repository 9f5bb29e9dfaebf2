import { slotCount } from '../../mesh/differential/ground.ts';
import { roundsOf, slotsOf } from '../../mesh/differential/rounds.ts';
import { ciSeed, ciWorlds, worldsOf } from '../../mesh/differential/seeds.ts';
import { prepare } from '../../mesh/differential/world.ts';

const worlds = worldsOf(ciSeed, ciWorlds);
const rounds = roundsOf(worlds);

describe('rounds', () => {
  it('hold every world once', () => {
    expect(
      rounds
        .flat()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(worlds.map(({ name }) => name).sort());
  });

  it('give the pods of an app with policies to no other app of the same round', () => {
    const shared = rounds.flatMap((round) => {
      const selectors = round
        .flatMap(({ apps }) => apps)
        .flatMap(({ spec }) => spec.app?.selector?.app ?? [])
        .filter((app) => app.startsWith('slot-'));
      return selectors.filter((one, i) => selectors.indexOf(one) < i);
    });
    expect(shared).toEqual([]);
    expect(Math.max(...worlds.map(slotsOf))).toBeLessThanOrEqual(slotCount);
  });

  it('change nothing of a world but its pods', () => {
    const before = new Map(worlds.map((world) => [world.name, world]));
    const withoutPods = (text: string): string => text.replace(/slot-\d/g, 'slot');
    const changed = rounds
      .flat()
      .filter((world) => withoutPods(JSON.stringify(world)) !== withoutPods(JSON.stringify(before.get(world.name))));
    expect(changed).toEqual([]);
    expect(rounds.flat().flatMap((world) => prepare(world).faults)).toEqual([]);
  });
});
