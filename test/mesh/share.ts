/** Judging shares by counts: what independent draws can give, by the binomial distribution itself. */

/** How seldom a right share is called wrong in a live case: once in 1.7 million counts. */
const rarely = 5.7e-7;

/**
 * The counts that `all` independent draws with a chance of `share` (0 to 1) give, but for the least likely ones: all
 * below `least` together have at most half of `error` (a probability), and so have all above `most`. Nothing is
 * approximated: a normal distribution is too narrow where few are expected.
 */
export function likelyCounts(
  all: number,
  share: number,
  error: number,
): { readonly least: number; readonly most: number } {
  const chances = chancesOf(all, share);
  const likelyFrom = (inOrder: readonly number[]): number => {
    let below = 0;
    return inOrder.findIndex((chance) => (below += chance) > error / 2);
  };
  return { least: likelyFrom(chances), most: all - likelyFrom([...chances].reverse()) };
}

/** The chance of each count from 0 to `all`, by logarithms: no factor leaves the range of numbers. */
function chancesOf(all: number, share: number): readonly number[] {
  if (share <= 0) return Array.from({ length: all + 1 }, (_, count) => (count === 0 ? 1 : 0));
  if (share >= 1) return Array.from({ length: all + 1 }, (_, count) => (count === all ? 1 : 0));
  let ways = 0;
  return Array.from({ length: all + 1 }, (_, count) => {
    if (count > 0) ways += Math.log(all - count + 1) - Math.log(count);
    return Math.exp(ways + count * Math.log(share) + (all - count) * Math.log1p(-share));
  });
}

/** Whether `count` of `all` independent draws can come from a chance of `share` (0 to 1), and what can, in words. */
export function judgeShare(
  count: number,
  all: number,
  share: number,
): { readonly isRight: boolean; readonly text: string } {
  const { least, most } = likelyCounts(all, share, rarely);
  return {
    isRight: least <= count && count <= most,
    text: `${count} of ${all}, expected ${(all * share).toFixed(0)}, from ${least} to ${most}`,
  };
}

/** Expects that `count` of `all` independent draws is what a chance of `share` gives. */
export function expectShare(count: number, all: number, share: number): void {
  const { isRight, text } = judgeShare(count, all, share);
  expect(isRight ? 'the share is right' : text).toBe('the share is right');
}
