/** Judging shares by counts. */

/** How far a count may be from what is expected, in standard deviations: a right split fails once in 1.7 million times. */
const deviations = 5;

/** Expects that `count` of `all` independent draws is what a chance of `share` gives. */
export function expectShare(count: number, all: number, share: number): void {
  const bound = deviations * Math.sqrt(all * share * (1 - share));
  expect(count).toBeGreaterThanOrEqual(Math.floor(all * share - bound));
  expect(count).toBeLessThanOrEqual(Math.ceil(all * share + bound));
}
