import { liveFiles, proofs, provablePaths, unproven } from '../../mesh/live/proof.ts';

const cases = Object.values(liveFiles).flat();

describe('the table of live cases', () => {
  it('has for every field and value of the schema a case, or else a reason', () => {
    const isOpen = ({ cases, reason }: ReturnType<typeof proofs>[number]): boolean =>
      cases.length === 0 && reason === undefined;
    expect(proofs().filter(isOpen)).toEqual([]);
  });

  it('gives no reason for what has a case', () => {
    expect(proofs().filter((proof) => proof.cases.length > 0 && proof.reason !== undefined)).toEqual([]);
  });

  it('names nothing that the schema does not have', () => {
    const known = new Set(provablePaths().all);
    const named = [...cases.flatMap(({ proves }) => proves), ...Object.keys(unproven)];
    expect(named.filter((path) => !known.has(path))).toEqual([]);
  });

  it('has every title once in its file, and every app once', () => {
    for (const list of Object.values(liveFiles)) {
      const titles = list.map(({ title }) => title);
      expect(titles).toEqual([...new Set(titles)]);
      const apps = list.flatMap(({ apps = [], refused = [] }) =>
        [...apps, ...refused].map(({ namespace = 'team', name }) => `${namespace}/${name}`),
      );
      expect(apps).toEqual([...new Set(apps)]);
    }
  });
});
