import { answersOf, caseNames, goldenOf, samples } from './explain-case.ts';

describe('explain gives exactly its golden answers for requests to the samples (make golden rewrites them)', () => {
  it.each(caseNames())('%s', async (name) => {
    expect(await answersOf(name)).toEqual(goldenOf(name));
  });

  it('asks every sample', () => {
    expect(caseNames()).toEqual([...samples().keys()].sort());
  });
});
