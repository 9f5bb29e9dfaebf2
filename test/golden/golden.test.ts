import { expectedOf, goldenCases, orphans, runCase } from './cases.ts';

describe('golden cases', () => {
  const cases = goldenCases();

  it.each(cases.map((one) => [one.name, one] as const))('%s renders as expected', async (_name, one) => {
    expect(await runCase(one)).toEqual(expectedOf(one));
  });

  it('leave no expected file without a case', () => {
    expect(orphans(cases)).toEqual([]);
  });
});
