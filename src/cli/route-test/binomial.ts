/** How far a count may be from its share by chance alone: exact binomial tails. */

/** The counts that a share allows, both ends included. */
export type Acceptance = { readonly least: number; readonly most: number };

/**
 * The counts of a backend among `samples` independent draws, of which each is the backend's with probability `share` (0 to
 * 1): on either side of them lies at most half of `error` (0 to 1) of the probability.
 */
export function acceptance(samples: number, share: number, error: number): Acceptance {
  if (share <= 0) return { least: 0, most: 0 };
  if (share >= 1) return { least: samples, most: samples };
  const chances = binomialChances(samples, share);
  return {
    least: countOfTail(chances, error / 2),
    most: samples - countOfTail([...chances].reverse(), error / 2),
  };
}

/** The largest share of requests that could go elsewhere while `samples` draws in a row show nothing of it with probability `error`. */
export function unseenShare(samples: number, error: number): number {
  return 1 - error ** (1 / samples);
}

/** The chance of each count from 0 to `samples`; in logarithms, since its factors are beyond what a number holds. */
function binomialChances(samples: number, share: number): readonly number[] {
  const odds = Math.log(share) - Math.log1p(-share);
  const chances: number[] = [];
  let log = samples * Math.log1p(-share);
  for (let count = 0; count <= samples; count += 1) {
    chances.push(Math.exp(log));
    log += Math.log(samples - count) - Math.log(count + 1) + odds;
  }
  return chances;
}

/** How many counts from the beginning have together at most the chance `limit`. */
function countOfTail(chances: readonly number[], limit: number): number {
  let sum = 0;
  for (const [count, chance] of chances.entries()) {
    sum += chance;
    if (sum > limit) return count;
  }
  return chances.length - 1;
}
