/** Judging shares by counts. */

/** How far a count may be from what is expected, in standard deviations: a right split fails once in 1.7 million times. */
const deviations = 5;

/** Whether `count` of `all` independent draws can come from a chance of `share`, and how far it may be off, in words. */
export function judgeShare(
  count: number,
  all: number,
  share: number,
): { readonly isRight: boolean; readonly text: string } {
  const bound = deviations * Math.sqrt(all * share * (1 - share));
  const mean = all * share;
  return {
    isRight: Math.abs(count - mean) <= Math.max(bound, 1e-9),
    text: `${count} of ${all}, expected ${mean.toFixed(0)} ± ${bound.toFixed(1)} (${deviations} standard deviations)`,
  };
}

/** Expects that `count` of `all` independent draws is what a chance of `share` gives. */
export function expectShare(count: number, all: number, share: number): void {
  const { isRight, text } = judgeShare(count, all, share);
  expect(isRight ? 'the share is right' : text).toBe('the share is right');
}
