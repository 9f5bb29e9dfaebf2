/** Judging shares by counts. */
import { acceptance } from '../../src/cli/route-test/binomial.ts';

/** How seldom a right share is called wrong in a live case: once in 1.7 million counts. */
const rarely = 5.7e-7;

/** Whether `count` of `all` independent draws can come from a chance of `share` (0 to 1), and what can, in words. */
export function judgeShare(
  count: number,
  all: number,
  share: number,
): { readonly isRight: boolean; readonly text: string } {
  const { least, most } = acceptance(all, share, rarely);
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
