import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowedCounts, judgeSplit } from '../../../../src/cli/route-test/judge-split.ts';

/** So many answers of each backend. */
function answers(counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts).flatMap(([name, count]) => Array.from({ length: count }, () => name));
}

describe('weights that are counted', () => {
  const split = { stable: 90, canary: 10 };

  it('hold within what chance explains, and the counts and the confidence are told', () => {
    expect(judgeSplit(split, answers({ stable: 355, canary: 45 }))).toEqual({
      verdict: 'Holds',
      got: 'canary 45 (21 to 62), stable 355 (338 to 379) of 400 answers at 99.9% confidence',
    });
  });

  it.each([
    ['a tenth too much', { stable: 320, canary: 80 }],
    ['nothing for one side', { stable: 400 }],
    ['sides that are swapped', { stable: 40, canary: 360 }],
    ['a backend that is not expected', { stable: 359, canary: 40, docs: 1 }],
  ])('fail for %s', (_, counts) => {
    expect(judgeSplit(split, answers(counts)).verdict).toBe('Fails');
  });

  it('fail for an answer that does not tell its backend', () => {
    const one = judgeSplit({ stable: 100 }, [...answers({ stable: 9 }), undefined]);
    expect(one).toMatchObject({
      verdict: 'Fails',
      got: expect.stringContaining('no backend 1 (0), stable 9 (10)') as string,
    });
  });

  it('are strict where one backend gets everything, and say what could go unseen', () => {
    expect(judgeSplit({ stable: 100 }, answers({ stable: 400 }))).toEqual({
      verdict: 'Holds',
      got: 'stable 400 (400) of 400 answers at 99.9% confidence; up to 1.7% elsewhere would go unseen',
    });
  });
});

describe('the table of docs/how-to/test-routes.md', () => {
  it('names the counts that pass', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/how-to/test-routes.md'), 'utf8');
    const rows = [...page.matchAll(/^\| (\d+) \| (.*) \| (.*) \|$/gm)].map(([, samples = '', ...said]) => [
      samples,
      ...said,
    ]);
    const text = (samples: number, weight: number): string => {
      const { least, most } = allowedCounts(samples, weight, 2);
      return `${least} to ${most}`;
    };
    expect(rows).toEqual([100, 400, 2000].map((samples) => [`${samples}`, text(samples, 10), text(samples, 50)]));
  });
});
