import { seededBugs } from '../../mesh/seeded-bugs/bugs.ts';
import { mutatedText } from '../../mesh/seeded-bugs/mutated-tree.ts';

describe('seeded bugs', () => {
  it('are twelve or more, each with its one place in the sources', () => {
    expect(new Set(seededBugs.map(({ name }) => name)).size).toBeGreaterThanOrEqual(12);
    expect(seededBugs.filter((bug) => !mutatedText(bug).includes(bug.put))).toEqual([]);
  });
});
