import { assert, constantFrom, integer, property } from 'fast-check';
import { acceptance, unseenShare } from '../../../../src/cli/route-test/binomial.ts';

/** The chance of each count by Pascal's rule: no logarithms, for numbers small enough. */
function chances(samples: number, share: number): readonly number[] {
  let row = [1];
  for (let draw = 0; draw < samples; draw += 1) {
    row = [...row, 0].map((chance, count) => chance * (1 - share) + (row[count - 1] ?? 0) * share);
  }
  return row;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('the counts that a share allows', () => {
  it('are those that the tables of the binomial distribution give', () => {
    expect(acceptance(10, 0.5, 0.05)).toEqual({ least: 2, most: 8 });
    expect(acceptance(100, 0.5, 0.05)).toEqual({ least: 40, most: 60 });
    expect(acceptance(20, 0.1, 0.01)).toEqual({ least: 0, most: 6 });
  });

  it('leave out as much as the error allows on either side, and not one count less', () => {
    const samples = integer({ min: 1, max: 300 });
    const share = integer({ min: 1, max: 99 }).map((percent) => percent / 100);
    const error = constantFrom(0.1, 0.01, 0.001);
    assert(
      property(samples, share, error, (n, p, e) => {
        const { least, most } = acceptance(n, p, e);
        const all = chances(n, p);
        const near = 1e-9;
        expect(sum(all.slice(0, least))).toBeLessThanOrEqual(e / 2 + near);
        expect(sum(all.slice(0, least + 1))).toBeGreaterThan(e / 2 - near);
        expect(sum(all.slice(most + 1))).toBeLessThanOrEqual(e / 2 + near);
        expect(sum(all.slice(most))).toBeGreaterThan(e / 2 - near);
      }),
    );
  });

  it('are one count where everything or nothing is the share', () => {
    expect(acceptance(400, 1, 0.001)).toEqual({ least: 400, most: 400 });
    expect(acceptance(400, 0, 0.001)).toEqual({ least: 0, most: 0 });
  });

  it('stay right where single chances are too small for a number', () => {
    const { least, most } = acceptance(100_000, 0.99, 0.001);
    // The normal distribution is near enough here: 99000 ± 3.29 · 31.46.
    expect(Math.abs(least - 98_895)).toBeLessThan(4);
    expect(Math.abs(most - 99_102)).toBeLessThan(4);
  });
});

describe('the share that could go unseen', () => {
  it('is the one of which nothing shows with the chance of the error', () => {
    expect((1 - unseenShare(400, 0.001)) ** 400).toBeCloseTo(0.001, 9);
    expect(unseenShare(400, 0.001)).toBeCloseTo(0.0171, 4);
  });
});
